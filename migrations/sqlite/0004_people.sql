-- Who is who, where, since when: departments, locations and job roles; people, their employment,
-- their leaves, and the periods of everything that an audience can ask for.
--
-- A fact that holds for a time is a row with the day from which and the day before which it holds,
-- the instant at which it was recorded and, where it was corrected, the instant from which on it is
-- no longer believed. Rows are never changed but for that last instant: what was known on a past
-- day can be asked for ever.

CREATE TABLE units (
    id         BLOB    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind IN ('department', 'location', 'job_role')),
    code       TEXT    NOT NULL,
    code_key   TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (kind, code_key)
) STRICT;

CREATE INDEX units_by_name ON units (kind, name_key);

-- A record that is not a person any more (taken back, merged into another, erased) stays, so that
-- what was known then has an answer; its keys are empty, so that nobody finds it and the address is free.
CREATE TABLE persons (
    id                  BLOB    NOT NULL PRIMARY KEY,
    employee_number     TEXT,
    employee_number_key TEXT UNIQUE,
    email               TEXT,
    email_key           TEXT UNIQUE,
    username            TEXT,
    username_key        TEXT UNIQUE,
    first_name          TEXT NOT NULL,
    last_name           TEXT NOT NULL,
    preferred_name      TEXT,
    sort_key            TEXT NOT NULL,
    locale              TEXT,
    timezone           TEXT,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    closed_as           TEXT CHECK (closed_as IN ('undone', 'merged', 'erased')),
    closed_at           INTEGER,
    merged_into         BLOB REFERENCES persons (id)
) STRICT;

CREATE INDEX persons_by_sort_key ON persons (sort_key, id);
CREATE INDEX persons_closed ON persons (closed_at, id) WHERE closed_at IS NOT NULL;

-- The words by which people are found, written with the person. No reference: a person has a dozen of these
-- and of their fields, and to look the person up again for each is half of what an import costs. Nothing takes
-- a row of `persons` away.
CREATE TABLE person_terms (
    term      TEXT    NOT NULL,
    person_id BLOB    NOT NULL,
    PRIMARY KEY (term, person_id)
) STRICT;

CREATE INDEX person_terms_by_person ON person_terms (person_id);

-- Whether a unit is there, and where in the tree a department hangs and who leads it.
CREATE TABLE unit_periods (
    id           BLOB    NOT NULL PRIMARY KEY,
    unit_id      BLOB    NOT NULL REFERENCES units (id),
    valid_from   TEXT    NOT NULL,
    valid_until  TEXT    CHECK (valid_until > valid_from),
    recorded_at  INTEGER NOT NULL,
    retracted_at INTEGER,
    parent_id    BLOB    REFERENCES units (id),
    head_id      BLOB    REFERENCES persons (id),
    deputy_id    BLOB    REFERENCES persons (id)
) STRICT;

CREATE INDEX unit_periods_by_unit ON unit_periods (unit_id, valid_from);

CREATE TABLE employments (
    id           BLOB    NOT NULL PRIMARY KEY,
    person_id    BLOB    NOT NULL REFERENCES persons (id),
    hired_on     TEXT    NOT NULL,
    terminated_on     TEXT    CHECK (terminated_on >= hired_on),
    reason       TEXT,
    recorded_at  INTEGER NOT NULL,
    retracted_at INTEGER
) STRICT;

CREATE INDEX employments_by_person ON employments (person_id, hired_on);

CREATE TABLE leaves (
    id           BLOB    NOT NULL PRIMARY KEY,
    person_id    BLOB    NOT NULL REFERENCES persons (id),
    from_on      TEXT    NOT NULL,
    until_on     TEXT    CHECK (until_on >= from_on),
    reason       TEXT,
    recorded_at  INTEGER NOT NULL,
    retracted_at INTEGER
) STRICT;

CREATE INDEX leaves_by_person ON leaves (person_id, from_on);

CREATE TABLE placements (
    id              BLOB    NOT NULL PRIMARY KEY,
    person_id       BLOB    NOT NULL REFERENCES persons (id),
    valid_from      TEXT    NOT NULL,
    valid_until     TEXT    CHECK (valid_until > valid_from),
    recorded_at     INTEGER NOT NULL,
    retracted_at    INTEGER,
    status          TEXT    NOT NULL CHECK (status IN ('pre_hire', 'active', 'on_leave', 'inactive')),
    hired_on        TEXT,
    department_id   BLOB    REFERENCES units (id),
    location_id     BLOB    REFERENCES units (id),
    job_role_id     BLOB    REFERENCES units (id),
    manager_id      BLOB    REFERENCES persons (id),
    country         TEXT,
    job_title       TEXT,
    job_title_key   TEXT,
    employment_type TEXT,
    attributes      TEXT    NOT NULL
) STRICT;

CREATE INDEX placements_by_person ON placements (person_id, valid_from);
CREATE INDEX placements_by_valid_from ON placements (valid_from, person_id) WHERE retracted_at IS NULL;
CREATE INDEX placements_by_department ON placements (department_id, person_id) WHERE retracted_at IS NULL;
CREATE INDEX placements_by_location ON placements (location_id, person_id) WHERE retracted_at IS NULL;
CREATE INDEX placements_by_job_role ON placements (job_role_id, person_id) WHERE retracted_at IS NULL;
CREATE INDEX placements_by_manager ON placements (manager_id, person_id, valid_from, valid_until) WHERE retracted_at IS NULL;
CREATE INDEX placements_by_status ON placements (status, person_id) WHERE retracted_at IS NULL;
CREATE INDEX placements_by_hired_on ON placements (hired_on, person_id) WHERE retracted_at IS NULL;
CREATE INDEX placements_by_country ON placements (country, person_id) WHERE retracted_at IS NULL;
CREATE INDEX placements_by_job_title ON placements (job_title_key, person_id) WHERE retracted_at IS NULL;
CREATE INDEX placements_by_employment_type ON placements (employment_type, person_id) WHERE retracted_at IS NULL;

-- Which account is whose. An account may belong to nobody, and a person may have none.
CREATE TABLE account_links (
    account_id BLOB NOT NULL PRIMARY KEY REFERENCES accounts (id),
    person_id  BLOB NOT NULL UNIQUE REFERENCES persons (id)
) STRICT;

-- By which key a feed knows a person.
CREATE TABLE person_sources (
    source     TEXT NOT NULL,
    source_key TEXT NOT NULL,
    person_id  BLOB NOT NULL REFERENCES persons (id),
    PRIMARY KEY (source, source_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX person_sources_by_person ON person_sources (person_id);

-- Which feed a field of a person belongs to, what the feed said last, and since when the value that
-- somebody set by hand stands in its place.
CREATE TABLE person_fields (
    person_id BLOB NOT NULL,
    field     TEXT NOT NULL,
    source    TEXT NOT NULL,
    delivered TEXT,
    pinned_at INTEGER,
    PRIMARY KEY (person_id, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE groups (
    id         BLOB NOT NULL PRIMARY KEY,
    code       TEXT NOT NULL,
    code_key   TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX groups_by_name ON groups (name_key);

-- Since when a group is there: with the audience that it stands for, or, without one, as a fixed list.
CREATE TABLE group_periods (
    id           BLOB NOT NULL PRIMARY KEY,
    group_id     BLOB NOT NULL REFERENCES groups (id),
    valid_from   TEXT NOT NULL,
    valid_until  TEXT CHECK (valid_until > valid_from),
    recorded_at  INTEGER NOT NULL,
    retracted_at INTEGER,
    audience     TEXT
) STRICT;

CREATE INDEX group_periods_by_group ON group_periods (group_id, valid_from);

CREATE TABLE group_members (
    id           BLOB NOT NULL PRIMARY KEY,
    group_id     BLOB NOT NULL REFERENCES groups (id),
    person_id    BLOB NOT NULL REFERENCES persons (id),
    valid_from   TEXT NOT NULL,
    valid_until  TEXT CHECK (valid_until > valid_from),
    recorded_at  INTEGER NOT NULL,
    retracted_at INTEGER
) STRICT;

CREATE INDEX group_members_by_group ON group_members (group_id, person_id) WHERE retracted_at IS NULL;
CREATE INDEX group_members_by_person ON group_members (person_id, valid_from);
