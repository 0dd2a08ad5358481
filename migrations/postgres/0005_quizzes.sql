-- What is asked: a bank of questions and the quizzes that ask them.
--
-- What a question asks and a quiz is made of is a document. Each change makes a new version, and a
-- version is never changed, so that an attempt can be explained for ever by the versions it saw.

CREATE TABLE questions (
    id          UUID NOT NULL PRIMARY KEY,
    code        TEXT COLLATE "C" NOT NULL,
    code_key    TEXT COLLATE "C" NOT NULL UNIQUE,
    kind        TEXT COLLATE "C" NOT NULL CHECK (kind IN ('single', 'multiple', 'true_false', 'short_text', 'numeric',
                                                           'ordering', 'matching', 'fill_in', 'essay', 'code')),
    version     BIGINT NOT NULL CHECK (version >= 1),
    search_key  TEXT COLLATE "C" NOT NULL,
    archived_at TIMESTAMPTZ,
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL
);

CREATE TABLE question_versions (
    id          UUID NOT NULL PRIMARY KEY,
    question_id UUID NOT NULL REFERENCES questions (id),
    version     BIGINT NOT NULL CHECK (version >= 1),
    definition  TEXT COLLATE "C" NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    UNIQUE (question_id, version)
);

CREATE TABLE question_tags (
    tag         TEXT COLLATE "C" NOT NULL,
    question_id UUID NOT NULL REFERENCES questions (id),
    PRIMARY KEY (tag, question_id)
);

CREATE INDEX question_tags_by_question ON question_tags (question_id);

CREATE TABLE quizzes (
    id          UUID NOT NULL PRIMARY KEY,
    code        TEXT COLLATE "C" NOT NULL,
    code_key    TEXT COLLATE "C" NOT NULL UNIQUE,
    version     BIGINT NOT NULL CHECK (version >= 1),
    search_key  TEXT COLLATE "C" NOT NULL,
    archived_at TIMESTAMPTZ,
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL
);

CREATE TABLE quiz_versions (
    id          UUID NOT NULL PRIMARY KEY,
    quiz_id     UUID NOT NULL REFERENCES quizzes (id),
    version     BIGINT NOT NULL CHECK (version >= 1),
    definition  TEXT COLLATE "C" NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    UNIQUE (quiz_id, version)
);
