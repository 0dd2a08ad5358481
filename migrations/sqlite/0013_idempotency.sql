-- What a client called a request by (`Idempotency-Key`), so that it can ask again without doing it again.
--
-- The row is written in the transaction of what the request does; what was answered comes after. Rows
-- older than a day are removed as writes go by.
CREATE TABLE request_keys (
    -- Whose key it is: keys of two accounts have nothing to do with each other.
    actor          TEXT    NOT NULL,
    key_sha256     BLOB    NOT NULL CHECK (length(key_sha256) = 32),
    -- What was asked, so that the same key for something else is noticed.
    request_sha256 BLOB    NOT NULL CHECK (length(request_sha256) = 32),
    -- Which of several attempts at the same time did it.
    attempt_id     BLOB    NOT NULL CHECK (length(attempt_id) = 16),
    -- None where nothing changed, or nothing that the audit log tells of.
    operation_id   BLOB    REFERENCES operations (id),
    recorded_at    INTEGER NOT NULL,
    -- The answer; none before it was given, and once somebody was erased.
    status         INTEGER CHECK (status BETWEEN 200 AND 299),
    headers        TEXT    CHECK ((headers IS NULL) = (status IS NULL)),
    body           TEXT    CHECK ((body IS NULL) = (status IS NULL)),
    PRIMARY KEY (actor, key_sha256)
) STRICT;

CREATE INDEX request_keys_by_age ON request_keys (recorded_at);
