-- +goose Up
-- A run tells workers of work that fits them, in the order of a key made of the day and their id.
-- place is where it stands: the key and id of the last worker looked at.
CREATE TABLE push_runs (
    id            TEXT   PRIMARY KEY,
    kind          TEXT   NOT NULL CHECK (kind IN ('nightly', 'asked')),
    day           TEXT   NOT NULL,
    by_id         TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('running', 'done')),
    week_max      BIGINT NOT NULL CHECK (week_max > 0), -- pushes a worker
    place         TEXT   NOT NULL,
    people        BIGINT NOT NULL CHECK (people >= 0), -- ready to work, as last counted
    seen          BIGINT NOT NULL CHECK (seen >= 0),
    told          BIGINT NOT NULL CHECK (told >= 0),
    sated         BIGINT NOT NULL CHECK (sated >= 0),  -- had their number this week
    started_at_ms BIGINT NOT NULL,
    ended_at_ms   BIGINT NOT NULL
);
CREATE UNIQUE INDEX push_runs_nightly ON push_runs (day) WHERE kind = 'nightly';
CREATE UNIQUE INDEX push_runs_running ON push_runs (state) WHERE state = 'running';
CREATE INDEX push_runs_by_time ON push_runs (started_at_ms, id);

-- A worker is told of a vacancy once. score, price and the parts are thousandths of a point.
CREATE TABLE pushes (
    id         TEXT   PRIMARY KEY,
    run_id     TEXT   NOT NULL REFERENCES push_runs (id),
    worker_id  TEXT   NOT NULL REFERENCES workers (id),
    vacancy_id TEXT   NOT NULL REFERENCES vacancies (id),
    shift_id   TEXT   NOT NULL,
    score      BIGINT NOT NULL,
    price      BIGINT NOT NULL CHECK (price >= 0),
    distance_m BIGINT NOT NULL,
    hour_fen   BIGINT NOT NULL,
    parts      TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    UNIQUE (worker_id, vacancy_id)
);
CREATE INDEX pushes_by_worker ON pushes (worker_id, at_ms);
CREATE INDEX pushes_by_time ON pushes (at_ms, vacancy_id);
