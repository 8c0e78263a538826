-- +goose Up
-- The classification of occupations as a city has imported it, all levels; aliases is JSON.
CREATE TABLE occupations (
    code       TEXT    NOT NULL,
    level      INTEGER NOT NULL CHECK (level BETWEEN 1 AND 4),
    name       TEXT    NOT NULL CHECK (name <> ''),
    definition TEXT    NOT NULL,
    aliases    TEXT    NOT NULL,
    at_ms      BIGINT  NOT NULL,
    PRIMARY KEY (code, level)
);
