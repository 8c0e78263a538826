-- +goose Up
-- Papers of an employer, numbered as they came. The last of a kind counts, no row is ever changed. An ID number in
-- number is masked.
CREATE TABLE employer_documents (
    id          TEXT    PRIMARY KEY,
    employer_id TEXT    NOT NULL,
    n           INTEGER NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('licence', 'brief', 'handler_id', 'authority',
        'hr_permit')),
    number      TEXT    NOT NULL,
    holder      TEXT    NOT NULL,
    digest      TEXT    NOT NULL CHECK (LENGTH(digest) = 64),
    media       TEXT    NOT NULL, -- of the file kept under the digest; '' when only that is known
    valid_until TEXT    NOT NULL,
    added_by    TEXT    NOT NULL,
    at_ms       BIGINT  NOT NULL,
    UNIQUE (employer_id, n)
);

-- Every decision with the papers it was made on; vettings holds the one that stands.
CREATE TABLE vetting_decisions (
    id          TEXT    PRIMARY KEY,
    employer_id TEXT    NOT NULL,
    decision    TEXT    NOT NULL CHECK (decision IN ('vetted', 'refused', 'suspended')),
    agency      BOOLEAN NOT NULL,
    reason      TEXT    NOT NULL,
    facts       TEXT    NOT NULL,
    valid_until TEXT    NOT NULL,
    reviewer_id TEXT    NOT NULL,
    at_ms       BIGINT  NOT NULL
);
CREATE INDEX vetting_decisions_by_employer ON vetting_decisions (employer_id, at_ms, id);
