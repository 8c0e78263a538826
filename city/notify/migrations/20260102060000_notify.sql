-- +goose Up
-- Messages to people. phone and args are sealed; both are emptied as doc.go says. channel is '' until
-- one was chosen; quiet says that the message waited through the night. An empty phone
-- means the account's own, looked up when the message is sent. There is no foreign key to accounts:
-- a log-in code goes to a phone that may not have one yet.
CREATE TABLE messages (
    id          TEXT    PRIMARY KEY,
    key         TEXT    NOT NULL UNIQUE,
    account_id  TEXT    NOT NULL,
    template    TEXT    NOT NULL,
    args        BYTEA   NOT NULL,
    phone       BYTEA   NOT NULL,
    code        BOOLEAN NOT NULL,
    channel     TEXT    NOT NULL CHECK (channel IN ('', 'sms', 'wechat')),
    quiet       BOOLEAN NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('wanted', 'sent', 'unknown', 'delivered', 'failed',
        'withheld')),
    attempts    BIGINT  NOT NULL CHECK (attempts >= 0),
    next_at_ms  BIGINT  NOT NULL,
    reason      TEXT    NOT NULL,
    put_at_ms   BIGINT  NOT NULL,
    ended_at_ms BIGINT  NOT NULL
);
-- What the sweep looks for: codes first, because somebody is waiting.
CREATE INDEX messages_open ON messages (code, next_at_ms, id) WHERE ended_at_ms = 0;
CREATE INDEX messages_of_account ON messages (account_id, put_at_ms, id);
