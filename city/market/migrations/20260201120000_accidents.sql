-- +goose Up
-- What a placement cost that its employer called off: one row for each, also without compensation,
-- because the notice is a fact for the employer's credit.
CREATE TABLE cancellations (
    placement_id TEXT   PRIMARY KEY REFERENCES placements (id),
    employer_id  TEXT   NOT NULL,
    worker_id    TEXT   NOT NULL,
    notice_min   BIGINT NOT NULL,
    share_bp     BIGINT NOT NULL CHECK (share_bp BETWEEN 0 AND 10000),
    pay_fen      BIGINT NOT NULL CHECK (pay_fen >= 0),
    line_id      TEXT   NOT NULL,
    at_ms        BIGINT NOT NULL
);
CREATE INDEX cancellations_of_employer ON cancellations (employer_id, at_ms);

-- A head that is offered again because its worker did not come. filled_by is the placement that
-- took it.
CREATE TABLE replacements (
    id           TEXT    PRIMARY KEY,
    placement_id TEXT    NOT NULL UNIQUE REFERENCES placements (id),
    shift_id     TEXT    NOT NULL REFERENCES shifts (id),
    employer_id  TEXT    NOT NULL,
    offers       INTEGER NOT NULL,
    filled_by    TEXT    NOT NULL,
    at_ms        BIGINT  NOT NULL
);
CREATE INDEX replacements_open ON replacements (shift_id, id) WHERE filled_by = '';
