//! Access roles: those that every organisation has, and those that it made for itself.

use serde::Serialize;
use uuid::Uuid;

use super::sql::{self, OwnRoleRow};
use super::{NO_SUCH_ROLE, UNKNOWN_PERMISSION, UNKNOWN_ROLE};
use crate::kernel::access::{Grant, Permission, Scope, matches};
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;
use crate::{
    analytics, assignments, audit, catalog, certificates, content, database, events, jobs,
    notifications, people, progress, quizzes, readiness, settings, skills, sweep,
};

/// A role that every organisation has.
#[non_exhaustive]
#[derive(Debug, Clone, Copy)]
pub struct BuiltInRole {
    /// The name in commands and JSON.
    pub name: &'static str,
    /// Who it is for.
    pub summary: &'static str,
    /// What it gives: permissions, or patterns over them (`*`, `settings.*`, `*.read`), with the
    /// scope behind an `@` where it is not all.
    pub permissions: &'static [&'static str],
}

/// An access role: a named set of permissions, each with whose records it reaches.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Role {
    /// The name in commands and JSON.
    pub name: String,
    /// Who it is for.
    pub summary: String,
    /// What it gives.
    pub permissions: Vec<Grant>,
    /// Whether every organisation has it; it cannot be changed then.
    pub built_in: bool,
}

/// The roles that every organisation has.
pub static ROLES: &[BuiltInRole] = &[
    BuiltInRole {
        name: "employee",
        summary: "learns",
        permissions: &[
            "people.read@self",
            "organisation.read",
            "catalog.read",
            "assignments.read@self",
            "enrolments.write@self",
            "certificates.read@self",
            "skills.read",
            "readiness.read@self",
            "analytics.read@self",
            "progress.read@self",
            "progress.write@self",
            "notifications.read@self",
            "notifications.write@self",
        ],
    },
    BuiltInRole {
        name: "instructor",
        summary: "teaches and grades",
        permissions: &[
            "people.read@self",
            "organisation.read",
            "catalog.read",
            "catalog.write",
            "drafts.read",
            "quizzes.*",
            "content.*",
            "assignments.read",
            "enrolments.write@self",
            "certificates.read@self",
            "skills.read",
            "readiness.read@self",
            "analytics.read",
            "progress.read",
            "progress.mark",
            "progress.write@self",
            "notifications.read@self",
            "notifications.write@self",
        ],
    },
    BuiltInRole {
        name: "manager",
        summary: "looks after their reports",
        permissions: &[
            "people.read@self",
            "people.read@reports",
            "people.read@department",
            "organisation.read",
            "catalog.read",
            "assignments.read@self",
            "assignments.read@reports",
            "assignments.read@department",
            "assignments.write@reports",
            "enrolments.write@self",
            "certificates.read@self",
            "certificates.read@reports",
            "certificates.read@department",
            "skills.read",
            "readiness.read@self",
            "readiness.read@reports",
            "readiness.read@department",
            "analytics.read@self",
            "analytics.read@reports",
            "analytics.read@department",
            "progress.read@self",
            "progress.read@reports",
            "progress.read@department",
            "progress.write@self",
            "notifications.read@self",
            "notifications.write@self",
        ],
    },
    BuiltInRole {
        name: "hr",
        summary: "keeps people and assignments",
        permissions: &[
            "settings.read",
            "people.*",
            "organisation.*",
            "catalog.*",
            "drafts.read",
            "quizzes.read",
            "content.*",
            "assignments.*",
            "rules.*",
            "enrolments.*",
            "certificates.*",
            "skills.*",
            "readiness.read",
            "analytics.read",
            "progress.read",
            "progress.write@self",
            "notifications.read",
            "notifications.write@self",
            "jobs.read",
            "sweep.run",
        ],
    },
    BuiltInRole {
        name: "auditor",
        summary: "reads everything, writes nothing",
        permissions: &["*.read", "audit.verify"],
    },
    BuiltInRole {
        name: "admin",
        summary: "runs the system",
        permissions: &[
            "settings.*",
            "access.*",
            "people.*",
            "quizzes.*",
            "organisation.*",
            "catalog.*",
            "drafts.read",
            "content.*",
            "assignments.*",
            "rules.*",
            "enrolments.*",
            "certificates.*",
            "skills.*",
            "readiness.read",
            "analytics.read",
            "progress.*",
            "notifications.*",
            "jobs.read",
            "sweep.run",
            "audit.read",
            "events.read",
            "database.read",
            "metrics.read",
        ],
    },
    BuiltInRole { name: SUPER_ADMIN, summary: "may do everything", permissions: &["*"] },
];

pub(crate) const SUPER_ADMIN: &str = "super_admin";

/// The roles of those who run the system.
pub(crate) const ADMIN_ROLES: &[&str] = &["admin", SUPER_ADMIN];

/// May scrape the metrics of a server.
pub(crate) const METRICS: Permission = Permission::new("metrics.read", "read the metrics");

/// Every permission there is.
pub static PERMISSIONS: &[Permission] = &[
    settings::READ,
    settings::WRITE,
    super::READ,
    super::WRITE,
    audit::READ,
    audit::VERIFY,
    events::READ,
    people::READ,
    people::WRITE,
    quizzes::READ,
    quizzes::WRITE,
    people::PRIVACY,
    people::ORGANISATION_READ,
    people::ORGANISATION_WRITE,
    catalog::READ,
    catalog::DRAFTS,
    catalog::WRITE,
    catalog::PUBLISH,
    content::READ,
    content::WRITE,
    assignments::READ,
    assignments::WRITE,
    assignments::ENROL,
    assignments::rules::READ,
    assignments::rules::WRITE,
    certificates::READ,
    certificates::WRITE,
    progress::READ,
    progress::WRITE,
    progress::MARK,
    progress::GRADE,
    skills::READ,
    skills::WRITE,
    readiness::READ,
    notifications::READ,
    notifications::WRITE,
    jobs::READ,
    sweep::RUN,
    analytics::READ,
    database::READ,
    database::MANAGE,
    METRICS,
];

impl BuiltInRole {
    fn grants(&self) -> impl Iterator<Item = Grant> {
        self.permissions.iter().filter_map(|text| Grant::parse(text))
    }
}

impl From<&BuiltInRole> for Role {
    fn from(role: &BuiltInRole) -> Self {
        Self {
            name: role.name.to_owned(),
            summary: role.summary.to_owned(),
            permissions: role.grants().collect(),
            built_in: true,
        }
    }
}

/// All access roles of an organisation. There are few.
#[derive(Debug, Default)]
pub(crate) struct Roles {
    /// Its own, by name, with their ids.
    pub(super) own: Vec<(Uuid, Role)>,
}

impl Roles {
    /// Those of every organisation only.
    pub(super) fn built_in() -> Self {
        Self::default()
    }

    pub(crate) async fn load(tx: &mut Tx) -> Result<Self> {
        let rows: Vec<OwnRoleRow> = tx.sql(&sql::OWN_ROLES).all().await?;
        let mut own: Vec<(Uuid, Role)> = Vec::new();
        for row in rows {
            if own.last().is_none_or(|(id, _)| *id != row.id) {
                let (name, summary) = (row.name, row.summary);
                own.push((
                    row.id,
                    Role { name, summary, permissions: Vec::new(), built_in: false },
                ));
            }
            if let (Some(permission), Some(scope), Some((_, role))) =
                (row.permission, row.scope, own.last_mut())
            {
                let text = format!("{permission}@{scope}");
                role.permissions.push(Grant::parse(&text).ok_or_else(|| {
                    Error::inconsistent("access_role_grants.scope", format!("`{scope}`"))
                })?);
            }
        }
        Ok(Self { own })
    }

    /// All that the names can mean. Who has only roles of every organisation costs no look-up.
    pub(crate) async fn load_for(tx: &mut Tx, names: &[String]) -> Result<Self> {
        if names.iter().all(|name| is_built_in(name)) {
            return Ok(Self::built_in());
        }
        Self::load(tx).await
    }

    /// Those of every organisation, then its own.
    pub(super) fn all(&self) -> Vec<Role> {
        let built_in = ROLES.iter().map(Role::from);
        built_in.chain(self.own.iter().map(|(_, role)| role.clone())).collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<Role> {
        let wanted = folded(name);
        self.all().into_iter().find(|role| role.name == wanted)
    }

    pub(super) fn find(&self, name: &str) -> Result<Role> {
        self.get(name).ok_or_else(|| self.unknown(name, &NO_SUCH_ROLE))
    }

    /// The roles of these names, sorted, each once.
    pub(crate) fn known(&self, names: &[String]) -> Result<Vec<String>> {
        let known = |name: &String| {
            let role = self.get(name).ok_or_else(|| self.unknown(name, &UNKNOWN_ROLE))?;
            Ok(role.name)
        };
        let mut known = names.iter().map(known).collect::<Result<Vec<_>>>()?;
        known.sort();
        known.dedup();
        Ok(known)
    }

    /// What these roles give.
    pub(crate) fn grants_of(&self, names: &[String]) -> Vec<Grant> {
        let mut grants: Vec<Grant> = names
            .iter()
            .filter_map(|name| self.get(name))
            .flat_map(|role| role.permissions)
            .collect();
        grants.sort();
        grants.dedup();
        grants
    }

    fn unknown(&self, name: &str, code: &'static crate::kernel::error::ErrorCode) -> Error {
        let names: Vec<String> = self.all().into_iter().map(|role| role.name).collect();
        let all = names.join(", ");
        code.error(format!("there is no access role `{}`", name.trim()))
            .with_field("role")
            .with_hints(suggest(name, names))
            .with_hint(format!("the access roles are: {all}"))
    }
}

fn is_built_in(name: &str) -> bool {
    ROLES.iter().any(|role| role.name == name)
}

/// What makes two names of roles the same.
pub(super) fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace('-', "_")
}

/// What these roles give, as patterns with scopes.
pub(crate) async fn grants_of(tx: &mut Tx, roles: &[String]) -> Result<Vec<Grant>> {
    Ok(Roles::load_for(tx, roles).await?.grants_of(roles))
}

/// The permissions of these names, sorted, each once.
pub(crate) fn known_permissions(names: &[String]) -> Result<Vec<String>> {
    let known = |name: &String| {
        let found = PERMISSIONS.iter().find(|permission| permission.name == name.trim());
        found.map(|permission| permission.name.to_owned()).ok_or_else(|| unknown_permission(name))
    };
    let mut known = names.iter().map(known).collect::<Result<Vec<_>>>()?;
    known.sort();
    known.dedup();
    Ok(known)
}

/// What a role is to give, as somebody wrote it: `people.read@reports`, `settings.*`.
pub(super) fn known_grant(text: &str) -> Result<Grant> {
    let text = text.trim();
    let grant = Grant::parse(text).ok_or_else(|| {
        let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        let scope = text.split_once('@').map_or("", |(_, scope)| scope);
        Error::invalid("permission", format!("`{scope}` is not a scope"))
            .with_hints(suggest(scope, &scopes))
            .with_hint(format!("a scope is one of: {}", scopes.join(", ")))
    })?;
    let covered: Vec<&Permission> = PERMISSIONS
        .iter()
        .filter(|permission| matches(&grant.permission, permission.name))
        .collect();
    if covered.is_empty() {
        return Err(unknown_permission(&grant.permission));
    }
    match covered.iter().find(|permission| !permission.scoped) {
        Some(whole) if grant.scope != Scope::All => Err(Error::invalid(
            "permission",
            format!("`{}` is not about people: it is given as a whole or not at all", whole.name),
        )
        .with_hint(format!("write `{}` without a scope", whole.name))),
        _ => Ok(grant),
    }
}

fn unknown_permission(name: &str) -> Error {
    let names = PERMISSIONS.iter().map(|permission| permission.name);
    let all = names.clone().collect::<Vec<_>>().join(", ");
    UNKNOWN_PERMISSION
        .error(format!("there is no permission `{name}`"))
        .with_field("permission")
        .with_hints(suggest(name, names))
        .with_hint(format!("the permissions are: {all}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grant_of_a_role_is_one_that_could_be_written() {
        for role in ROLES {
            for text in role.permissions {
                assert_eq!(
                    known_grant(text).map(|grant| grant.to_string()).ok().as_deref(),
                    Some(*text)
                );
            }
            assert_eq!(role.grants().count(), role.permissions.len());
        }
    }

    #[test]
    fn an_auditor_writes_nothing() {
        let auditor = Roles::built_in().grants_of(&["auditor".to_owned()]);
        let may = |name: &str| auditor.iter().any(|grant| grant.covers(name));
        for permission in PERMISSIONS {
            let harmless = matches("*.read", permission.name) || permission.name == "audit.verify";
            assert_eq!(may(permission.name), harmless, "{}", permission.name);
        }
    }

    #[test]
    fn a_grant_that_means_nothing_is_refused() {
        for (text, says) in [
            ("people.reed", "there is no permission `people.reed`"),
            ("people.read@boss", "`boss` is not a scope"),
            ("settings.read@self", "`settings.read` is not about people"),
            ("*.read@reports", "`settings.read` is not about people"),
            ("", "there is no permission ``"),
        ] {
            let error = known_grant(text).expect_err(text);
            assert!(error.message().starts_with(says), "{text}: {error}");
        }
        assert!(known_grant("people.*@department").is_ok());
    }
}
