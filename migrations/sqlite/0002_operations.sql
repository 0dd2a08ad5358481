-- Everything that changes anything is an operation: its entry in the hash chain, the values it
-- changed, and its events hang on it. Rows are never updated, but for the head, and but for the
-- salt and the values of a change, which erasure empties.

CREATE TABLE operations (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind           TEXT    NOT NULL,
    actor          TEXT    NOT NULL,
    origin         TEXT    NOT NULL,
    request_id     TEXT,
    recorded_at    INTEGER NOT NULL,
    day            TEXT    NOT NULL,
    counts         TEXT    NOT NULL,
    undoes         BLOB    UNIQUE REFERENCES operations (id),
    n_changes      INTEGER NOT NULL CHECK (n_changes >= 0),
    changes_sha256 BLOB    NOT NULL CHECK (length(changes_sha256) = 32)
) STRICT;

-- As what a database was restored: by this a store of files knows its owner from a copy.
CREATE INDEX operations_restored ON operations (id) WHERE kind = 'database.restored';

CREATE TABLE operation_changes (
    operation_id BLOB    NOT NULL REFERENCES operations (id),
    position     INTEGER NOT NULL CHECK (position > 0),
    subject_type TEXT    NOT NULL,
    subject_id   BLOB    CHECK (length(subject_id) = 16),
    digest       BLOB    NOT NULL CHECK (length(digest) = 32),
    salt         BLOB,
    value_before TEXT,
    value_after  TEXT,
    PRIMARY KEY (operation_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX operation_changes_by_subject ON operation_changes (subject_id, operation_id);

CREATE TABLE audit_head (
    id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL CHECK (seq >= 0),
    hash BLOB    NOT NULL CHECK (length(hash) = 32),
    recorded_at INTEGER
) STRICT;

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE audit_chain (
    seq          INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0),
    operation_id BLOB    NOT NULL UNIQUE REFERENCES operations (id),
    hash         BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE outbox_events (
    seq         INTEGER NOT NULL REFERENCES audit_chain (seq),
    position    INTEGER NOT NULL CHECK (position > 0),
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    type        TEXT    NOT NULL,
    subject     TEXT,
    recorded_at INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (seq, position)
) STRICT, WITHOUT ROWID;
