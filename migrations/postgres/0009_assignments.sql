-- Who has to learn what, by when and why; what was done; who need not.
--
-- An assignment is one cycle of an obligation: the days on which something about it changes, never what
-- it is on a day, which follows from them. Its reasons say who wants it; its kind and due day follow from
-- those that are still there. A row is a version of a record: whatever changes is recorded anew under
-- the same id, and what stood before gets the instant from which on it is no longer believed. So what was
-- known at an instant can be asked for ever, and what an operation wrote can be found by its instant.

-- Somebody asks people to do a training, once: under which terms, as a document.
CREATE TABLE assignment_orders (
    id          UUID NOT NULL PRIMARY KEY,
    source      TEXT COLLATE "C" NOT NULL CHECK (source IN ('person', 'import', 'path', 'self')),
    training_id UUID NOT NULL REFERENCES trainings (id),
    path_id     UUID REFERENCES paths (id),
    ordered_on  DATE NOT NULL,
    terms       TEXT COLLATE "C" NOT NULL,
    -- The training after which it is due, as the terms say.
    after_id    UUID REFERENCES trainings (id),
    recorded_at TIMESTAMPTZ NOT NULL
);

-- The orders of an operation.
CREATE INDEX assignment_orders_by_instant ON assignment_orders (recorded_at);
CREATE INDEX assignment_orders_by_after ON assignment_orders (after_id) WHERE after_id IS NOT NULL;

CREATE TABLE assignments (
    id              UUID NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    retracted_at    TIMESTAMPTZ,
    person_id       UUID NOT NULL REFERENCES persons (id),
    training_id     UUID NOT NULL REFERENCES trainings (id),
    cycle           BIGINT NOT NULL CHECK (cycle > 0),
    kind            TEXT COLLATE "C" NOT NULL CHECK (kind IN ('mandatory', 'recommended', 'optional')),
    assigned_on     DATE NOT NULL,
    started_on      DATE,
    due_on          DATE,
    overdue_on      DATE CHECK (overdue_on > due_on),
    baseline_due_on DATE,
    window_on       DATE,
    expires_on      DATE,
    closed_on       DATE,
    closed_as       TEXT COLLATE "C" CHECK ((closed_as IS NULL) = (closed_on IS NULL)
                                   AND closed_as IN ('completed', 'cancelled', 'left', 'undone')),
    pauses          BOOLEAN NOT NULL,
    waiting_from    DATE,
    waiting_until   DATE,
    extended_to     DATE,
    extended_on     DATE,
    -- The version that was begun.
    version_id      UUID REFERENCES training_versions (id),
    -- The completion that closed it.
    completion_id   UUID,
    -- The next day on which anything about it can change: a note for the nightly pass, which is set in
    -- place, and no fact.
    wake_on         DATE,
    PRIMARY KEY (id, recorded_at)
);

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
    assignment_id   UUID NOT NULL,
    source_id       UUID NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    retracted_at    TIMESTAMPTZ,
    source          TEXT COLLATE "C" NOT NULL CHECK (source IN ('rule', 'person', 'import', 'path', 'self')),
    version         BIGINT NOT NULL CHECK (version >= 0),
    kind            TEXT COLLATE "C" NOT NULL CHECK (kind IN ('mandatory', 'recommended', 'optional')),
    added_on        DATE NOT NULL,
    due_on          DATE,
    baseline_due_on DATE,
    grace_days      BIGINT NOT NULL CHECK (grace_days >= 0),
    pauses          BOOLEAN NOT NULL,
    left_on         DATE,
    counts_from     DATE,
    renews_on       DATE,
    chain_anchor_on    DATE,
    chain_expires_on   DATE,
    chain_completed_on DATE,
    settled_on      DATE,
    -- Since when it is no reason any more.
    removed_on      DATE,
    PRIMARY KEY (assignment_id, source_id, recorded_at)
);

CREATE INDEX assignment_reasons_by_source ON assignment_reasons (source_id, assignment_id)
    WHERE retracted_at IS NULL;

-- What could not be assigned as it was asked for, and waits for somebody to decide.
CREATE TABLE assignment_exceptions (
    id             UUID NOT NULL,
    recorded_at    TIMESTAMPTZ NOT NULL,
    retracted_at   TIMESTAMPTZ,
    person_id      UUID NOT NULL REFERENCES persons (id),
    training_id    UUID NOT NULL REFERENCES trainings (id),
    source         TEXT COLLATE "C" NOT NULL CHECK (source IN ('rule', 'person', 'import', 'path', 'self')),
    source_id      UUID NOT NULL,
    because        TEXT COLLATE "C" NOT NULL CHECK (because IN ('past_due', 'hire_unknown')),
    due_on         DATE,
    parked_on      DATE NOT NULL,
    resolved_on    DATE,
    resolved_as    TEXT COLLATE "C" CHECK ((resolved_as IS NULL) = (resolved_on IS NULL)
                                  AND resolved_as IN ('assigned', 'dismissed', 'settled')),
    decided_due_on DATE,
    PRIMARY KEY (id, recorded_at)
);

CREATE UNIQUE INDEX assignment_exceptions_open ON assignment_exceptions (person_id, training_id, source_id)
    WHERE resolved_on IS NULL AND retracted_at IS NULL;
CREATE INDEX assignment_exceptions_by_training ON assignment_exceptions (training_id, person_id)
    WHERE retracted_at IS NULL;
CREATE INDEX assignment_exceptions_waiting ON assignment_exceptions (parked_on)
    WHERE resolved_on IS NULL AND retracted_at IS NULL;

-- Who need not, from a day until a day or until further notice.
CREATE TABLE exemptions (
    id           UUID NOT NULL,
    recorded_at  TIMESTAMPTZ NOT NULL,
    retracted_at TIMESTAMPTZ,
    person_id    UUID NOT NULL REFERENCES persons (id),
    training_id  UUID NOT NULL REFERENCES trainings (id),
    from_on      DATE NOT NULL,
    until_on     DATE CHECK (until_on >= from_on),
    reason       TEXT COLLATE "C" NOT NULL,
    approved_by  TEXT COLLATE "C",
    evidence     TEXT COLLATE "C",
    -- The next day on which its end is told: a note for the nightly pass, which is set in place.
    wake_on      DATE,
    PRIMARY KEY (id, recorded_at)
);

CREATE INDEX exemptions_by_person ON exemptions (person_id, training_id) WHERE retracted_at IS NULL;
CREATE INDEX exemptions_by_wake ON exemptions (wake_on) WHERE retracted_at IS NULL AND wake_on IS NOT NULL;
CREATE INDEX exemptions_by_from ON exemptions (from_on) WHERE retracted_at IS NULL;
CREATE INDEX exemptions_by_training ON exemptions (training_id, until_on) WHERE retracted_at IS NULL;

-- What was done. Department and manager are those of that day.
CREATE TABLE completions (
    id            UUID NOT NULL,
    recorded_at   TIMESTAMPTZ NOT NULL,
    retracted_at  TIMESTAMPTZ,
    person_id     UUID NOT NULL REFERENCES persons (id),
    training_id   UUID NOT NULL REFERENCES trainings (id),
    completed_on  DATE NOT NULL,
    source        TEXT COLLATE "C" NOT NULL CHECK (source IN ('self', 'quiz', 'instructor', 'import')),
    -- In hundredths of a per cent.
    score         BIGINT CHECK (score BETWEEN 0 AND 10000),
    major         BIGINT NOT NULL CHECK (major >= 0),
    minor         BIGINT NOT NULL CHECK (minor >= 0),
    -- The last covered day that the evidence says, or the training where nothing else does.
    valid_until   DATE CHECK (valid_until >= completed_on),
    department_id UUID REFERENCES units (id),
    manager_id    UUID REFERENCES persons (id),
    evidence_link TEXT COLLATE "C",
    evidence_id   UUID REFERENCES contents (id),
    note          TEXT COLLATE "C",
    revoked_on    DATE,
    PRIMARY KEY (id, recorded_at)
);

CREATE INDEX completions_by_person ON completions (person_id, training_id, completed_on)
    WHERE retracted_at IS NULL;
CREATE INDEX completions_by_training ON completions (training_id, completed_on)
    WHERE retracted_at IS NULL;
