-- +goose Up
-- Acceptances refused to protect the worker: age, certificate, hours. Once for each reason.
CREATE TABLE accept_refusals (
    shift_id  TEXT   NOT NULL REFERENCES shifts (id),
    worker_id TEXT   NOT NULL,
    code      TEXT   NOT NULL,
    at_ms     BIGINT NOT NULL,
    PRIMARY KEY (shift_id, worker_id, code)
);
