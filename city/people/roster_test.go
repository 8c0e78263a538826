package people_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: an employer enters whom it employs; nobody is registered by it and the employer learns of
// nobody; the person, now or later, agrees or denies, and only then has the entry a worker.
func TestRoster(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		boss, firm := b.employer(t, phoneB, usccA)
		enter := func(id string) (people.RosterView, error) {
			return b.AddToRoster(boss, people.AddToRoster{Keyed: b.key(),
				EmployerID: firm.ID, Name: "王小明", IDNumber: id, Phone: "13800138009", Post: "分拣"})
		}
		answer := func(ctx context.Context, workerID, entryID string, agree bool) error {
			_, err := b.AnswerRoster(ctx, people.AnswerRoster{Keyed: b.key(), WorkerID: workerID,
				EntryID: entryID, Agree: agree})
			return err
		}
		v, err := enter(idA)
		if err != nil || v.State != people.RosterNamed || v.WorkerID != "" ||
			!strings.Contains(v.IDMasked, "****") || !strings.Contains(v.PhoneMasked, "****") {
			t.Fatalf("entered: %+v, %v", v, err)
		}
		if again, err := enter(idA); err != nil || again.ID != v.ID {
			t.Errorf("entered twice: %+v, %v", again, err)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM workers`); n != 0 {
			t.Errorf("%d workers were registered by it", n)
		}
		_, err = enter("330199201011240267")
		wantCode(t, "a child", err, "people.too_young")

		ctx, w := b.worker(t, phoneA, idA)
		mine, err := b.FindMyRosters(ctx, people.MyRosters{WorkerID: w.ID})
		if err != nil || len(mine.Entries) != 1 || mine.Entries[0].EmployerName == "" {
			t.Fatalf("the worker reads %+v, %v", mine, err)
		}
		wantCode(t, "denied", answer(ctx, w.ID, v.ID, false), "")
		_, err = enter(idA)
		wantCode(t, "entered again", err, "people.roster_denied")
		wantCode(t, "after all", answer(ctx, w.ID, v.ID, true), "")
		page, err := b.ListRosterPage(boss, people.Roster{EmployerID: v.EmployerID})
		if err != nil || len(page.Entries) != 1 || page.Entries[0].WorkerID != w.ID {
			t.Errorf("agreed: %+v, %v", page, err)
		}
		_, err = b.EndRosterEntry(boss, people.EndRosterEntry{Keyed: b.key(),
			EmployerID: v.EmployerID, EntryID: v.ID})
		wantCode(t, "left", err, "")
		wantCode(t, "agreed to what ended", answer(ctx, w.ID, v.ID, true), "people.roster_state")
		back, err := enter(idA)
		if err != nil || back.ID != v.ID || back.State != people.RosterNamed {
			t.Errorf("came back: %+v, %v", back, err)
		}
		if err := b.Check(ctx, d, clk.Now()); err != nil {
			t.Error(err)
		}
		b.exec(t, `UPDATE roster_entries SET post = '13800138000'`)
		if err := b.Check(ctx, d, clk.Now()); err == nil {
			t.Error("a number in clear: nobody noticed")
		}
	})
}
