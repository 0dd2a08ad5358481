-- What has been applied, and named leases for jobs of which only one may run.

CREATE TABLE schema_migrations (
    version    BIGINT      NOT NULL PRIMARY KEY,
    name       TEXT        COLLATE "C" NOT NULL UNIQUE,
    checksum   TEXT        COLLATE "C" NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE job_leases (
    name        TEXT        COLLATE "C" NOT NULL PRIMARY KEY,
    holder      TEXT        COLLATE "C" NOT NULL,
    generation  BIGINT      NOT NULL CHECK (generation > 0),
    acquired_at TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL
);
