package db

const mayKnow = `SELECT pg_advisory_lock(id) FROM locks FOR UPDATE`
