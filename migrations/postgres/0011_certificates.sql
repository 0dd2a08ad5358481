-- What people can show for what they learnt: certificates, and the logo that is printed on them.
--
-- A certificate says what was true when it was issued: the holder, the training and the organisation as
-- they were called then. A row is a version of it: whatever changes is recorded anew under the same id,
-- and what stood before gets the instant from which on it is no longer believed. Number and code stay the
-- same through all versions, so that what was printed once leads to what is true now.
CREATE TABLE certificates (
    id              UUID NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    retracted_at    TIMESTAMPTZ,
    -- The number, such as 2026-000123: counted within the year without gaps.
    year            BIGINT NOT NULL,
    sequence        BIGINT NOT NULL CHECK (sequence > 0),
    -- What a stranger must know to look it up; nobody can guess it.
    code            TEXT COLLATE "C" NOT NULL,
    completion_id   UUID NOT NULL,
    person_id       UUID NOT NULL REFERENCES persons (id),
    training_id     UUID NOT NULL REFERENCES trainings (id),
    major           BIGINT NOT NULL CHECK (major >= 0),
    minor           BIGINT NOT NULL CHECK (minor >= 0),
    -- Empty once the holder was erased.
    holder          TEXT COLLATE "C",
    title           TEXT COLLATE "C" NOT NULL,
    organisation    TEXT COLLATE "C" NOT NULL,
    language        TEXT COLLATE "C" NOT NULL,
    completed_on    DATE NOT NULL,
    issued_on       DATE NOT NULL,
    -- The last covered day.
    valid_until     DATE CHECK (valid_until >= completed_on),
    revoked_on      DATE,
    revoked_because TEXT COLLATE "C" CHECK (revoked_because IS NULL OR revoked_on IS NOT NULL),
    PRIMARY KEY (id, recorded_at)
);

CREATE UNIQUE INDEX certificates_by_number ON certificates (year, sequence) WHERE retracted_at IS NULL;
CREATE UNIQUE INDEX certificates_by_code ON certificates (code) WHERE retracted_at IS NULL;
-- A completion has one that holds at most.
CREATE UNIQUE INDEX certificates_by_completion ON certificates (completion_id)
    WHERE retracted_at IS NULL AND revoked_on IS NULL;
CREATE INDEX certificates_by_person ON certificates (person_id, year, sequence)
    WHERE retracted_at IS NULL;
CREATE INDEX certificates_by_training ON certificates (training_id, year, sequence)
    WHERE retracted_at IS NULL;

-- The newest counts. One without an image says that there is no logo any more.
CREATE TABLE certificate_logos (
    version     BIGINT NOT NULL PRIMARY KEY,
    media_type  TEXT COLLATE "C" CHECK (media_type IN ('image/png', 'image/jpeg')),
    image       BYTEA CHECK ((image IS NULL) = (media_type IS NULL)),
    recorded_at TIMESTAMPTZ NOT NULL
);
