-- +goose Up
-- Which process sweeps; a lease that ran out may be taken.
CREATE TABLE leases (
    name     TEXT   PRIMARY KEY,
    holder   TEXT   NOT NULL,
    until_ms BIGINT NOT NULL
);
