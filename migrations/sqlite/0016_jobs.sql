-- What jobs did, run by run, and who is told of what is overdue beside those who are late themselves.

CREATE TABLE job_runs (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job         TEXT    NOT NULL,
    -- The day it ran for. Where it was named, it was the same for everybody; else each person had their own.
    day         TEXT    NOT NULL,
    day_named   INTEGER NOT NULL CHECK (day_named IN (0, 1)),
    -- The one step it was kept to.
    only_step   TEXT,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER CHECK ((finished_at IS NULL) = (state = 'running')),
    state       TEXT    NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    actor       TEXT    NOT NULL,
    error       TEXT    CHECK ((error IS NULL) = (state <> 'failed')),
    counts      TEXT    NOT NULL,
    steps       TEXT    NOT NULL
) STRICT;

CREATE INDEX job_runs_by_job ON job_runs (job, started_at);
CREATE INDEX job_runs_by_state ON job_runs (job, state, started_at);

-- That somebody is overdue has gone up to a level, once for each assignment and due day. Whoever is told
-- gets one notice for all of these that came up together.
CREATE TABLE escalations (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    assignment_id BLOB    NOT NULL CHECK (length(assignment_id) = 16),
    due_on        TEXT    NOT NULL,
    level         TEXT    NOT NULL CHECK (level IN ('manager', 'head')),
    person_id     BLOB    NOT NULL REFERENCES persons (id),
    training_id   BLOB    NOT NULL REFERENCES trainings (id),
    overdue_on    TEXT    NOT NULL,
    day           TEXT    NOT NULL,
    recorded_at   INTEGER NOT NULL,
    -- The notice that tells it; none before it was told.
    notice_id     BLOB    CHECK (length(notice_id) = 16)
) STRICT;

CREATE UNIQUE INDEX escalations_once ON escalations (assignment_id, due_on, level);
CREATE INDEX escalations_by_person ON escalations (person_id);
CREATE INDEX escalations_to_tell ON escalations (person_id, training_id) WHERE notice_id IS NULL;
