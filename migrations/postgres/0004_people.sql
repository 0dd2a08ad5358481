-- Who is who, where, since when: departments, locations and job roles; people, their employment,
-- their leaves, and the periods of everything that an audience can ask for.
--
-- A fact that holds for a time is a row with the day from which and the day before which it holds,
-- the instant at which it was recorded and, where it was corrected, the instant from which on it is
-- no longer believed. Rows are never changed but for that last instant: what was known on a past
-- day can be asked for ever.

CREATE TABLE units (
    id         UUID        NOT NULL PRIMARY KEY,
    kind       TEXT COLLATE "C" NOT NULL CHECK (kind IN ('department', 'location', 'job_role')),
    code       TEXT COLLATE "C" NOT NULL,
    code_key   TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    name_key   TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (kind, code_key)
);

CREATE INDEX units_by_name ON units (kind, name_key);

-- A record that is not a person any more (taken back, merged into another, erased) stays, so that
-- what was known then has an answer; its keys are empty, so that nobody finds it and the address is free.
CREATE TABLE persons (
    id                  UUID    NOT NULL PRIMARY KEY,
    employee_number     TEXT COLLATE "C",
    employee_number_key TEXT COLLATE "C" UNIQUE,
    email               TEXT COLLATE "C",
    email_key           TEXT COLLATE "C" UNIQUE,
    username            TEXT COLLATE "C",
    username_key        TEXT COLLATE "C" UNIQUE,
    first_name          TEXT COLLATE "C" NOT NULL,
    last_name           TEXT COLLATE "C" NOT NULL,
    preferred_name      TEXT COLLATE "C",
    sort_key            TEXT COLLATE "C" NOT NULL,
    locale              TEXT COLLATE "C",
    timezone           TEXT COLLATE "C",
    created_at          TIMESTAMPTZ NOT NULL,
    updated_at          TIMESTAMPTZ NOT NULL,
    closed_as           TEXT COLLATE "C" CHECK (closed_as IN ('undone', 'merged', 'erased')),
    closed_at           TIMESTAMPTZ,
    merged_into         UUID REFERENCES persons (id)
);

CREATE INDEX persons_by_sort_key ON persons (sort_key, id);
CREATE INDEX persons_closed ON persons (closed_at, id) WHERE closed_at IS NOT NULL;

-- The words by which people are found, written with the person. No reference: a person has a dozen of these
-- and of their fields, and to look the person up again for each is half of what an import costs. Nothing takes
-- a row of `persons` away.
CREATE TABLE person_terms (
    term      TEXT COLLATE "C" NOT NULL,
    person_id UUID        NOT NULL,
    PRIMARY KEY (term, person_id)
);

CREATE INDEX person_terms_by_person ON person_terms (person_id);

-- Whether a unit is there, and where in the tree a department hangs and who leads it.
CREATE TABLE unit_periods (
    id           UUID        NOT NULL PRIMARY KEY,
    unit_id      UUID        NOT NULL REFERENCES units (id),
    valid_from   DATE        NOT NULL,
    valid_until  DATE        CHECK (valid_until > valid_from),
    recorded_at  TIMESTAMPTZ NOT NULL,
    retracted_at TIMESTAMPTZ,
    parent_id    UUID        REFERENCES units (id),
    head_id      UUID        REFERENCES persons (id),
    deputy_id    UUID        REFERENCES persons (id)
);

CREATE INDEX unit_periods_by_unit ON unit_periods (unit_id, valid_from);

CREATE TABLE employments (
    id           UUID        NOT NULL PRIMARY KEY,
    person_id    UUID        NOT NULL REFERENCES persons (id),
    hired_on     DATE        NOT NULL,
    terminated_on     DATE        CHECK (terminated_on >= hired_on),
    reason       TEXT COLLATE "C",
    recorded_at  TIMESTAMPTZ NOT NULL,
    retracted_at TIMESTAMPTZ
);

CREATE INDEX employments_by_person ON employments (person_id, hired_on);

CREATE TABLE leaves (
    id           UUID        NOT NULL PRIMARY KEY,
    person_id    UUID        NOT NULL REFERENCES persons (id),
    from_on      DATE        NOT NULL,
    until_on     DATE        CHECK (until_on >= from_on),
    reason       TEXT COLLATE "C",
    recorded_at  TIMESTAMPTZ NOT NULL,
    retracted_at TIMESTAMPTZ
);

CREATE INDEX leaves_by_person ON leaves (person_id, from_on);

CREATE TABLE placements (
    id              UUID        NOT NULL PRIMARY KEY,
    person_id       UUID        NOT NULL REFERENCES persons (id),
    valid_from      DATE        NOT NULL,
    valid_until     DATE        CHECK (valid_until > valid_from),
    recorded_at     TIMESTAMPTZ NOT NULL,
    retracted_at    TIMESTAMPTZ,
    status          TEXT COLLATE "C" NOT NULL CHECK (status IN ('pre_hire', 'active', 'on_leave', 'inactive')),
    hired_on        DATE,
    department_id   UUID        REFERENCES units (id),
    location_id     UUID        REFERENCES units (id),
    job_role_id     UUID        REFERENCES units (id),
    manager_id      UUID        REFERENCES persons (id),
    country         TEXT COLLATE "C",
    job_title       TEXT COLLATE "C",
    job_title_key   TEXT COLLATE "C",
    employment_type TEXT COLLATE "C",
    attributes      TEXT COLLATE "C" NOT NULL
);

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
    account_id UUID NOT NULL PRIMARY KEY REFERENCES accounts (id),
    person_id  UUID NOT NULL UNIQUE REFERENCES persons (id)
);

-- By which key a feed knows a person.
CREATE TABLE person_sources (
    source     TEXT COLLATE "C" NOT NULL,
    source_key TEXT COLLATE "C" NOT NULL,
    person_id  UUID NOT NULL REFERENCES persons (id),
    PRIMARY KEY (source, source_key)
);

CREATE INDEX person_sources_by_person ON person_sources (person_id);

-- Which feed a field of a person belongs to, what the feed said last, and since when the value that
-- somebody set by hand stands in its place.
CREATE TABLE person_fields (
    person_id UUID NOT NULL,
    field     TEXT COLLATE "C" NOT NULL,
    source    TEXT COLLATE "C" NOT NULL,
    delivered TEXT COLLATE "C",
    pinned_at TIMESTAMPTZ,
    PRIMARY KEY (person_id, field)
);

CREATE TABLE groups (
    id         UUID NOT NULL PRIMARY KEY,
    code       TEXT COLLATE "C" NOT NULL,
    code_key   TEXT COLLATE "C" NOT NULL UNIQUE,
    name       TEXT COLLATE "C" NOT NULL,
    name_key   TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX groups_by_name ON groups (name_key);

-- Since when a group is there: with the audience that it stands for, or, without one, as a fixed list.
CREATE TABLE group_periods (
    id           UUID NOT NULL PRIMARY KEY,
    group_id     UUID NOT NULL REFERENCES groups (id),
    valid_from   DATE NOT NULL,
    valid_until  DATE CHECK (valid_until > valid_from),
    recorded_at  TIMESTAMPTZ NOT NULL,
    retracted_at TIMESTAMPTZ,
    audience     TEXT COLLATE "C"
);

CREATE INDEX group_periods_by_group ON group_periods (group_id, valid_from);

CREATE TABLE group_members (
    id           UUID NOT NULL PRIMARY KEY,
    group_id     UUID NOT NULL REFERENCES groups (id),
    person_id    UUID NOT NULL REFERENCES persons (id),
    valid_from   DATE NOT NULL,
    valid_until  DATE CHECK (valid_until > valid_from),
    recorded_at  TIMESTAMPTZ NOT NULL,
    retracted_at TIMESTAMPTZ
);

CREATE INDEX group_members_by_group ON group_members (group_id, person_id) WHERE retracted_at IS NULL;
CREATE INDEX group_members_by_person ON group_members (person_id, valid_from);
