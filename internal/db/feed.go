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

// FeedAfter is the condition on events behind the cursor ($1, $2), and FeedOrder their order, plain
// or descending: SQLite has seq for its key, and would sort the whole feed by anything else.
func (d *DB) FeedAfter() string {
	if d.dialect == postgres {
		return "(tx, seq) > ($1, $2)"
	}
	return "$1 = 0 AND seq > $2"
}

// FeedOrder: see FeedAfter. last asks for the last event first.
func (d *DB) FeedOrder(last bool) string {
	switch {
	case d.dialect != postgres && last:
		return "seq DESC"
	case d.dialect != postgres:
		return "seq"
	case last:
		return "tx DESC, seq DESC"
	}
	return "tx, seq"
}

// DB gives the database of the deed, for plumbing that must know how it numbers events.
func (t *Tx) DB() *DB { return t.d }
