-- +goose Up
-- The queue of a counter: a turn has a number of its own each day.
CREATE TABLE turns (
    id        TEXT   PRIMARY KEY,
    place_id  TEXT   NOT NULL REFERENCES places (id),
    day       TEXT   NOT NULL,
    n         BIGINT NOT NULL CHECK (n > 0),
    kind      TEXT   NOT NULL, -- what somebody comes for
    state     TEXT   NOT NULL CHECK (state IN ('waiting', 'called', 'served', 'gone')),
    staff_id  TEXT   NOT NULL, -- who called, '' while it waits
    at_ms     BIGINT NOT NULL,
    called_ms BIGINT NOT NULL,
    ended_ms  BIGINT NOT NULL,
    UNIQUE (place_id, day, n)
);
