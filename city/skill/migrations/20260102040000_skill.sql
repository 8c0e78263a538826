-- +goose Up
CREATE TABLE worker_skills (
    worker_id   TEXT   NOT NULL REFERENCES workers (id),
    skill       TEXT   NOT NULL,
    added_at_ms BIGINT NOT NULL,
    -- Where it was assessed; '' where the worker only says so.
    evidence    TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (worker_id, skill)
);

-- A special work permit bears its holder's ID number: the number is sealed, and found by its digest.
CREATE TABLE certificates (
    id            TEXT    PRIMARY KEY,
    worker_id     TEXT    NOT NULL REFERENCES workers (id),
    kind          TEXT    NOT NULL,
    number_sealed BYTEA   NOT NULL,
    number_blind  TEXT    NOT NULL CHECK (LENGTH(number_blind) = 64),
    number_tail   TEXT    NOT NULL,
    number_fits   BOOLEAN NOT NULL,
    issued_on     TEXT    NOT NULL,
    expires_on    TEXT    NOT NULL,
    evidence      TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('claimed', 'verified', 'refused', 'revoked')),
    reason        TEXT    NOT NULL,
    verifier_id   TEXT    NOT NULL,
    added_at_ms   BIGINT  NOT NULL,
    decided_at_ms BIGINT  NOT NULL,
    CHECK (state = 'claimed' OR (verifier_id <> '' AND decided_at_ms > 0))
);
CREATE INDEX certificates_by_worker ON certificates (worker_id, kind);
CREATE INDEX certificates_waiting ON certificates (added_at_ms, id) WHERE state = 'claimed';
-- One paper is entered once by its worker while it counts, and verified for one worker only.
CREATE UNIQUE INDEX certificates_once ON certificates (worker_id, kind, number_blind)
    WHERE state IN ('claimed', 'verified');
CREATE UNIQUE INDEX certificates_verified ON certificates (kind, number_blind)
    WHERE state = 'verified';
