package db

import (
	"context"
	"errors"
)

// Meta reads what the city says of itself under key; "" when nothing.
func Meta(ctx context.Context, r Reader, key string) (string, error) {
	var v string
	err := Row(ctx, r, []any{&v}, `SELECT value FROM meta WHERE key = $1`, key)
	if errors.Is(err, ErrNone) {
		return "", nil
	}
	return v, err
}

// SetMetaTx writes it.
func SetMetaTx(ctx context.Context, tx *Tx, key, value string) error {
	_, err := tx.Exec(ctx, `INSERT INTO meta(key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}
