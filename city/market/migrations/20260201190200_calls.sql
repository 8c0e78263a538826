-- +goose Up
-- Somebody who found no work and wants to be called back: 求职意向登记. One open row an account.
-- Whoever takes it sees the phone, so the row is also the record of that look.
CREATE TABLE callbacks (
    id          TEXT   PRIMARY KEY,
    account_id  TEXT   NOT NULL REFERENCES accounts (id),
    worker_id   TEXT   NOT NULL, -- '' for somebody who has not registered yet
    region      TEXT   NOT NULL,
    words       TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('waiting', 'taken', 'done', 'withdrawn')),
    outcome     TEXT   NOT NULL, -- '' until it is done
    note        TEXT   NOT NULL,
    taken_by    TEXT   NOT NULL, -- the account of who calls; '' until then
    asked_at_ms BIGINT NOT NULL,
    taken_at_ms BIGINT NOT NULL,
    done_at_ms  BIGINT NOT NULL,
    CHECK (state <> 'done' OR outcome <> '')
);
CREATE UNIQUE INDEX callbacks_once ON callbacks (account_id) WHERE state IN ('waiting', 'taken');
CREATE INDEX callbacks_open ON callbacks (asked_at_ms, id) WHERE state IN ('waiting', 'taken');
CREATE INDEX callbacks_of_worker ON callbacks (worker_id, asked_at_ms);
CREATE INDEX callbacks_of_account ON callbacks (account_id, asked_at_ms);

-- Who was given a number to call the other side of a placement, and why it was no masked one.
CREATE TABLE calls (
    id           TEXT    PRIMARY KEY,
    placement_id TEXT    NOT NULL REFERENCES placements (id),
    worker_id    TEXT    NOT NULL,
    employer_id  TEXT    NOT NULL,
    account_id   TEXT    NOT NULL, -- who asked
    side         TEXT    NOT NULL CHECK (side IN ('worker', 'employer')),
    masked       BOOLEAN NOT NULL,
    why          TEXT    NOT NULL, -- why not masked: no_provider, unavailable; '' when it is
    at_ms        BIGINT  NOT NULL,
    CHECK (masked = (why = ''))
);
CREATE INDEX calls_of_worker ON calls (worker_id, at_ms);
