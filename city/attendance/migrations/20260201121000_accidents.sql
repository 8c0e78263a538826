-- +goose Up
-- Who came and was not admitted: one row a placement, a fact for the employer's credit where the
-- employer is to blame. pay_fen is the waiting pay; what was accrued for it is line_id.
CREATE TABLE turned_away (
    placement_id TEXT   PRIMARY KEY REFERENCES timesheets (placement_id),
    event_id     TEXT   NOT NULL,
    worker_id    TEXT   NOT NULL,
    employer_id  TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    blame        TEXT   NOT NULL CHECK (blame IN ('worker', 'employer', 'insurer', 'weather')),
    words        TEXT   NOT NULL,
    waiting_min  BIGINT NOT NULL CHECK (waiting_min >= 0),
    pay_fen      BIGINT NOT NULL CHECK (pay_fen >= 0),
    line_id      TEXT   NOT NULL,
    at_ms        BIGINT NOT NULL
);
CREATE INDEX turned_away_of_employer ON turned_away (employer_id, at_ms);

-- Phones that may sign an arrival while they have no network.
CREATE TABLE device_keys (
    id         TEXT   PRIMARY KEY,
    worker_id  TEXT   NOT NULL,
    public_key TEXT   NOT NULL,
    label      TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    made_at_ms BIGINT NOT NULL,
    ended_ms   BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_keys_once ON device_keys (worker_id, public_key) WHERE ended_ms = 0;

-- What a phone signed without network, and by how much its clock was off the place's.
CREATE TABLE offline_arrivals (
    placement_id   TEXT   PRIMARY KEY,
    worker_id      TEXT   NOT NULL,
    device_id      TEXT   NOT NULL REFERENCES device_keys (id),
    event_id       TEXT   NOT NULL,
    device_at_ms   BIGINT NOT NULL,
    arrived_at_ms  BIGINT NOT NULL,
    drift_ms       BIGINT NOT NULL,
    signature      TEXT   NOT NULL,
    uploaded_at_ms BIGINT NOT NULL
);

-- Work that goes on after the shift's end, by the supervisor's word.
CREATE TABLE overruns (
    id           TEXT   PRIMARY KEY,
    placement_id TEXT   NOT NULL REFERENCES timesheets (placement_id),
    until_ms     BIGINT NOT NULL,
    reason       TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    at_ms        BIGINT NOT NULL
);
CREATE INDEX overruns_of_placement ON overruns (placement_id, id);
