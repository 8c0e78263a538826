-- +goose Up
-- The words of a version as somebody agreed to them; never changed.
CREATE TABLE consent_texts (
    purpose TEXT   NOT NULL,
    version TEXT   NOT NULL,
    zh      TEXT   NOT NULL,
    en      TEXT   NOT NULL,
    hash    TEXT   NOT NULL CHECK (LENGTH(hash) = 64),
    at_ms   BIGINT NOT NULL,
    PRIMARY KEY (purpose, version)
);

-- A seal says how many audit rows there were until an instant, and their digest upon that of the
-- seal before. Append-only.
CREATE TABLE audit_seals (
    n          BIGINT PRIMARY KEY CHECK (n > 0),
    until_ms   BIGINT NOT NULL UNIQUE,
    rows_count BIGINT NOT NULL CHECK (rows_count > 0),
    hash       TEXT   NOT NULL CHECK (LENGTH(hash) = 64),
    at_ms      BIGINT NOT NULL
);

-- What a worker says is wrong in the register. The new value is sealed until it is answered, and
-- forgotten then: the register has it, or nobody needs it.
CREATE TABLE amendments (
    id             TEXT   PRIMARY KEY,
    worker_id      TEXT   NOT NULL REFERENCES workers (id),
    field          TEXT   NOT NULL CHECK (field IN ('name', 'id_number')),
    value_sealed   BYTEA  NOT NULL,
    value_masked   TEXT   NOT NULL,
    reason         TEXT   NOT NULL,
    state          TEXT   NOT NULL CHECK (state IN ('asked', 'granted', 'denied')),
    answer         TEXT   NOT NULL,
    by_id          TEXT   NOT NULL,
    asked_at_ms    BIGINT NOT NULL,
    answered_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX amendments_asked ON amendments (worker_id, field) WHERE state = 'asked';
CREATE INDEX amendments_waiting ON amendments (asked_at_ms, id) WHERE state = 'asked';

-- A closed account: nobody logs in, and what is kept is frozen until erase_on: the phone too, which a
-- wage ledger has to name. It is emptied then.
CREATE TABLE closures (
    worker_id    TEXT   PRIMARY KEY REFERENCES workers (id),
    account_id   TEXT   NOT NULL REFERENCES accounts (id),
    phone_sealed BYTEA  NOT NULL,
    rule         TEXT   NOT NULL,
    closed_at_ms BIGINT NOT NULL,
    erase_on     TEXT   NOT NULL,
    erased_at_ms BIGINT NOT NULL
);
CREATE INDEX closures_due ON closures (erase_on, worker_id) WHERE erased_at_ms = 0;
