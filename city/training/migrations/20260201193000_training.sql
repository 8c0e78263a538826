-- +goose Up
-- A class teaches one skill at one place; the place is written out, because a class keeps its own.
CREATE TABLE classes (
    id            TEXT    PRIMARY KEY,
    place_id      TEXT    NOT NULL, -- the station that runs it; '' the bureau itself
    place_name    TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    region        TEXT    NOT NULL,
    lon_e6        BIGINT  NOT NULL,
    lat_e6        BIGINT  NOT NULL,
    title         TEXT    NOT NULL CHECK (title <> ''),
    skill         TEXT    NOT NULL,
    teacher       TEXT    NOT NULL CHECK (teacher <> ''),
    phone_sealed  BYTEA   NOT NULL,
    seats         BIGINT  NOT NULL CHECK (seats > 0),
    taken         BIGINT  NOT NULL CHECK (taken BETWEEN 0 AND seats),
    fee_fen       BIGINT  NOT NULL CHECK (fee_fen >= 0),
    closes_at_ms  BIGINT  NOT NULL,
    starts_at_ms  BIGINT  NOT NULL,
    ends_at_ms    BIGINT  NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('open', 'called_off')),
    reason        TEXT    NOT NULL CHECK (state = 'open' OR reason <> ''),
    opened_by     TEXT    NOT NULL,
    opened_at_ms  BIGINT  NOT NULL,
    CHECK (closes_at_ms <= starts_at_ms AND starts_at_ms < ends_at_ms)
);
CREATE INDEX classes_open ON classes (closes_at_ms, id) WHERE state = 'open';
CREATE INDEX classes_of_place ON classes (place_id, starts_at_ms, id);

CREATE TABLE class_sessions (
    class_id     TEXT   NOT NULL REFERENCES classes (id),
    n            BIGINT NOT NULL,
    starts_at_ms BIGINT NOT NULL,
    ends_at_ms   BIGINT NOT NULL CHECK (ends_at_ms > starts_at_ms),
    PRIMARY KEY (class_id, n)
);

CREATE TABLE enrolments (
    id             TEXT   PRIMARY KEY,
    class_id       TEXT   NOT NULL REFERENCES classes (id),
    worker_id      TEXT   NOT NULL REFERENCES workers (id),
    state          TEXT   NOT NULL CHECK (state IN ('enrolled', 'withdrawn', 'called_off', 'passed', 'failed')),
    at_ms          BIGINT NOT NULL,
    words          TEXT   NOT NULL, -- of the assessment
    assessor_id    TEXT   NOT NULL,
    assessed_at_ms BIGINT NOT NULL, -- 0: not assessed
    CHECK (state NOT IN ('passed', 'failed') OR (assessor_id <> '' AND assessed_at_ms > 0))
);
CREATE UNIQUE INDEX enrolments_once ON enrolments (class_id, worker_id)
    WHERE state IN ('enrolled', 'passed', 'failed');
CREATE INDEX enrolments_of_worker ON enrolments (worker_id, at_ms, id);

-- Who was there. A call is not changed: the last one of a session counts.
CREATE TABLE class_roll (
    enrolment_id TEXT    NOT NULL REFERENCES enrolments (id),
    session      BIGINT  NOT NULL,
    n            BIGINT  NOT NULL,
    present      BOOLEAN NOT NULL,
    caller_id    TEXT    NOT NULL,
    at_ms        BIGINT  NOT NULL,
    PRIMARY KEY (enrolment_id, session, n)
);
