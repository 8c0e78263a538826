package credit

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// gradesOf reads, for some employers, the computed grades, the overrides set last, and who stands
// in a public list.
func gradesOf(ctx context.Context, r db.Reader, ids []string, now time.Time) (
	grades map[string]Grade, overrides map[string]override, listed map[string]bool, err error,
) {
	grades, overrides = map[string]Grade{}, map[string]override{}
	listed = map[string]bool{}
	in, args := db.InList(ids)
	err = db.Each(ctx, r, `SELECT c.employer_id, g.grade FROM credit_standings c
		JOIN credit_grades g ON g.id = c.grade_id WHERE c.employer_id IN (`+in+`)`, args,
		func(scan func(...any) error) error {
			var id string
			var g Grade
			err := scan(&id, (*string)(&g))
			grades[id] = g
			return err
		})
	if err != nil {
		return nil, nil, nil, err
	}
	err = db.Each(ctx, r, `SELECT employer_id, grade, until_on FROM credit_appeals
		WHERE state = 'granted' AND employer_id IN (`+in+`) ORDER BY answered_ms, id`, args,
		func(scan func(...any) error) error {
			var id string
			var o override
			err := scan(&id, (*string)(&o.Grade), (*string)(&o.Until))
			overrides[id] = o // the last counts
			return err
		})
	if err != nil {
		return nil, nil, nil, err
	}
	in, args = db.InList(ids, clock.MS(now))
	return grades, overrides, listed, db.Each(ctx, r, `SELECT DISTINCT employer_id
		FROM credit_marks WHERE kind = 'listed' AND lifted_ms = 0 AND until_ms > $1
		AND employer_id IN (`+in+`)`, args, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		listed[id] = true
		return err
	})
}
