-- +goose Up
-- A clerk's decision on a vacancy that waited: the legal grounds from the closed list, in words why
-- they hold, and the marks of the gate it was made on.
CREATE TABLE vacancy_reviews (
    id            TEXT   PRIMARY KEY,
    vacancy_id    TEXT   NOT NULL REFERENCES vacancies (id),
    decision      TEXT   NOT NULL CHECK (decision IN ('published', 'refused')),
    legal_grounds TEXT   NOT NULL,
    words         TEXT   NOT NULL,
    facts         TEXT   NOT NULL,
    reviewer_id   TEXT   NOT NULL,
    at_ms         BIGINT NOT NULL
);
CREATE INDEX vacancy_reviews_by_vacancy ON vacancy_reviews (vacancy_id, at_ms);

-- Public vacancies that a clerk looks at again: the share follows from the employer's credit.
CREATE TABLE vacancy_patrols (
    vacancy_id     TEXT   PRIMARY KEY REFERENCES vacancies (id),
    employer_id    TEXT   NOT NULL,
    state          TEXT   NOT NULL CHECK (state IN ('open', 'fine', 'taken_down')),
    words          TEXT   NOT NULL,
    reviewer_id    TEXT   NOT NULL,
    at_ms          BIGINT NOT NULL,
    answered_at_ms BIGINT NOT NULL
);
CREATE INDEX vacancy_patrols_open ON vacancy_patrols (at_ms, vacancy_id) WHERE state = 'open';
