-- What there is to learn: trainings, each with the versions in which it was published.
--
-- A published version is never changed again: people are held to what they were shown. What lists,
-- searches and rules ask for is taken out of the shown version into rows of its own: of the newest
-- published one, or of the draft where nothing was published yet.

CREATE TABLE trainings (
    id               UUID NOT NULL PRIMARY KEY,
    code             TEXT COLLATE "C" NOT NULL,
    code_key         TEXT COLLATE "C" NOT NULL,
    status           TEXT COLLATE "C" NOT NULL CHECK (status IN ('draft', 'in_review', 'published', 'archived')),
    is_template      BOOLEAN NOT NULL,
    title            TEXT COLLATE "C" NOT NULL,
    title_key        TEXT COLLATE "C" NOT NULL,
    category         TEXT COLLATE "C",
    difficulty       TEXT COLLATE "C",
    delivery         TEXT COLLATE "C" NOT NULL,
    duration_minutes BIGINT,
    validity_months  BIGINT,
    created_at       TIMESTAMPTZ NOT NULL,
    updated_at       TIMESTAMPTZ NOT NULL,
    removed_at       TIMESTAMPTZ
);

-- The code of a training that was taken away is free again.
CREATE UNIQUE INDEX trainings_by_code ON trainings (code_key) WHERE removed_at IS NULL;
CREATE INDEX trainings_by_title ON trainings (title_key, id) WHERE removed_at IS NULL;

CREATE TABLE training_versions (
    id                    UUID NOT NULL PRIMARY KEY,
    training_id           UUID NOT NULL REFERENCES trainings (id),
    major                 BIGINT NOT NULL CHECK (major > 0),
    minor                 BIGINT NOT NULL CHECK (minor >= 0),
    state                 TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'in_review', 'published')),
    document              TEXT COLLATE "C" NOT NULL,
    require_retraining_by DATE,
    created_at            TIMESTAMPTZ NOT NULL,
    updated_at            TIMESTAMPTZ NOT NULL,
    published_at          TIMESTAMPTZ CHECK ((published_at IS NOT NULL) = (state = 'published')),
    UNIQUE (training_id, major, minor)
);

-- One draft at a time.
CREATE UNIQUE INDEX training_versions_draft ON training_versions (training_id)
    WHERE state <> 'published';

CREATE TABLE training_labels (
    kind        TEXT COLLATE "C" NOT NULL CHECK (kind IN ('category', 'tag', 'language')),
    label_key   TEXT COLLATE "C" NOT NULL,
    training_id UUID NOT NULL REFERENCES trainings (id),
    label       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, label_key, training_id)
);

CREATE INDEX training_labels_by_training ON training_labels (training_id);

CREATE TABLE training_terms (
    term        TEXT COLLATE "C" NOT NULL,
    training_id UUID NOT NULL REFERENCES trainings (id),
    PRIMARY KEY (term, training_id)
);

-- With the term: a planner that knows nothing of the table yet takes it for a few rows, not for many.
CREATE INDEX training_terms_by_training ON training_terms (training_id, term);

-- What the newest published version of a training has to come after.
CREATE TABLE training_prerequisites (
    training_id UUID NOT NULL REFERENCES trainings (id),
    required_id UUID NOT NULL REFERENCES trainings (id) CHECK (required_id <> training_id),
    PRIMARY KEY (training_id, required_id)
);

CREATE INDEX training_prerequisites_by_required ON training_prerequisites (required_id);

-- The quizzes that a published version asks.
CREATE TABLE training_quizzes (
    version_id UUID NOT NULL REFERENCES training_versions (id),
    quiz_id    UUID NOT NULL REFERENCES quizzes (id),
    PRIMARY KEY (version_id, quiz_id)
);

CREATE INDEX training_quizzes_by_quiz ON training_quizzes (quiz_id);

-- Whoever has done the other has done this, on the days of the period.
CREATE TABLE training_equivalents (
    id              UUID NOT NULL PRIMARY KEY,
    training_id     UUID NOT NULL REFERENCES trainings (id),
    satisfied_by_id UUID NOT NULL REFERENCES trainings (id) CHECK (satisfied_by_id <> training_id),
    valid_from      DATE NOT NULL,
    valid_until     DATE CHECK (valid_until > valid_from),
    recorded_at     TIMESTAMPTZ NOT NULL,
    retracted_at    TIMESTAMPTZ
);

CREATE INDEX training_equivalents_by_training ON training_equivalents (training_id, valid_from);
CREATE INDEX training_equivalents_by_other ON training_equivalents (satisfied_by_id);
