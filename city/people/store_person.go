package people

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

func personsIn(ctx context.Context, r db.Reader, workerIDs []string) ([]personRow, error) {
	var out []personRow
	in, args := db.InList(workerIDs)
	err := db.Each(ctx, r, `SELECT w.id, w.name, w.sex, w.region, w.id_sealed,
		CASE WHEN c.worker_id IS NULL THEN a.phone_sealed ELSE c.phone_sealed END
		FROM workers w JOIN accounts a ON a.id = w.account_id
		LEFT JOIN closures c ON c.worker_id = w.id WHERE w.id IN (`+in+`)`, args,
		func(scan func(...any) error) error {
			var p personRow
			err := scan(&p.ID, &p.Name, (*string)(&p.Sex), &p.Region, &p.idSealed, &p.phoneSealed)
			out = append(out, p)
			return err
		})
	return out, err
}
