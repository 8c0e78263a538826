-- +goose Up
-- An employer's signed standing offer, one per shift; never changed.
CREATE TABLE contract_offers (
    id            TEXT    PRIMARY KEY,
    shift_id      TEXT    NOT NULL UNIQUE,
    employer_id   TEXT    NOT NULL,
    employer_name TEXT    NOT NULL,
    account_id    TEXT    NOT NULL,
    heads         INTEGER NOT NULL CHECK (heads > 0),
    signed_at_ms  BIGINT  NOT NULL,
    terms         TEXT    NOT NULL,
    text          TEXT    NOT NULL,
    hash          TEXT    NOT NULL
);

-- Only state, signed_at_ms and the chain's head change. The worker's page of the text stands in the
-- evidence (drafted), so that these rows stay small: every clock-in reads one.
CREATE TABLE contracts (
    placement_id  TEXT    NOT NULL UNIQUE,
    id            TEXT    PRIMARY KEY,
    state         TEXT    NOT NULL CHECK (state IN ('drafted', 'signed', 'void')),
    signed_at_ms  BIGINT  NOT NULL,
    offer_id      TEXT    NOT NULL REFERENCES contract_offers (id),
    worker_id     TEXT    NOT NULL,
    account_id    TEXT    NOT NULL,
    employer_id   TEXT    NOT NULL,
    person        TEXT    NOT NULL,
    template      TEXT    NOT NULL,
    starts_at_ms  BIGINT  NOT NULL,
    planned_min   INTEGER NOT NULL,
    drafted_at_ms BIGINT  NOT NULL,
    evidence_n    INTEGER NOT NULL,
    evidence_hash TEXT    NOT NULL,
    text_hash     TEXT    NOT NULL
);
CREATE INDEX contracts_of_worker ON contracts (worker_id, starts_at_ms);
CREATE INDEX contracts_on_offer ON contracts (offer_id);
CREATE INDEX contracts_signed ON contracts (signed_at_ms, id) WHERE signed_at_ms > 0;

-- Append-only: the service inserts and reads, nothing else.
CREATE TABLE contract_evidence (
    contract_id TEXT    NOT NULL REFERENCES contracts (id),
    n           INTEGER NOT NULL CHECK (n > 0),
    kind        TEXT    NOT NULL CHECK (kind IN ('offered', 'drafted', 'shown', 'code_sent',
        'signed_worker', 'completed', 'voided')),
    at_ms       BIGINT  NOT NULL,
    body        TEXT    NOT NULL,
    prev_hash   TEXT    NOT NULL,
    hash        TEXT    NOT NULL,
    PRIMARY KEY (contract_id, n)
);
