-- The organisation's settings, each version kept; who may sign in, and what they may do.

CREATE TABLE settings_versions (
    version     INTEGER NOT NULL PRIMARY KEY CHECK (version > 0),
    document    TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    username     TEXT    NOT NULL,
    username_key TEXT    NOT NULL UNIQUE,
    email        TEXT,
    email_key    TEXT    UNIQUE,
    display_name TEXT,
    status       TEXT    NOT NULL CHECK (status IN ('active', 'disabled')),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;

-- A hash in the form that names its algorithm, and how often in a row a wrong password was tried.
CREATE TABLE account_passwords (
    account_id     BLOB    NOT NULL PRIMARY KEY REFERENCES accounts (id),
    hash           TEXT    NOT NULL,
    changed_at     INTEGER NOT NULL,
    n_failed       INTEGER NOT NULL CHECK (n_failed >= 0),
    last_failed_at INTEGER
) STRICT;

-- The access roles that an organisation made for itself; those that every one has are in the program.
CREATE TABLE access_roles (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT    NOT NULL UNIQUE,
    summary    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE access_role_grants (
    role_id    BLOB NOT NULL REFERENCES access_roles (id),
    permission TEXT NOT NULL,
    scope      TEXT NOT NULL CHECK (scope IN ('self', 'reports', 'department', 'all')),
    PRIMARY KEY (role_id, permission, scope)
) STRICT, WITHOUT ROWID;

-- Which roles an account had from which day on; audiences ask for it, so that it has periods.
CREATE TABLE account_roles (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    account_id   BLOB    NOT NULL REFERENCES accounts (id),
    role         TEXT    NOT NULL,
    valid_from   TEXT    NOT NULL,
    valid_until  TEXT    CHECK (valid_until > valid_from),
    recorded_at  INTEGER NOT NULL,
    retracted_at INTEGER
) STRICT;

CREATE UNIQUE INDEX account_roles_now ON account_roles (account_id, role)
    WHERE retracted_at IS NULL AND valid_until IS NULL;
CREATE INDEX account_roles_by_role ON account_roles (role, account_id);

CREATE TABLE api_tokens (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    account_id    BLOB    NOT NULL REFERENCES accounts (id),
    name          TEXT    NOT NULL,
    secret_sha256 BLOB    NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
    permissions   TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER,
    revoked_at    INTEGER
) STRICT;

CREATE INDEX api_tokens_by_account ON api_tokens (account_id, id);
