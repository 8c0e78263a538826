// Package db is the one door to a city's database, SQLite (modernc) or PostgreSQL (pgx).
//
// A deed is a transaction: InTx runs a closure that may run again, so it must touch
// nothing but its Tx. Isolation is serializable on both engines.
//
//   - PostgreSQL: SERIALIZABLE; 40001 and 40P01 (and Citus' XX000 at COMMIT) run the
//     closure again, at most retriesMax times with jitter.
//   - SQLite: one writer goroutine takes what waits (at most batchMax deeds, no timer), runs
//     each closure under a savepoint, commits once, then answers. A deed that fails rolls
//     back alone. If the outer transaction dies, every unanswered deed runs again by itself.
//
// A driver error ends the deed (the Tx is poisoned), because PostgreSQL aborts the
// transaction anyway: expected duplicates use ON CONFLICT DO NOTHING and the row count.
// Lanes are keyed mutexes in this process, taken in sorted order before a connection is asked
// for, on PostgreSQL only (SQLite's writer is one lane for all); across processes serializability
// decides. A forgotten lane costs speed, never truth.
//
// Both engines read one SQL text with $N placeholders. Types: TEXT, BIGINT, INTEGER, BOOLEAN,
// BYTEA. ORDER BY ends in an id, never in human text; sums are CAST(SUM(x) AS BIGINT).
package db
