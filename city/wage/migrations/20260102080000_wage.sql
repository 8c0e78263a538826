-- +goose Up
-- What a placement earned. Amounts are never updated; state, its times and unfunded_fen follow the
-- drawing in doc.go. n counts a placement's lines: AccrueTx writes the first, corrections the others.
-- amount_fen = gross_fen (earned in all) - earlier_fen (paid or on its way by earlier lines).
CREATE TABLE wage_lines (
    id              TEXT    PRIMARY KEY,
    placement_id    TEXT    NOT NULL,
    n               INTEGER NOT NULL,
    source          TEXT    NOT NULL,
    worker_id       TEXT    NOT NULL,
    employer_id     TEXT    NOT NULL,
    region          TEXT    NOT NULL,
    pay_unit        TEXT    NOT NULL CHECK (pay_unit IN ('hour', 'day', 'piece', 'waiting', 'notice')),
    rate_fen        BIGINT  NOT NULL,
    worked_min      BIGINT  NOT NULL,
    planned_min     BIGINT  NOT NULL,
    pieces          BIGINT  NOT NULL,
    start_at_ms     BIGINT  NOT NULL,
    end_at_ms       BIGINT  NOT NULL,
    gross_fen       BIGINT  NOT NULL,
    earlier_fen     BIGINT  NOT NULL,
    amount_fen      BIGINT  NOT NULL CHECK (amount_fen > 0 AND amount_fen = gross_fen - earlier_fen),
    unfunded_fen    BIGINT  NOT NULL CHECK (unfunded_fen BETWEEN 0 AND amount_fen),
    state           TEXT    NOT NULL
        CHECK (state IN ('accrued', 'confirmed', 'disputed', 'instructed', 'failed', 'paid', 'reversed')),
    next_at_ms      BIGINT  NOT NULL,
    warn_at_ms      BIGINT  NOT NULL,
    due_at_ms       BIGINT  NOT NULL,
    accrued_at_ms   BIGINT  NOT NULL,
    confirmed_at_ms BIGINT  NOT NULL,
    confirmed_by    TEXT    NOT NULL,
    paid_at_ms      BIGINT  NOT NULL,
    payout_id       TEXT    NOT NULL,
    refusals        INTEGER NOT NULL,
    reason          TEXT    NOT NULL,
    returned        BOOLEAN NOT NULL,
    UNIQUE (placement_id, n)
);
CREATE INDEX wage_lines_of_worker ON wage_lines (worker_id, id);
-- paid_at_ms = 0 first: what is still owed.
CREATE INDEX wage_lines_of_employer ON wage_lines (employer_id, paid_at_ms, id);
CREATE INDEX wage_lines_by_due ON wage_lines (due_at_ms, id);
-- What arrived today is added up every second while somebody watches.
CREATE INDEX wage_lines_by_pay ON wage_lines (paid_at_ms, amount_fen) WHERE state = 'paid';
CREATE INDEX wage_lines_next ON wage_lines (state, next_at_ms, id)
    WHERE state = 'accrued' OR state = 'confirmed' OR state = 'failed';
CREATE INDEX wage_lines_to_warn ON wage_lines (warn_at_ms, id) WHERE state <> 'paid' AND state <> 'reversed';
CREATE INDEX wage_lines_unfunded ON wage_lines (employer_id, id) WHERE unfunded_fen > 0;

-- A line is warned of once. Somebody owns a late line: who can do something about its reason, then, as
-- it climbs the ladder, a clerk and a director. next_at_ms is when it climbs on.
CREATE TABLE wage_warnings (
    line_id    TEXT    PRIMARY KEY REFERENCES wage_lines (id),
    reason     TEXT    NOT NULL
        CHECK (reason IN ('hours', 'dispute', 'funds', 'insolvent', 'bank', 'refused', 'returned')),
    at_ms      BIGINT  NOT NULL,
    rung       INTEGER NOT NULL CHECK (rung BETWEEN 1 AND 3),
    owner_role TEXT    NOT NULL CHECK (owner_role IN ('worker', 'employer', 'clerk', 'director')),
    owner_id   TEXT    NOT NULL CHECK (owner_id <> ''),
    next_at_ms BIGINT  NOT NULL
);
CREATE INDEX wage_warnings_next ON wage_warnings (next_at_ms, line_id);

-- What kept a late line from being paid, from when on; the newest is the warning's reason.
CREATE TABLE wage_reasons (
    line_id TEXT    NOT NULL REFERENCES wage_warnings (line_id),
    n       INTEGER NOT NULL,
    reason  TEXT    NOT NULL,
    at_ms   BIGINT  NOT NULL,
    PRIMARY KEY (line_id, n)
);

-- Who was told of a late line, and when.
CREATE TABLE wage_tells (
    line_id    TEXT    NOT NULL REFERENCES wage_warnings (line_id),
    rung       INTEGER NOT NULL,
    role       TEXT    NOT NULL,
    account_id TEXT    NOT NULL,
    at_ms      BIGINT  NOT NULL,
    PRIMARY KEY (line_id, rung, account_id)
);
