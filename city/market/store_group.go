package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

func upsertGroup(
	ctx context.Context, tx *db.Tx, workerID string, m GroupMark, byID string,
) error {
	_, err := tx.Exec(ctx, `INSERT INTO worker_groups(worker_id, kind, source, until_on, by_id, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (worker_id, kind) DO UPDATE SET
		source = excluded.source, until_on = excluded.until_on, by_id = excluded.by_id,
		at_ms = excluded.at_ms`, workerID, string(m.Kind), m.Source, string(m.Until), byID,
		clock.MS(tx.Now))
	return err
}

func groupsOf(
	ctx context.Context, r db.Reader, workerID string, day civil.Date,
) ([]GroupMark, error) {
	list := []GroupMark{}
	err := db.Each(ctx, r, `SELECT kind, source, until_on FROM worker_groups WHERE worker_id = $1
		AND until_on >= $2 ORDER BY kind`, []any{workerID, string(day)},
		func(scan func(...any) error) error {
			var m GroupMark
			err := scan((*string)(&m.Kind), &m.Source, (*string)(&m.Until))
			list = append(list, m)
			return err
		})
	return list, err
}

// membersOf lists who is in a group on a day.
func membersOf(ctx context.Context, r db.Reader, g Group, day civil.Date) ([]string, error) {
	return db.List[string](ctx, r, `SELECT worker_id FROM worker_groups WHERE kind = $1
		AND until_on >= $2 ORDER BY until_on, worker_id LIMIT $3`, string(g), string(day),
		groupMembersMax)
}

func eraseGroups(ctx context.Context, tx *db.Tx, workerID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM worker_groups WHERE worker_id = $1`, workerID)
	return err
}
