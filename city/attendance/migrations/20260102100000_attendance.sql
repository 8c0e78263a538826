-- +goose Up
-- What happened at the gate, in order; never updated. A reversal names the event it reverses.
CREATE TABLE clock_events (
    id           TEXT   PRIMARY KEY,
    placement_id TEXT   NOT NULL,
    worker_id    TEXT   NOT NULL,
    kind         TEXT   NOT NULL CHECK (kind IN ('arrival', 'refused', 'start', 'end', 'reversal')),
    at_ms        BIGINT NOT NULL,
    written_ms   BIGINT NOT NULL,
    means        TEXT   NOT NULL CHECK (means IN ('qr', 'place', 'supervisor', 'forgotten', 'correction', 'offline')),
    reason       TEXT   NOT NULL,
    reverses     TEXT   NOT NULL,
    account_id   TEXT   NOT NULL
);
CREATE INDEX clock_events_of_placement ON clock_events (placement_id, id);
CREATE INDEX clock_events_starts ON clock_events (at_ms) WHERE kind = 'start';

-- One row a placement: the sum of its events, so that a shift starts and ends once.
CREATE TABLE timesheets (
    placement_id  TEXT   PRIMARY KEY,
    worker_id     TEXT   NOT NULL,
    employer_id   TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('arrived', 'started', 'ended')),
    arrived_at_ms BIGINT NOT NULL,
    start_id      TEXT   NOT NULL,
    started_at_ms BIGINT NOT NULL,
    end_id        TEXT   NOT NULL,
    ended_at_ms   BIGINT NOT NULL,
    ends_at_ms    BIGINT NOT NULL,
    worked_min    BIGINT NOT NULL,
    floor_min     BIGINT NOT NULL CHECK (floor_min >= 0),
    pieces        BIGINT NOT NULL CHECK (pieces >= 0),
    floor_pieces  BIGINT NOT NULL CHECK (floor_pieces >= 0),
    early         TEXT   NOT NULL CHECK (early IN ('', 'own', 'sent_home')),
    line_id       TEXT   NOT NULL,
    forgotten     BOOLEAN NOT NULL
);
CREATE INDEX timesheets_open ON timesheets (ends_at_ms, placement_id) WHERE state = 'started';
CREATE INDEX timesheets_waiting ON timesheets (ends_at_ms, placement_id) WHERE state = 'arrived';
CREATE INDEX timesheets_of_worker ON timesheets (worker_id, started_at_ms);

CREATE TABLE corrections (
    id            TEXT   PRIMARY KEY,
    placement_id  TEXT   NOT NULL REFERENCES timesheets (placement_id),
    worker_id     TEXT   NOT NULL,
    employer_id   TEXT   NOT NULL,
    asked_by      TEXT   NOT NULL CHECK (asked_by IN ('worker', 'employer')),
    started_at_ms BIGINT NOT NULL,
    ended_at_ms   BIGINT NOT NULL,
    pieces        BIGINT NOT NULL,
    reason        TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('asked', 'granted', 'denied', 'lapsed')),
    answer        TEXT   NOT NULL,
    disputed_line TEXT   NOT NULL,
    asked_at_ms   BIGINT NOT NULL,
    answer_by_ms  BIGINT NOT NULL,
    answered_ms   BIGINT NOT NULL
);
CREATE INDEX corrections_due ON corrections (answer_by_ms, id) WHERE state = 'asked';
CREATE UNIQUE INDEX corrections_asked ON corrections (placement_id) WHERE state = 'asked';
CREATE INDEX corrections_of_placement ON corrections (placement_id, asked_at_ms);
CREATE INDEX corrections_to_employer ON corrections (employer_id, asked_at_ms) WHERE state = 'asked';
CREATE INDEX corrections_to_worker ON corrections (worker_id, asked_at_ms) WHERE state = 'asked';
