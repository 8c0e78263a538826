-- +goose Up
-- A version is never changed; the one with the highest number holds.
CREATE TABLE insurance_plans (
    id                  TEXT    NOT NULL,
    version             INTEGER NOT NULL CHECK (version > 0),
    state               TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
    name                TEXT    NOT NULL,
    insurer             TEXT    NOT NULL,
    policy_no           TEXT    NOT NULL,
    mode                TEXT    NOT NULL CHECK (mode IN ('declared', 'confirmed')),
    exclusions          TEXT    NOT NULL,
    death_fen           BIGINT  NOT NULL CHECK (death_fen > 0),
    medical_fen         BIGINT  NOT NULL CHECK (medical_fen >= 0),
    lost_income_day_fen BIGINT  NOT NULL CHECK (lost_income_day_fen >= 0),
    premium_day_fen     BIGINT  NOT NULL CHECK (premium_day_fen >= 0),
    age_min             INTEGER NOT NULL,
    age_max             INTEGER NOT NULL CHECK (age_max >= age_min),
    account_id          TEXT    NOT NULL,
    at_ms               BIGINT  NOT NULL,
    PRIMARY KEY (id, version)
);

-- What a worker agreed to, with the sums as shown. Only withdrawn_at_ms changes, once.
CREATE TABLE insurance_consents (
    id                  TEXT    PRIMARY KEY,
    worker_id           TEXT    NOT NULL,
    plan_id             TEXT    NOT NULL,
    version             INTEGER NOT NULL,
    death_fen           BIGINT  NOT NULL,
    medical_fen         BIGINT  NOT NULL,
    lost_income_day_fen BIGINT  NOT NULL,
    beneficiary         TEXT    NOT NULL CHECK (beneficiary IN ('heirs', 'spouse', 'children', 'parents')),
    person              TEXT    NOT NULL,
    birth_date          TEXT    NOT NULL,
    account_id          TEXT    NOT NULL,
    given_at_ms         BIGINT  NOT NULL,
    withdrawn_at_ms     BIGINT  NOT NULL,
    FOREIGN KEY (plan_id, version) REFERENCES insurance_plans (id, version)
);
CREATE UNIQUE INDEX insurance_consents_standing ON insurance_consents (worker_id, plan_id, version)
    WHERE withdrawn_at_ms = 0;

CREATE TABLE bordereaux (
    id          TEXT    PRIMARY KEY,
    insurer     TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('wanted', 'sent', 'unknown', 'reported', 'refused')),
    attempts    INTEGER NOT NULL,
    next_at_ms  BIGINT  NOT NULL,
    reason      TEXT    NOT NULL,
    made_at_ms  BIGINT  NOT NULL,
    ended_at_ms BIGINT  NOT NULL
);
CREATE INDEX bordereaux_due ON bordereaux (next_at_ms, id) WHERE ended_at_ms = 0;

-- Only expires_at_ms (at the clock-out) and bordereau_id (when it is told) change.
CREATE TABLE covers (
    id               TEXT    PRIMARY KEY,
    placement_id     TEXT    NOT NULL UNIQUE,
    worker_id        TEXT    NOT NULL,
    employer_id      TEXT    NOT NULL,
    plan_id          TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    consent_id       TEXT    NOT NULL REFERENCES insurance_consents (id),
    insurer          TEXT    NOT NULL,
    premium_fen      BIGINT  NOT NULL CHECK (premium_fen >= 0),
    effective_at_ms  BIGINT  NOT NULL,
    planned_until_ms BIGINT  NOT NULL CHECK (planned_until_ms > effective_at_ms),
    expires_at_ms    BIGINT  NOT NULL CHECK (expires_at_ms > effective_at_ms),
    commute_ms       BIGINT  NOT NULL CHECK (commute_ms >= 0),
    bordereau_id     TEXT    NOT NULL,
    at_ms            BIGINT  NOT NULL
);
CREATE INDEX covers_of_worker ON covers (worker_id, effective_at_ms);
CREATE INDEX covers_to_tell ON covers (insurer, id) WHERE bordereau_id = '';
CREATE INDEX covers_told ON covers (bordereau_id, id) WHERE bordereau_id <> '';
