package db

// FeedNumber is the SQL expression that numbers an event at INSERT, and FeedHorizon the one below
// which no event can still appear. PostgreSQL: the deed's transaction id, read below the oldest
// running one, because sequence numbers become visible out of order. SQLite: commits are in
// order already. (A distributed engine would need a counter row taken in the deed.)
func (d *DB) FeedNumber() string {
	if d.dialect == postgres {
		return "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)"
	}
	return "0"
}

// FeedHorizon: see FeedNumber.
func (d *DB) FeedHorizon() string {
	if d.dialect == postgres {
		return "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)"
	}
	return "1"
}

// DB gives the database of the deed, for plumbing that must know how it numbers events.
func (t *Tx) DB() *DB { return t.d }
