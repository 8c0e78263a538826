-- +goose Up
CREATE TABLE matters (
    id          TEXT   PRIMARY KEY,
    kind        TEXT   NOT NULL CHECK (kind IN ('wage', 'complaint', 'employer', 'other')),
    subject_id  TEXT   NOT NULL, -- '' where the program knows nothing of it
    title       TEXT   NOT NULL,
    words       TEXT   NOT NULL,
    assigner_id TEXT   NOT NULL,
    owner_id    TEXT   NOT NULL,
    due_on      TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('assigned', 'accepted', 'reported', 'closed')),
    steps       BIGINT NOT NULL,
    at_ms       BIGINT NOT NULL,
    closed_ms   BIGINT NOT NULL CHECK ((closed_ms > 0) = (state = 'closed')),
    -- What was so when it was closed: by what its subject had been settled.
    settled_how TEXT   NOT NULL CHECK (settled_how IN ('', 'paid', 'reversed', 'closed', 'not_accepted')),
    settled_of  TEXT   NOT NULL,
    settled_ms  BIGINT NOT NULL CHECK ((settled_ms > 0) = (settled_how <> '')),
    CHECK (settled_how = '' OR state = 'closed')
);
CREATE INDEX matters_open ON matters (due_on, id) WHERE state <> 'closed';
CREATE INDEX matters_closed ON matters (due_on, id) WHERE state = 'closed';
CREATE INDEX matters_of_owner ON matters (owner_id, due_on, id);
CREATE INDEX matters_about ON matters (subject_id, id);

-- What happened to a matter, in order; never updated.
CREATE TABLE matter_steps (
    matter_id  TEXT   NOT NULL REFERENCES matters (id),
    n          BIGINT NOT NULL,
    step       TEXT   NOT NULL CHECK (step IN ('assign', 'accept', 'report', 'return', 'pass', 'close')),
    state      TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    words      TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (matter_id, n)
);
