-- +goose Up
-- Room on each page for the new version of a changed row. Without it PostgreSQL writes the version
-- elsewhere and with it a new entry into every index, and its serializable isolation, which watches
-- whole index pages, takes neighbours who clock in at one time for rivals.
ALTER TABLE balances SET (fillfactor = 40);
