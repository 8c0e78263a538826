package credit_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

func each(t *testing.T, fn func(t *testing.T, b *bundle)) {
	t.Helper()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) { fn(t, setup(t, d, clk)) })
}

const day = 24 * time.Hour

// Goal: the facts are counted as the words say: late by the employer's doing only, in the window
// only, and only what had time to settle; the grade explains itself in both languages.
func TestJudged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for range 7 {
			b.wage(10*day, 0, "")
		}
		b.wage(10*day, 30*time.Hour, "funds")  // two begun days late, the employer's
		b.wage(10*day, 5*time.Hour, "bank")    // the bank's
		b.wage(10*day, -1, "refused")          // the worker's card
		b.wage(10*day, 0, "funds")             // warned of, and yet in time
		b.wage(time.Hour, 0, "")               // has not settled
		b.wage(200*day, 10*time.Hour, "funds") // out of the window
		b.sweep()
		v := b.shown()
		if v.Facts.WagesDue != 11 || v.Facts.WagesLate != 1 || v.Facts.DaysLate != 2 ||
			v.Facts.Hours != 11 || v.Facts.HoursClock != 0 {
			t.Fatalf("facts: %+v", v.Facts)
		}
		// 40 × 1/11 at 10 % is 36, and 2 for the days.
		if v.Grade != credit.GradeB || v.Points != 62 || len(v.Reasons) != 2 ||
			v.Reasons[0].Words != "11 笔工资中有 1 笔逾期" || !strings.Contains(v.Appeal, "5 个工作日") {
			t.Errorf("got %+v", v)
		}
		en, err := b.ShowCredit(b.boss, credit.CreditOf{EmployerID: boss, Lang: "en"})
		ok(t, err)
		if en.Reasons[0].Words != "1 of 11 wages late" {
			t.Errorf("in English: %+v", en.Reasons)
		}
		if n := b.count(`SELECT COUNT(*) FROM messages WHERE template = 'credit_changed'`); n != 1 {
			t.Errorf("%d messages, want one", n)
		}
	})
}

// Goal: a day on which nothing is new writes nothing; a day on which something is writes a row and
// keeps the old one; an unpaid wage costs more every day.
func TestJudgedDaily(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for range 5 {
			b.wage(2*day, 0, "")
		}
		b.sweep()
		first := b.shown()
		b.clk.Add(day)
		b.sweep()
		if v := b.shown(); v.Grade != credit.GradeA || v.GradeID != first.GradeID {
			t.Errorf("nothing is new: %+v", v)
		}
		b.clk.Add(day)
		b.wage(3*day, -1, "funds")
		b.sweep()
		v := b.shown()
		b.clk.Add(day)
		b.sweep()
		if w := b.shown(); v.Facts.DaysLate != 3 || w.Facts.DaysLate != 4 || w.Points != v.Points-1 {
			t.Errorf("an unpaid wage: %+v then %+v", v.Facts, w.Facts)
		}
		if n := b.count(`SELECT COUNT(*) FROM credit_grades`); n != 3 {
			t.Errorf("%d rows, want 3", n)
		}
	})
}

// Goal: an employer who cannot be judged is told of, and keeps nobody else from being judged.
func TestJudgeGoesOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.row("vettings", map[string]any{"employer_id": "emp_0", "state": "vetted"})
		n, err := b.Sweeps()[0].Run(context.Background(), b.clk.Now())
		if n != 1 || err == nil || !strings.Contains(err.Error(), "emp_0") {
			t.Errorf("%d judged, %v", n, err)
		}
		if n := b.count(`SELECT COUNT(*) FROM credit_grades WHERE employer_id = $1`, boss); n != 1 {
			t.Errorf("%d grades behind one that failed", n)
		}
	})
}

// Goal: an insolvent employer's wages are late by its doing; what kept a wage later on takes no day
// of before away and adds none; the recount of the laws finds a late wage that is left out.
func TestReasonsStand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for range 5 {
			b.wage(10*day, 0, "")
		}
		b.wage(10*day, -1, "insolvent")
		b.wage(10*day, -1, "funds")
		b.exec(`UPDATE wage_warnings SET reason = 'refused' WHERE line_id = 'lin_0007'`)
		b.row("wage_reasons", map[string]any{"line_id": "lin_0007", "n": 2, "reason": "refused",
			"at_ms": clock.MS(b.clk.Now().Add(-8 * day))})
		b.wage(10*day, -1, "refused") // the worker's card from the beginning
		b.sweep()
		// Ten days and nearly a minute, and two of ten until the card was the reason.
		if f := b.shown().Facts; f.WagesLate != 2 || f.DaysLate != 10+2 {
			t.Fatalf("facts: %+v", f)
		}
		b.exec(`DELETE FROM wage_reasons WHERE line_id = 'lin_0006'`)
		if err := b.Check(context.Background(), b.d, b.clk.Now()); err == nil {
			t.Error("a late wage is left out of the grade, and nobody noticed")
		}
	})
}

// Goal: grade A for long enough is looked at less, grade C more; the deposit follows the grade, and
// a person's override too.
func TestEffects(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		effects := func() (int64, int64) {
			t.Helper()
			var deposit int64
			st, err := db.InTx(b.clerk, b.d, func(ctx context.Context, tx *db.Tx) (market.Standing, error) {
				var err error
				deposit, err = b.DepositBP(ctx, tx, boss, civil.DateOf(tx.Now))
				if err != nil {
					return market.Standing{}, err
				}
				return b.Stand(ctx, tx, boss)
			})
			ok(t, err)
			return st.PatrolBP, deposit
		}
		want := func(what string, patrol, deposit int64) {
			t.Helper()
			if p, d := effects(); p != patrol || d != deposit {
				t.Errorf("%s: patrol %d, deposit %d; want %d, %d", what, p, d, patrol, deposit)
			}
		}
		want("not rated", 1000, 10_000)
		for range 9 {
			b.wage(2*day, 0, "")
		}
		b.sweep()
		want("A since today", 1000, 5000)
		b.clk.Add(89 * day)
		b.sweep()
		want("A for 89 days", 1000, 5000)
		b.clk.Add(day + time.Hour)
		b.sweep()
		want("A for 90 days", 200, 5000)
		b.wage(2*day, -1, "hours")
		b.wage(2*day, -1, "hours")
		for range 9 {
			b.wage(3*day, -1, "hours")
		}
		b.clk.Add(day)
		b.sweep()
		want("C", 5000, 20_000)
		if g := b.shown(); g.Grade != credit.GradeC || g.DepositBP != 20_000 {
			t.Errorf("shown: %+v", g)
		}
	})
}

// Goal: what was known then stays what was known then: a payment, a warning or a listing of later
// changes no judgement of before.
func TestFactsStand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.wage(3*day, -1, "funds")
		b.sweep()
		b.clk.Add(time.Hour)
		now := clock.MS(b.clk.Now())
		b.exec(`UPDATE wage_lines SET state = 'paid', paid_at_ms = $1`, now)
		b.payout("lin_0001", now)
		_, err := b.ListEmployer(b.clerk, credit.List{Keyed: b.key(), EmployerID: boss, Source: "名单"})
		ok(t, err)
		ok(t, b.Check(context.Background(), b.d, b.clk.Now()))
	})
}

// Goal: what the employer calls off at short notice counts, in good time it does not; a worker who
// stood at the gate counts as turned away; what workers do counts nothing.
func TestCalledOff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.row("vacancies", map[string]any{"id": "vac_1", "employer_id": boss, "settlement": "platform",
			"pay_unit": "hour", "rate_fen": 1, "hire": "instant", "state": "published",
			"created_at_ms": clock.MS(b.clk.Now())})
		b.row("shifts", map[string]any{"id": "shf_1", "vacancy_id": "vac_1", "employer_id": boss,
			"ends_at_ms": 1, "heads": 9, "state": "open"})
		b.row("contract_offers", map[string]any{"id": "off_1", "shift_id": "shf_1", "heads": 9})
		starts := b.clk.Now().Add(20 * time.Hour)
		off := func(id string, state market.State, reason string) {
			b.row("placements", map[string]any{"id": id, "shift_id": "shf_1", "vacancy_id": "vac_1",
				"worker_id": id, "employer_id": boss, "state": string(state), "reason": reason,
				"starts_at_ms": clock.MS(starts), "made_at_ms": 1, "accepted_at_ms": 1})
			b.row("contracts", map[string]any{"id": id, "placement_id": id, "state": "void",
				"offer_id": "off_1", "worker_id": id, "employer_id": boss})
			b.row("contract_evidence", map[string]any{"contract_id": id, "n": 1, "kind": "voided",
				"at_ms": clock.MS(b.clk.Now())})
		}
		off("plc_early", market.CancelledByEmployer, "停工")
		b.clk.Set(starts.Add(-time.Hour))
		off("plc_short", market.CancelledByEmployer, "停工")
		off("plc_worker", market.CancelledByWorker, "病了")
		b.clk.Set(starts.Add(time.Hour))
		off("plc_gate", market.CancelledByEmployer, "not_admitted wage.not_held")
		off("plc_noshow", market.NoShow, "")
		b.clk.Add(2 * day)
		b.sweep()
		f := b.shown().Facts
		if f.Placed != 5 || f.Cancelled != 1 || f.TurnedAway != 1 || f.Vacancies != 1 {
			t.Errorf("facts: %+v", f)
		}
	})
}

// Goal: somebody on a public list, or with a wage that has had no money for a day, publishes
// nothing; when the cause is gone, so is the bar.
func TestZeroTolerance(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		stand := func() (market.Standing, error) {
			return db.InTx(context.Background(), b.d,
				func(ctx context.Context, tx *db.Tx) (market.Standing, error) {
					return b.Stand(ctx, tx, boss)
				})
		}
		if st, err := stand(); err != nil || st != (market.Standing{PatrolBP: 1000}) {
			t.Fatalf("a new employer: %+v, %v", st, err)
		}
		b.wage(0, -1, "")
		b.exec(`UPDATE wage_lines SET unfunded_fen = 1, end_at_ms = $1`,
			clock.MS(b.clk.Now().Add(-day+time.Second)))
		if _, err := stand(); err != nil {
			t.Errorf("a second before a day: %v", err)
		}
		b.clk.Add(time.Second)
		if _, err := stand(); !fault.Is(err, "credit.wages_unfunded") {
			t.Errorf("after a day: %v", err)
		}
		b.exec(`UPDATE wage_lines SET unfunded_fen = 0`)
		m, err := b.ListEmployer(b.clerk, credit.List{Keyed: b.key(), EmployerID: boss,
			Source: "人社〔2026〕1号"})
		ok(t, err)
		if m.Until != "2029-03-02" {
			t.Errorf("listed until %s, want three years", m.Until)
		}
		if _, err := stand(); !fault.Is(err, "credit.listed") {
			t.Errorf("listed: %v", err)
		}
		b.clk.Add(time.Hour)
		b.sweep()
		if v := b.shown(); v.Grade != credit.GradeC || v.DepositBP != 20_000 {
			t.Errorf("listed: %+v", v)
		}
		_, err = b.LiftListing(b.clerk, credit.Lift{Keyed: b.key(), MarkID: m.ID, Words: "已付清"})
		ok(t, err)
		if _, err := stand(); err != nil {
			t.Errorf("lifted: %v", err)
		}
		b.clk.Add(day)
		b.sweep()
		if v := b.shown(); v.Grade != credit.Unrated || v.DepositBP != 10_000 {
			t.Errorf("lifted: %+v", v)
		}
	})
}

// Goal: grade C waits while a case is open; grade A stands as anybody.
func TestStanding(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for range 5 {
			b.wage(2*day, 0, "")
		}
		b.sweep()
		stand := func(want market.Standing) {
			t.Helper()
			got, err := db.InTx(context.Background(), b.d,
				func(ctx context.Context, tx *db.Tx) (market.Standing, error) {
					return b.Stand(ctx, tx, boss)
				})
			if err != nil || got != want {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
		}
		stand(market.Standing{PatrolBP: 1000})
		for range 5 {
			b.wage(2*day, 20*day, "hours")
		}
		b.clk.Add(day)
		b.sweep()
		stand(market.Standing{PatrolBP: 5000})
		b.cases = 1
		stand(market.Standing{Wait: true, PatrolBP: 5000})
	})
}

// Goal: an appeal is answered by a person with a reason: granted, another grade counts until its
// last day and no longer, and the computed one stays beside it.
func TestAppeal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		in := credit.Appeal{Keyed: b.key(), EmployerID: boss, Words: "银行的原因"}
		if _, err := b.AppealGrade(b.boss, in); !fault.Is(err, "credit.no_grade") {
			t.Errorf("before any grade: %v", err)
		}
		b.sweep()
		a, err := b.AppealGrade(b.boss, in)
		ok(t, err)
		again, err := b.AppealGrade(b.boss, in)
		if err != nil || again.ID != a.ID || a.DueOn != "2026-03-09" {
			t.Errorf("the same key: %+v, %v", again, err)
		}
		in.Keyed = b.key()
		if _, err := b.AppealGrade(b.boss, in); !fault.Is(err, "credit.appeal_open") {
			t.Errorf("a second one: %v", err)
		}
		b.clk.Add(8 * day)
		queue, err := b.FindAppeals(b.clerk, credit.AppealQueue{})
		if err != nil || len(queue.Appeals) != 1 || !queue.Appeals[0].Overdue {
			t.Errorf("queue: %+v, %v", queue, err)
		}
		yes := credit.ReviewAppeal{Keyed: b.key(), AppealID: a.ID, Grant: true, Grade: credit.GradeA,
			Until: "2026-03-20", Words: "核实"}
		for code, bad := range map[string]credit.ReviewAppeal{
			"credit.words_missing":    {Keyed: b.key(), AppealID: a.ID},
			"credit.grade":            {Keyed: b.key(), AppealID: a.ID, Grant: true, Words: "w"},
			"credit.appeal_not_found": {Keyed: b.key(), AppealID: "cra_0", Words: "w"},
			"credit.until": {Keyed: b.key(), AppealID: a.ID, Grant: true, Words: "w",
				Grade: credit.GradeA, Until: "2026-12-31"},
		} {
			if _, err := b.ReviewAppeal(b.clerk, bad); !fault.Is(err, code) {
				t.Errorf("want %s, got %v", code, err)
			}
		}
		_, err = b.ReviewAppeal(b.clerk, yes)
		ok(t, err)
		if v := b.shown(); v.Grade != credit.GradeA || v.Computed != credit.Unrated ||
			v.Until != "2026-03-20" {
			t.Errorf("granted: %+v", v)
		}
		yes.Keyed = b.key()
		if _, err := b.ReviewAppeal(b.clerk, yes); !fault.Is(err, "credit.appeal_answered") {
			t.Errorf("answered twice: %v", err)
		}
		b.clk.Add(11 * day)
		if v := b.shown(); v.Grade != credit.Unrated || v.Until != "" {
			t.Errorf("after its last day: %+v", v)
		}
	})
}

// Goal: when telling the employer fails, nothing of the answer or of the grade happened.
func TestLastStep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for range 5 {
			b.wage(2*day, 0, "")
		}
		b.fail = errLastStep
		if _, err := b.Sweeps()[0].Run(context.Background(), b.clk.Now()); !errors.Is(err, errLastStep) {
			t.Fatalf("got %v", err)
		}
		if n := b.count(`SELECT (SELECT COUNT(*) FROM credit_grades)
			+ (SELECT COUNT(*) FROM credit_standings)`); n != 0 {
			t.Errorf("%d rows of a judgement that failed", n)
		}
		b.fail = nil
		b.sweep()
		a, err := b.AppealGrade(b.boss, credit.Appeal{Keyed: b.key(), EmployerID: boss, Words: "w"})
		ok(t, err)
		b.fail = errLastStep
		in := credit.ReviewAppeal{Keyed: b.key(), AppealID: a.ID, Words: "w"}
		if _, err := b.ReviewAppeal(b.clerk, in); !errors.Is(err, errLastStep) {
			t.Fatalf("got %v", err)
		}
		if n := b.count(`SELECT COUNT(*) FROM credit_appeals WHERE state = 'asked'`); n != 1 {
			t.Error("the appeal is answered although the answer failed")
		}
		b.fail = nil
		_, err = b.ReviewAppeal(b.clerk, in)
		ok(t, err)
	})
}

// Goal: of twenty clerks one answers an appeal.
func TestAppealRace(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.sweep()
		a, err := b.AppealGrade(b.boss, credit.Appeal{Keyed: b.key(), EmployerID: boss, Words: "w"})
		ok(t, err)
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, err := b.ReviewAppeal(b.clerk, credit.ReviewAppeal{Keyed: b.key(), AppealID: a.ID,
					Words: "w"})
				if err == nil {
					won.Add(1)
				} else if !fault.Is(err, "credit.appeal_answered") {
					t.Errorf("a loser hears %v", err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d winners", won.Load())
		}
	})
}

// Goal: Check finds a grade that its facts do not give, facts that the rows do not give, and an
// answer that nobody gave.
func TestCheckBlames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.wage(3*day, 0, "")
		b.sweep()
		_, err := b.AppealGrade(b.boss, credit.Appeal{Keyed: b.key(), EmployerID: boss, Words: "w"})
		ok(t, err)
		for _, c := range []struct{ breaks, mends, want string }{
			{`UPDATE credit_grades SET points = 99`, `UPDATE credit_grades SET points = 100`,
				"its facts give"},
			{`DELETE FROM wage_lines`, ``, "the rows say"},
			{`UPDATE credit_appeals SET state = 'denied'`, ``, "without a person"},
		} {
			b.exec(c.breaks)
			err := b.Check(context.Background(), b.d, b.clk.Now())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: got %v", c.breaks, err)
			}
			if c.mends != "" {
				b.exec(c.mends)
			} else {
				b.exec(`DELETE FROM credit_standings`)
			}
		}
	})
}

// Goal: an upheld complaint counts once, and no more when its decision fell.
func TestComplaintCounts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		do := func(fn func(context.Context, *db.Tx) error) {
			_, err := db.InTx(b.clerk, b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
				return true, fn(ctx, tx)
			})
			ok(t, err)
		}
		for range 2 {
			do(func(ctx context.Context, tx *db.Tx) error {
				return b.ComplaintUpheldTx(ctx, tx, boss, "cmp_1", "虚假岗位")
			})
		}
		b.clk.Add(time.Hour)
		b.sweep()
		if v := b.shown(); v.Facts.Complaints != 1 || v.Points != 85 || v.Grade != credit.GradeB {
			t.Errorf("upheld: %+v", v)
		}
		do(func(ctx context.Context, tx *db.Tx) error {
			return b.ComplaintFellTx(ctx, tx, "cmp_1", "复核后不成立")
		})
		b.clk.Add(day)
		b.sweep()
		if v := b.shown(); v.Facts.Complaints != 0 {
			t.Errorf("fell: %+v", v.Facts)
		}
	})
}
