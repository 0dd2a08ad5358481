-- What people are told, once each: the inbox of everybody, and what other channels deliver from.
--
-- A notice belongs to a person or, where an account belongs to nobody, to that account. What is said is
-- put together from its type and data when it is read, so that words and languages can change. A delivery
-- by another channel is a row of a table beside this one, and changes nothing here.
CREATE TABLE notices (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person_id     BLOB    REFERENCES persons (id),
    account_id    BLOB    REFERENCES accounts (id)
                          CHECK ((account_id IS NULL) <> (person_id IS NULL)),
    type          TEXT    NOT NULL,
    -- What makes it once: whoever would say the same again finds it here.
    key           TEXT    NOT NULL,
    training_id   BLOB    REFERENCES trainings (id),
    assignment_id BLOB    CHECK (length(assignment_id) = 16),
    -- About how many people it is.
    n_people      INTEGER NOT NULL CHECK (n_people >= 0),
    -- Ids, codes, titles and days, never a name.
    data          TEXT    NOT NULL,
    day           TEXT    NOT NULL,
    recorded_at   INTEGER NOT NULL,
    read_at       INTEGER,
    withdrawn_at  INTEGER
) STRICT;

CREATE UNIQUE INDEX notices_by_key ON notices (key);
CREATE INDEX notices_by_person ON notices (person_id, id) WHERE withdrawn_at IS NULL;
CREATE INDEX notices_by_account ON notices (account_id, id) WHERE withdrawn_at IS NULL;
CREATE INDEX notices_unread ON notices (person_id) WHERE read_at IS NULL AND withdrawn_at IS NULL;
