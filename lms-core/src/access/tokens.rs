//! API tokens: shown once, kept as a hash, ended by a day or by hand.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::accounts::find_in;
use super::roles::{grants_of, known_permissions};
use super::sql::{self, TokenRow};
use super::{AccountId, AccountStatus, DISABLED, EXPIRES_IN_PAST, TokenId, UNKNOWN_TOKEN};
use crate::kernel::access::{Actor, Grant, require_all_of};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::schema::API_TOKENS;
use crate::kernel::db::{Field, bulk};
use crate::kernel::error::Result;
use crate::kernel::page::{Page, Paging, paged};
use crate::kernel::text::{Day, Name};
use crate::operations::{Changed, FieldChange, Operation, Write};
use crate::settings;

/// By this a secret scanner knows one that leaked.
pub(super) const SECRET_PREFIX: &str = "lms_";

/// An API token, without its secret.
#[non_exhaustive]
#[derive(Debug, Clone, Serialize)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whom it speaks for.
    pub account_id: AccountId,
    /// The user name of that account.
    pub username: String,
    /// What it is for.
    pub name: String,
    /// What it may do at most; empty means all that its account may.
    pub permissions: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is no longer valid.
    pub expires_at: Option<Timestamp>,
    /// When it was ended by hand.
    pub revoked_at: Option<Timestamp>,
}

/// A token that was just made, with its secret.
#[non_exhaustive]
#[derive(Clone, Serialize)]
pub struct CreatedToken {
    /// The token.
    pub token: Token,
    /// Its secret: it cannot be shown again.
    pub secret: String,
}

impl std::fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedToken").field("token", &self.token).finish_non_exhaustive()
    }
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    account: String,
    name: String,
    permissions: Vec<String>,
    expires_on: Option<Day>,
}

impl NewToken {
    /// For this account, and what it is for.
    #[must_use]
    pub fn new(account: &str, name: &str) -> Self {
        Self {
            account: account.to_owned(),
            name: name.to_owned(),
            permissions: Vec::new(),
            expires_on: None,
        }
    }

    /// May do this and, of what its account may, nothing that is not said so; several times.
    #[must_use]
    pub fn permission(mut self, permission: &str) -> Self {
        self.permissions.push(permission.to_owned());
        self
    }

    /// The last day on which it is valid.
    #[must_use]
    pub fn expires_on(mut self, day: Day) -> Self {
        self.expires_on = Some(day);
        self
    }
}

/// Which tokens.
#[derive(Debug, Clone, Default)]
pub struct TokenFilter {
    account: Option<String>,
    include_revoked: bool,
    paging: Paging,
}

paged!(TokenFilter);

impl TokenFilter {
    /// All that were not revoked, newest first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those of this account.
    #[must_use]
    pub fn account(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// Also those that were revoked.
    #[must_use]
    pub fn include_revoked(mut self, include: bool) -> Self {
        self.include_revoked = include;
        self
    }
}

/// What is kept of a secret. It has 256 bits of its own, so that a fast hash is enough.
pub(super) fn hash_secret(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}

pub(super) async fn create(core: &Core, actor: &Actor, token: NewToken) -> Result<CreatedToken> {
    let mut write = Write::begin(core, actor).await?;
    let created = create_in(&mut write, token).await?;
    write.commit().await?;
    Ok(created)
}

pub(super) async fn create_in(write: &mut Write, new: NewToken) -> Result<CreatedToken> {
    let name = Name::parse(&new.name)?;
    let permissions = known_permissions(&new.permissions)?;
    let account = find_in(&mut write.tx, &new.account).await?;
    if account.status != AccountStatus::Active {
        return Err(DISABLED
            .error(format!("the account `{}` is disabled", account.username))
            .with_hint(format!(
                "enable it with `lmsctl access user enable {}`",
                account.username
            )));
    }
    let held = grants_of(&mut write.tx, &account.roles).await?;
    let given = narrowed(held, &permissions);
    require_all_of(&write.ctx.actor, &given, account.person_id, "the token")?;

    let now = write.ctx.now;
    let zone = settings::current(&mut write.tx).await?.timezone.zone();
    let expires_at = new.expires_on.map(|day| day.next().starts_at(&zone));
    if expires_at.is_some_and(|end| end <= now) {
        return Err(EXPIRES_IN_PAST
            .error("the token would have ended before it began")
            .with_field("expires_on")
            .with_hint("name today or a later day, such as `+90d`"));
    }
    let secret = format!("{SECRET_PREFIX}{}", URL_SAFE_NO_PAD.encode(write.ctx.ids.secret()));
    let token = Token {
        id: TokenId::new(write.ctx.new_id()),
        account_id: account.id,
        username: account.username,
        name: name.to_string(),
        permissions,
        created_at: now,
        expires_at,
        revoked_at: None,
    };
    let row = vec![
        token.id.into_value(),
        token.account_id.into_value(),
        token.name.as_str().into_value(),
        hash_secret(&secret).into_value(),
        token.permissions.join(",").into_value(),
        now.into_value(),
        token.expires_at.into_value(),
        None::<Timestamp>.into_value(),
    ];
    bulk::insert(&mut write.tx, &API_TOKENS, [row]).await?;
    let after = json!({
        "account_id": token.account_id,
        "name": token.name,
        "permissions": token.permissions,
        "expires_at": token.expires_at,
    });
    write.record(
        Operation::new("token.created")
            .count("created", 1)
            .change("token", Some(token.id.uuid()), None::<&Json>, Some(&after))
            .event(
                "token.created",
                Some(token.id.to_string()),
                json!({ "token_id": token.id, "account_id": token.account_id }),
            ),
    );
    Ok(CreatedToken { token, secret })
}

/// What a token gives of what its account holds. A permission that the account does not hold yet
/// is one that it may come to hold for all records.
fn narrowed(held: Vec<Grant>, permissions: &[String]) -> Vec<Grant> {
    if permissions.is_empty() {
        return held;
    }
    let narrow = |permission: &String| {
        let covering = held.iter().filter(|grant| grant.covers(permission));
        let given: Vec<Grant> = covering
            .map(|grant| Grant { permission: permission.clone(), scope: grant.scope })
            .collect();
        if given.is_empty() { vec![Grant::all(permission)] } else { given }
    };
    permissions.iter().flat_map(narrow).collect()
}

pub(super) async fn list(core: &Core, filter: TokenFilter) -> Result<Page<Token>> {
    let mut tx = core.db().begin_read().await?;
    let account = match &filter.account {
        Some(name) => Some(find_in(&mut tx, name).await?.id),
        None => None,
    };
    let rows: Vec<TokenRow> = tx
        .sql(&sql::TOKENS)
        .bind(filter.paging.after::<Uuid>()?.unwrap_or(Uuid::max()))
        .bind(account)
        .bind(filter.include_revoked)
        .bind(filter.paging.rows_wanted()?)
        .all()
        .await?;
    filter.paging.page(rows.into_iter().map(Token::from).collect(), |token| token.id.uuid())
}

pub(super) async fn revoke(core: &Core, actor: &Actor, id: &str) -> Result<Changed<Token>> {
    let unknown = || {
        UNKNOWN_TOKEN
            .error(format!("there is no API token `{id}`"))
            .with_hint("name it by its id; `lmsctl access token list` shows all tokens")
    };
    let token_id: Uuid = id.trim().parse().map_err(|_| unknown())?;
    let mut write = Write::begin(core, actor).await?;
    let row: TokenRow =
        write.tx.sql(&sql::TOKEN_BY_ID).bind(token_id).opt().await?.ok_or_else(unknown)?;
    let mut token = Token::from(row);
    if token.revoked_at.is_some() {
        return Ok(Changed { value: token, changed: Vec::new(), operation: None });
    }
    let account = find_in(&mut write.tx, &token.account_id.to_string()).await?;
    let held = grants_of(&mut write.tx, &account.roles).await?;
    require_all_of(actor, &held, account.person_id, "the account of the token")?;

    let now = write.ctx.now;
    write.tx.sql(&sql::REVOKE_TOKEN).bind(token_id).bind(now).run_one().await?;
    token.revoked_at = Some(now);
    let changed = FieldChange::between([("revoked_at", None, Some(now.to_string()))]);
    let after = json!({ "revoked_at": now });
    let operation = write.record(
        Operation::new("token.revoked")
            .count("revoked", 1)
            .change("token", Some(token_id), Some(&json!({ "revoked_at": null })), Some(&after))
            .event(
                "token.revoked",
                Some(token.id.to_string()),
                json!({ "token_id": token.id, "account_id": token.account_id }),
            ),
    );
    write.commit().await?;
    Ok(Changed { value: token, changed, operation: Some(operation) })
}
