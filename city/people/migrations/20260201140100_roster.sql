-- +goose Up
-- Whom an employer says to employ. The person is known by the ID number's digest, so an entry finds
-- its worker when there is one, and nobody is registered by it.
CREATE TABLE roster_entries (
    id           TEXT   PRIMARY KEY,
    employer_id  TEXT   NOT NULL REFERENCES employers (id),
    name         TEXT   NOT NULL,
    id_sealed    BYTEA  NOT NULL,
    id_blind     TEXT   NOT NULL CHECK (LENGTH(id_blind) = 64),
    phone_sealed BYTEA  NOT NULL,
    since        TEXT   NOT NULL,
    post         TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('named', 'agreed', 'denied', 'ended')),
    account_id   TEXT   NOT NULL, -- who entered it
    at_ms        BIGINT NOT NULL,
    state_at_ms  BIGINT NOT NULL,
    UNIQUE (employer_id, id_blind)
);
CREATE INDEX roster_entries_of_person ON roster_entries (id_blind);
