-- +goose Up
CREATE TABLE vettings (
    employer_id TEXT    PRIMARY KEY,
    state       TEXT    NOT NULL CHECK (state IN ('vetted', 'refused', 'suspended')),
    agency      BOOLEAN NOT NULL,
    valid_until TEXT    NOT NULL,
    lapses      TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    reviewer_id TEXT    NOT NULL,
    at_ms       BIGINT  NOT NULL
);

CREATE TABLE vacancies (
    id            TEXT    PRIMARY KEY,
    employer_id   TEXT    NOT NULL,
    place_id      TEXT    NOT NULL,
    region        TEXT    NOT NULL,
    settlement    TEXT    NOT NULL CHECK (settlement IN ('platform', 'employer')),
    work_type     TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    content       TEXT    NOT NULL,
    occupation    TEXT    NOT NULL,
    pay_unit      TEXT    NOT NULL CHECK (pay_unit IN ('hour', 'day', 'piece', 'month')),
    rate_fen      BIGINT  NOT NULL CHECK (rate_fen > 0),
    plan_id       TEXT    NOT NULL,
    required      TEXT    NOT NULL,
    hire          TEXT    NOT NULL CHECK (hire IN ('instant', 'offer')),
    minor_ok      BOOLEAN NOT NULL,
    conditions    TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('waiting', 'published', 'refused', 'closed')),
    reason        TEXT    NOT NULL,
    reviewer_id   TEXT    NOT NULL,
    valid_until   TEXT    NOT NULL,
    created_at_ms BIGINT  NOT NULL,
    term_months   INTEGER NOT NULL -- of work by the month; 0: open-ended
);
CREATE INDEX vacancies_waiting ON vacancies (created_at_ms, id) WHERE state = 'waiting';
CREATE INDEX vacancies_by_time ON vacancies (created_at_ms, id);
CREATE INDEX vacancies_by_employer ON vacancies (employer_id, created_at_ms, id);
CREATE INDEX vacancies_public ON vacancies (valid_until, id) WHERE state IN ('waiting', 'published');

-- What the gate said of a vacancy, for the clerk and for the patrol.
CREATE TABLE vacancy_findings (
    vacancy_id TEXT    NOT NULL REFERENCES vacancies (id),
    n          INTEGER NOT NULL,
    rule_id    TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    field      TEXT    NOT NULL,
    from_rune  INTEGER NOT NULL,
    to_rune    INTEGER NOT NULL,
    span       TEXT    NOT NULL,
    PRIMARY KEY (vacancy_id, n)
);

-- Vacancies that never came to be: stepped sanctions need to know how often.
CREATE TABLE refusals (
    id          TEXT   PRIMARY KEY,
    employer_id TEXT   NOT NULL,
    title       TEXT   NOT NULL,
    code        TEXT   NOT NULL,
    rule_id     TEXT   NOT NULL,
    at_ms       BIGINT NOT NULL
);
CREATE INDEX refusals_of_employer ON refusals (employer_id, at_ms);

CREATE TABLE shifts (
    id           TEXT    PRIMARY KEY,
    vacancy_id   TEXT    NOT NULL REFERENCES vacancies (id),
    employer_id  TEXT    NOT NULL,
    starts_at_ms BIGINT  NOT NULL,
    ends_at_ms   BIGINT  NOT NULL CHECK (ends_at_ms > starts_at_ms),
    break_min    INTEGER NOT NULL,
    breaks       TEXT    NOT NULL,
    pieces       BIGINT  NOT NULL,
    heads        INTEGER NOT NULL CHECK (heads > 0),
    taken        INTEGER NOT NULL CHECK (taken >= 0 AND taken <= heads),
    state        TEXT    NOT NULL CHECK (state IN ('waiting', 'open', 'closed', 'cancelled')),
    lon_e6       BIGINT  NOT NULL,
    lat_e6       BIGINT  NOT NULL
);
CREATE INDEX shifts_by_vacancy ON shifts (vacancy_id);
CREATE INDEX shifts_by_employer ON shifts (employer_id, starts_at_ms, id);
CREATE INDEX shifts_open ON shifts (starts_at_ms, id) WHERE state = 'open';

CREATE TABLE placements (
    id             TEXT   PRIMARY KEY,
    shift_id       TEXT   NOT NULL REFERENCES shifts (id),
    vacancy_id     TEXT   NOT NULL,
    worker_id      TEXT   NOT NULL,
    employer_id    TEXT   NOT NULL,
    state          TEXT   NOT NULL CHECK (state IN ('offered', 'accepted', 'started', 'done',
        'declined', 'withdrawn', 'cancelled_by_worker', 'cancelled_by_employer', 'no_show')),
    reason         TEXT   NOT NULL,
    starts_at_ms   BIGINT NOT NULL,
    ends_at_ms     BIGINT NOT NULL,
    made_at_ms     BIGINT NOT NULL,
    accepted_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX placements_once ON placements (shift_id, worker_id)
    WHERE state IN ('offered', 'accepted', 'started', 'done');
CREATE INDEX placements_of_employer ON placements (employer_id, starts_at_ms);
CREATE INDEX placements_of_worker ON placements (worker_id, starts_at_ms);
CREATE INDEX placements_by_time ON placements (made_at_ms, id);
CREATE INDEX placements_to_come ON placements (starts_at_ms, id) WHERE state = 'accepted';
