-- What files and feeds brought: which sources there are and what theirs looks like, what each run did, whom
-- a source knows, and whose manager is still to come.

CREATE TABLE import_sources (
    name       TEXT    COLLATE "C" NOT NULL,
    kind       TEXT    COLLATE "C" NOT NULL,
    mode       TEXT    COLLATE "C" NOT NULL CHECK (mode IN ('full', 'delta')),
    -- What its files look like: columns, encoding, how days and keys are written, which values there are.
    contract   TEXT    COLLATE "C" NOT NULL,
    n_rows     BIGINT  NOT NULL,
    run_id     UUID    NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (name, kind)
);

-- What a run changed stands in its operation, field by field, so that it can be erased and taken back there.
CREATE TABLE import_runs (
    id           UUID    NOT NULL PRIMARY KEY,
    source       TEXT    COLLATE "C" NOT NULL,
    kind         TEXT    COLLATE "C" NOT NULL,
    mode         TEXT    COLLATE "C" NOT NULL CHECK (mode IN ('full', 'delta')),
    file         TEXT    COLLATE "C" NOT NULL,
    fingerprint  TEXT    COLLATE "C" NOT NULL,
    n_rows       BIGINT  NOT NULL,
    counts       TEXT    COLLATE "C" NOT NULL,
    consequences TEXT    COLLATE "C" NOT NULL,
    -- The guards that were let through, each by its very number.
    accepted     TEXT    COLLATE "C" NOT NULL,
    actor        TEXT    COLLATE "C" NOT NULL,
    started_at   TIMESTAMPTZ NOT NULL,
    finished_at  TIMESTAMPTZ NOT NULL,
    -- None where everything was so already.
    operation_id UUID,
    -- The run that this one took back.
    undo_of      UUID    REFERENCES import_runs (id)
);

CREATE INDEX import_runs_by_operation ON import_runs (operation_id);
CREATE INDEX import_runs_by_source ON import_runs (source, id);

-- Rows that did not simply land: rejected, in conflict, kept, pending. Their values are in no table.
CREATE TABLE import_rows (
    run_id     UUID   NOT NULL REFERENCES import_runs (id),
    position   BIGINT NOT NULL,
    row_number BIGINT,
    person_id  UUID   REFERENCES persons (id),
    effect     TEXT    COLLATE "C" NOT NULL,
    field      TEXT    COLLATE "C",
    code       TEXT    COLLATE "C",
    PRIMARY KEY (run_id, position)
);

CREATE INDEX import_rows_by_person ON import_rows (person_id);

-- Whom a source knows, what of them its last file said, and how many whole files in a row no longer had them.
-- Where the person was not touched since it settled, the same row says nothing new.
CREATE TABLE import_sightings (
    source     TEXT    COLLATE "C" NOT NULL,
    row_key    TEXT    COLLATE "C" NOT NULL,
    person_id  UUID    NOT NULL REFERENCES persons (id),
    -- Empty where the row did not simply land, so that it is looked at again.
    digest     BYTEA   NOT NULL,
    settled_at TIMESTAMPTZ NOT NULL,
    n_missed   BIGINT  NOT NULL,
    PRIMARY KEY (source, row_key)
);

CREATE INDEX import_sightings_by_person ON import_sightings (person_id);

-- Managers whom nobody knows yet: they become what they are said to be when they arrive.
CREATE TABLE import_pending (
    source      TEXT    COLLATE "C" NOT NULL,
    person_id   UUID    NOT NULL REFERENCES persons (id),
    manager     TEXT    COLLATE "C" NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (source, person_id)
);

CREATE INDEX import_pending_by_person ON import_pending (person_id);
