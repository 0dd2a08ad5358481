//! From a secret or a name to an actor.

use super::accounts::find_in;
use super::roles::grants_of;
use super::sql::{self, SecretRow, parse_status, split};
use super::tokens::{SECRET_PREFIX, hash_secret};
use super::{AccountStatus, DISABLED, READ, TOKEN_REFUSED};
use crate::kernel::access::{Actor, Grant, Grants, Layer};
use crate::kernel::core::Core;
use crate::kernel::error::{Error, Result};

/// One answer for a token that never was, has ended or was revoked: nobody learns which.
fn refused() -> Error {
    TOKEN_REFUSED
        .error("the API token is not valid")
        .with_hint("make a new one with `lmsctl access token create`")
}

pub(super) async fn authenticate(core: &Core, token: &str) -> Result<Actor> {
    if !token.starts_with(SECRET_PREFIX) {
        return Err(refused());
    }
    let mut tx = core.db().begin_read().await?;
    let found: Option<SecretRow> =
        tx.sql(&sql::TOKEN_BY_SECRET).bind(hash_secret(token)).opt().await?;
    let row = found.ok_or_else(refused)?;
    let ended = row.expires_at.is_some_and(|end| end <= core.now());
    if ended || row.revoked_at.is_some() || parse_status(&row.status)? != AccountStatus::Active {
        return Err(refused());
    }
    let grants = grants_of(&mut tx, &split(&row.roles)).await?;
    let mut layers = vec![Layer { grants, person: row.person_id }];
    let narrowed = split(&row.permissions);
    if !narrowed.is_empty() {
        let grants = narrowed.iter().map(|permission| Grant::all(permission)).collect();
        layers.push(Layer { grants, person: row.person_id });
    }
    let label = format!("account:{}", row.account_id);
    Ok(Actor::with_grants(label, Grants::Layers(layers)).with_origin(format!("token:{}", row.id)))
}

pub(super) async fn act_as(core: &Core, actor: &Actor, name: &str) -> Result<Actor> {
    actor.require(READ)?;
    let mut tx = core.db().begin_read().await?;
    let account = find_in(&mut tx, name).await?;
    if account.status != AccountStatus::Active {
        return Err(DISABLED
            .error(format!("the account `{}` is disabled", account.username))
            .with_hint("name another account"));
    }
    let mut layers = match actor.grants() {
        Grants::Everything => Vec::new(),
        Grants::Layers(layers) => layers.clone(),
    };
    let grants = grants_of(&mut tx, &account.roles).await?;
    layers.push(Layer { grants, person: account.person_id });
    let label = format!("account:{}", account.id);
    Ok(Actor::with_grants(label, Grants::Layers(layers)).speaking_for(actor))
}
