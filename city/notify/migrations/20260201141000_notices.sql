-- +goose Up
-- What a person set. The open id of WeChat is sealed; empty: not linked.
CREATE TABLE notice_settings (
    account_id    TEXT   PRIMARY KEY,
    lang          TEXT   NOT NULL CHECK (lang IN ('', 'zh-CN', 'en')),
    first_channel TEXT   NOT NULL CHECK (first_channel IN ('', 'sms', 'wechat')),
    openid        BYTEA  NOT NULL,
    set_at_ms     BIGINT NOT NULL
);

CREATE TABLE opt_outs (
    account_id TEXT   NOT NULL,
    template   TEXT   NOT NULL,
    at_ms      BIGINT NOT NULL,
    PRIMARY KEY (account_id, template)
);

-- One grant is one subscribe message: WeChat counts, and so must we.
CREATE TABLE wechat_grants (
    account_id TEXT    NOT NULL,
    template   TEXT    NOT NULL,
    remaining  INTEGER NOT NULL CHECK (remaining >= 0),
    PRIMARY KEY (account_id, template)
);

-- Each attempt to hand a message over. answer is 'called' until one came.
CREATE TABLE deliveries (
    message_id     TEXT    NOT NULL REFERENCES messages (id),
    n              INTEGER NOT NULL CHECK (n > 0),
    channel        TEXT    NOT NULL CHECK (channel IN ('sms', 'wechat')),
    answer         TEXT    NOT NULL CHECK (answer IN ('called', 'none', 'sent', 'rejected')),
    reason         TEXT    NOT NULL,
    called_at_ms   BIGINT  NOT NULL,
    answered_at_ms BIGINT  NOT NULL,
    PRIMARY KEY (message_id, n)
);
