-- +goose Up
-- Credits whose reference was not plainly an employer's: under it the bank's own statement has them. One
-- that names nobody waits (employer_id '') until somebody of the bureau says whose it is; one that names
-- an employer in a spelling of its own is booked at once. Booked is deposit/<credit_id>, and nothing
-- else is.
CREATE TABLE unclaimed_credits (
    id          TEXT   PRIMARY KEY,
    credit_id   TEXT   NOT NULL UNIQUE,
    reference   TEXT   NOT NULL,
    amount_fen  BIGINT NOT NULL CHECK (amount_fen > 0),
    at_ms       BIGINT NOT NULL,
    employer_id TEXT   NOT NULL,
    words       TEXT   NOT NULL,
    booked_by   TEXT   NOT NULL,
    booked_at_ms BIGINT NOT NULL,
    CHECK ((employer_id = '') = (booked_at_ms = 0))
);
CREATE INDEX unclaimed_credits_open ON unclaimed_credits (at_ms, id) WHERE employer_id = '';
CREATE INDEX unclaimed_credits_of ON unclaimed_credits (employer_id, booked_at_ms) WHERE employer_id <> '';
CREATE INDEX unclaimed_credits_assigned ON unclaimed_credits (booked_at_ms, id) WHERE words <> '';
