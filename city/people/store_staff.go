package people

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/db"
)

type staffRow struct{ ID, Name, Roles string }

// staff lists accounts with other roles than everybody's; the condition is that of the index.
func staff(
	ctx context.Context, r db.Reader, after string, limit int,
) ([]staffRow, error) {
	return db.List[staffRow](ctx, r, `SELECT id, name, roles FROM accounts WHERE roles <> ''
		AND roles <> 'worker' AND roles <> 'employer' AND roles <> 'supervisor'
		AND id > $1 ORDER BY id LIMIT $2`, after, limit)
}

func nameOf(ctx context.Context, r db.Reader, accountID string) (name string, err error) {
	err = db.Row(ctx, r, []any{&name}, `SELECT name FROM accounts WHERE id = $1`, accountID)
	if errors.Is(err, db.ErrNone) {
		err = noAccount()
	}
	return name, err
}
