//! Roles that an organisation makes for itself, beside those that every one has.

use serde_json::json;
use uuid::Uuid;

use super::roles::{Roles, folded, known_grant};
use super::sql;
use super::{ROLE_BUILT_IN, ROLE_EXISTS, ROLE_IN_USE, Role};
use crate::kernel::access::{Actor, Grant, require_all_of};
use crate::kernel::core::Core;
use crate::kernel::db::schema::{ACCESS_ROLE_GRANTS, ACCESS_ROLES};
use crate::kernel::db::{Field, One, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Name;
use crate::operations::{Changed, FieldChange, Operation, Write};

const NAME_CHARS_MAX: usize = 40;
/// Holders that a refusal names.
const HOLDERS_NAMED_MAX: usize = 5;

/// An access role to be made.
#[derive(Debug, Clone)]
pub struct NewRole {
    name: String,
    summary: Option<String>,
    grants: Vec<String>,
}

impl NewRole {
    /// With this name; small and capital letters do not differ, nor do `-` and `_`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), summary: None, grants: Vec::new() }
    }

    /// Who it is for.
    #[must_use]
    pub fn summary(mut self, summary: &str) -> Self {
        self.summary = Some(summary.to_owned());
        self
    }

    /// Gives this, such as `settings.read` or `people.read@reports`; several times.
    #[must_use]
    pub fn grant(mut self, grant: &str) -> Self {
        self.grants.push(grant.to_owned());
        self
    }
}

/// What to change of an access role.
#[derive(Debug, Clone, Default)]
pub struct RoleChange {
    summary: Option<String>,
    add: Vec<String>,
    remove: Vec<String>,
}

impl RoleChange {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Who it is for; an empty text says nothing.
    #[must_use]
    pub fn summary(mut self, summary: &str) -> Self {
        self.summary = Some(summary.to_owned());
        self
    }

    /// Gives this too.
    #[must_use]
    pub fn grant(mut self, grant: &str) -> Self {
        self.add.push(grant.to_owned());
        self
    }

    /// Gives this no longer.
    #[must_use]
    pub fn revoke(mut self, grant: &str) -> Self {
        self.remove.push(grant.to_owned());
        self
    }
}

pub(super) async fn list(core: &Core) -> Result<Vec<Role>> {
    Ok(Roles::load(&mut core.db().begin_read().await?).await?.all())
}

pub(super) async fn show(core: &Core, name: &str) -> Result<Role> {
    Roles::load(&mut core.db().begin_read().await?).await?.find(name)
}

pub(super) async fn add(core: &Core, actor: &Actor, new: NewRole) -> Result<Role> {
    let mut write = Write::begin(core, actor).await?;
    let roles = Roles::load(&mut write.tx).await?;
    let role = Role {
        name: checked_name(&new.name)?,
        summary: checked_summary(new.summary.as_deref().unwrap_or_default())?,
        permissions: known_grants(&new.grants)?,
        built_in: false,
    };
    require_all_of(actor, &role.permissions, None, "the role")?;
    if roles.get(&role.name).is_some() {
        return Err(ROLE_EXISTS
            .error(format!("there is an access role `{}` already", role.name))
            .with_field("role")
            .with_hint("choose another name, or edit the one that is there"));
    }
    let (id, now) = (write.ctx.new_id(), write.ctx.now);
    let row = vec![
        id.into_value(),
        role.name.as_str().into_value(),
        role.summary.as_str().into_value(),
        now.into_value(),
        now.into_value(),
    ];
    bulk::insert(&mut write.tx, &ACCESS_ROLES, [row]).await?;
    write_grants(&mut write, id, &role.permissions).await?;
    write.record(
        Operation::new("role.created")
            .count("created", 1)
            .change("role", Some(id), None::<&Role>, Some(&role))
            .event("role.created", Some(role.name.clone()), json!({ "role": role.name })),
    );
    write.commit().await?;
    Ok(role)
}

pub(super) async fn edit(
    core: &Core,
    actor: &Actor,
    name: &str,
    change: RoleChange,
) -> Result<Changed<Role>> {
    let mut write = Write::begin(core, actor).await?;
    let (id, before) = own(&Roles::load(&mut write.tx).await?, name)?;
    let after = changed(&before, &change)?;
    // Whoever holds less could otherwise take away what others gave.
    require_all_of(actor, &before.permissions, None, "the role")?;
    require_all_of(actor, &after.permissions, None, "the role")?;
    let changed = FieldChange::between([
        ("summary", some(&before.summary), some(&after.summary)),
        ("permissions", told(&before.permissions), told(&after.permissions)),
    ]);
    if changed.is_empty() {
        return Ok(Changed { value: before, changed, operation: None });
    }
    let now = write.ctx.now;
    let update = write.tx.sql(&sql::UPDATE_ROLE).bind(id);
    update.bind(after.summary.as_str()).bind(now).run_one().await?;
    write.tx.sql(&sql::DELETE_GRANTS).bind(id).run().await?;
    write_grants(&mut write, id, &after.permissions).await?;
    let operation = write.record(
        Operation::new("role.changed")
            .count("changed", 1)
            .change("role", Some(id), Some(&before), Some(&after))
            .event("role.changed", Some(after.name.clone()), json!({ "role": after.name })),
    );
    write.commit().await?;
    Ok(Changed { value: after, changed, operation: Some(operation) })
}

pub(super) async fn remove(core: &Core, actor: &Actor, name: &str) -> Result<Changed<Role>> {
    let mut write = Write::begin(core, actor).await?;
    let (id, role) = own(&Roles::load(&mut write.tx).await?, name)?;
    require_all_of(actor, &role.permissions, None, "the role")?;
    let holders: Vec<One<String>> =
        write.tx.sql(&sql::HOLDERS).bind(role.name.as_str()).all().await?;
    if !holders.is_empty() {
        return Err(in_use(&role.name, &holders));
    }
    write.tx.sql(&sql::DELETE_GRANTS).bind(id).run().await?;
    write.tx.sql(&sql::DELETE_ROLE).bind(id).run_one().await?;
    let changed = FieldChange::between([
        ("role", Some(role.name.clone()), None),
        ("permissions", told(&role.permissions), None),
    ]);
    let operation = write.record(
        Operation::new("role.removed")
            .count("removed", 1)
            .change("role", Some(id), Some(&role), None::<&Role>)
            .event("role.removed", Some(role.name.clone()), json!({ "role": role.name })),
    );
    write.commit().await?;
    Ok(Changed { value: role, changed, operation: Some(operation) })
}

/// A role that may be changed.
fn own(roles: &Roles, name: &str) -> Result<(Uuid, Role)> {
    let role = roles.find(name)?;
    let found = roles.own.iter().find(|(_, own)| own.name == role.name);
    found.cloned().ok_or_else(|| {
        ROLE_BUILT_IN
            .error(format!("every organisation has the role `{}`: it cannot be changed", role.name))
            .with_hint("make one of your own with `lmsctl access role add`")
    })
}

fn changed(before: &Role, change: &RoleChange) -> Result<Role> {
    let removed = known_grants(&change.remove)?;
    let mut after = before.clone();
    if let Some(summary) = &change.summary {
        after.summary = checked_summary(summary)?;
    }
    after.permissions.retain(|grant| !removed.contains(grant));
    after.permissions.extend(known_grants(&change.add)?);
    after.permissions.sort();
    after.permissions.dedup();
    Ok(after)
}

async fn write_grants(write: &mut Write, role: Uuid, grants: &[Grant]) -> Result<()> {
    let row = |grant: &Grant| {
        let (permission, scope) = (grant.permission.as_str(), grant.scope.as_str());
        vec![role.into_value(), permission.into_value(), scope.into_value()]
    };
    let rows: Vec<_> = grants.iter().map(row).collect();
    bulk::insert(&mut write.tx, &ACCESS_ROLE_GRANTS, rows).await.map(|_| ())
}

fn in_use(role: &str, holders: &[One<String>]) -> Error {
    let named: Vec<String> =
        holders.iter().take(HOLDERS_NAMED_MAX).map(|One(name)| format!("`{name}`")).collect();
    let more = match holders.len() - named.len() {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    ROLE_IN_USE
        .error(format!("accounts have the role `{role}`: {}{more}", named.join(", ")))
        .with_hint(format!(
            "take it away first: `lmsctl access user edit NAME --remove-role {role}`"
        ))
}

fn known_grants(texts: &[String]) -> Result<Vec<Grant>> {
    let mut grants = texts.iter().map(|text| known_grant(text)).collect::<Result<Vec<_>>>()?;
    grants.sort();
    grants.dedup();
    Ok(grants)
}

fn checked_name(text: &str) -> Result<String> {
    let name = folded(text);
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_lowercase());
    if !begins || name.len() > NAME_CHARS_MAX || !name.chars().all(allowed) {
        return Err(Error::invalid(
            "role",
            format!("`{}` cannot be the name of a role", text.trim()),
        )
        .with_hint(format!(
            "begin with a letter and use letters a to z, digits and `_`, {NAME_CHARS_MAX} at most"
        )));
    }
    Ok(name)
}

fn checked_summary(text: &str) -> Result<String> {
    match text.trim() {
        "" => Ok(String::new()),
        text => {
            let parsed = Name::parse(text).map_err(|error| error.with_field("summary"));
            parsed.map(|text| text.to_string())
        }
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn told(grants: &[Grant]) -> Option<String> {
    let all: Vec<String> = grants.iter().map(ToString::to_string).collect();
    some(&all.join(", "))
}
