-- +goose Up
-- A phone that can log in. roles is a sorted list without spaces ("employer,worker"), so that one
-- row answers who is asking.
CREATE TABLE accounts (
    id            TEXT   PRIMARY KEY,
    phone_sealed  BYTEA  NOT NULL,
    phone_blind   TEXT   NOT NULL UNIQUE CHECK (LENGTH(phone_blind) = 64),
    name          TEXT   NOT NULL,
    roles         TEXT   NOT NULL,
    worker_id     TEXT   NOT NULL,
    employer_id   TEXT   NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- Only the digest of a session's token is kept: a copy of the database logs nobody in.
CREATE TABLE sessions (
    token_hash    TEXT   PRIMARY KEY CHECK (LENGTH(token_hash) = 64),
    account_id    TEXT   NOT NULL REFERENCES accounts (id),
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    second_due    BOOLEAN NOT NULL -- logged in, but for the second step
);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_end ON sessions (expires_at_ms);

-- A code is known by its keyed digest. kind is the purpose's first word, counted by the hour.
CREATE TABLE codes (
    id             TEXT    PRIMARY KEY,
    phone_blind    TEXT    NOT NULL CHECK (LENGTH(phone_blind) = 64),
    subject        TEXT    NOT NULL,
    purpose        TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    code_blind     TEXT    NOT NULL CHECK (LENGTH(code_blind) = 64),
    state          TEXT    NOT NULL CHECK (state IN ('open', 'proved', 'used', 'replaced')),
    tries          INTEGER NOT NULL CHECK (tries >= 0 AND tries <= tries_max),
    tries_max      INTEGER NOT NULL,
    sent_at_ms     BIGINT  NOT NULL,
    valid_until_ms BIGINT  NOT NULL
);
CREATE INDEX codes_by_subject ON codes (subject, purpose, sent_at_ms);
CREATE INDEX codes_by_phone ON codes (phone_blind, kind, sent_at_ms);
CREATE INDEX codes_by_age ON codes (sent_at_ms);

-- age_min is the number of policy by which the registration was judged.
CREATE TABLE workers (
    id            TEXT    PRIMARY KEY,
    account_id    TEXT    NOT NULL UNIQUE REFERENCES accounts (id),
    name          TEXT    NOT NULL,
    sex           TEXT    NOT NULL CHECK (sex IN ('female', 'male')),
    birth_date    TEXT    NOT NULL,
    age_min       INTEGER NOT NULL,
    region        TEXT    NOT NULL,
    id_sealed     BYTEA   NOT NULL,
    id_blind      TEXT    NOT NULL UNIQUE CHECK (LENGTH(id_blind) = 64),
    created_at_ms BIGINT  NOT NULL
);

CREATE TABLE employers (
    id            TEXT   PRIMARY KEY,
    account_id    TEXT   NOT NULL UNIQUE REFERENCES accounts (id),
    uscc          TEXT   NOT NULL UNIQUE,
    name          TEXT   NOT NULL,
    address       TEXT   NOT NULL,
    principal     TEXT   NOT NULL,
    region        TEXT   NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE cards (
    worker_id   TEXT   PRIMARY KEY REFERENCES workers (id),
    card_sealed BYTEA  NOT NULL,
    set_at_ms   BIGINT NOT NULL
);

-- What a worker agreed to and took back: the highest n of a purpose counts, no row is ever changed.
CREATE TABLE consents (
    worker_id TEXT    NOT NULL REFERENCES workers (id),
    purpose   TEXT    NOT NULL,
    n         BIGINT  NOT NULL,
    version   TEXT    NOT NULL,
    given     BOOLEAN NOT NULL,
    by_id     TEXT    NOT NULL,
    at_ms     BIGINT  NOT NULL,
    PRIMARY KEY (worker_id, purpose, n)
);

-- Who saw or changed which number of whom, and why. account_id is an account or a sweep. n counts
-- the subject's rows, and hash is over this row and the hash of the row before: see doc.go.
CREATE TABLE audit (
    id         TEXT   PRIMARY KEY,
    account_id TEXT   NOT NULL,
    what       TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    n          BIGINT NOT NULL CHECK (n > 0),
    hash       TEXT   NOT NULL CHECK (LENGTH(hash) = 64),
    UNIQUE (subject, n)
);
CREATE INDEX audit_by_time ON audit (at_ms, id);
