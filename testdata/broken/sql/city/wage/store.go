package wage

const (
	good  = `SELECT id, COUNT(*) FROM lines WHERE day = $1 GROUP BY id ORDER BY id`
	all   = `SELECT * FROM lines ORDER BY id`
	joint = `SELECT l.id, o.* FROM lines l JOIN owners o ON o.id = l.owner
		WHERE o.name LIKE $1 ORDER BY l.id`
	mean   = `SELECT AVG(amount) FROM lines`
	locked = `SELECT id FROM lines FOR UPDATE`
	words  = "people who would like to work"
)
