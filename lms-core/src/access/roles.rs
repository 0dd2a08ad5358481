//! The access roles that every organisation has, and what they may do.

use super::{UNKNOWN_PERMISSION, UNKNOWN_ROLE};
use crate::kernel::access::Permission;
use crate::kernel::error::Result;
use crate::kernel::suggest::suggest;
use crate::{audit, database, events, people, settings};

/// A named set of permissions.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Role {
    /// The name in commands and JSON.
    pub name: &'static str,
    /// Who it is for.
    pub summary: &'static str,
    /// Permissions, or patterns over them: `*`, `settings.*`, `*.read`.
    pub permissions: &'static [&'static str],
}

/// The access roles. What employees, instructors and managers may do comes with people and
/// trainings: of what there is now, none of it is theirs.
pub static ROLES: &[Role] = &[
    Role { name: "employee", summary: "learns", permissions: &[] },
    Role { name: "instructor", summary: "teaches and grades", permissions: &[] },
    Role { name: "manager", summary: "looks after their reports", permissions: &[] },
    Role {
        name: "hr",
        summary: "keeps people and assignments",
        permissions: &["settings.read", "people.*"],
    },
    Role {
        name: "auditor",
        summary: "reads everything, writes nothing",
        permissions: &["*.read", "audit.verify"],
    },
    Role {
        name: "admin",
        summary: "runs the system",
        permissions: &[
            "settings.*",
            "access.*",
            "people.*",
            "audit.read",
            "events.read",
            "database.read",
            "metrics.read",
        ],
    },
    Role { name: SUPER_ADMIN, summary: "may do everything", permissions: &["*"] },
];

pub(crate) const SUPER_ADMIN: &str = "super_admin";

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
    people::PRIVACY,
    database::READ,
    database::MANAGE,
    METRICS,
];

/// The roles of these names, sorted, each once.
pub(crate) fn known_roles(names: &[String]) -> Result<Vec<String>> {
    let mut known = names
        .iter()
        .map(|name| {
            let wanted = name.trim().to_lowercase().replace('-', "_");
            ROLES
                .iter()
                .find(|role| role.name == wanted)
                .map(|role| role.name.to_owned())
                .ok_or_else(|| {
                    let all = ROLES.iter().map(|role| role.name).collect::<Vec<_>>().join(", ");
                    UNKNOWN_ROLE
                        .error(format!("there is no access role `{name}`"))
                        .with_field("role")
                        .with_hints(suggest(name, ROLES.iter().map(|role| role.name)))
                        .with_hint(format!("the access roles are: {all}"))
                })
        })
        .collect::<Result<Vec<_>>>()?;
    known.sort();
    known.dedup();
    Ok(known)
}

/// What these roles may do, as patterns.
pub(crate) fn permissions_of(roles: &[String]) -> Vec<String> {
    ROLES
        .iter()
        .filter(|role| roles.iter().any(|name| name == role.name))
        .flat_map(|role| role.permissions)
        .map(ToString::to_string)
        .collect()
}

/// The permissions of these names, sorted, each once.
pub(crate) fn known_permissions(names: &[String]) -> Result<Vec<String>> {
    let mut known = names
        .iter()
        .map(|name| {
            PERMISSIONS
                .iter()
                .find(|permission| permission.name == name.trim())
                .map(|permission| permission.name.to_owned())
                .ok_or_else(|| {
                    let names = PERMISSIONS.iter().map(|permission| permission.name);
                    let all = names.clone().collect::<Vec<_>>().join(", ");
                    UNKNOWN_PERMISSION
                        .error(format!("there is no permission `{name}`"))
                        .with_field("permission")
                        .with_hints(suggest(name, names))
                        .with_hint(format!("the permissions are: {all}"))
                })
        })
        .collect::<Result<Vec<_>>>()?;
    known.sort();
    known.dedup();
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::access::matches;

    #[test]
    fn every_pattern_of_a_role_covers_something() {
        for role in ROLES {
            for pattern in role.permissions {
                assert!(
                    PERMISSIONS.iter().any(|permission| matches(pattern, permission.name)),
                    "{} of {}",
                    pattern,
                    role.name
                );
            }
        }
    }

    #[test]
    fn an_auditor_writes_nothing() {
        let auditor = permissions_of(&["auditor".to_owned()]);
        let may = |name: &str| auditor.iter().any(|pattern| matches(pattern, name));
        for permission in PERMISSIONS {
            let harmless = matches("*.read", permission.name) || permission.name == "audit.verify";
            assert_eq!(may(permission.name), harmless, "{}", permission.name);
        }
    }
}
