-- +goose Up
-- Labour brokers and the agency that answers for each. A person is attached to one agency at a time,
-- known by the keyed digest of the ID number; the number itself is not kept.
CREATE TABLE brokers (
    id          TEXT   PRIMARY KEY,
    employer_id TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    id_masked   TEXT   NOT NULL,
    id_blind    TEXT   NOT NULL CHECK (LENGTH(id_blind) = 64),
    state       TEXT   NOT NULL CHECK (state IN ('attached', 'left')),
    at_ms       BIGINT NOT NULL
);
CREATE UNIQUE INDEX brokers_once ON brokers (id_blind) WHERE state = 'attached';
CREATE INDEX brokers_by_employer ON brokers (employer_id, at_ms, id);
