-- +goose Up
-- Whose WeChat account is whose: the open id as a keyed digest, so that a code of the mini program
-- opens the account it was linked to.
CREATE TABLE wechat_logins (
    open_blind   TEXT   PRIMARY KEY,
    account_id   TEXT   NOT NULL REFERENCES accounts (id),
    linked_at_ms BIGINT NOT NULL
);
CREATE INDEX wechat_logins_of_account ON wechat_logins (account_id);

-- A ticket takes a log-in from the mini program into its web-view: once, within a minute.
CREATE TABLE login_tickets (
    ticket_hash   TEXT   PRIMARY KEY,
    account_id    TEXT   NOT NULL REFERENCES accounts (id),
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX login_tickets_by_end ON login_tickets (expires_at_ms);

-- The second step of a log-in: a secret of an authenticator (RFC 6238), sealed. last_step is the
-- newest 30 seconds whose code was used: no code is good twice.
CREATE TABLE second_steps (
    account_id      TEXT   PRIMARY KEY REFERENCES accounts (id),
    secret          BYTEA  NOT NULL,
    confirmed_at_ms BIGINT NOT NULL, -- 0: begun, and not in force
    last_step       BIGINT NOT NULL,
    wrong           BIGINT NOT NULL, -- tries in a row
    locked_until_ms BIGINT NOT NULL
);
CREATE TABLE recovery_codes (
    account_id TEXT   NOT NULL REFERENCES accounts (id),
    code_blind TEXT   NOT NULL,
    used_at_ms BIGINT NOT NULL, -- 0: good
    PRIMARY KEY (account_id, code_blind)
);
