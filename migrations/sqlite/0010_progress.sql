-- How far people are: in the modules of what they do, what they signed, and their attempts at quizzes
-- with every answer.
--
-- An attempt is pinned to what it asked: the version of the quiz, those of its questions, and the seed
-- from which their order follows. So the sheet can be laid out again for ever, and what was right then
-- stays right, whatever becomes of quiz and questions.

CREATE TABLE quiz_attempts (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person_id     BLOB    NOT NULL REFERENCES persons (id),
    -- The cycle of the obligation that it counts for.
    assignment_id BLOB    NOT NULL CHECK (length(assignment_id) = 16),
    training_id   BLOB    NOT NULL REFERENCES trainings (id),
    -- The version of the training that asks the quiz, and in which of its modules.
    version_id    BLOB    NOT NULL REFERENCES training_versions (id),
    module        TEXT    NOT NULL,
    quiz_id       BLOB    NOT NULL REFERENCES quizzes (id),
    quiz_version  INTEGER NOT NULL CHECK (quiz_version > 0),
    number        INTEGER NOT NULL CHECK (number > 0),
    -- A secret: whoever knows it can undo the shuffling.
    seed          BLOB    NOT NULL CHECK (length(seed) = 32),
    begun_at      INTEGER NOT NULL,
    deadline_at   INTEGER,
    submitted_at  INTEGER CHECK ((submitted_at IS NULL) = (state = 'open')),
    -- Whether its time was over before it was handed in.
    expired       INTEGER NOT NULL CHECK (expired IN (0, 1)),
    state         TEXT    NOT NULL CHECK (state IN ('open', 'waiting', 'graded')),
    -- In hundredths of a point.
    points        INTEGER NOT NULL CHECK (points BETWEEN 0 AND points_max),
    points_max    INTEGER NOT NULL CHECK (points_max >= 0),
    -- What a person has yet to decide about.
    points_open   INTEGER NOT NULL CHECK (points_open >= 0),
    -- Nothing where it depends on what is open.
    passed        INTEGER CHECK (passed IN (0, 1)),
    updated_at    INTEGER NOT NULL
) STRICT;

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
    attempt_id       BLOB    NOT NULL REFERENCES quiz_attempts (id),
    -- Its number on the sheet.
    number           INTEGER NOT NULL CHECK (number > 0),
    section          INTEGER NOT NULL CHECK (section > 0),
    question_id      BLOB    NOT NULL REFERENCES questions (id),
    question_version INTEGER NOT NULL CHECK (question_version > 0),
    -- As it was sent; nothing where there was no answer, or the person was erased.
    answer           TEXT,
    state            TEXT    CHECK (state IN ('right', 'partly', 'wrong', 'waiting')),
    points           INTEGER NOT NULL CHECK (points BETWEEN 0 AND points_max),
    points_max       INTEGER NOT NULL CHECK (points_max >= 0),
    -- Where a person graded it.
    graded_by        TEXT    CHECK ((graded_by IS NULL) = (graded_at IS NULL)),
    graded_at        INTEGER,
    comment          TEXT,
    PRIMARY KEY (attempt_id, number)
) STRICT, WITHOUT ROWID;

-- How far somebody is in a module, in one cycle of the obligation.
CREATE TABLE module_progress (
    assignment_id BLOB    NOT NULL CHECK (length(assignment_id) = 16),
    module        TEXT    NOT NULL,
    person_id     BLOB    NOT NULL REFERENCES persons (id),
    training_id   BLOB    NOT NULL REFERENCES trainings (id),
    -- It only rises.
    percent       INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
    -- It adds up.
    seconds       INTEGER NOT NULL CHECK (seconds >= 0),
    -- Where they were last, in the words of whatever shows the module.
    position      TEXT,
    updated_at    INTEGER NOT NULL,
    -- Digests of the last updates that had an id, the newest last: none of them counts twice.
    recent_updates BLOB CHECK (length(recent_updates) % 16 = 0),
    PRIMARY KEY (assignment_id, module)
) STRICT, WITHOUT ROWID;

CREATE INDEX module_progress_by_person ON module_progress (person_id, training_id);

-- Who acknowledged the text of which version.
CREATE TABLE acknowledgements (
    assignment_id BLOB    NOT NULL CHECK (length(assignment_id) = 16),
    version_id    BLOB    NOT NULL REFERENCES training_versions (id),
    person_id     BLOB    NOT NULL REFERENCES persons (id),
    training_id   BLOB    NOT NULL REFERENCES trainings (id),
    signed_at     INTEGER NOT NULL,
    PRIMARY KEY (assignment_id, version_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX acknowledgements_by_person ON acknowledgements (person_id, training_id);
