//! The account of a person who is merged or erased, as parts of larger units of work.

use std::collections::HashMap;

use uuid::Uuid;

use super::accounts::{find_in, refuse_without_super_admin};
use super::roles::grants_of;
use super::{Account, AccountId, AccountStatus, Token};
use crate::access::sql::TokenRow;
use crate::kernel::access::require_all_of;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Assembly, IdList, One, Tx, row};
use crate::kernel::error::Result;
use crate::operations::Write;

row! {
    struct UsernameRow {
        id: Uuid,
        username: String,
    }
}

/// What these accounts sign in as.
pub(crate) async fn usernames_in(tx: &mut Tx, accounts: &IdList) -> Result<HashMap<Uuid, String>> {
    let rows: Vec<UsernameRow> =
        Assembly::new("SELECT id, username FROM accounts WHERE id IN (ids?)")
            .bind_ids(accounts)
            .on(tx)
            .all()
            .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.username)).collect())
}

/// The account that belongs to a person.
pub(crate) async fn linked_in(tx: &mut Tx, person: Uuid) -> Result<Option<Account>> {
    let link: Option<One<Uuid>> =
        Assembly::new("SELECT account_id FROM account_links WHERE person_id = ?")
            .bind(person)
            .on(tx)
            .opt()
            .await?;
    match link {
        Some(One(account)) => find_in(tx, &account.to_string()).await.map(Some),
        None => Ok(None),
    }
}

/// The tokens of an account, also those that have ended.
pub(crate) async fn tokens_in(tx: &mut Tx, account: AccountId) -> Result<Vec<Token>> {
    let rows: Vec<TokenRow> = Assembly::new(
        "SELECT t.id, t.account_id, a.username, t.name, t.permissions, t.created_at, t.expires_at, t.revoked_at
         FROM api_tokens t JOIN accounts a ON a.id = t.account_id WHERE t.account_id = ?",
    )
    .bind(account)
    .push("ORDER BY t.id")
    .on(tx)
    .all()
    .await?;
    Ok(rows.into_iter().map(Token::from).collect())
}

/// Gives the account of one person to another, who has none.
pub(crate) async fn move_link_in(write: &mut Write, from: Uuid, to: Uuid) -> Result<()> {
    Assembly::new("UPDATE account_links SET person_id = ?")
        .bind(to)
        .push("WHERE person_id = ?")
        .bind(from)
        .on(&mut write.tx)
        .run()
        .await
        .map(|_| ())
}

/// Makes the account of a person nobody's: it cannot be used, and nothing in it tells whose it was.
pub(crate) async fn erase_in(write: &mut Write, account: &Account, tokens: &[Token]) -> Result<()> {
    let grants = grants_of(&mut write.tx, &account.roles).await?;
    require_all_of(&write.ctx.actor, &grants, account.person_id, "the account")?;
    let disabled = Account { status: AccountStatus::Disabled, ..account.clone() };
    refuse_without_super_admin(&mut write.tx, account, &disabled).await?;
    let (id, now) = (account.id, write.ctx.now);
    let username = format!("erased-{id}");
    Assembly::new("UPDATE accounts SET username = ?")
        .bind(username.clone())
        .push(", username_key = ?")
        .bind(username)
        .push(", email = NULL, email_key = NULL, display_name = NULL, status = 'disabled', updated_at = ?")
        .bind(now)
        .push("WHERE id = ?")
        .bind(id)
        .on(&mut write.tx)
        .run_one()
        .await?;
    let tokens = IdList::new(tokens.iter().map(|token| token.id.uuid()));
    Assembly::new("UPDATE api_tokens SET name = 'erased', revoked_at = COALESCE(revoked_at, ?)")
        .bind(now)
        .push("WHERE id IN (ids?)")
        .bind_ids(&tokens)
        .on(&mut write.tx)
        .run()
        .await?;
    for forget in [
        "DELETE FROM account_passwords WHERE account_id = ?",
        "DELETE FROM account_links WHERE account_id = ?",
    ] {
        Assembly::new(forget).bind(id).on(&mut write.tx).run().await?;
    }
    Ok(())
}

/// Since when an account has its password.
pub(crate) async fn password_since_in(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Option<Timestamp>> {
    let since: Option<One<Timestamp>> =
        Assembly::new("SELECT changed_at FROM account_passwords WHERE account_id = ?")
            .bind(account)
            .on(tx)
            .opt()
            .await?;
    Ok(since.map(|One(instant)| instant))
}
