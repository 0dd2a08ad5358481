-- What files and feeds brought: which sources there are and what theirs looks like, what each run did, whom
-- a source knows, and whose manager is still to come.

CREATE TABLE import_sources (
    name       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    mode       TEXT    NOT NULL CHECK (mode IN ('full', 'delta')),
    -- What its files look like: columns, encoding, how days and keys are written, which values there are.
    contract   TEXT    NOT NULL,
    n_rows     INTEGER NOT NULL,
    run_id     BLOB    NOT NULL CHECK (length(run_id) = 16),
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (name, kind)
) STRICT;

-- What a run changed stands in its operation, field by field, so that it can be erased and taken back there.
CREATE TABLE import_runs (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    source       TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    mode         TEXT    NOT NULL CHECK (mode IN ('full', 'delta')),
    file         TEXT    NOT NULL,
    fingerprint  TEXT    NOT NULL,
    n_rows       INTEGER NOT NULL,
    counts       TEXT    NOT NULL,
    consequences TEXT    NOT NULL,
    -- The guards that were let through, each by its very number.
    accepted     TEXT    NOT NULL,
    actor        TEXT    NOT NULL,
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER NOT NULL,
    -- None where everything was so already.
    operation_id BLOB    CHECK (length(operation_id) = 16),
    -- The run that this one took back.
    undo_of      BLOB    REFERENCES import_runs (id) CHECK (length(undo_of) = 16)
) STRICT;

CREATE INDEX import_runs_by_operation ON import_runs (operation_id);
CREATE INDEX import_runs_by_source ON import_runs (source, id);

-- Rows that did not simply land: rejected, in conflict, kept, pending. Their values are in no table.
CREATE TABLE import_rows (
    run_id     BLOB   NOT NULL REFERENCES import_runs (id) CHECK (length(run_id) = 16),
    position   INTEGER NOT NULL,
    row_number INTEGER,
    person_id  BLOB   REFERENCES persons (id) CHECK (length(person_id) = 16),
    effect     TEXT   NOT NULL,
    field      TEXT,
    code       TEXT,
    PRIMARY KEY (run_id, position)
) STRICT;

CREATE INDEX import_rows_by_person ON import_rows (person_id);

-- Whom a source knows, what of them its last file said, and how many whole files in a row no longer had them.
-- Where the person was not touched since it settled, the same row says nothing new.
CREATE TABLE import_sightings (
    source     TEXT    NOT NULL,
    row_key    TEXT    NOT NULL,
    person_id  BLOB    NOT NULL REFERENCES persons (id) CHECK (length(person_id) = 16),
    -- Empty where the row did not simply land, so that it is looked at again.
    digest     BLOB   NOT NULL,
    settled_at INTEGER NOT NULL,
    n_missed   INTEGER NOT NULL,
    PRIMARY KEY (source, row_key)
) STRICT;

CREATE INDEX import_sightings_by_person ON import_sightings (person_id);

-- Managers whom nobody knows yet: they become what they are said to be when they arrive.
CREATE TABLE import_pending (
    source      TEXT    NOT NULL,
    person_id   BLOB    NOT NULL REFERENCES persons (id) CHECK (length(person_id) = 16),
    manager     TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (source, person_id)
) STRICT;

CREATE INDEX import_pending_by_person ON import_pending (person_id);
