-- How far people are: in the modules of what they do, what they signed, and their attempts at quizzes
-- with every answer.
--
-- An attempt is pinned to what it asked: the version of the quiz, those of its questions, and the seed
-- from which their order follows. So the sheet can be laid out again for ever, and what was right then
-- stays right, whatever becomes of quiz and questions.

CREATE TABLE quiz_attempts (
    id            UUID NOT NULL PRIMARY KEY,
    person_id     UUID NOT NULL REFERENCES persons (id),
    -- The cycle of the obligation that it counts for.
    assignment_id UUID NOT NULL,
    training_id   UUID NOT NULL REFERENCES trainings (id),
    -- The version of the training that asks the quiz, and in which of its modules.
    version_id    UUID NOT NULL REFERENCES training_versions (id),
    module        TEXT COLLATE "C" NOT NULL,
    quiz_id       UUID NOT NULL REFERENCES quizzes (id),
    quiz_version  BIGINT NOT NULL CHECK (quiz_version > 0),
    number        BIGINT NOT NULL CHECK (number > 0),
    -- A secret: whoever knows it can undo the shuffling.
    seed          BYTEA NOT NULL CHECK (octet_length(seed) = 32),
    begun_at      TIMESTAMPTZ NOT NULL,
    deadline_at   TIMESTAMPTZ,
    submitted_at  TIMESTAMPTZ CHECK ((submitted_at IS NULL) = (state = 'open')),
    -- Whether its time was over before it was handed in.
    expired       BOOLEAN NOT NULL,
    state         TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'waiting', 'graded')),
    -- In hundredths of a point.
    points        BIGINT NOT NULL CHECK (points BETWEEN 0 AND points_max),
    points_max    BIGINT NOT NULL CHECK (points_max >= 0),
    -- What a person has yet to decide about.
    points_open   BIGINT NOT NULL CHECK (points_open >= 0),
    -- Nothing where it depends on what is open.
    passed        BOOLEAN,
    updated_at    TIMESTAMPTZ NOT NULL
);

CREATE UNIQUE INDEX quiz_attempts_by_number ON quiz_attempts (assignment_id, quiz_id, number);
-- One at a time.
CREATE UNIQUE INDEX quiz_attempts_open ON quiz_attempts (assignment_id, quiz_id) WHERE state = 'open';
CREATE INDEX quiz_attempts_by_person ON quiz_attempts (person_id, id);
CREATE INDEX quiz_attempts_by_quiz ON quiz_attempts (quiz_id, id);
CREATE INDEX quiz_attempts_by_training ON quiz_attempts (training_id, id);
-- Whose time may be over.
CREATE INDEX quiz_attempts_by_deadline ON quiz_attempts (deadline_at) WHERE state = 'open';
-- What waits for somebody who grades, the oldest first.
CREATE INDEX quiz_attempts_waiting ON quiz_attempts (submitted_at, id) WHERE state = 'waiting';

-- What an attempt asked, question by question, what was answered, and what that earned.
CREATE TABLE quiz_answers (
    attempt_id       UUID NOT NULL REFERENCES quiz_attempts (id),
    -- Its number on the sheet.
    number           BIGINT NOT NULL CHECK (number > 0),
    section          BIGINT NOT NULL CHECK (section > 0),
    question_id      UUID NOT NULL REFERENCES questions (id),
    question_version BIGINT NOT NULL CHECK (question_version > 0),
    -- As it was sent; nothing where there was no answer, or the person was erased.
    answer           TEXT COLLATE "C",
    state            TEXT COLLATE "C" CHECK (state IN ('right', 'partly', 'wrong', 'waiting')),
    points           BIGINT NOT NULL CHECK (points BETWEEN 0 AND points_max),
    points_max       BIGINT NOT NULL CHECK (points_max >= 0),
    -- Where a person graded it.
    graded_by        TEXT COLLATE "C" CHECK ((graded_by IS NULL) = (graded_at IS NULL)),
    graded_at        TIMESTAMPTZ,
    comment          TEXT COLLATE "C",
    PRIMARY KEY (attempt_id, number)
);

-- How far somebody is in a module, in one cycle of the obligation.
CREATE TABLE module_progress (
    assignment_id UUID NOT NULL,
    module        TEXT COLLATE "C" NOT NULL,
    person_id     UUID NOT NULL REFERENCES persons (id),
    training_id   UUID NOT NULL REFERENCES trainings (id),
    -- It only rises.
    percent       BIGINT NOT NULL CHECK (percent BETWEEN 0 AND 100),
    -- It adds up.
    seconds       BIGINT NOT NULL CHECK (seconds >= 0),
    -- Where they were last, in the words of whatever shows the module.
    position      TEXT COLLATE "C",
    updated_at    TIMESTAMPTZ NOT NULL,
    -- Digests of the last updates that had an id, the newest last: none of them counts twice.
    recent_updates BYTEA CHECK (length(recent_updates) % 16 = 0),
    PRIMARY KEY (assignment_id, module)
);

CREATE INDEX module_progress_by_person ON module_progress (person_id, training_id);

-- Who acknowledged the text of which version.
CREATE TABLE acknowledgements (
    assignment_id UUID NOT NULL,
    version_id    UUID NOT NULL REFERENCES training_versions (id),
    person_id     UUID NOT NULL REFERENCES persons (id),
    training_id   UUID NOT NULL REFERENCES trainings (id),
    signed_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (assignment_id, version_id)
);

CREATE INDEX acknowledgements_by_person ON acknowledgements (person_id, training_id);
