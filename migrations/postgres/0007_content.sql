-- Files that people learn from. The bytes lie in a store beside the database, once for each content
-- however often it was put in; here stands which they are, and who looked at them.

CREATE TABLE blobs (
    sha256     BYTEA       NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    object_key TEXT        COLLATE "C" NOT NULL UNIQUE,
    size       BIGINT      NOT NULL CHECK (size > 0),
    stored_at  TIMESTAMPTZ NOT NULL
);

-- A file by its name; removed ones stay, so that what a past version held can be told.
CREATE TABLE contents (
    id         UUID        NOT NULL PRIMARY KEY,
    name       TEXT        COLLATE "C" NOT NULL,
    media_type TEXT        COLLATE "C" NOT NULL,
    sha256     BYTEA       NOT NULL CHECK (length(sha256) = 32),
    size       BIGINT      NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ,
    -- What people learn from, or proof of what they did: who may read the one may not read the other.
    purpose    TEXT    NOT NULL CHECK (purpose IN ('learning', 'evidence'))
);

CREATE UNIQUE INDEX contents_present ON contents (sha256, name, purpose) WHERE removed_at IS NULL;

CREATE TABLE content_accesses (
    id          UUID        NOT NULL PRIMARY KEY,
    content_id  UUID        NOT NULL REFERENCES contents (id),
    actor       TEXT        COLLATE "C" NOT NULL,
    kind        TEXT        COLLATE "C" NOT NULL CHECK (kind IN ('read', 'link')),
    accessed_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX content_accesses_by_content ON content_accesses (content_id, id);

-- Which bytes a version of a training shows. They need not be there: a draft may name what is put in
-- later.
CREATE TABLE content_uses (
    version_id UUID  NOT NULL REFERENCES training_versions (id),
    sha256     BYTEA NOT NULL CHECK (length(sha256) = 32),
    PRIMARY KEY (version_id, sha256)
);

CREATE INDEX content_uses_by_bytes ON content_uses (sha256);
