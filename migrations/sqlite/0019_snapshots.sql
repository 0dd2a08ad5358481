-- How departments complied, day by day, as the nightly pass counted it: for trends. Each line can be counted
-- again, as of its day and as known at its instant.

CREATE TABLE compliance_snapshots (
    day             TEXT    NOT NULL,
    -- All zeros for those without a department: everybody counts in one line.
    department_id   BLOB    NOT NULL CHECK (length(department_id) = 16),
    people          INTEGER NOT NULL,
    measured_people INTEGER NOT NULL,
    missing_people  INTEGER NOT NULL,
    met             INTEGER NOT NULL,
    open            INTEGER NOT NULL,
    in_grace        INTEGER NOT NULL,
    overdue         INTEGER NOT NULL,
    expired         INTEGER NOT NULL,
    exempt          INTEGER NOT NULL,
    on_leave        INTEGER NOT NULL,
    cancelled       INTEGER NOT NULL,
    -- What had been recorded by then was counted.
    known_at        INTEGER NOT NULL,
    PRIMARY KEY (day, department_id)
) STRICT, WITHOUT ROWID;
