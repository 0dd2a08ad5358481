//! Whose an account is: a person may have one, and an account belongs to one person at most.

use uuid::Uuid;

use super::history::names_of;
use super::reach::Reach;
use super::sql::{self, LinkRow};
use super::{ACCOUNT_LINKED, NO_ACCOUNT, PersonId, READ, STALE, directory};
use crate::access::{self, Account, AccountChange, NewAccount, accounts};
use crate::kernel::access::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::ACCOUNT_LINKS;
use crate::kernel::db::{Field, IdList, Tx, bulk};
use crate::kernel::error::Result;
use crate::operations::{Changed, Write, refuse_changed};

/// Says whose an account is, or that it is nobody's.
pub(super) async fn link(
    core: &Core,
    actor: &Actor,
    account: &str,
    person: Option<&str>,
) -> Result<Changed<Account>> {
    let mut write = Write::begin(core, actor).await?;
    let account = accounts::find_in(&mut write.tx, account).await?;
    let person = match person {
        Some(text) => Some(find(&mut write, text).await?.uuid()),
        None => None,
    };
    if account.person_id == person {
        return Ok(Changed { value: account, changed: Vec::new(), operation: None });
    }
    if let Some(person) = person {
        if account.person_id.is_some() {
            return Err(ACCOUNT_LINKED
                .error(format!("the account `{}` is somebody's already", account.username))
                .with_field("account")
                .with_hint(format!(
                    "take it from them first: `lmsctl access user edit {} --person none`",
                    account.username
                )));
        }
        refuse_second_account(&mut write, person).await?;
    }
    let changed = accounts::belongs_to_in(&mut write, account, person).await?;
    write.tx.sql(&sql::DELETE_LINK).bind(changed.value.id).run().await?;
    if let Some(person) = person {
        insert(&mut write, &changed.value, person).await?;
    }
    write.commit().await?;
    Ok(changed)
}

/// Makes an account that belongs to a person from its beginning.
pub(super) async fn add(
    core: &Core,
    actor: &Actor,
    person: &str,
    new: NewAccount,
) -> Result<Account> {
    let mut write = Write::begin(core, actor).await?;
    let person = find(&mut write, person).await?.uuid();
    refuse_second_account(&mut write, person).await?;
    let account = accounts::add_in(&mut write, new, Some(person)).await?;
    insert(&mut write, &account, person).await?;
    write.commit().await?;
    Ok(account)
}

/// The account of a person whom the actor may see.
pub(super) async fn show(core: &Core, actor: &Actor, person: &str) -> Result<Account> {
    let mut tx = core.db().begin_read().await?;
    let person = find_in(&mut tx, actor, core.now(), person).await?;
    account_of(&mut tx, person).await
}

/// Changes the account of a person, unless somebody did so since the caller looked.
pub(super) async fn edit(
    core: &Core,
    actor: &Actor,
    person: &str,
    change: AccountChange,
    unchanged_since: Option<Timestamp>,
) -> Result<Changed<Account>> {
    let mut write = Write::begin(core, actor).await?;
    let person = find(&mut write, person).await?;
    let account = account_of(&mut write.tx, person).await?;
    refuse_changed(&STALE, "account", unchanged_since, account.updated_at)?;
    let changed = accounts::edit_in(&mut write, account, change).await?;
    write.commit().await?;
    Ok(changed)
}

async fn account_of(tx: &mut Tx, person: PersonId) -> Result<Account> {
    if let Some(account) = access::linked_in(tx, person.uuid()).await? {
        return Ok(account);
    }
    let names = names_of(tx, &IdList::new([person.uuid()])).await?;
    let name = names.get(&person.uuid()).map_or("the person", String::as_str);
    Err(NO_ACCOUNT
        .error(format!("{name} has no account"))
        .with_hint(format!("make one: `lmsctl access user add USERNAME --person {person}`")))
}

async fn find(write: &mut Write, text: &str) -> Result<PersonId> {
    let (actor, now) = (write.ctx.actor.clone(), write.ctx.now);
    find_in(&mut write.tx, &actor, now, text).await
}

async fn find_in(tx: &mut Tx, actor: &Actor, now: Timestamp, text: &str) -> Result<PersonId> {
    actor.require(READ)?;
    let reach = Reach::of(tx, actor, READ, now).await?;
    directory::find(tx, &reach, text).await
}

async fn insert(write: &mut Write, account: &Account, person: Uuid) -> Result<()> {
    let row = vec![account.id.into_value(), person.into_value()];
    bulk::insert(&mut write.tx, &ACCOUNT_LINKS, [row]).await.map(|_| ())
}

async fn refuse_second_account(write: &mut Write, person: Uuid) -> Result<()> {
    let found: Option<LinkRow> = write.tx.sql(&sql::ACCOUNT_OF).bind(person).opt().await?;
    match found {
        None => Ok(()),
        Some(LinkRow { username, name }) => Err(ACCOUNT_LINKED
            .error(format!("{name} has the account `{username}` already"))
            .with_field("person")
            .with_hint(format!(
                "give that one roles, or take it from them: `lmsctl access user edit {username} --person none`"
            ))),
    }
}
