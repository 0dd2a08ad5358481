-- Who has to learn what, by when and why; what was done; who need not.
--
-- An assignment is one cycle of an obligation: the days on which something about it changes, never what
-- it is on a day, which follows from them. Its reasons say who wants it; its kind and due day follow from
-- those that are still there. A row is a version of a record: whatever changes is recorded anew under
-- the same id, and what stood before gets the instant from which on it is no longer believed. So what was
-- known at an instant can be asked for ever, and what an operation wrote can be found by its instant.

-- Somebody asks people to do a training, once: under which terms, as a document.
CREATE TABLE assignment_orders (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    source      TEXT    NOT NULL CHECK (source IN ('person', 'import', 'path', 'self')),
    training_id BLOB    NOT NULL REFERENCES trainings (id),
    path_id     BLOB    REFERENCES paths (id),
    ordered_on  TEXT    NOT NULL,
    terms       TEXT    NOT NULL,
    -- The training after which it is due, as the terms say.
    after_id    BLOB    REFERENCES trainings (id),
    recorded_at INTEGER NOT NULL
) STRICT;

-- The orders of an operation.
CREATE INDEX assignment_orders_by_instant ON assignment_orders (recorded_at);
CREATE INDEX assignment_orders_by_after ON assignment_orders (after_id) WHERE after_id IS NOT NULL;

CREATE TABLE assignments (
    id              BLOB    NOT NULL CHECK (length(id) = 16),
    recorded_at     INTEGER NOT NULL,
    retracted_at    INTEGER,
    person_id       BLOB    NOT NULL REFERENCES persons (id),
    training_id     BLOB    NOT NULL REFERENCES trainings (id),
    cycle           INTEGER NOT NULL CHECK (cycle > 0),
    kind            TEXT    NOT NULL CHECK (kind IN ('mandatory', 'recommended', 'optional')),
    assigned_on     TEXT    NOT NULL,
    started_on      TEXT,
    due_on          TEXT,
    overdue_on      TEXT    CHECK (overdue_on > due_on),
    baseline_due_on TEXT,
    window_on       TEXT,
    expires_on      TEXT,
    closed_on       TEXT,
    closed_as       TEXT    CHECK ((closed_as IS NULL) = (closed_on IS NULL)
                                   AND closed_as IN ('completed', 'cancelled', 'left', 'undone')),
    pauses          INTEGER NOT NULL CHECK (pauses IN (0, 1)),
    waiting_from    TEXT,
    waiting_until   TEXT,
    extended_to     TEXT,
    extended_on     TEXT,
    -- The version that was begun.
    version_id      BLOB    REFERENCES training_versions (id),
    -- The completion that closed it.
    completion_id   BLOB,
    -- The next day on which anything about it can change: a note for the nightly pass, which is set in
    -- place, and no fact.
    wake_on         TEXT,
    PRIMARY KEY (id, recorded_at)
) STRICT, WITHOUT ROWID;

-- At most one is open, and each cycle is there once.
CREATE UNIQUE INDEX assignments_open ON assignments (person_id, training_id)
    WHERE closed_on IS NULL AND retracted_at IS NULL;
CREATE INDEX assignments_closed ON assignments (person_id, training_id)
    WHERE closed_on IS NOT NULL AND retracted_at IS NULL;
CREATE UNIQUE INDEX assignments_by_training ON assignments (training_id, person_id, cycle)
    WHERE retracted_at IS NULL;
CREATE INDEX assignments_by_overdue ON assignments (overdue_on)
    WHERE closed_on IS NULL AND retracted_at IS NULL;
CREATE INDEX assignments_by_wake ON assignments (wake_on) WHERE retracted_at IS NULL;
-- What was believed once, for questions about what was known at an instant.
CREATE INDEX assignments_superseded ON assignments (person_id) WHERE retracted_at IS NOT NULL;

CREATE TABLE assignment_reasons (
    assignment_id   BLOB    NOT NULL CHECK (length(assignment_id) = 16),
    source_id       BLOB    NOT NULL CHECK (length(source_id) = 16),
    recorded_at     INTEGER NOT NULL,
    retracted_at    INTEGER,
    source          TEXT    NOT NULL CHECK (source IN ('rule', 'person', 'import', 'path', 'self')),
    version         INTEGER NOT NULL CHECK (version >= 0),
    kind            TEXT    NOT NULL CHECK (kind IN ('mandatory', 'recommended', 'optional')),
    added_on        TEXT    NOT NULL,
    due_on          TEXT,
    baseline_due_on TEXT,
    grace_days      INTEGER NOT NULL CHECK (grace_days >= 0),
    pauses          INTEGER NOT NULL CHECK (pauses IN (0, 1)),
    left_on         TEXT,
    counts_from     TEXT,
    renews_on       TEXT,
    chain_anchor_on    TEXT,
    chain_expires_on   TEXT,
    chain_completed_on TEXT,
    settled_on      TEXT,
    -- Since when it is no reason any more.
    removed_on      TEXT,
    PRIMARY KEY (assignment_id, source_id, recorded_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX assignment_reasons_by_source ON assignment_reasons (source_id, assignment_id)
    WHERE retracted_at IS NULL;

-- What could not be assigned as it was asked for, and waits for somebody to decide.
CREATE TABLE assignment_exceptions (
    id             BLOB    NOT NULL CHECK (length(id) = 16),
    recorded_at    INTEGER NOT NULL,
    retracted_at   INTEGER,
    person_id      BLOB    NOT NULL REFERENCES persons (id),
    training_id    BLOB    NOT NULL REFERENCES trainings (id),
    source         TEXT    NOT NULL CHECK (source IN ('rule', 'person', 'import', 'path', 'self')),
    source_id      BLOB    NOT NULL CHECK (length(source_id) = 16),
    because        TEXT    NOT NULL CHECK (because IN ('past_due', 'hire_unknown')),
    due_on         TEXT,
    parked_on      TEXT    NOT NULL,
    resolved_on    TEXT,
    resolved_as    TEXT    CHECK ((resolved_as IS NULL) = (resolved_on IS NULL)
                                  AND resolved_as IN ('assigned', 'dismissed', 'settled')),
    decided_due_on TEXT,
    PRIMARY KEY (id, recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX assignment_exceptions_open ON assignment_exceptions (person_id, training_id, source_id)
    WHERE resolved_on IS NULL AND retracted_at IS NULL;
CREATE INDEX assignment_exceptions_by_training ON assignment_exceptions (training_id, person_id)
    WHERE retracted_at IS NULL;
CREATE INDEX assignment_exceptions_waiting ON assignment_exceptions (parked_on)
    WHERE resolved_on IS NULL AND retracted_at IS NULL;

-- Who need not, from a day until a day or until further notice.
CREATE TABLE exemptions (
    id           BLOB    NOT NULL CHECK (length(id) = 16),
    recorded_at  INTEGER NOT NULL,
    retracted_at INTEGER,
    person_id    BLOB    NOT NULL REFERENCES persons (id),
    training_id  BLOB    NOT NULL REFERENCES trainings (id),
    from_on      TEXT    NOT NULL,
    until_on     TEXT    CHECK (until_on >= from_on),
    reason       TEXT    NOT NULL,
    approved_by  TEXT,
    evidence     TEXT,
    -- The next day on which its end is told: a note for the nightly pass, which is set in place.
    wake_on      TEXT,
    PRIMARY KEY (id, recorded_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX exemptions_by_person ON exemptions (person_id, training_id) WHERE retracted_at IS NULL;
CREATE INDEX exemptions_by_wake ON exemptions (wake_on) WHERE retracted_at IS NULL AND wake_on IS NOT NULL;
CREATE INDEX exemptions_by_from ON exemptions (from_on) WHERE retracted_at IS NULL;
CREATE INDEX exemptions_by_training ON exemptions (training_id, until_on) WHERE retracted_at IS NULL;

-- What was done. Department and manager are those of that day.
CREATE TABLE completions (
    id            BLOB    NOT NULL CHECK (length(id) = 16),
    recorded_at   INTEGER NOT NULL,
    retracted_at  INTEGER,
    person_id     BLOB    NOT NULL REFERENCES persons (id),
    training_id   BLOB    NOT NULL REFERENCES trainings (id),
    completed_on  TEXT    NOT NULL,
    source        TEXT    NOT NULL CHECK (source IN ('self', 'quiz', 'instructor', 'import')),
    -- In hundredths of a per cent.
    score         INTEGER CHECK (score BETWEEN 0 AND 10000),
    major         INTEGER NOT NULL CHECK (major >= 0),
    minor         INTEGER NOT NULL CHECK (minor >= 0),
    -- The last covered day that the evidence says, or the training where nothing else does.
    valid_until   TEXT    CHECK (valid_until >= completed_on),
    department_id BLOB    REFERENCES units (id),
    manager_id    BLOB    REFERENCES persons (id),
    evidence_link TEXT,
    evidence_id   BLOB    REFERENCES contents (id),
    note          TEXT,
    revoked_on    TEXT,
    PRIMARY KEY (id, recorded_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX completions_by_person ON completions (person_id, training_id, completed_on)
    WHERE retracted_at IS NULL;
CREATE INDEX completions_by_training ON completions (training_id, completed_on)
    WHERE retracted_at IS NULL;
