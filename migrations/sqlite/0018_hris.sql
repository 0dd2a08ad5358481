-- Systems whose people are imported: which there are, and how they are asked. Their credentials are in no table.

CREATE TABLE hris_connections (
    -- The source whose people it brings has the same name.
    name       TEXT    NOT NULL PRIMARY KEY,
    vendor     TEXT    NOT NULL,
    -- None where it is asked at its usual address.
    base_url   TEXT,
    options    TEXT    NOT NULL,
    -- The mapping file, as it was given.
    mapping    TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
