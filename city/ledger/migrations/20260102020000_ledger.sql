-- +goose Up
-- An entry is its postings; they are never updated or deleted. entry_id is the entry's kind and source
-- ("payout/pay_…"), so that the same cause twice is the same entry.
CREATE TABLE postings (
    entry_id   TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    account    TEXT    NOT NULL,
    amount_fen BIGINT  NOT NULL CHECK (amount_fen <> 0),
    at_ms      BIGINT  NOT NULL,
    employer_id TEXT   NOT NULL CHECK (employer_id <> ''),
    PRIMARY KEY (entry_id, n)
);
CREATE INDEX postings_of_account ON postings (account, amount_fen);
-- One row an entry: an employer's statement, in its order.
CREATE INDEX postings_of_employer ON postings (employer_id, at_ms, entry_id) WHERE n = 0;

-- What an employer is free to use, and what is frozen for a placement: sums of postings, kept so that
-- they cannot fall below zero. A hold's row lives as long as the hold; backed_fen is for how much of it
-- a guarantee stands in. balance_fen stands in no index, so that changing a row stays cheap.
CREATE TABLE balances (
    account     TEXT   PRIMARY KEY,
    employer_id TEXT   NOT NULL,
    balance_fen BIGINT NOT NULL CHECK (balance_fen >= 0),
    backed_fen  BIGINT NOT NULL CHECK (backed_fen >= 0)
);
CREATE INDEX balances_of_employer ON balances (employer_id);

-- What is left of holds that have ended and is not the employer's again yet: a queue.
CREATE TABLE rests (
    hold_id     TEXT   PRIMARY KEY,
    employer_id TEXT   NOT NULL,
    amount_fen  BIGINT NOT NULL CHECK (amount_fen > 0),
    at_ms       BIGINT NOT NULL
);

CREATE TABLE payouts (
    id           TEXT    PRIMARY KEY,
    kind         TEXT    NOT NULL CHECK (kind IN ('wage', 'refund', 'call')),
    line_id      TEXT    NOT NULL,
    worker_id    TEXT    NOT NULL,
    employer_id  TEXT    NOT NULL,
    amount_fen   BIGINT  NOT NULL CHECK (amount_fen > 0),
    reissue_of   TEXT    NOT NULL,
    state        TEXT    NOT NULL
        CHECK (state IN ('wanted', 'sent', 'unknown', 'confirmed', 'failed', 'returned')),
    attempts     INTEGER NOT NULL,
    next_at_ms   BIGINT  NOT NULL,
    reason       TEXT    NOT NULL,
    wanted_at_ms BIGINT  NOT NULL,
    ended_at_ms  BIGINT  NOT NULL
);
-- The law that no line is paid twice.
CREATE UNIQUE INDEX payouts_one_alive ON payouts (line_id)
    WHERE state <> 'failed' AND state <> 'returned';
CREATE INDEX payouts_of_worker ON payouts (worker_id, wanted_at_ms);
CREATE INDEX payouts_of_employer ON payouts (employer_id, id) WHERE kind <> 'wage';
CREATE INDEX payouts_to_send ON payouts (next_at_ms, id) WHERE state = 'wanted';
CREATE INDEX payouts_to_ask ON payouts (next_at_ms, id) WHERE state = 'sent' OR state = 'unknown';

-- How far the bank's credits have been read.
CREATE TABLE bank_cursors (
    name TEXT   PRIMARY KEY,
    n    BIGINT NOT NULL
);
INSERT INTO bank_cursors(name, n) VALUES ('credits', 0);
