-- +goose Up
-- Which vacancy took which one's place, and what was material in it: pay, place, hours, content.
CREATE TABLE vacancy_changes (
    new_id      TEXT   PRIMARY KEY REFERENCES vacancies (id),
    old_id      TEXT   NOT NULL UNIQUE REFERENCES vacancies (id),
    employer_id TEXT   NOT NULL,
    what        TEXT   NOT NULL,
    at_ms       BIGINT NOT NULL
);
