-- How departments complied, day by day, as the nightly pass counted it: for trends. Each line can be counted
-- again, as of its day and as known at its instant.

CREATE TABLE compliance_snapshots (
    day             DATE    NOT NULL,
    -- All zeros for those without a department: everybody counts in one line.
    department_id   UUID    NOT NULL,
    people          BIGINT  NOT NULL,
    measured_people BIGINT  NOT NULL,
    missing_people  BIGINT  NOT NULL,
    met             BIGINT  NOT NULL,
    open            BIGINT  NOT NULL,
    in_grace        BIGINT  NOT NULL,
    overdue         BIGINT  NOT NULL,
    expired         BIGINT  NOT NULL,
    exempt          BIGINT  NOT NULL,
    on_leave        BIGINT  NOT NULL,
    cancelled       BIGINT  NOT NULL,
    -- What had been recorded by then was counted.
    known_at        TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (day, department_id)
);
