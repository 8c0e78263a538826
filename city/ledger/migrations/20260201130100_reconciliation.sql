-- +goose Up
-- A day of an employer's sub-account that was compared with the bank's own statement.
CREATE TABLE reconciliations (
    employer_id      TEXT    NOT NULL,
    day              TEXT    NOT NULL,
    lines            INTEGER NOT NULL,
    bank_closing_fen BIGINT  NOT NULL,
    differences      INTEGER NOT NULL,
    at_ms            BIGINT  NOT NULL,
    PRIMARY KEY (employer_id, day)
);

-- What stands on one side only, or with another amount. What the books learn later settles itself; the
-- rest waits for a clerk's words.
CREATE TABLE bank_differences (
    id           TEXT   PRIMARY KEY,
    employer_id  TEXT   NOT NULL,
    day          TEXT   NOT NULL,
    key          TEXT   NOT NULL,
    entries      TEXT   NOT NULL,
    bank_fen     BIGINT NOT NULL,
    ours_fen     BIGINT NOT NULL CHECK (ours_fen <> bank_fen),
    state        TEXT   NOT NULL CHECK (state IN ('open', 'settled', 'explained')),
    words        TEXT   NOT NULL,
    closed_by    TEXT   NOT NULL,
    found_at_ms  BIGINT NOT NULL,
    closed_at_ms BIGINT NOT NULL,
    UNIQUE (employer_id, key)
);
CREATE INDEX bank_differences_in ON bank_differences (state, found_at_ms, id);
CREATE INDEX bank_differences_open ON bank_differences (id) WHERE state = 'open';
