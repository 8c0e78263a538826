-- +goose Up
-- Who is simulated, so that a resumed city finds its actors again.
CREATE TABLE sim_actors (
    kind        TEXT   NOT NULL CHECK (kind IN ('worker', 'employer', 'clerk')),
    n           BIGINT NOT NULL,
    account_id  TEXT   NOT NULL,
    worker_id   TEXT   NOT NULL,
    employer_id TEXT   NOT NULL,
    place_id    TEXT   NOT NULL,
    region      TEXT   NOT NULL,
    phone       TEXT   NOT NULL,
    PRIMARY KEY (kind, n)
);

-- The journal of bank, insurer and SMS gateway: their memory, not ours.
CREATE TABLE sim_outside (
    n    BIGINT PRIMARY KEY,
    kind TEXT   NOT NULL,
    key  TEXT   NOT NULL,
    body TEXT   NOT NULL
);
CREATE INDEX sim_outside_by_key ON sim_outside (key, kind); -- the day's check asks for each message
