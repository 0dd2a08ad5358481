-- The organisation's settings, each version kept, and who may sign in.

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

CREATE TABLE account_roles (
    account_id UUID NOT NULL REFERENCES accounts (id),
    role       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, role)
);

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
