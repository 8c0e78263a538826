-- +goose Up
-- What holds may draw on beyond the employer's money, granted by a clerk: a credit line of the bank, and
-- a guarantee. used_fen is drawn now; called_fen has been asked of a guarantee's giver. What is granted
-- bounds both, whatever a deed overlooks.
CREATE TABLE credit_limits (
    employer_id   TEXT   NOT NULL,
    kind          TEXT   NOT NULL CHECK (kind IN ('credit', 'guarantee')),
    limit_fen     BIGINT NOT NULL,
    used_fen      BIGINT NOT NULL CHECK (used_fen >= 0),
    called_fen    BIGINT NOT NULL CHECK (called_fen >= 0),
    reference     TEXT   NOT NULL,
    until_day     TEXT   NOT NULL,
    granted_by    TEXT   NOT NULL,
    granted_at_ms BIGINT NOT NULL,
    PRIMARY KEY (employer_id, kind),
    CHECK (used_fen + called_fen <= limit_fen)
);
CREATE INDEX credit_limits_used ON credit_limits (employer_id) WHERE used_fen > 0;

-- Employers that cannot pay any more, by a clerk's word.
CREATE TABLE insolvencies (
    employer_id TEXT   PRIMARY KEY,
    ground      TEXT   NOT NULL,
    declared_by TEXT   NOT NULL,
    at_ms       BIGINT NOT NULL
);
