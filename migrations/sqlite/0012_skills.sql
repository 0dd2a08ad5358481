-- What people can: skills, which version of a training teaches which, and which job role requires which.
--
-- Who has a skill is kept nowhere: it follows from completions that hold, and from what the versions
-- teach that were done.
CREATE TABLE skills (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    code         TEXT    NOT NULL,
    code_key     TEXT    NOT NULL UNIQUE,
    name         TEXT    NOT NULL,
    name_key     TEXT    NOT NULL,
    description  TEXT,
    category     TEXT,
    category_key TEXT    CHECK ((category_key IS NULL) = (category IS NULL)),
    archived_at  INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX skills_by_name ON skills (name_key);

-- What people in a job role have to be able to do, on the days of the period.
CREATE TABLE skill_requirements (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_role_id  BLOB    NOT NULL REFERENCES units (id),
    skill_id     BLOB    NOT NULL REFERENCES skills (id),
    level        INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
    valid_from   TEXT    NOT NULL,
    valid_until  TEXT    CHECK (valid_until > valid_from),
    recorded_at  INTEGER NOT NULL,
    retracted_at INTEGER
) STRICT;

CREATE UNIQUE INDEX skill_requirements_now ON skill_requirements (job_role_id, skill_id, valid_from)
    WHERE retracted_at IS NULL;
CREATE INDEX skill_requirements_by_skill ON skill_requirements (skill_id);

-- What a published version teaches, out of its document.
CREATE TABLE training_skills (
    version_id BLOB    NOT NULL REFERENCES training_versions (id),
    skill_id   BLOB    NOT NULL REFERENCES skills (id),
    level      INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
    PRIMARY KEY (version_id, skill_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX training_skills_by_skill ON training_skills (skill_id, level);
