-- Everything that changes anything is an operation: its entry in the hash chain, the values it
-- changed, and its events hang on it. Rows are never updated, but for the head, and but for the
-- salt and the values of a change, which erasure empties.

CREATE TABLE operations (
    id             UUID        NOT NULL PRIMARY KEY,
    kind           TEXT        COLLATE "C" NOT NULL,
    actor          TEXT        COLLATE "C" NOT NULL,
    origin         TEXT        COLLATE "C" NOT NULL,
    request_id     TEXT        COLLATE "C",
    recorded_at    TIMESTAMPTZ NOT NULL,
    day            DATE        NOT NULL,
    counts         TEXT        COLLATE "C" NOT NULL,
    undoes         UUID        UNIQUE REFERENCES operations (id),
    n_changes      BIGINT      NOT NULL CHECK (n_changes >= 0),
    changes_sha256 BYTEA       NOT NULL CHECK (length(changes_sha256) = 32)
);

-- As what a database was restored: by this a store of files knows its owner from a copy.
CREATE INDEX operations_restored ON operations (id) WHERE kind = 'database.restored';

CREATE TABLE operation_changes (
    operation_id UUID   NOT NULL REFERENCES operations (id),
    position     BIGINT NOT NULL CHECK (position > 0),
    subject_type TEXT   COLLATE "C" NOT NULL,
    subject_id   UUID,
    digest       BYTEA  NOT NULL CHECK (length(digest) = 32),
    salt         BYTEA,
    value_before TEXT   COLLATE "C",
    value_after  TEXT   COLLATE "C",
    PRIMARY KEY (operation_id, position)
);

CREATE INDEX operation_changes_by_subject ON operation_changes (subject_id, operation_id);

CREATE TABLE audit_head (
    id   BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL CHECK (seq >= 0),
    hash BYTEA  NOT NULL CHECK (length(hash) = 32),
    recorded_at TIMESTAMPTZ
);

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE TABLE audit_chain (
    seq          BIGINT NOT NULL PRIMARY KEY CHECK (seq > 0),
    operation_id UUID   NOT NULL UNIQUE REFERENCES operations (id),
    hash         BYTEA  NOT NULL CHECK (length(hash) = 32)
);

CREATE TABLE outbox_events (
    seq         BIGINT      NOT NULL REFERENCES audit_chain (seq),
    position    BIGINT      NOT NULL CHECK (position > 0),
    id          UUID        NOT NULL UNIQUE,
    type        TEXT        COLLATE "C" NOT NULL,
    subject     TEXT        COLLATE "C",
    recorded_at TIMESTAMPTZ NOT NULL,
    body        TEXT        COLLATE "C" NOT NULL,
    PRIMARY KEY (seq, position)
);
