package attendance_test

import (
	"testing"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: the starts behind C02 are as many as it counts; each names its cover and the premium's
// entry, and one whose cover came too late is counted and named as not covered.
func TestFindStarts(t *testing.T) {
	each(t, func(b *bundle) {
		shift := b.shift(2)
		for n := range 2 {
			h, p := b.placedOn(n+1, shift)
			if n == 0 {
				b.clk.Set(p.StartsAt)
			}
			b.start(h, p)
		}
		ctx := people.WithActor(b.clerk, people.Actor{AccountID: "aud",
			Roles: []people.Role{people.RoleAuditor}})
		find := func() attendance.CountedStartList {
			t.Helper()
			list, err := b.s.FindStarts(ctx, attendance.CountedStarts{})
			if err != nil {
				t.Fatal(err)
			}
			day := civil.DateOf(b.clk.Now())
			values, err := b.s.Gauges(ctx, b.d, day.Midnight(), day.AddDays(1).Midnight())
			if err != nil || values[0].Num != list.Covered || values[0].Den != list.Count ||
				int64(len(list.Starts)) != list.Count {
				t.Fatalf("the figure is %+v, the list %+v, %v", values, list, err)
			}
			return list
		}
		list := find()
		if list.Count != 2 || list.Covered != 2 || list.Starts[0].WorkerName == "" ||
			list.Starts[0].Premium != "premium/"+list.Starts[0].CoverID {
			t.Fatalf("%+v", list)
		}
		b.exec(`UPDATE covers SET effective_at_ms = effective_at_ms + 1
			WHERE id = '` + list.Starts[0].CoverID + `'`)
		list = find()
		if list.Count != 2 || list.Covered != 1 || list.Starts[0].CoverID != "" ||
			list.Starts[1].CoverID == "" {
			t.Fatalf("%+v", list)
		}
		_, err := b.s.FindStarts(ctx, attendance.CountedStarts{From: "2026-13-01"})
		if !fault.Is(err, "civil.days") {
			t.Error(err)
		}
	})
}
