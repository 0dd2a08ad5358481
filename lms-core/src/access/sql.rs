//! Statements over accounts, roles, passwords and tokens.

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
                                 WHERE r.account_id = a.id AND r.retracted_at IS NULL AND r.valid_until IS NULL), ''),
                       l.person_id
                FROM accounts a LEFT JOIN account_links l ON l.account_id = a.id
                WHERE a.username_key > $1
                  AND (a.status = $2 OR $2 IS NULL)
                ORDER BY a.username_key
                LIMIT $3";

    ACCOUNT_BY_NAME = "SELECT a.id, a.username, a.email, a.display_name, a.status, a.created_at, a.updated_at,
                              COALESCE((SELECT string_agg(r.role, ',' ORDER BY r.role)
                                        FROM account_roles r
                                 WHERE r.account_id = a.id AND r.retracted_at IS NULL AND r.valid_until IS NULL), ''),
                       l.person_id
                       FROM accounts a LEFT JOIN account_links l ON l.account_id = a.id
                       WHERE a.username_key = $1 OR a.email_key = $1";

    ACCOUNT_BY_ID = "SELECT a.id, a.username, a.email, a.display_name, a.status, a.created_at, a.updated_at,
                            COALESCE((SELECT string_agg(r.role, ',' ORDER BY r.role)
                                      FROM account_roles r
                                 WHERE r.account_id = a.id AND r.retracted_at IS NULL AND r.valid_until IS NULL), ''),
                       l.person_id
                     FROM accounts a LEFT JOIN account_links l ON l.account_id = a.id
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
                                 WHERE r.account_id = a.id AND r.retracted_at IS NULL AND r.valid_until IS NULL), ''),
                       l.person_id
                       FROM api_tokens t JOIN accounts a ON a.id = t.account_id
                            LEFT JOIN account_links l ON l.account_id = a.id
                       WHERE t.secret_sha256 = $1";

    /// Their grants come along, a row for each; a role may give nothing.
    OWN_ROLES = "SELECT r.id, r.name, r.summary, g.permission, g.scope
                 FROM access_roles r LEFT JOIN access_role_grants g ON g.role_id = r.id
                 ORDER BY r.name, g.permission, g.scope";

    UPDATE_ROLE = "UPDATE access_roles SET summary = $2, updated_at = $3 WHERE id = $1";

    DELETE_ROLE = "DELETE FROM access_roles WHERE id = $1";

    DELETE_GRANTS = "DELETE FROM access_role_grants WHERE role_id = $1";

    SIGN_IN = "SELECT a.id, a.status, p.hash,
                      COALESCE((SELECT string_agg(r.role, ',' ORDER BY r.role)
                                FROM account_roles r
                                WHERE r.account_id = a.id AND r.retracted_at IS NULL AND r.valid_until IS NULL), ''),
                      l.person_id
               FROM accounts a
                    LEFT JOIN account_passwords p ON p.account_id = a.id
                    LEFT JOIN account_links l ON l.account_id = a.id
               WHERE a.username_key = $1 OR a.email_key = $1";

    FAILURES = "SELECT n_failed, last_failed_at FROM account_passwords WHERE account_id = $1";

    COUNT_FAILURE = "UPDATE account_passwords SET n_failed = $2, last_failed_at = $3 WHERE account_id = $1";

    /// A password that was set meanwhile keeps its hash.
    CLEAR_FAILURES = "UPDATE account_passwords
                      SET n_failed = 0, last_failed_at = NULL, hash = COALESCE($2, hash)
                      WHERE account_id = $1 AND hash = $3";

    DELETE_PASSWORD = "DELETE FROM account_passwords WHERE account_id = $1";

    INSERT_PASSWORD = "INSERT INTO account_passwords (account_id, hash, changed_at, n_failed, last_failed_at)
                       VALUES ($1, $2, $3, 0, NULL)";

    HOLDERS = "SELECT a.username
               FROM account_roles r JOIN accounts a ON a.id = r.account_id
               WHERE r.role = $1 AND r.retracted_at IS NULL AND r.valid_until IS NULL
               ORDER BY a.username_key";
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
        person_id: Option<Uuid>,
    }
}

row! {
    pub(crate) struct SignInRow {
        pub(crate) account_id: AccountId,
        pub(crate) status: String,
        pub(crate) hash: Option<String>,
        pub(crate) roles: String,
        pub(crate) person_id: Option<Uuid>,
    }
}

row! {
    pub(crate) struct CountRow {
        pub(crate) n_failed: i64,
        pub(crate) last_failed_at: Option<Timestamp>,
    }
}

row! {
    pub(crate) struct OwnRoleRow {
        pub(crate) id: Uuid,
        pub(crate) name: String,
        pub(crate) summary: String,
        pub(crate) permission: Option<String>,
        pub(crate) scope: Option<String>,
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
        pub(crate) person_id: Option<Uuid>,
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
            person_id: row.person_id,
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
