//! Statements over accounts, roles and tokens.

use super::{Account, AccountId, AccountStatus, Token, TokenId};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{row, statements};
use crate::kernel::error::{Error, Result};
use crate::kernel::text::Day;
use uuid::Uuid;

statements! {
    /// Roles come along as one text, in the order of their names.
    ACCOUNTS = "SELECT a.id, a.username, a.email, a.display_name, a.status, a.created_at, a.updated_at,
                       COALESCE((SELECT string_agg(r.role, ',' ORDER BY r.role)
                                 FROM account_roles r
                                 WHERE r.account_id = a.id AND r.retracted_at IS NULL AND r.valid_until IS NULL), '')
                FROM accounts a
                WHERE a.username_key > $1
                  AND (a.status = $2 OR $2 IS NULL)
                ORDER BY a.username_key
                LIMIT $3";

    ACCOUNT_BY_NAME = "SELECT a.id, a.username, a.email, a.display_name, a.status, a.created_at, a.updated_at,
                              COALESCE((SELECT string_agg(r.role, ',' ORDER BY r.role)
                                        FROM account_roles r
                                 WHERE r.account_id = a.id AND r.retracted_at IS NULL AND r.valid_until IS NULL), '')
                       FROM accounts a
                       WHERE a.username_key = $1 OR a.email_key = $1";

    ACCOUNT_BY_ID = "SELECT a.id, a.username, a.email, a.display_name, a.status, a.created_at, a.updated_at,
                            COALESCE((SELECT string_agg(r.role, ',' ORDER BY r.role)
                                      FROM account_roles r
                                 WHERE r.account_id = a.id AND r.retracted_at IS NULL AND r.valid_until IS NULL), '')
                     FROM accounts a
                     WHERE a.id = $1";

    /// For \"did you mean\": bounded, names are short.
    USERNAMES = "SELECT username FROM accounts ORDER BY username_key LIMIT 1000";

    COUNT_TAKEN = "SELECT COUNT(*) FROM accounts
                   WHERE id <> $1 AND (username_key = $2 OR username_key = $3 OR email_key = $2 OR email_key = $3)";

    UPDATE_ACCOUNT = "UPDATE accounts
                      SET email = $2, email_key = $3, display_name = $4, status = $5, updated_at = $6
                      WHERE id = $1";

    /// The roles that are held now.
    ROLES_HELD = "SELECT id, role, valid_from FROM account_roles
                  WHERE account_id = $1 AND retracted_at IS NULL AND valid_until IS NULL";

    COUNT_OTHER_ACTIVE_WITH_ROLE = "SELECT COUNT(*)
                                    FROM account_roles r JOIN accounts a ON a.id = r.account_id
                                    WHERE r.role = $1 AND r.retracted_at IS NULL AND r.valid_until IS NULL
                                      AND a.status = 'active' AND a.id <> $2";

    TOKENS = "SELECT t.id, t.account_id, a.username, t.name, t.permissions, t.created_at, t.expires_at, t.revoked_at
              FROM api_tokens t JOIN accounts a ON a.id = t.account_id
              WHERE t.id < $1
                AND (t.account_id = $2 OR $2 IS NULL)
                AND ($3 OR t.revoked_at IS NULL)
              ORDER BY t.id DESC
              LIMIT $4";

    TOKEN_BY_ID = "SELECT t.id, t.account_id, a.username, t.name, t.permissions, t.created_at, t.expires_at, t.revoked_at
                   FROM api_tokens t JOIN accounts a ON a.id = t.account_id
                   WHERE t.id = $1";

    REVOKE_TOKEN = "UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";

    /// All that decides whom a token speaks for, in one look-up.
    TOKEN_BY_SECRET = "SELECT t.id, t.account_id, t.permissions, t.expires_at, t.revoked_at, a.status,
                              COALESCE((SELECT string_agg(r.role, ',' ORDER BY r.role)
                                        FROM account_roles r
                                 WHERE r.account_id = a.id AND r.retracted_at IS NULL AND r.valid_until IS NULL), '')
                       FROM api_tokens t JOIN accounts a ON a.id = t.account_id
                       WHERE t.secret_sha256 = $1";
}

row! {
    pub(crate) struct AccountRow {
        id: AccountId,
        username: String,
        email: Option<String>,
        display_name: Option<String>,
        status: String,
        created_at: Timestamp,
        updated_at: Timestamp,
        roles: String,
    }
}

row! {
    pub(crate) struct RoleRow {
        pub(crate) id: Uuid,
        pub(crate) role: String,
        pub(crate) valid_from: Day,
    }
}

row! {
    pub(crate) struct TokenRow {
        id: TokenId,
        account_id: AccountId,
        username: String,
        name: String,
        permissions: String,
        created_at: Timestamp,
        expires_at: Option<Timestamp>,
        revoked_at: Option<Timestamp>,
    }
}

row! {
    pub(crate) struct SecretRow {
        pub(crate) id: TokenId,
        pub(crate) account_id: AccountId,
        pub(crate) permissions: String,
        pub(crate) expires_at: Option<Timestamp>,
        pub(crate) revoked_at: Option<Timestamp>,
        pub(crate) status: String,
        pub(crate) roles: String,
    }
}

/// Names in one text, comma between; they cannot hold one themselves.
pub(crate) fn split(names: &str) -> Vec<String> {
    names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

pub(crate) fn parse_status(status: &str) -> Result<AccountStatus> {
    match status {
        "active" => Ok(AccountStatus::Active),
        "disabled" => Ok(AccountStatus::Disabled),
        other => Err(Error::inconsistent("accounts.status", format!("`{other}`"))),
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = Error;

    fn try_from(row: AccountRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            username: row.username,
            email: row.email,
            display_name: row.display_name,
            status: parse_status(&row.status)?,
            roles: split(&row.roles),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl From<TokenRow> for Token {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id,
            account_id: row.account_id,
            username: row.username,
            name: row.name,
            permissions: split(&row.permissions),
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        }
    }
}
