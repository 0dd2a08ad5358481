-- What there is to learn: trainings, each with the versions in which it was published.
--
-- A published version is never changed again: people are held to what they were shown. What lists,
-- searches and rules ask for is taken out of the shown version into rows of its own: of the newest
-- published one, or of the draft where nothing was published yet.

CREATE TABLE trainings (
    id               BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    code             TEXT    NOT NULL,
    code_key         TEXT    NOT NULL,
    status           TEXT    NOT NULL CHECK (status IN ('draft', 'in_review', 'published', 'archived')),
    is_template      INTEGER NOT NULL CHECK (is_template IN (0, 1)),
    title            TEXT    NOT NULL,
    title_key        TEXT    NOT NULL,
    category         TEXT,
    difficulty       TEXT,
    delivery         TEXT    NOT NULL,
    duration_minutes INTEGER,
    validity_months  INTEGER,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    removed_at       INTEGER
) STRICT;

-- The code of a training that was taken away is free again.
CREATE UNIQUE INDEX trainings_by_code ON trainings (code_key) WHERE removed_at IS NULL;
CREATE INDEX trainings_by_title ON trainings (title_key, id) WHERE removed_at IS NULL;

CREATE TABLE training_versions (
    id                    BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    training_id           BLOB    NOT NULL REFERENCES trainings (id),
    major                 INTEGER NOT NULL CHECK (major > 0),
    minor                 INTEGER NOT NULL CHECK (minor >= 0),
    state                 TEXT    NOT NULL CHECK (state IN ('draft', 'in_review', 'published')),
    document              TEXT    NOT NULL,
    require_retraining_by TEXT,
    created_at            INTEGER NOT NULL,
    updated_at            INTEGER NOT NULL,
    published_at          INTEGER CHECK ((published_at IS NOT NULL) = (state = 'published')),
    UNIQUE (training_id, major, minor)
) STRICT;

-- One draft at a time.
CREATE UNIQUE INDEX training_versions_draft ON training_versions (training_id)
    WHERE state <> 'published';

CREATE TABLE training_labels (
    kind        TEXT NOT NULL CHECK (kind IN ('category', 'tag', 'language')),
    label_key   TEXT NOT NULL,
    training_id BLOB NOT NULL REFERENCES trainings (id),
    label       TEXT NOT NULL,
    PRIMARY KEY (kind, label_key, training_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX training_labels_by_training ON training_labels (training_id);

CREATE TABLE training_terms (
    term        TEXT NOT NULL,
    training_id BLOB NOT NULL REFERENCES trainings (id),
    PRIMARY KEY (term, training_id)
) STRICT, WITHOUT ROWID;

-- With the term: a planner that knows nothing of the table yet takes it for a few rows, not for many.
CREATE INDEX training_terms_by_training ON training_terms (training_id, term);

-- What the newest published version of a training has to come after.
CREATE TABLE training_prerequisites (
    training_id BLOB NOT NULL REFERENCES trainings (id),
    required_id BLOB NOT NULL REFERENCES trainings (id) CHECK (required_id <> training_id),
    PRIMARY KEY (training_id, required_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX training_prerequisites_by_required ON training_prerequisites (required_id);

-- The quizzes that a published version asks.
CREATE TABLE training_quizzes (
    version_id BLOB NOT NULL REFERENCES training_versions (id),
    quiz_id    BLOB NOT NULL REFERENCES quizzes (id),
    PRIMARY KEY (version_id, quiz_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX training_quizzes_by_quiz ON training_quizzes (quiz_id);

-- Whoever has done the other has done this, on the days of the period.
CREATE TABLE training_equivalents (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    training_id     BLOB    NOT NULL REFERENCES trainings (id),
    satisfied_by_id BLOB    NOT NULL REFERENCES trainings (id) CHECK (satisfied_by_id <> training_id),
    valid_from      TEXT    NOT NULL,
    valid_until     TEXT    CHECK (valid_until > valid_from),
    recorded_at     INTEGER NOT NULL,
    retracted_at    INTEGER
) STRICT;

CREATE INDEX training_equivalents_by_training ON training_equivalents (training_id, valid_from);
CREATE INDEX training_equivalents_by_other ON training_equivalents (satisfied_by_id);
