-- +goose Up
-- A workbook that somebody sent. sha256 is where the original lies (internal/blob). tries counts
-- turns of the sweep that ended in an error of ours since the last row was written down.
CREATE TABLE imports (
    id            TEXT    PRIMARY KEY,
    kind          TEXT    NOT NULL CHECK (kind IN ('workers', 'employers', 'vacancies', 'roster')),
    file_name     TEXT    NOT NULL,
    sha256        TEXT    NOT NULL CHECK (LENGTH(sha256) = 64),
    region        TEXT    NOT NULL, -- of rows that name none
    account_id    TEXT    NOT NULL,
    employer_id   TEXT    NOT NULL, -- whose list it is; '' for the city's
    state         TEXT    NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    code          TEXT    NOT NULL, -- why it failed
    rows          INTEGER NOT NULL CHECK (rows >= 0),
    hidden        INTEGER NOT NULL CHECK (hidden >= 0),
    tries         INTEGER NOT NULL CHECK (tries >= 0),
    created_at_ms BIGINT  NOT NULL,
    done_at_ms    BIGINT  NOT NULL
);
CREATE INDEX imports_waiting ON imports (created_at_ms, id) WHERE state = 'waiting';
CREATE INDEX imports_of_employer ON imports (employer_id, created_at_ms, id);
CREATE INDEX imports_by_file ON imports (sha256, kind);

-- What became of a row. The keys are keyed digests: of what the whole row asks for, and of whom it
-- is about. A fault is sealed: it may repeat what stood in a cell.
CREATE TABLE import_rows (
    import_id    TEXT    NOT NULL REFERENCES imports (id),
    n            INTEGER NOT NULL CHECK (n > 0),
    kind         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('in', 'same', 'bad')),
    row_key      TEXT    NOT NULL,
    subject_key  TEXT    NOT NULL,
    subject_id   TEXT    NOT NULL CHECK ((state = 'bad') = (subject_id = '')),
    code         TEXT    NOT NULL CHECK ((state = 'bad') = (code <> '')),
    fault_sealed BYTEA   NOT NULL,
    PRIMARY KEY (import_id, n)
);
CREATE INDEX import_rows_by_subject ON import_rows (kind, subject_key) WHERE state IN ('in', 'same');
