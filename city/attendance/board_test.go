package attendance_test

import (
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
)

// The board of a shift says of each head how far it is; times that have not come are not there.
func TestShowBoard(t *testing.T) {
	each(t, func(b *bundle) {
		shiftID := b.shift(3)
		worked, p := b.placedOn(1, shiftID)
		here, q := b.placedOn(2, shiftID)
		b.placedOn(3, shiftID)
		b.start(worked, p)
		must(b.s.Arrive(here, b.at(here, q)))(b.t)
		b.clk.Set(p.StartsAt.Add(time.Hour))
		rows := must(b.s.ShowBoard(b.boss, attendance.GetBoard{ShiftID: shiftID,
			EmployerID: b.employerID}))(b.t).Rows
		if len(rows) != 3 {
			b.t.Fatalf("rows: %+v", rows)
		}
		missing := 0
		for _, r := range rows {
			if r.WorkerName == "" || !r.EndedAt.IsZero() {
				b.t.Errorf("a row: %+v", r)
			}
			if r.ID == p.ID && (r.StartedAt.IsZero() || r.Missing) ||
				r.ID == q.ID && (r.ArrivedAt.IsZero() || !r.StartedAt.IsZero() || r.Missing) {
				b.t.Errorf("a row: %+v", r)
			}
			if r.Missing {
				missing++
			}
		}
		if missing != 1 {
			b.t.Errorf("%d are missing", missing)
		}
		b.clk.Set(p.EndsAt)
		must(b.s.ClockOut(worked, b.at(worked, p)))(b.t)
		rows = must(b.s.ShowBoard(b.boss, attendance.GetBoard{ShiftID: shiftID,
			EmployerID: b.employerID}))(b.t).Rows
		for _, r := range rows {
			if r.ID == p.ID && (r.WorkedMin == 0 || r.LineID == "" || r.EndedAt.IsZero()) {
				b.t.Errorf("who has worked: %+v", r)
			}
		}
	})
}
