//! The access roles of a person: those of the account that belongs to them.

use axum::response::Response;
use lms_core::{Account, AccountChange, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PersonPath;
use crate::answer::changed;
use crate::auth::Call;
use crate::conditional::{IfMatch, IfNoneMatch};
use crate::error::Problem;
use crate::extract::Json;
use crate::query::{NoParameters, Query};

/// Access roles that come and go; what is not named stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RolesChange {
    /// Roles that the account is given.
    #[serde(default)]
    add: Vec<String>,
    /// Roles that are taken from it.
    #[serde(default)]
    remove: Vec<String>,
}

/// The account of a person, and what it may be used for.
#[derive(Serialize, ToSchema)]
pub(super) struct UserRoles {
    /// What they sign in as.
    username: String,
    /// `active` or `disabled`.
    status: &'static str,
    /// The access roles of the account, by name.
    roles: Vec<String>,
    /// When the account was changed last.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// `GET /users/{id}/roles`.
pub(super) async fn show(
    call: Call,
    path: PersonPath,
    tags: IfNoneMatch,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Response, Problem> {
    let account = call.lms.people().account(&call.actor, &path.0).await;
    let account = account.map_err(PersonPath::problem)?;
    Ok(tags.show(account.updated_at, &UserRoles::from(account)))
}

/// `POST /users/{id}/roles`: gives and takes roles.
pub(super) async fn edit(
    call: Call,
    path: PersonPath,
    Query(NoParameters {}): Query<NoParameters>,
    IfMatch(seen): IfMatch<Timestamp>,
    Json(body): Json<RolesChange>,
) -> Result<Response, Problem> {
    let people = call.lms.people().unchanged_since(seen);
    let outcome = people.edit_account(&call.actor, &path.0, body.into_change()).await;
    let outcome = outcome.map_err(PersonPath::problem)?;
    Ok(changed::<UserRoles>(outcome.value.updated_at, outcome.into()))
}

impl RolesChange {
    fn into_change(self) -> AccountChange {
        let change = self.add.iter().fold(AccountChange::new(), |all, role| all.add_role(role));
        self.remove.iter().fold(change, |all, role| all.remove_role(role))
    }
}

impl From<Account> for UserRoles {
    fn from(account: Account) -> Self {
        Self {
            username: account.username,
            status: account.status.as_str(),
            roles: account.roles,
            updated_at: account.updated_at.to_string(),
        }
    }
}
