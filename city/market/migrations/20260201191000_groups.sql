-- +goose Up
-- Who belongs to a group that the state helps into work, on which paper, and until when. A row is
-- closed by its last day; nobody but the worker and the bureau reads it.
CREATE TABLE worker_groups (
    worker_id TEXT   NOT NULL REFERENCES workers (id),
    kind      TEXT   NOT NULL CHECK (kind IN ('hardship', 'long_unemployed', 'disabled', 'older',
        'lifted_poverty', 'veteran', 'graduate')),
    source    TEXT   NOT NULL CHECK (source <> ''),
    until_on  TEXT   NOT NULL,
    by_id     TEXT   NOT NULL,
    at_ms     BIGINT NOT NULL,
    PRIMARY KEY (worker_id, kind)
);
CREATE INDEX worker_groups_by_kind ON worker_groups (kind, until_on, worker_id);
