package slip

const find = `
	WITH paid AS (SELECT id FROM lines) SELECT id FROM paid`
