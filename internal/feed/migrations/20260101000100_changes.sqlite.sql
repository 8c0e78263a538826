-- +goose Up
-- One writer commits in order, so seq alone is the order (AUTOINCREMENT: a number never comes twice).
CREATE TABLE changes (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    tx      BIGINT NOT NULL,
    topic   TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    payload TEXT   NOT NULL,
    at_ms   BIGINT NOT NULL
);
