-- +goose Up
-- The one-month clock of work that began before its contract was signed; see clock.go.
CREATE TABLE contract_clocks (
    placement_id  TEXT   PRIMARY KEY REFERENCES contracts (placement_id),
    state         TEXT   NOT NULL CHECK (state IN ('running', 'late', 'signed')),
    started_at_ms BIGINT NOT NULL,
    due_at_ms     BIGINT NOT NULL CHECK (due_at_ms > started_at_ms),
    warned_at_ms  BIGINT NOT NULL, -- 0: not yet
    late_at_ms    BIGINT NOT NULL  -- 0: never was
);
CREATE INDEX contract_clocks_running ON contract_clocks (due_at_ms, placement_id)
    WHERE state = 'running';
CREATE INDEX contract_clocks_late ON contract_clocks (due_at_ms, placement_id)
    WHERE state = 'late';
