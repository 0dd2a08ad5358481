-- Learning paths: trainings in order, some of them elective, each path with the versions in which it was
-- published.
--
-- A published version is never changed again. What lists, searches and rules ask for is taken out of
-- the shown version into rows of its own, as with trainings. Which trainings a path names is kept for
-- its draft, too: nobody takes a training away under the hands of an author.

CREATE TABLE paths (
    id             UUID NOT NULL PRIMARY KEY,
    code           TEXT COLLATE "C" NOT NULL,
    code_key       TEXT COLLATE "C" NOT NULL,
    status         TEXT COLLATE "C" NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
    title          TEXT COLLATE "C" NOT NULL,
    title_key      TEXT COLLATE "C" NOT NULL,
    category       TEXT COLLATE "C",
    step_count     BIGINT NOT NULL CHECK (step_count >= 0),
    training_count BIGINT NOT NULL CHECK (training_count >= 0),
    created_at     TIMESTAMPTZ NOT NULL,
    updated_at     TIMESTAMPTZ NOT NULL,
    removed_at     TIMESTAMPTZ
);

-- The code of a path that was taken away is free again.
CREATE UNIQUE INDEX paths_by_code ON paths (code_key) WHERE removed_at IS NULL;
CREATE INDEX paths_by_title ON paths (title_key, id) WHERE removed_at IS NULL;

CREATE TABLE path_versions (
    id           UUID NOT NULL PRIMARY KEY,
    path_id      UUID NOT NULL REFERENCES paths (id),
    number       BIGINT NOT NULL CHECK (number > 0),
    state        TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'published')),
    document     TEXT COLLATE "C" NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    published_at TIMESTAMPTZ CHECK ((published_at IS NOT NULL) = (state = 'published')),
    UNIQUE (path_id, number)
);

-- One draft at a time.
CREATE UNIQUE INDEX path_versions_draft ON path_versions (path_id) WHERE state = 'draft';

CREATE TABLE path_labels (
    kind      TEXT COLLATE "C" NOT NULL CHECK (kind IN ('category', 'tag')),
    label_key TEXT COLLATE "C" NOT NULL,
    path_id   UUID NOT NULL REFERENCES paths (id),
    label     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, label_key, path_id)
);

CREATE INDEX path_labels_by_path ON path_labels (path_id);

CREATE TABLE path_terms (
    term    TEXT COLLATE "C" NOT NULL,
    path_id UUID NOT NULL REFERENCES paths (id),
    PRIMARY KEY (term, path_id)
);

CREATE INDEX path_terms_by_path ON path_terms (path_id, term);

-- Which trainings the draft of a path names, and its newest published version.
CREATE TABLE path_trainings (
    path_id     UUID NOT NULL REFERENCES paths (id),
    state       TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'published')),
    training_id UUID NOT NULL REFERENCES trainings (id),
    PRIMARY KEY (path_id, state, training_id)
);

CREATE INDEX path_trainings_by_training ON path_trainings (training_id);
