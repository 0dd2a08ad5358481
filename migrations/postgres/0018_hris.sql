-- Systems whose people are imported: which there are, and how they are asked. Their credentials are in no table.

CREATE TABLE hris_connections (
    -- The source whose people it brings has the same name.
    name       TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    vendor     TEXT    COLLATE "C" NOT NULL,
    -- None where it is asked at its usual address.
    base_url   TEXT    COLLATE "C",
    options    TEXT    COLLATE "C" NOT NULL,
    -- The mapping file, as it was given.
    mapping    TEXT    COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
