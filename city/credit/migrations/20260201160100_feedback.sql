-- +goose Up
-- What each side said of a placement that was done; once a side. A worker's answers are yes or no, an
-- employer's is a thanks; the columns of the other side are empty. Nothing is ever changed but the
-- appeal against it.
CREATE TABLE credit_feedback (
    id           TEXT   PRIMARY KEY,
    placement_id TEXT   NOT NULL,
    side         TEXT   NOT NULL CHECK (side IN ('worker', 'employer')),
    worker_id    TEXT   NOT NULL,
    employer_id  TEXT   NOT NULL,
    paid         TEXT   NOT NULL CHECK (paid IN ('', 'yes', 'no')),
    safe         TEXT   NOT NULL CHECK (safe IN ('', 'yes', 'no')),
    treated      TEXT   NOT NULL CHECK (treated IN ('', 'yes', 'no')),
    thanks       TEXT   NOT NULL CHECK (thanks IN ('', 'punctual', 'careful', 'skilled', 'helpful')),
    at_ms        BIGINT NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('counted', 'appealed', 'kept', 'struck')),
    appeal       TEXT   NOT NULL,
    answer       TEXT   NOT NULL,
    reviewer_id  TEXT   NOT NULL,
    UNIQUE (placement_id, side),
    CHECK ((side = 'worker') = (thanks = '')),
    CHECK ((side = 'worker') = (paid <> '' AND safe <> '' AND treated <> ''))
);
CREATE INDEX credit_feedback_of_employer ON credit_feedback (employer_id, side, at_ms);
CREATE INDEX credit_feedback_of_worker ON credit_feedback (worker_id, side);
CREATE INDEX credit_feedback_appealed ON credit_feedback (at_ms, id) WHERE state = 'appealed';

-- Workers who do not want their record shown.
CREATE TABLE credit_hidden (
    worker_id TEXT   PRIMARY KEY,
    at_ms     BIGINT NOT NULL
);
