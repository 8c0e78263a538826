-- +goose Up
-- A worker's wish for a vacancy: one row for a person and vacancy. Its steps are events in the feed.
CREATE TABLE applications (
    id             TEXT   PRIMARY KEY,
    vacancy_id     TEXT   NOT NULL REFERENCES vacancies (id),
    worker_id      TEXT   NOT NULL,
    employer_id    TEXT   NOT NULL,
    shift_id       TEXT   NOT NULL, -- '' until something is offered
    placement_id   TEXT   NOT NULL, -- the same
    state          TEXT   NOT NULL CHECK (state IN ('applied', 'shortlisted', 'interview', 'offered',
        'accepted', 'arrived', 'started', 'done', 'withdrawn', 'refused', 'expired', 'no_show',
        'cancelled_by_employer', 'replaced')),
    reason         TEXT   NOT NULL,
    recommended_by TEXT   NOT NULL, -- the clerk's account; '' when the worker applied
    note           TEXT   NOT NULL,
    applied_at_ms  BIGINT NOT NULL,
    state_at_ms    BIGINT NOT NULL,
    expires_at_ms  BIGINT NOT NULL, -- 0: does not lapse by time
    UNIQUE (vacancy_id, worker_id),
    CHECK (state <> 'refused' OR reason <> '')
);
CREATE INDEX applications_of_vacancy ON applications (vacancy_id, id);
CREATE INDEX applications_of_worker ON applications (worker_id, id);
CREATE INDEX applications_of_placement ON applications (placement_id) WHERE placement_id <> '';
CREATE INDEX applications_stale ON applications (expires_at_ms, id) WHERE expires_at_ms > 0;
CREATE INDEX applications_by_time ON applications (applied_at_ms);

CREATE TABLE interview_slots (
    id           TEXT    PRIMARY KEY,
    vacancy_id   TEXT    NOT NULL REFERENCES vacancies (id),
    employer_id  TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    starts_at_ms BIGINT  NOT NULL,
    ends_at_ms   BIGINT  NOT NULL CHECK (ends_at_ms > starts_at_ms),
    capacity     INTEGER NOT NULL CHECK (capacity > 0),
    taken        INTEGER NOT NULL CHECK (taken >= 0 AND taken <= capacity),
    cancelled    BOOLEAN NOT NULL,
    CHECK (NOT cancelled OR taken = 0)
);
CREATE INDEX interview_slots_of_vacancy ON interview_slots (vacancy_id, starts_at_ms, id);

CREATE TABLE interviews (
    id             TEXT   PRIMARY KEY,
    slot_id        TEXT   NOT NULL REFERENCES interview_slots (id),
    application_id TEXT   NOT NULL REFERENCES applications (id),
    worker_id      TEXT   NOT NULL,
    state          TEXT   NOT NULL CHECK (state IN ('booked', 'cancelled', 'came', 'not_come',
        'passed', 'refused')),
    starts_at_ms   BIGINT NOT NULL,
    ends_at_ms     BIGINT NOT NULL,
    booked_at_ms   BIGINT NOT NULL,
    reminded_at_ms BIGINT NOT NULL -- 0: not yet
);
CREATE UNIQUE INDEX interviews_once ON interviews (application_id) WHERE state = 'booked';
CREATE INDEX interviews_of_application ON interviews (application_id, id);
CREATE INDEX interviews_of_worker ON interviews (worker_id, id);
CREATE INDEX interviews_on_slot ON interviews (slot_id);
CREATE INDEX interviews_to_remind ON interviews (starts_at_ms, id)
    WHERE state = 'booked' AND reminded_at_ms = 0;

-- Employer-settled work by the month that has started, followed for 90 days.
CREATE TABLE employments (
    placement_id  TEXT    PRIMARY KEY REFERENCES placements (id),
    worker_id     TEXT    NOT NULL,
    employer_id   TEXT    NOT NULL,
    started_at_ms BIGINT  NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('active', 'left')),
    next_day      INTEGER NOT NULL, -- of the check to come; 0: none
    next_due_ms   BIGINT  NOT NULL
);
CREATE INDEX employments_due ON employments (next_due_ms, placement_id) WHERE next_day > 0;

CREATE TABLE retention_checks (
    id           TEXT    PRIMARY KEY,
    placement_id TEXT    NOT NULL REFERENCES employments (placement_id),
    worker_id    TEXT    NOT NULL,
    employer_id  TEXT    NOT NULL,
    day          INTEGER NOT NULL,
    due_at_ms    BIGINT  NOT NULL,
    closes_at_ms BIGINT  NOT NULL,
    closed       BOOLEAN NOT NULL,
    verdict      TEXT    NOT NULL CHECK (verdict IN ('unknown', 'there', 'left')),
    UNIQUE (placement_id, day)
);
CREATE INDEX retention_checks_open ON retention_checks (closes_at_ms, id) WHERE NOT closed;
CREATE INDEX retention_checks_asked ON retention_checks (due_at_ms, id) WHERE NOT closed;
CREATE INDEX retention_checks_due ON retention_checks (due_at_ms, id);
CREATE INDEX retention_checks_of_worker ON retention_checks (worker_id, due_at_ms, id);
CREATE INDEX retention_checks_of_employer ON retention_checks (employer_id, due_at_ms, id);

-- What each side said, once a check.
CREATE TABLE retention_answers (
    check_id   TEXT   NOT NULL REFERENCES retention_checks (id),
    side       TEXT   NOT NULL CHECK (side IN ('worker', 'employer', 'staff')),
    there      BOOLEAN NOT NULL,
    reason     TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (check_id, side),
    CHECK (there = (reason = ''))
);

-- Which employer has seen a worker's phone, with the worker's consent.
CREATE TABLE contacts_shown (
    id          TEXT   PRIMARY KEY,
    employer_id TEXT   NOT NULL,
    worker_id   TEXT   NOT NULL,
    account_id  TEXT   NOT NULL, -- who looked
    at_ms       BIGINT NOT NULL
);
CREATE INDEX contacts_shown_of_worker ON contacts_shown (worker_id, at_ms, id);
