-- Learning paths: trainings in order, some of them elective, each path with the versions in which it was
-- published.
--
-- A published version is never changed again. What lists, searches and rules ask for is taken out of
-- the shown version into rows of its own, as with trainings. Which trainings a path names is kept for
-- its draft, too: nobody takes a training away under the hands of an author.

CREATE TABLE paths (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    code           TEXT    NOT NULL,
    code_key       TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
    title          TEXT    NOT NULL,
    title_key      TEXT    NOT NULL,
    category       TEXT,
    step_count     INTEGER NOT NULL CHECK (step_count >= 0),
    training_count INTEGER NOT NULL CHECK (training_count >= 0),
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    removed_at     INTEGER
) STRICT;

-- The code of a path that was taken away is free again.
CREATE UNIQUE INDEX paths_by_code ON paths (code_key) WHERE removed_at IS NULL;
CREATE INDEX paths_by_title ON paths (title_key, id) WHERE removed_at IS NULL;

CREATE TABLE path_versions (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    path_id      BLOB    NOT NULL REFERENCES paths (id),
    number       INTEGER NOT NULL CHECK (number > 0),
    state        TEXT    NOT NULL CHECK (state IN ('draft', 'published')),
    document     TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    published_at INTEGER CHECK ((published_at IS NOT NULL) = (state = 'published')),
    UNIQUE (path_id, number)
) STRICT;

-- One draft at a time.
CREATE UNIQUE INDEX path_versions_draft ON path_versions (path_id) WHERE state = 'draft';

CREATE TABLE path_labels (
    kind      TEXT NOT NULL CHECK (kind IN ('category', 'tag')),
    label_key TEXT NOT NULL,
    path_id   BLOB NOT NULL REFERENCES paths (id),
    label     TEXT NOT NULL,
    PRIMARY KEY (kind, label_key, path_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX path_labels_by_path ON path_labels (path_id);

CREATE TABLE path_terms (
    term    TEXT NOT NULL,
    path_id BLOB NOT NULL REFERENCES paths (id),
    PRIMARY KEY (term, path_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX path_terms_by_path ON path_terms (path_id, term);

-- Which trainings the draft of a path names, and its newest published version.
CREATE TABLE path_trainings (
    path_id     BLOB NOT NULL REFERENCES paths (id),
    state       TEXT NOT NULL CHECK (state IN ('draft', 'published')),
    training_id BLOB NOT NULL REFERENCES trainings (id),
    PRIMARY KEY (path_id, state, training_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX path_trainings_by_training ON path_trainings (training_id);
