//! Making, finding and changing accounts.

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::roles::{Roles, SUPER_ADMIN, grants_of};
use super::sql::{self, AccountRow, RoleRow};
use super::{
    ACCOUNT_EXISTS, Account, AccountChange, AccountFilter, AccountId, AccountStatus,
    LAST_SUPER_ADMIN, NewAccount, UNKNOWN_ACCOUNT,
};
use crate::kernel::access::{Actor, require_all_of};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::{ACCOUNT_ROLES, ACCOUNTS};
use crate::kernel::db::{Assembly, Field, IdList, One, Tx, Value, bulk};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::Page;
use crate::kernel::suggest::suggest;
use crate::kernel::text::{Email, Name};
use crate::operations::{Changed, FieldChange, Operation, Write};
use crate::settings;

pub(super) async fn add(core: &Core, actor: &Actor, account: NewAccount) -> Result<Account> {
    let mut write = Write::begin(core, actor).await?;
    let account = add_in(&mut write, account, None).await?;
    write.commit().await?;
    Ok(account)
}

/// A new account whose every part has the right form.
struct Checked {
    username: String,
    email: Option<Email>,
    display_name: Option<Name>,
    roles: Vec<String>,
}

impl Checked {
    fn new(new: &NewAccount, roles: &Roles) -> Result<Self> {
        Ok(Self {
            username: username(&new.username)?,
            email: new.email.as_deref().map(Email::parse).transpose()?,
            display_name: new.display_name.as_deref().map(Name::parse).transpose()?,
            roles: roles.known(&new.roles)?,
        })
    }
}

/// Says what is wrong with it, as far as that can be said without a database.
pub(super) fn check(new: &NewAccount) -> Result<()> {
    Checked::new(new, &Roles::built_in()).map(|_| ())
}

/// Makes an account, as part of a larger unit of work. `person` is to whom it will belong: whoever
/// makes it says so in the links, and gives no more than they hold.
pub(crate) async fn add_in(
    write: &mut Write,
    new: NewAccount,
    person: Option<Uuid>,
) -> Result<Account> {
    let known = Roles::load(&mut write.tx).await?;
    let Checked { username, email, display_name, roles } = Checked::new(&new, &known)?;
    require_all_of(&write.ctx.actor, &known.grants_of(&roles), person, "the account")?;

    let now = write.ctx.now;
    let account = Account {
        id: AccountId::new(write.ctx.new_id()),
        username,
        email: email.map(|email| email.to_string()),
        display_name: display_name.map(|name| name.to_string()),
        status: AccountStatus::Active,
        roles,
        person_id: person,
        created_at: now,
        updated_at: now,
    };
    refuse_taken(&mut write.tx, &account).await?;
    let row = vec![
        account.id.into_value(),
        account.username.as_str().into_value(),
        key(&account.username).into_value(),
        account.email.clone().into_value(),
        account.email.as_deref().map(key).into_value(),
        account.display_name.clone().into_value(),
        account.status.as_str().into_value(),
        now.into_value(),
        now.into_value(),
    ];
    bulk::insert(&mut write.tx, &ACCOUNTS, [row]).await?;
    set_roles(write, &account).await?;

    let after = json!({
        "username": account.username,
        "email": account.email,
        "display_name": account.display_name,
        "roles": account.roles,
        "person_id": account.person_id,
    });
    let subject = account.id.to_string();
    write.record(
        Operation::new("account.created")
            .count("created", 1)
            .change("account", Some(account.id.uuid()), None::<&Json>, Some(&after))
            .event(
                "account.created",
                Some(subject),
                json!({ "account_id": account.id, "roles": account.roles }),
            ),
    );
    Ok(account)
}

pub(super) async fn list(core: &Core, filter: AccountFilter) -> Result<Page<Account>> {
    let mut tx = core.db().begin_read().await?;
    let rows: Vec<AccountRow> = tx
        .sql(&sql::ACCOUNTS)
        .bind(filter.paging.after::<String>()?.unwrap_or_default())
        .bind(filter.status.map(|status| status.as_str().to_owned()))
        .bind(filter.paging.rows_wanted()?)
        .all()
        .await?;
    let accounts = rows.into_iter().map(Account::try_from).collect::<Result<Vec<_>>>()?;
    filter.paging.page(accounts, |account| key(&account.username))
}

/// An account by user name, e-mail or id.
pub(crate) async fn find_in(tx: &mut Tx, name: &str) -> Result<Account> {
    let found: Option<AccountRow> = match name.trim().parse::<Uuid>() {
        Ok(id) => tx.sql(&sql::ACCOUNT_BY_ID).bind(id).opt().await?,
        Err(_) => tx.sql(&sql::ACCOUNT_BY_NAME).bind(key(name)).opt().await?,
    };
    if let Some(row) = found {
        return row.try_into();
    }
    let known: Vec<One<String>> = tx.sql(&sql::USERNAMES).all().await?;
    Err(UNKNOWN_ACCOUNT
        .error(format!("there is no account `{}`", name.trim()))
        .with_hints(suggest(name, known.iter().map(|One(username)| username)))
        .with_hint("`lmsctl access user list` shows all accounts"))
}

pub(super) async fn edit(
    core: &Core,
    actor: &Actor,
    name: &str,
    change: AccountChange,
) -> Result<Changed<Account>> {
    let mut write = Write::begin(core, actor).await?;
    let before = find_in(&mut write.tx, name).await?;
    let changed = edit_in(&mut write, before, change).await?;
    write.commit().await?;
    Ok(changed)
}

/// Changes an account as part of a larger unit of work.
pub(crate) async fn edit_in(
    write: &mut Write,
    before: Account,
    change: AccountChange,
) -> Result<Changed<Account>> {
    let roles = Roles::load(&mut write.tx).await?;
    let actor = write.ctx.actor.clone();
    // Who holds less than the account could otherwise lock out those who hold more.
    let person = before.person_id;
    require_all_of(&actor, &roles.grants_of(&before.roles), person, "the account")?;
    let mut after = changed(&before, change, &roles)?;
    require_all_of(&actor, &roles.grants_of(&after.roles), person, "the account")?;

    let changed = differences(&before, &after);
    if changed.is_empty() {
        return Ok(Changed { value: before, changed, operation: None });
    }
    refuse_without_super_admin(&mut write.tx, &before, &after).await?;
    refuse_taken(&mut write.tx, &after).await?;
    after.updated_at = write.ctx.now;
    update(write, &after).await?;
    if before.roles != after.roles {
        set_roles(write, &after).await?;
    }
    let operation = write.record(operation(&before, &after, &changed));
    Ok(Changed { value: after, changed, operation: Some(operation) })
}

/// Says whose an account is from now on. The link itself is written by whoever knows people.
pub(crate) async fn belongs_to_in(
    write: &mut Write,
    before: Account,
    person: Option<Uuid>,
) -> Result<Changed<Account>> {
    let grants = grants_of(&mut write.tx, &before.roles).await?;
    for person in [before.person_id, person] {
        require_all_of(&write.ctx.actor, &grants, person, "the account")?;
    }
    let after = Account { person_id: person, updated_at: write.ctx.now, ..before.clone() };
    let changed = differences(&before, &after);
    update(write, &after).await?;
    let operation = write.record(operation(&before, &after, &changed));
    Ok(Changed { value: after, changed, operation: Some(operation) })
}

async fn update(write: &mut Write, account: &Account) -> Result<()> {
    write
        .tx
        .sql(&sql::UPDATE_ACCOUNT)
        .bind(account.id)
        .bind(account.email.clone())
        .bind(account.email.as_deref().map(key))
        .bind(account.display_name.clone())
        .bind(account.status.as_str())
        .bind(account.updated_at)
        .run_one()
        .await
}

fn changed(before: &Account, change: AccountChange, roles: &Roles) -> Result<Account> {
    let mut after = before.clone();
    if let Some(email) = change.email {
        let email = email.filter(|text| !text.trim().is_empty());
        after.email =
            email.map(|text| Email::parse(&text)).transpose()?.map(|email| email.to_string());
    }
    if let Some(name) = change.display_name {
        let name = name.filter(|text| !text.trim().is_empty());
        after.display_name =
            name.map(|text| Name::parse(&text)).transpose()?.map(|name| name.to_string());
    }
    if let Some(status) = change.status {
        after.status = status;
    }
    let known =
        |names: &[String], field: &str| roles.known(names).map_err(|error| error.with_field(field));
    let removed = known(&change.remove_roles, "remove")?;
    after.roles.retain(|role| !removed.contains(role));
    after.roles.extend(known(&change.add_roles, "add")?);
    after.roles = roles.known(&after.roles)?;
    Ok(after)
}

fn differences(before: &Account, after: &Account) -> Vec<FieldChange> {
    let roles = |account: &Account| (!account.roles.is_empty()).then(|| account.roles.join(", "));
    let status = |account: &Account| Some(account.status.as_str().to_owned());
    let person = |account: &Account| account.person_id.map(|id| id.to_string());
    FieldChange::between([
        ("email", before.email.clone(), after.email.clone()),
        ("display_name", before.display_name.clone(), after.display_name.clone()),
        ("status", status(before), status(after)),
        ("roles", roles(before), roles(after)),
        ("person_id", person(before), person(after)),
    ])
}

fn operation(before: &Account, after: &Account, changed: &[FieldChange]) -> Operation {
    let values = |account: &Account| -> Map<String, Json> {
        let all = serde_json::to_value(account).unwrap_or_default();
        changed.iter().map(|change| (change.field.clone(), all[&change.field].clone())).collect()
    };
    let fields: Vec<&str> = changed.iter().map(|change| change.field.as_str()).collect();
    let subject = Some(after.id.to_string());
    let mut operation = Operation::new("account.changed")
        .count("changed", 1)
        .change("account", Some(after.id.uuid()), Some(&values(before)), Some(&values(after)))
        .event(
            "account.changed",
            subject.clone(),
            json!({ "account_id": after.id, "fields": fields }),
        );
    if before.roles != after.roles {
        operation = operation.event(
            "user.role.changed",
            subject,
            json!({ "account_id": after.id, "before": before.roles, "after": after.roles }),
        );
    }
    operation
}

/// User name and e-mail share one space of names, so that either finds one account.
async fn refuse_taken(tx: &mut Tx, account: &Account) -> Result<()> {
    let username_key = key(&account.username);
    let email_key = account.email.as_deref().map_or_else(|| username_key.clone(), key);
    let One(taken): One<i64> =
        tx.sql(&sql::COUNT_TAKEN).bind(account.id).bind(username_key).bind(email_key).one().await?;
    if taken == 0 {
        return Ok(());
    }
    let names = account.email.as_ref().map_or_else(
        || format!("`{}`", account.username),
        |email| format!("`{}` or `{email}`", account.username),
    );
    Err(ACCOUNT_EXISTS.error(format!("there is an account {names} already")).with_hint(
        "case does not tell two accounts apart; choose another name, or edit the one that is there",
    ))
}

pub(super) async fn refuse_without_super_admin(
    tx: &mut Tx,
    before: &Account,
    after: &Account,
) -> Result<()> {
    let is_one = |account: &Account| {
        account.status == AccountStatus::Active
            && account.roles.iter().any(|role| role == SUPER_ADMIN)
    };
    if !is_one(before) || is_one(after) {
        return Ok(());
    }
    let One(others): One<i64> =
        tx.sql(&sql::COUNT_OTHER_ACTIVE_WITH_ROLE).bind(SUPER_ADMIN).bind(after.id).one().await?;
    if others > 0 {
        return Ok(());
    }
    Err(LAST_SUPER_ADMIN
        .error(format!("`{}` is the last active super admin", after.username))
        .with_hint("make another account super admin first"))
}

/// From today on the account has these roles and no others. Those that go are kept with the day
/// until which they were held, unless that is the day on which they came.
async fn set_roles(write: &mut Write, account: &Account) -> Result<()> {
    let today = settings::today(&mut write.tx, write.ctx.now).await?;
    let held: Vec<RoleRow> = write.tx.sql(&sql::ROLES_HELD).bind(account.id).all().await?;
    let gone: Vec<&RoleRow> =
        held.iter().filter(|row| !account.roles.contains(&row.role)).collect();
    let ended = gone.iter().filter(|row| row.valid_from < today);
    let ended = ended.map(|row| (row.role.as_str(), row.valid_from, Some(today)));
    let come = account.roles.iter().filter(|role| held.iter().all(|row| row.role != **role));
    let come = come.map(|role| (role.as_str(), today, None));
    let rows: Vec<Vec<Value>> = ended
        .chain(come)
        .map(|(role, from, until)| {
            vec![
                write.ctx.new_id().into_value(),
                account.id.into_value(),
                role.into_value(),
                from.into_value(),
                until.into_value(),
                write.ctx.now.into_value(),
                None::<Timestamp>.into_value(),
            ]
        })
        .collect();
    let gone = IdList::new(gone.iter().map(|row| row.id));
    Assembly::new("UPDATE account_roles SET retracted_at = ? WHERE id IN (ids?)")
        .bind(write.ctx.now)
        .bind_ids(&gone)
        .on(&mut write.tx)
        .run()
        .await?;
    bulk::insert(&mut write.tx, &ACCOUNT_ROLES, rows).await.map(|_| ())
}

/// What makes two names the same.
pub(super) fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

fn username(text: &str) -> Result<String> {
    let text = text.trim();
    let allowed = |c: char| c.is_alphanumeric() || "-_.@+".contains(c);
    if text.is_empty() || text.chars().count() > 64 || !text.chars().all(allowed) {
        return Err(Error::invalid("username", format!("`{text}` cannot be a user name"))
            .with_hint("use letters, digits and `-_.@+`, 1 to 64 of them"));
    }
    if text.parse::<Uuid>().is_ok() {
        return Err(Error::invalid("username", "a user name cannot look like an id"));
    }
    Ok(text.to_owned())
}
