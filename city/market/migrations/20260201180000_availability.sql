-- +goose Up
-- Where from, how far, when and for how much a worker is ready to work; one row a worker. free and
-- crafts are JSON. A row that is not open, or whose last day is over, is shown to nobody.
CREATE TABLE availabilities (
    worker_id TEXT    PRIMARY KEY REFERENCES workers (id),
    lon_e6    BIGINT  NOT NULL,
    lat_e6    BIGINT  NOT NULL,
    reach_m   BIGINT  NOT NULL CHECK (reach_m > 0),
    floor_fen BIGINT  NOT NULL CHECK (floor_fen >= 0),
    no_night  BOOLEAN NOT NULL,
    free      TEXT    NOT NULL,
    crafts    TEXT    NOT NULL,
    words     TEXT    NOT NULL,
    until_on  TEXT    NOT NULL,
    open      BOOLEAN NOT NULL,
    at_ms     BIGINT  NOT NULL
);
