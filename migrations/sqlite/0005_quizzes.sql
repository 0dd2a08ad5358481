-- What is asked: a bank of questions and the quizzes that ask them.
--
-- What a question asks and a quiz is made of is a document. Each change makes a new version, and a
-- version is never changed, so that an attempt can be explained for ever by the versions it saw.

CREATE TABLE questions (
    id          BLOB    NOT NULL PRIMARY KEY,
    code        TEXT    NOT NULL,
    code_key    TEXT    NOT NULL UNIQUE,
    kind        TEXT    NOT NULL CHECK (kind IN ('single', 'multiple', 'true_false', 'short_text', 'numeric',
                                                 'ordering', 'matching', 'fill_in', 'essay', 'code')),
    version     INTEGER NOT NULL CHECK (version >= 1),
    search_key  TEXT    NOT NULL,
    archived_at INTEGER,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE question_versions (
    id          BLOB    NOT NULL PRIMARY KEY,
    question_id BLOB    NOT NULL REFERENCES questions (id),
    version     INTEGER NOT NULL CHECK (version >= 1),
    definition  TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    UNIQUE (question_id, version)
) STRICT;

CREATE TABLE question_tags (
    tag         TEXT NOT NULL,
    question_id BLOB NOT NULL REFERENCES questions (id),
    PRIMARY KEY (tag, question_id)
) STRICT;

CREATE INDEX question_tags_by_question ON question_tags (question_id);

CREATE TABLE quizzes (
    id          BLOB    NOT NULL PRIMARY KEY,
    code        TEXT    NOT NULL,
    code_key    TEXT    NOT NULL UNIQUE,
    version     INTEGER NOT NULL CHECK (version >= 1),
    search_key  TEXT    NOT NULL,
    archived_at INTEGER,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE quiz_versions (
    id          BLOB    NOT NULL PRIMARY KEY,
    quiz_id     BLOB    NOT NULL REFERENCES quizzes (id),
    version     INTEGER NOT NULL CHECK (version >= 1),
    definition  TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    UNIQUE (quiz_id, version)
) STRICT;
