-- What people have to learn without anybody assigning it: rules, in versions, and since when which of
-- them holds.
--
-- A version that was applied is never changed again: cycles that were opened under it keep its terms. When
-- a rule began to hold, was paused, taken up again, changed or removed is a log that only grows, so that
-- what held on a day, as far as was known at an instant, can be asked for ever.

CREATE TABLE rules (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    code       TEXT    NOT NULL,
    -- The code of a rule that was removed stays taken: what it did is told under this code.
    code_key   TEXT    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE rule_versions (
    rule_id     BLOB    NOT NULL REFERENCES rules (id),
    version     INTEGER NOT NULL CHECK (version > 0),
    state       TEXT    NOT NULL CHECK (state IN ('draft', 'applied')),
    title       TEXT    NOT NULL,
    document    TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (rule_id, version)
) STRICT;

-- One draft at a time.
CREATE UNIQUE INDEX rule_versions_draft ON rule_versions (rule_id) WHERE state = 'draft';

-- In force on a day is, of those that begin by then, the one that begins last; of several that begin on
-- one day the one that was recorded last.
CREATE TABLE rule_periods (
    rule_id     BLOB    NOT NULL REFERENCES rules (id),
    recorded_at INTEGER NOT NULL,
    valid_from  TEXT    NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN ('active', 'paused', 'removed')),
    version     INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (rule_id, recorded_at)
) STRICT, WITHOUT ROWID;

-- What a version names, in its order: each a training or a path that is asked for, or the training after
-- which it is due.
CREATE TABLE rule_trainings (
    rule_id     BLOB    NOT NULL REFERENCES rules (id),
    version     INTEGER NOT NULL CHECK (version > 0),
    position    INTEGER NOT NULL CHECK (position > 0),
    training_id BLOB    REFERENCES trainings (id),
    path_id     BLOB    REFERENCES paths (id),
    after_id    BLOB    REFERENCES trainings (id),
    PRIMARY KEY (rule_id, version, position),
    CHECK ((training_id IS NOT NULL) + (path_id IS NOT NULL) + (after_id IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX rule_trainings_by_training ON rule_trainings (training_id) WHERE training_id IS NOT NULL;
CREATE INDEX rule_trainings_by_path ON rule_trainings (path_id) WHERE path_id IS NOT NULL;
CREATE INDEX rule_trainings_by_after ON rule_trainings (after_id) WHERE after_id IS NOT NULL;
