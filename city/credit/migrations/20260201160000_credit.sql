-- +goose Up
-- A judgement of an employer; never updated. facts and rules are JSON: together they give points and
-- grade again. Facts are those of what became due in [from_ms, to_ms), as known at at_ms.
CREATE TABLE credit_grades (
    id          TEXT    PRIMARY KEY,
    employer_id TEXT    NOT NULL,
    grade       TEXT    NOT NULL CHECK (grade IN ('A', 'B', 'C', 'N')),
    points      INTEGER NOT NULL CHECK (points BETWEEN 0 AND 100),
    version     BIGINT  NOT NULL,
    rules       TEXT    NOT NULL,
    facts       TEXT    NOT NULL,
    from_ms     BIGINT  NOT NULL,
    to_ms       BIGINT  NOT NULL,
    at_ms       BIGINT  NOT NULL
);
CREATE INDEX credit_grades_of_employer ON credit_grades (employer_id, at_ms, id);

-- The newest judgement of each employer, and the day on which it was last looked at.
CREATE TABLE credit_standings (
    employer_id TEXT PRIMARY KEY,
    grade_id    TEXT NOT NULL REFERENCES credit_grades (id),
    judged_on   TEXT NOT NULL
);

-- Upheld complaints, and entries in public lists with their source. One source counts once.
CREATE TABLE credit_marks (
    id          TEXT   PRIMARY KEY,
    employer_id TEXT   NOT NULL,
    kind        TEXT   NOT NULL CHECK (kind IN ('complaint', 'listed')),
    source      TEXT   NOT NULL CHECK (source <> ''),
    words       TEXT   NOT NULL,
    account_id  TEXT   NOT NULL,
    at_ms       BIGINT NOT NULL,
    until_ms    BIGINT NOT NULL,
    lifted_ms   BIGINT NOT NULL,
    lifted_why  TEXT   NOT NULL,
    UNIQUE (employer_id, kind, source)
);

CREATE TABLE credit_appeals (
    id          TEXT   PRIMARY KEY,
    employer_id TEXT   NOT NULL,
    grade_id    TEXT   NOT NULL REFERENCES credit_grades (id),
    words       TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('asked', 'granted', 'denied')),
    due_on      TEXT   NOT NULL,
    asked_at_ms BIGINT NOT NULL,
    answer      TEXT   NOT NULL,
    reviewer_id TEXT   NOT NULL,
    grade       TEXT   NOT NULL CHECK (grade IN ('', 'A', 'B', 'C')),
    until_on    TEXT   NOT NULL,
    answered_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX credit_appeals_open ON credit_appeals (employer_id) WHERE state = 'asked';
CREATE INDEX credit_appeals_of_employer ON credit_appeals (employer_id, answered_ms, id);
