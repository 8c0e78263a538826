-- +goose Up
-- contact is the complainant's account, sealed; account_id is empty for an anonymous one.
CREATE TABLE complaints (
    id             TEXT    PRIMARY KEY,
    kind           TEXT    NOT NULL CHECK (kind IN ('false_vacancy', 'fees', 'discrimination',
        'turned_away', 'unpaid', 'unsafe', 'staff_conduct', 'privacy')),
    subject        TEXT    NOT NULL CHECK (subject IN ('vacancy', 'employer', 'staff', 'platform')),
    subject_id     TEXT    NOT NULL,
    employer_id    TEXT    NOT NULL,
    anonymous      BOOLEAN NOT NULL,
    account_id     TEXT    NOT NULL,
    contact_sealed BYTEA   NOT NULL,
    contact_blind  TEXT    NOT NULL CHECK (LENGTH(contact_blind) = 64),
    words          TEXT    NOT NULL,
    state          TEXT    NOT NULL CHECK (state IN ('received', 'not_accepted', 'accepted',
        'investigating', 'upheld', 'not_upheld', 'answered', 'closed')),
    decision       TEXT    NOT NULL CHECK (decision IN ('', 'upheld', 'not_upheld')),
    owner_id       TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    answer         TEXT    NOT NULL,
    reopened       BOOLEAN NOT NULL,
    steps          BIGINT  NOT NULL,
    received_ms    BIGINT  NOT NULL,
    due_on         TEXT    NOT NULL,
    legal_on       TEXT    NOT NULL,
    answered_ms    BIGINT  NOT NULL,
    answer_days    BIGINT  NOT NULL
);
CREATE INDEX complaints_open ON complaints (due_on, id) WHERE due_on <> '';
CREATE INDEX complaints_mine ON complaints (contact_blind, id);
CREATE INDEX complaints_on_employer ON complaints (employer_id, id);
CREATE INDEX complaints_answered ON complaints (answered_ms, id) WHERE state = 'answered';
CREATE INDEX complaints_by_time ON complaints (received_ms, id);

-- What happened to a complaint, in order; never updated. The complainant's own steps name nobody.
CREATE TABLE complaint_steps (
    complaint_id TEXT   NOT NULL REFERENCES complaints (id),
    n            BIGINT NOT NULL,
    state        TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    words        TEXT   NOT NULL,
    at_ms        BIGINT NOT NULL,
    PRIMARY KEY (complaint_id, n)
);

-- Evidence: words, and the digest of a picture or recording that stays with who made it.
CREATE TABLE complaint_notes (
    complaint_id TEXT   NOT NULL REFERENCES complaints (id),
    n            BIGINT NOT NULL,
    side         TEXT   NOT NULL CHECK (side IN ('complainant', 'staff')),
    account_id   TEXT   NOT NULL,
    words        TEXT   NOT NULL,
    digest       TEXT   NOT NULL,
    at_ms        BIGINT NOT NULL,
    PRIMARY KEY (complaint_id, n)
);

-- A stage is warned of once before and once on its last day.
CREATE TABLE complaint_warnings (
    complaint_id TEXT   NOT NULL REFERENCES complaints (id),
    due_on       TEXT   NOT NULL,
    kind         TEXT   NOT NULL CHECK (kind IN ('before', 'due')),
    owner_id     TEXT   NOT NULL,
    at_ms        BIGINT NOT NULL,
    PRIMARY KEY (complaint_id, due_on, kind)
);
