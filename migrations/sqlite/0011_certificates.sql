-- What people can show for what they learnt: certificates, and the logo that is printed on them.
--
-- A certificate says what was true when it was issued: the holder, the training and the organisation as
-- they were called then. A row is a version of it: whatever changes is recorded anew under the same id,
-- and what stood before gets the instant from which on it is no longer believed. Number and code stay the
-- same through all versions, so that what was printed once leads to what is true now.
CREATE TABLE certificates (
    id              BLOB    NOT NULL CHECK (length(id) = 16),
    recorded_at     INTEGER NOT NULL,
    retracted_at    INTEGER,
    -- The number, such as 2026-000123: counted within the year without gaps.
    year            INTEGER NOT NULL,
    sequence        INTEGER NOT NULL CHECK (sequence > 0),
    -- What a stranger must know to look it up; nobody can guess it.
    code            TEXT    NOT NULL,
    completion_id   BLOB    NOT NULL CHECK (length(completion_id) = 16),
    person_id       BLOB    NOT NULL REFERENCES persons (id),
    training_id     BLOB    NOT NULL REFERENCES trainings (id),
    major           INTEGER NOT NULL CHECK (major >= 0),
    minor           INTEGER NOT NULL CHECK (minor >= 0),
    -- Empty once the holder was erased.
    holder          TEXT,
    title           TEXT    NOT NULL,
    organisation    TEXT    NOT NULL,
    language        TEXT    NOT NULL,
    completed_on    TEXT    NOT NULL,
    issued_on       TEXT    NOT NULL,
    -- The last covered day.
    valid_until     TEXT    CHECK (valid_until >= completed_on),
    revoked_on      TEXT,
    revoked_because TEXT    CHECK (revoked_because IS NULL OR revoked_on IS NOT NULL),
    PRIMARY KEY (id, recorded_at)
) STRICT, WITHOUT ROWID;

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
    version     INTEGER NOT NULL PRIMARY KEY,
    media_type  TEXT    CHECK (media_type IN ('image/png', 'image/jpeg')),
    image       BLOB    CHECK ((image IS NULL) = (media_type IS NULL)),
    recorded_at INTEGER NOT NULL
) STRICT;
