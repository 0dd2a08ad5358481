-- Files that people learn from. The bytes lie in a store beside the database, once for each content
-- however often it was put in; here stands which they are, and who looked at them.

CREATE TABLE blobs (
    sha256     BLOB    NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    object_key TEXT    NOT NULL UNIQUE,
    size       INTEGER NOT NULL CHECK (size > 0),
    stored_at  INTEGER NOT NULL
) STRICT;

-- A file by its name; removed ones stay, so that what a past version held can be told.
CREATE TABLE contents (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    sha256     BLOB    NOT NULL CHECK (length(sha256) = 32),
    size       INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    removed_at INTEGER,
    -- What people learn from, or proof of what they did: who may read the one may not read the other.
    purpose    TEXT    NOT NULL CHECK (purpose IN ('learning', 'evidence'))
) STRICT;

CREATE UNIQUE INDEX contents_present ON contents (sha256, name, purpose) WHERE removed_at IS NULL;

CREATE TABLE content_accesses (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    content_id  BLOB    NOT NULL REFERENCES contents (id),
    actor       TEXT    NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('read', 'link')),
    accessed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX content_accesses_by_content ON content_accesses (content_id, id);

-- Which bytes a version of a training shows. They need not be there: a draft may name what is put in
-- later.
CREATE TABLE content_uses (
    version_id BLOB NOT NULL REFERENCES training_versions (id),
    sha256     BLOB NOT NULL CHECK (length(sha256) = 32),
    PRIMARY KEY (version_id, sha256)
) STRICT, WITHOUT ROWID;

CREATE INDEX content_uses_by_bytes ON content_uses (sha256);
