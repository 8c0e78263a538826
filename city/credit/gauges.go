package credit

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges gives how many employers have which grade by rule, how many appeals wait and are overdue,
// and how long ago the feed was read and employers were judged.
func (s *Service) Gauges(
	ctx context.Context, r db.Reader, _, to time.Time,
) ([]gauge.Value, error) {
	out := []gauge.Value{}
	for _, g := range []Grade{GradeA, GradeB, GradeC, Unrated} {
		n, err := gradeCount(ctx, r, g)
		if err != nil {
			return nil, err
		}
		out = append(out, gauge.Value{Code: "credit.grades", Part: "grade_" + string(g), Num: n,
			Unit: "count"})
	}
	var open, overdue int64
	err := db.Row(ctx, r, []any{&open, &overdue}, `SELECT COUNT(*),
		COUNT(CASE WHEN due_on < $1 THEN 1 END) FROM credit_appeals WHERE state = 'asked'`,
		string(civil.DateOf(s.DB.Now())))
	if err != nil {
		return nil, err
	}
	out = append(out, gauge.Value{Code: "credit.appeals", Num: open, Unit: "count"},
		gauge.Value{Code: "credit.appeals", Part: "overdue", Num: overdue, Unit: "count"})
	var oldest int64
	err = db.Row(ctx, r, []any{&oldest}, `SELECT COALESCE(MIN(g.at_ms), 0) FROM credit_standings c
		JOIN credit_grades g ON g.id = c.grade_id WHERE c.judged_on < $1`,
		string(civil.DateOf(to.Add(-time.Millisecond)).AddDays(-1)))
	wait := int64(0)
	if oldest > 0 {
		wait = max(clock.MS(to)-oldest, 0)
	}
	return append(out, gauge.Value{Code: "credit.waiting", Num: wait, Unit: "ms"}), err
}

func gradeCount(ctx context.Context, r db.Reader, g Grade) (int64, error) {
	var n int64
	err := db.Row(ctx, r, []any{&n}, `SELECT COUNT(*) FROM credit_standings c
		JOIN credit_grades g ON g.id = c.grade_id WHERE g.grade = $1`, string(g))
	return n, err
}
