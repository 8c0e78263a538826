-- +goose Up
-- Who works at a station's counter.
CREATE TABLE station_staff (
    place_id    TEXT   NOT NULL REFERENCES places (id),
    account_id  TEXT   NOT NULL,
    added_by    TEXT   NOT NULL,
    at_ms       BIGINT NOT NULL,
    ended_at_ms BIGINT NOT NULL, -- 0: works there
    PRIMARY KEY (place_id, account_id)
);
CREATE INDEX station_staff_of_account ON station_staff (account_id);

-- A worker's authority for one member of the staff to act, how it was proved, and until when.
CREATE TABLE helps (
    id          TEXT   PRIMARY KEY,
    place_id    TEXT   NOT NULL REFERENCES places (id),
    worker_id   TEXT   NOT NULL,
    staff_id    TEXT   NOT NULL,
    proof       TEXT   NOT NULL CHECK (proof IN ('code', 'id_card')),
    words       TEXT   NOT NULL CHECK (proof = 'code' OR words <> ''),
    at_ms       BIGINT NOT NULL,
    until_ms    BIGINT NOT NULL CHECK (until_ms > at_ms),
    ended_at_ms BIGINT NOT NULL -- 0: not before its time
);
CREATE INDEX helps_of_worker ON helps (worker_id, at_ms, id);

-- The service ledger of a station: who was served, with what, and what came of it.
CREATE TABLE services (
    id        TEXT   PRIMARY KEY,
    place_id  TEXT   NOT NULL REFERENCES places (id),
    staff_id  TEXT   NOT NULL,
    worker_id TEXT   NOT NULL, -- '' for somebody who gave no name
    kind      TEXT   NOT NULL CHECK (kind IN ('visit', 'register', 'apply', 'consult', 'guidance', 'policy',
        'training', 'rights', 'other')),
    ref       TEXT   NOT NULL, -- what came of it: a worker, an application
    words     TEXT   NOT NULL,
    at_ms     BIGINT NOT NULL
);
CREATE INDEX services_of_place ON services (place_id, id);
CREATE INDEX services_of_worker ON services (worker_id, id);
