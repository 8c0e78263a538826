package wage

const (
	find  = `SELECT id FROM lines ORDER BY id`
	put   = "INSERT INTO lines(id) VALUES ($1)"
	words = "SELECTED workers" // no statement
)
