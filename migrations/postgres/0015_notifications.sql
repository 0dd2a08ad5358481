-- What people are told, once each: the inbox of everybody, and what other channels deliver from.
--
-- A notice belongs to a person or, where an account belongs to nobody, to that account. What is said is
-- put together from its type and data when it is read, so that words and languages can change. A delivery
-- by another channel is a row of a table beside this one, and changes nothing here.
CREATE TABLE notices (
    id            UUID    NOT NULL PRIMARY KEY,
    person_id     UUID    REFERENCES persons (id),
    account_id    UUID    REFERENCES accounts (id)
                          CHECK ((account_id IS NULL) <> (person_id IS NULL)),
    type          TEXT    COLLATE "C" NOT NULL,
    -- What makes it once: whoever would say the same again finds it here.
    key           TEXT    COLLATE "C" NOT NULL,
    training_id   UUID    REFERENCES trainings (id),
    assignment_id UUID,
    -- About how many people it is.
    n_people      BIGINT NOT NULL CHECK (n_people >= 0),
    -- Ids, codes, titles and days, never a name.
    data          TEXT    COLLATE "C" NOT NULL,
    day           DATE    NOT NULL,
    recorded_at   TIMESTAMPTZ NOT NULL,
    read_at       TIMESTAMPTZ,
    withdrawn_at  TIMESTAMPTZ
);

CREATE UNIQUE INDEX notices_by_key ON notices (key);
CREATE INDEX notices_by_person ON notices (person_id, id) WHERE withdrawn_at IS NULL;
CREATE INDEX notices_by_account ON notices (account_id, id) WHERE withdrawn_at IS NULL;
CREATE INDEX notices_unread ON notices (person_id) WHERE read_at IS NULL AND withdrawn_at IS NULL;
