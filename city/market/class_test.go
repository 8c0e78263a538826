package market_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// class opens a class so many millionths of a degree north of the first place, of two hours in
// two days, into which one can enrol until an hour before.
func (b *bundle) class(teaches string, northE6 int64, seats int) training.View {
	b.t.Helper()
	from := b.clk.Now().Add(48 * time.Hour)
	return must(b.classes.OpenClass(b.clerk, training.OpenClass{Keyed: b.key(), Title: "缝纫入门",
		Skill: teaches, Teacher: "周老师", Phone: "023-61234567", PlaceName: "职校", Address: "校路2号",
		Region: county, LonE6: lonHere, LatE6: latHere + northE6, Seats: int64(seats),
		Sessions: []training.Session{{StartsAt: from, EndsAt: from.Add(2 * time.Hour)}},
		ClosesAt: from.Add(-time.Hour)}))(b.t)
}

// Goal: who lacks one skill is shown the work that asks for it while a class near by teaches it and
// has a seat, with that class, and nobody is asked to do what they cannot do yet.
func TestTaughtNear(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		v := b.vacancy(2)
		v.Title, v.Required = "缝纫工", []string{"skill.sewing"}
		v.Shifts[0].StartsAt = v.Shifts[0].StartsAt.AddDate(0, 0, 7)
		v.Shifts[0].EndsAt = v.Shifts[0].EndsAt.AddDate(0, 0, 7)
		shift := b.publish(v)
		w, other := b.seeks(1, 0), b.seeks(2, 0)
		sees := func(when string, want bool) market.FoundWork {
			t.Helper()
			found := must(b.FindWork(w, market.FindWork{}))(t)
			if got := len(found.Items) == 1; got != want {
				t.Errorf("%s: %d items", when, len(found.Items))
			}
			why := must(b.ExplainWork(w, market.WhyShown{WorkerID: w.id, VacancyID: shift.ID}))(t)
			if why.Shown != want || len(why.Lacks) != 1 || (len(why.Lacks[0].Learn) > 0) != want {
				t.Errorf("%s: explained as %+v", when, why)
			}
			if err := b.CheckIndex(context.Background()); err != nil {
				t.Errorf("%s: %v", when, err)
			}
			return found
		}
		sees("no class", false)
		b.class("skill.sewing", 100_000, 5)
		b.class("skill.waiting", 10_000, 5)
		sees("too far, and another skill", false)
		c := b.class("skill.sewing", 50_000, 1)
		missing := sees("a class", true).Items[0].Missing
		if missing == nil || missing.Held != "no" || len(missing.Learn) != 1 ||
			missing.Learn[0].ClassID != c.ID || missing.Learn[0].MinutesAway != 28 ||
			missing.Learn[0].SeatsLeft != 1 || !missing.Learn[0].StartsAt.Equal(c.Sessions[0].StartsAt) {
			t.Errorf("what is missing: %+v", missing)
		}
		asked := must(b.FindCandidates(b.boss, market.FindCandidates{ShiftID: shift.ShiftIDs[0],
			EmployerID: b.boss.id}))(t)
		if len(asked.Candidates) != 0 {
			t.Errorf("who cannot do it yet is shown to the employer: %+v", asked)
		}
		seat := must(b.classes.Enrol(other, training.Enrol{Keyed: b.key(), ClassID: c.ID,
			WorkerID: other.id}))(t)
		sees("full", false)
		must(b.classes.Withdraw(other, training.Withdraw{Keyed: b.key(), EnrolmentID: seat.ID,
			WorkerID: other.id}))(t)
		sees("a seat given back", true)
		b.clk.Add(47 * time.Hour)
		sees("closed", false)
		c = b.class("skill.sewing", 0, 1)
		sees("another class", true)
		must(b.classes.CallOff(b.clerk, training.CallOff{Keyed: b.key(), ClassID: c.ID,
			Reason: "停电"}))(t)
		sees("called off", false)

		c = b.class("skill.sewing", 0, 1)
		seat = must(b.classes.Enrol(w, training.Enrol{Keyed: b.key(), ClassID: c.ID,
			WorkerID: w.id}))(t)
		b.clk.Add(49 * time.Hour)
		must(b.classes.CallRoll(b.clerk, training.CallRoll{Keyed: b.key(), ClassID: c.ID, Session: 1,
			Present: []string{seat.ID}}))(t)
		must(b.classes.Assess(b.clerk, training.Assess{Keyed: b.key(), EnrolmentID: seat.ID,
			Passed: true}))(t)
		found := must(b.FindWork(w, market.FindWork{}))(t)
		if len(found.Items) != 1 || found.Items[0].Missing != nil {
			t.Fatalf("who passed sees %+v", found.Items)
		}
		if _, err := b.accept(w, shift.ShiftIDs[0]); err != nil {
			t.Errorf("who passed takes it: %v", err)
		}
		has := must(b.skills.ShowWorkerSkills(w, skill.ShowWorkerSkills{WorkerID: w.id}))(t)
		if !slices.Equal(has.Assessed, []string{"skill.sewing"}) {
			t.Errorf("assessed: %+v", has)
		}
	})
}

// Goal: a class of which no event tells is found out.
func TestTaughtBroken(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		ctx := context.Background()
		b := setup(t, d, clk)
		b.publish(b.vacancy(3))
		c := b.class("skill.sewing", 0, 2)
		if err := b.CheckIndex(ctx); err != nil {
			t.Fatal(err)
		}
		must(db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE classes SET seats = seats + 1 WHERE id = $1`, c.ID)
		}))(t)
		if err := b.CheckIndex(ctx); err == nil {
			t.Error("a changed class is not found out")
		}
	})
}
