-- +goose Up
-- The secret address under which a worker's calendar reads the schedule; one a worker. The token
-- itself is stored nowhere.
CREATE TABLE calendar_links (
    worker_id  TEXT   PRIMARY KEY REFERENCES workers (id),
    token_hash TEXT   NOT NULL UNIQUE,
    made_at_ms BIGINT NOT NULL
);
