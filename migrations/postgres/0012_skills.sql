-- What people can: skills, which version of a training teaches which, and which job role requires which.
--
-- Who has a skill is kept nowhere: it follows from completions that hold, and from what the versions
-- teach that were done.
CREATE TABLE skills (
    id           UUID NOT NULL PRIMARY KEY,
    code         TEXT COLLATE "C" NOT NULL,
    code_key     TEXT COLLATE "C" NOT NULL UNIQUE,
    name         TEXT COLLATE "C" NOT NULL,
    name_key     TEXT COLLATE "C" NOT NULL,
    description  TEXT COLLATE "C",
    category     TEXT COLLATE "C",
    category_key TEXT COLLATE "C" CHECK ((category_key IS NULL) = (category IS NULL)),
    archived_at  TIMESTAMPTZ,
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL
);

CREATE INDEX skills_by_name ON skills (name_key);

-- What people in a job role have to be able to do, on the days of the period.
CREATE TABLE skill_requirements (
    id           UUID NOT NULL PRIMARY KEY,
    job_role_id  UUID NOT NULL REFERENCES units (id),
    skill_id     UUID NOT NULL REFERENCES skills (id),
    level        BIGINT NOT NULL CHECK (level BETWEEN 1 AND 5),
    valid_from   DATE NOT NULL,
    valid_until  DATE CHECK (valid_until > valid_from),
    recorded_at  TIMESTAMPTZ NOT NULL,
    retracted_at TIMESTAMPTZ
);

CREATE UNIQUE INDEX skill_requirements_now ON skill_requirements (job_role_id, skill_id, valid_from)
    WHERE retracted_at IS NULL;
CREATE INDEX skill_requirements_by_skill ON skill_requirements (skill_id);

-- What a published version teaches, out of its document.
CREATE TABLE training_skills (
    version_id UUID NOT NULL REFERENCES training_versions (id),
    skill_id   UUID NOT NULL REFERENCES skills (id),
    level      BIGINT NOT NULL CHECK (level BETWEEN 1 AND 5),
    PRIMARY KEY (version_id, skill_id)
);

CREATE INDEX training_skills_by_skill ON training_skills (skill_id, level);
