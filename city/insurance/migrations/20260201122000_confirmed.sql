-- +goose Up
-- What the insurer was asked before a start under a confirmed plan: one row a placement. Its id is
-- the insurer's key. answer_by_ms is when silence counts as a no.
CREATE TABLE cover_requests (
    id           TEXT    PRIMARY KEY,
    placement_id TEXT    NOT NULL UNIQUE,
    worker_id    TEXT    NOT NULL,
    plan_id      TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    consent_id   TEXT    NOT NULL REFERENCES insurance_consents (id),
    insurer      TEXT    NOT NULL,
    state        TEXT    NOT NULL
        CHECK (state IN ('wanted', 'sent', 'unknown', 'confirmed', 'refused', 'timed_out')),
    reason       TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    from_ms      BIGINT  NOT NULL,
    until_ms     BIGINT  NOT NULL CHECK (until_ms > from_ms),
    premium_fen  BIGINT  NOT NULL,
    asked_at_ms  BIGINT  NOT NULL,
    next_at_ms   BIGINT  NOT NULL,
    answer_by_ms BIGINT  NOT NULL,
    ended_at_ms  BIGINT  NOT NULL
);
CREATE INDEX cover_requests_due ON cover_requests (next_at_ms, id) WHERE ended_at_ms = 0;
CREATE INDEX cover_requests_no ON cover_requests (ended_at_ms, id)
    WHERE state = 'refused' OR state = 'timed_out';
