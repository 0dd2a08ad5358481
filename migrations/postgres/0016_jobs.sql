-- What jobs did, run by run, and who is told of what is overdue beside those who are late themselves.

CREATE TABLE job_runs (
    id          UUID    NOT NULL PRIMARY KEY,
    job         TEXT    COLLATE "C" NOT NULL,
    -- The day it ran for. Where it was named, it was the same for everybody; else each person had their own.
    day         DATE    NOT NULL,
    day_named   BOOLEAN NOT NULL,
    -- The one step it was kept to.
    only_step   TEXT    COLLATE "C",
    started_at  TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ CHECK ((finished_at IS NULL) = (state = 'running')),
    state       TEXT    COLLATE "C" NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    actor       TEXT    COLLATE "C" NOT NULL,
    error       TEXT    COLLATE "C" CHECK ((error IS NULL) = (state <> 'failed')),
    counts      TEXT    COLLATE "C" NOT NULL,
    steps       TEXT    COLLATE "C" NOT NULL
);

CREATE INDEX job_runs_by_job ON job_runs (job, started_at);
CREATE INDEX job_runs_by_state ON job_runs (job, state, started_at);

-- That somebody is overdue has gone up to a level, once for each assignment and due day. Whoever is told
-- gets one notice for all of these that came up together.
CREATE TABLE escalations (
    id            UUID    NOT NULL PRIMARY KEY,
    assignment_id UUID    NOT NULL,
    due_on        DATE    NOT NULL,
    level         TEXT    COLLATE "C" NOT NULL CHECK (level IN ('manager', 'head')),
    person_id     UUID    NOT NULL REFERENCES persons (id),
    training_id   UUID    NOT NULL REFERENCES trainings (id),
    overdue_on    DATE    NOT NULL,
    day           DATE    NOT NULL,
    recorded_at   TIMESTAMPTZ NOT NULL,
    -- The notice that tells it; none before it was told.
    notice_id     UUID
);

CREATE UNIQUE INDEX escalations_once ON escalations (assignment_id, due_on, level);
CREATE INDEX escalations_by_person ON escalations (person_id);
CREATE INDEX escalations_to_tell ON escalations (person_id, training_id) WHERE notice_id IS NULL;
