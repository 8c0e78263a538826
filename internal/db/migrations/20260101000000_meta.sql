-- +goose Up
-- What the city says of itself: the binary that migrated it, its clock mode, the seed of its simulation.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Answers by idempotency key: written in the deed's own transaction, so a key is used once.
CREATE TABLE deeds (
    scope      TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    input_hash TEXT   NOT NULL,
    answer     TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX deeds_by_age ON deeds (at_ms);
