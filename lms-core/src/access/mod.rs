//! Who may sign in and what they may do: accounts, access roles, API tokens.
//!
//! Owns `accounts`, `account_passwords`, `account_roles`, `access_roles`, `access_role_grants` and
//! `api_tokens`. Promises that a token's secret is shown once and kept as a hash only, that a password
//! is neither shown nor logged, that nobody gives away more than they hold, and that there is always
//! an active super admin. An account is not a person; whose it is, `people` records.

pub(crate) mod accounts;
mod authenticate;
mod erase;
pub(crate) mod roles;
mod own_roles;
mod passwords;
mod set_up;
pub(crate) mod sql;
mod tokens;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use erase::{
    erase_in, linked_in, move_link_in, password_since_in, tokens_in, usernames_in,
};
pub use own_roles::{NewRole, RoleChange};
pub use passwords::Password;
pub(crate) use roles::ADMIN_ROLES;
pub use roles::{BuiltInRole, PERMISSIONS, ROLES, Role};
pub use set_up::{SetUp, SetUpOutcome};
pub use tokens::{CreatedToken, NewToken, Token, TokenFilter};

use crate::kernel::access::{Actor, Permission};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::error::{Result, error_codes};
use crate::kernel::ids::id;
use crate::kernel::page::{Page, Paging, paged};
use crate::operations::Changed;

/// May see accounts and tokens.
pub(crate) const READ: Permission = Permission::new("access.read", "see accounts and tokens");
/// May make and change accounts and tokens.
pub(crate) const WRITE: Permission =
    Permission::new("access.write", "make or change accounts and tokens");

id! {
    /// An account.
    AccountId;
    /// An API token.
    TokenId;
}

error_codes! {
    UNKNOWN_ACCOUNT = "access.account_unknown", NotFound, "there is no such account";
    ACCOUNT_EXISTS = "access.account_exists", Conflict, "an account has this user name or e-mail already";
    UNKNOWN_ROLE = "access.role_unknown", Invalid, "an account cannot have a role that does not exist";
    NO_SUCH_ROLE = "access.role_not_found", NotFound, "there is no such access role";
    ROLE_EXISTS = "access.role_exists", Conflict, "an access role has this name already";
    ROLE_BUILT_IN = "access.role_built_in", Refused, "the access role is one that every organisation has";
    ROLE_IN_USE = "access.role_in_use", Refused, "accounts have the access role";
    UNKNOWN_PERMISSION = "access.permission_unknown", Invalid, "there is no such permission";
    LAST_SUPER_ADMIN = "access.last_super_admin", Refused, "it would leave no active super admin";
    UNKNOWN_TOKEN = "access.token_unknown", NotFound, "there is no such API token";
    WEAK_PASSWORD = "access.password_weak", Invalid, "the password cannot be used";
    NO_ACCOUNT = "access.no_account", Precondition, "whoever acts has no account, and so no password of their own";
    SIGN_IN_REFUSED = "access.sign_in_refused", Unauthenticated, "user name and password do not open an account now";
    TOKEN_REFUSED = "access.unauthenticated", Unauthenticated, "the API token is not one that is valid now";
    EXPIRES_IN_PAST = "access.token_expiry", Invalid, "a token would have ended before it began";
    DISABLED = "access.account_disabled", Precondition, "the account is disabled";
}

/// Accounts, roles and tokens; made by [`crate::Lms::access`].
#[derive(Debug)]
pub struct Access<'a> {
    pub(crate) core: &'a Core,
}

/// Whether an account may be used.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// It may.
    Active,
    /// It may not, nor may its tokens.
    Disabled,
}

impl AccountStatus {
    /// The name in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// Someone or something that may sign in.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What it signs in as; unique without regard to case.
    pub username: String,
    /// Where it is written to; unique without regard to case.
    pub email: Option<String>,
    /// What people call it.
    pub display_name: Option<String>,
    /// Whether it may be used.
    pub status: AccountStatus,
    /// Its access roles, by name.
    pub roles: Vec<String>,
    /// The person to whom it belongs, where it is somebody's own.
    pub person_id: Option<Uuid>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    username: String,
    email: Option<String>,
    display_name: Option<String>,
    roles: Vec<String>,
}

impl NewAccount {
    /// With this user name.
    #[must_use]
    pub fn new(username: &str) -> Self {
        Self { username: username.to_owned(), email: None, display_name: None, roles: Vec::new() }
    }

    /// With this e-mail address.
    #[must_use]
    pub fn email(mut self, email: &str) -> Self {
        self.email = Some(email.to_owned());
        self
    }

    /// Called this.
    #[must_use]
    pub fn display_name(mut self, name: &str) -> Self {
        self.display_name = Some(name.to_owned());
        self
    }

    /// With this access role; may be said several times.
    #[must_use]
    pub fn role(mut self, role: &str) -> Self {
        self.roles.push(role.to_owned());
        self
    }
}

/// What to change of an account.
#[derive(Debug, Clone, Default)]
#[expect(clippy::option_option, reason = "no change, a change to a value, or a change to none")]
pub struct AccountChange {
    email: Option<Option<String>>,
    display_name: Option<Option<String>>,
    add_roles: Vec<String>,
    remove_roles: Vec<String>,
    status: Option<AccountStatus>,
}

impl AccountChange {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another e-mail address, or none.
    #[must_use]
    pub fn email(mut self, email: Option<&str>) -> Self {
        self.email = Some(email.map(str::to_owned));
        self
    }

    /// Another name, or none.
    #[must_use]
    pub fn display_name(mut self, name: Option<&str>) -> Self {
        self.display_name = Some(name.map(str::to_owned));
        self
    }

    /// One more access role.
    #[must_use]
    pub fn add_role(mut self, role: &str) -> Self {
        self.add_roles.push(role.to_owned());
        self
    }

    /// One access role less.
    #[must_use]
    pub fn remove_role(mut self, role: &str) -> Self {
        self.remove_roles.push(role.to_owned());
        self
    }

    /// Usable or not.
    #[must_use]
    pub fn status(mut self, status: AccountStatus) -> Self {
        self.status = Some(status);
        self
    }
}

/// Which accounts.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    status: Option<AccountStatus>,
    paging: Paging,
}

paged!(AccountFilter);

impl AccountFilter {
    /// All accounts, by user name.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those with this status.
    #[must_use]
    pub fn status(mut self, status: AccountStatus) -> Self {
        self.status = Some(status);
        self
    }
}

impl Access<'_> {
    /// Makes an organisation of an empty database: its name, the first super admin and its first
    /// token, in one transaction. A second time, nothing changes.
    pub async fn set_up(&self, actor: &Actor, set_up: SetUp) -> Result<SetUpOutcome> {
        actor.require(WRITE)?;
        set_up::set_up(self.core, actor, set_up).await
    }

    /// The actor whom a token speaks for.
    pub async fn authenticate(&self, token: &str) -> Result<Actor> {
        authenticate::authenticate(self.core, token).await
    }

    /// Acts as an account: with its rights, as far as the actor has them too.
    pub async fn act_as(&self, actor: &Actor, account: &str) -> Result<Actor> {
        authenticate::act_as(self.core, actor, account).await
    }

    /// The actor whom a user name or e-mail address and a password stand for. Whatever is wrong, the
    /// answer is the same, and as slow.
    pub async fn sign_in(&self, name: &str, password: Password) -> Result<Actor> {
        passwords::sign_in(self.core, name, password).await
    }

    /// Gives an account a password in place of the one it may have, or takes it away.
    pub async fn set_password(
        &self,
        actor: &Actor,
        account: &str,
        password: Option<Password>,
    ) -> Result<Changed<Account>> {
        actor.require(WRITE)?;
        passwords::set(self.core, actor, account, password).await
    }

    /// Gives the account that acts another password in place of the present one, which has to be
    /// given too and is throttled as signing in is. It needs no permission.
    pub async fn change_own_password(
        &self,
        actor: &Actor,
        present: Password,
        new: Password,
    ) -> Result<Changed<Account>> {
        passwords::change_own(self.core, actor, present, new).await
    }

    /// Makes an account.
    pub async fn add_account(&self, actor: &Actor, account: NewAccount) -> Result<Account> {
        actor.require(WRITE)?;
        accounts::add(self.core, actor, account).await
    }

    /// Lists accounts by user name.
    pub async fn accounts(&self, actor: &Actor, filter: AccountFilter) -> Result<Page<Account>> {
        actor.require(READ)?;
        accounts::list(self.core, filter).await
    }

    /// One account, by user name, e-mail or id.
    pub async fn account(&self, actor: &Actor, name: &str) -> Result<Account> {
        actor.require(READ)?;
        accounts::find_in(&mut self.core.db().begin_read().await?, name).await
    }

    /// Changes an account. Nothing happens, and it says so, where all was so already.
    pub async fn edit_account(
        &self,
        actor: &Actor,
        name: &str,
        change: AccountChange,
    ) -> Result<Changed<Account>> {
        actor.require(WRITE)?;
        accounts::edit(self.core, actor, name, change).await
    }

    /// All access roles: those that every organisation has, then its own.
    pub async fn roles(&self, actor: &Actor) -> Result<Vec<Role>> {
        actor.require(READ)?;
        own_roles::list(self.core).await
    }

    /// One access role by name.
    pub async fn role(&self, actor: &Actor, name: &str) -> Result<Role> {
        actor.require(READ)?;
        own_roles::show(self.core, name).await
    }

    /// Makes an access role of the organisation's own.
    pub async fn add_role(&self, actor: &Actor, role: NewRole) -> Result<Role> {
        actor.require(WRITE)?;
        own_roles::add(self.core, actor, role).await
    }

    /// Changes what an own role gives. Nothing happens, and it says so, where all was so already.
    pub async fn edit_role(
        &self,
        actor: &Actor,
        name: &str,
        change: RoleChange,
    ) -> Result<Changed<Role>> {
        actor.require(WRITE)?;
        own_roles::edit(self.core, actor, name, change).await
    }

    /// Does away with an own role that no account has.
    pub async fn remove_role(&self, actor: &Actor, name: &str) -> Result<Changed<Role>> {
        actor.require(WRITE)?;
        own_roles::remove(self.core, actor, name).await
    }

    /// Makes an API token; its secret is in the answer and nowhere else.
    pub async fn create_token(&self, actor: &Actor, token: NewToken) -> Result<CreatedToken> {
        actor.require(WRITE)?;
        tokens::create(self.core, actor, token).await
    }

    /// Lists API tokens, newest first.
    pub async fn tokens(&self, actor: &Actor, filter: TokenFilter) -> Result<Page<Token>> {
        actor.require(READ)?;
        tokens::list(self.core, filter).await
    }

    /// Ends an API token. Nothing happens, and it says so, where it had ended already.
    pub async fn revoke_token(&self, actor: &Actor, id: &str) -> Result<Changed<Token>> {
        actor.require(WRITE)?;
        tokens::revoke(self.core, actor, id).await
    }
}
