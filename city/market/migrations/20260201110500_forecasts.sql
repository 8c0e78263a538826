-- +goose Up
-- The highest temperature forecast for a day in a region (a GB/T 2260 code or a prefix of one).
CREATE TABLE forecasts (
    region TEXT    NOT NULL,
    day    TEXT    NOT NULL,
    max_c  INTEGER NOT NULL,
    by_id  TEXT    NOT NULL,
    at_ms  BIGINT  NOT NULL,
    PRIMARY KEY (day, region)
);
