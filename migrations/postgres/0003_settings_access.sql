-- The organisation's settings, each version kept; who may sign in, and what they may do.

CREATE TABLE settings_versions (
    version     BIGINT      NOT NULL PRIMARY KEY CHECK (version > 0),
    document    TEXT        COLLATE "C" NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE accounts (
    id           UUID        NOT NULL PRIMARY KEY,
    username     TEXT        COLLATE "C" NOT NULL,
    username_key TEXT        COLLATE "C" NOT NULL UNIQUE,
    email        TEXT        COLLATE "C",
    email_key    TEXT        COLLATE "C" UNIQUE,
    display_name TEXT        COLLATE "C",
    status       TEXT        COLLATE "C" NOT NULL CHECK (status IN ('active', 'disabled')),
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL
);

-- A hash in the form that names its algorithm, and how often in a row a wrong password was tried.
CREATE TABLE account_passwords (
    account_id     UUID        NOT NULL PRIMARY KEY REFERENCES accounts (id),
    hash           TEXT        COLLATE "C" NOT NULL,
    changed_at     TIMESTAMPTZ NOT NULL,
    n_failed       BIGINT      NOT NULL CHECK (n_failed >= 0),
    last_failed_at TIMESTAMPTZ
);

-- The access roles that an organisation made for itself; those that every one has are in the program.
CREATE TABLE access_roles (
    id         UUID        NOT NULL PRIMARY KEY,
    name       TEXT        COLLATE "C" NOT NULL UNIQUE,
    summary    TEXT        COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE access_role_grants (
    role_id    UUID NOT NULL REFERENCES access_roles (id),
    permission TEXT COLLATE "C" NOT NULL,
    scope      TEXT COLLATE "C" NOT NULL CHECK (scope IN ('self', 'reports', 'department', 'all')),
    PRIMARY KEY (role_id, permission, scope)
);

-- Which roles an account had from which day on; audiences ask for it, so that it has periods.
CREATE TABLE account_roles (
    id           UUID        NOT NULL PRIMARY KEY,
    account_id   UUID        NOT NULL REFERENCES accounts (id),
    role         TEXT        COLLATE "C" NOT NULL,
    valid_from   DATE        NOT NULL,
    valid_until  DATE        CHECK (valid_until > valid_from),
    recorded_at  TIMESTAMPTZ NOT NULL,
    retracted_at TIMESTAMPTZ
);

CREATE UNIQUE INDEX account_roles_now ON account_roles (account_id, role)
    WHERE retracted_at IS NULL AND valid_until IS NULL;
CREATE INDEX account_roles_by_role ON account_roles (role, account_id);

CREATE TABLE api_tokens (
    id            UUID        NOT NULL PRIMARY KEY,
    account_id    UUID        NOT NULL REFERENCES accounts (id),
    name          TEXT        COLLATE "C" NOT NULL,
    secret_sha256 BYTEA       NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
    permissions   TEXT        COLLATE "C" NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    expires_at    TIMESTAMPTZ,
    revoked_at    TIMESTAMPTZ
);

CREATE INDEX api_tokens_by_account ON api_tokens (account_id, id);
