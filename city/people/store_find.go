package people

import (
	"context"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
)

func employerIDByUSCC(ctx context.Context, r db.Reader, uscc string) (string, error) {
	var id string
	err := db.Row(ctx, r, []any{&id}, `SELECT id FROM employers WHERE uscc = $1`, uscc)
	return id, err
}

// employersNamed gives employers whose id or credit code is among the names.
func employersNamed(ctx context.Context, r db.Reader, names []string) ([]Employer, error) {
	in, args := db.InList(names)
	return scanEmployers(ctx, r, `id IN (`+in+`) OR uscc IN (`+in+`)`, args...)
}

func eachWorkerAfter(ctx context.Context, r db.Reader, after string, limit int,
	fn func(w Worker, sealed []byte) error) error {
	return db.Each(ctx, r, `SELECT id, account_id, name, sex, birth_date, region, id_sealed
		FROM workers WHERE id > $1 ORDER BY id LIMIT $2`, []any{after, limit},
		func(scan func(...any) error) error {
			var w Worker
			var sex, birth string
			var sealed []byte
			err := scan(&w.ID, &w.AccountID, &w.Name, &sex, &birth, &w.Region, &sealed)
			if err != nil {
				return err
			}
			w.Sex, w.BirthDate = Sex(sex), civil.Date(birth)
			return fn(w, sealed)
		})
}

// employersAfter lists employers by id; words, if there are any, stand in name or credit code.
func employersAfter(
	ctx context.Context, r db.Reader, after, words string, limit int,
) ([]Employer, error) {
	return scanEmployers(ctx, r, `id > $1
		AND ($2 = '' OR REPLACE(LOWER(name), LOWER($2), '') <> LOWER(name)
		OR REPLACE(LOWER(uscc), LOWER($2), '') <> LOWER(uscc)) ORDER BY id LIMIT $3`, after, words,
		limit)
}

func scanEmployers(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]Employer, error) {
	var list []Employer
	err := db.Each(ctx, r, `SELECT id, account_id, uscc, name, address, principal, region
		FROM employers WHERE `+where, args, func(scan func(...any) error) error {
		var e Employer
		err := scan(&e.ID, &e.AccountID, &e.USCC, &e.Name, &e.Address, &e.Principal, &e.Region)
		list = append(list, e)
		return err
	})
	return list, err
}
