-- +goose Up
-- Credits whose reference was not plainly an employer's: under it the bank's own statement has them. One
-- that names nobody waits (ended_at_ms 0) until somebody of the bureau says whose it is, or that the bank
-- has sent it back (then it stays nobody's); one that names an employer in a spelling of its own is booked
-- at once. What has an employer is booked as deposit/<credit_id>, and nothing else is.
CREATE TABLE unclaimed_credits (
    id          TEXT   PRIMARY KEY,
    credit_id   TEXT   NOT NULL UNIQUE,
    reference   TEXT   NOT NULL,
    amount_fen  BIGINT NOT NULL CHECK (amount_fen > 0),
    at_ms       BIGINT NOT NULL,
    employer_id TEXT   NOT NULL,
    words       TEXT   NOT NULL,
    ended_by    TEXT   NOT NULL,
    ended_at_ms BIGINT NOT NULL,
    CHECK (employer_id = '' OR ended_at_ms > 0)
);
CREATE INDEX unclaimed_credits_open ON unclaimed_credits (at_ms, id) WHERE ended_at_ms = 0;
CREATE INDEX unclaimed_credits_of ON unclaimed_credits (employer_id, ended_at_ms) WHERE employer_id <> '';
CREATE INDEX unclaimed_credits_ended ON unclaimed_credits (ended_at_ms, id) WHERE words <> '';
