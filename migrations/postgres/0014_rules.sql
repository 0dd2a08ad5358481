-- What people have to learn without anybody assigning it: rules, in versions, and since when which of
-- them holds.
--
-- A version that was applied is never changed again: cycles that were opened under it keep its terms. When
-- a rule began to hold, was paused, taken up again, changed or removed is a log that only grows, so that
-- what held on a day, as far as was known at an instant, can be asked for ever.

CREATE TABLE rules (
    id         UUID NOT NULL PRIMARY KEY,
    code       TEXT COLLATE "C" NOT NULL,
    -- The code of a rule that was removed stays taken: what it did is told under this code.
    code_key   TEXT COLLATE "C" NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE rule_versions (
    rule_id     UUID NOT NULL REFERENCES rules (id),
    version     BIGINT NOT NULL CHECK (version > 0),
    state       TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'applied')),
    title       TEXT COLLATE "C" NOT NULL,
    document    TEXT COLLATE "C" NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (rule_id, version)
);

-- One draft at a time.
CREATE UNIQUE INDEX rule_versions_draft ON rule_versions (rule_id) WHERE state = 'draft';

-- In force on a day is, of those that begin by then, the one that begins last; of several that begin on
-- one day the one that was recorded last.
CREATE TABLE rule_periods (
    rule_id     UUID NOT NULL REFERENCES rules (id),
    recorded_at TIMESTAMPTZ NOT NULL,
    valid_from  DATE NOT NULL,
    status      TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'paused', 'removed')),
    version     BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (rule_id, recorded_at)
);

-- What a version names, in its order: each a training or a path that is asked for, or the training after
-- which it is due.
CREATE TABLE rule_trainings (
    rule_id     UUID NOT NULL REFERENCES rules (id),
    version     BIGINT NOT NULL CHECK (version > 0),
    position    BIGINT NOT NULL CHECK (position > 0),
    training_id UUID REFERENCES trainings (id),
    path_id     UUID REFERENCES paths (id),
    after_id    UUID REFERENCES trainings (id),
    PRIMARY KEY (rule_id, version, position),
    CHECK (num_nonnulls(training_id, path_id, after_id) = 1)
);

CREATE INDEX rule_trainings_by_training ON rule_trainings (training_id) WHERE training_id IS NOT NULL;
CREATE INDEX rule_trainings_by_path ON rule_trainings (path_id) WHERE path_id IS NOT NULL;
CREATE INDEX rule_trainings_by_after ON rule_trainings (after_id) WHERE after_id IS NOT NULL;
