package wage

const find = `SELECT id FROM lines ORDER BY id`
