-- +goose Up
-- A comment may speak of TIMESTAMPTZ and LIKE.
CREATE TABLE lines (
    id      TEXT PRIMARY KEY,
    owner   TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
    at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    amount  NUMERIC(12, 2) NOT NULL,
    day     TEXT NOT NULL,
    FOREIGN KEY (owner) REFERENCES owners (id) DEFERRABLE INITIALLY DEFERRED
);
