package credit_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
)

// done writes a placement of a worker that was worked to its end; the worker came so early.
func (b *bundle) done(id, worker string, early time.Duration) {
	b.t.Helper()
	if b.count(`SELECT COUNT(*) FROM vacancies`) == 0 {
		b.row("vacancies", map[string]any{"id": "vac_1", "employer_id": boss, "settlement": "platform",
			"pay_unit": "hour", "rate_fen": 1, "hire": "instant", "state": "published"})
	}
	b.row("shifts", map[string]any{"id": "shf_" + id, "vacancy_id": "vac_1", "employer_id": boss,
		"ends_at_ms": 1, "heads": 1, "state": "open"})
	b.row("placements", map[string]any{"id": id, "shift_id": "shf_" + id, "vacancy_id": "vac_1",
		"worker_id": worker, "employer_id": boss, "state": "done", "accepted_at_ms": 1,
		"starts_at_ms": clock.MS(b.clk.Now())})
	b.row("timesheets", map[string]any{"placement_id": id, "worker_id": worker, "employer_id": boss,
		"state": "ended", "arrived_at_ms": clock.MS(b.clk.Now().Add(-early))})
}

func worker(id string) context.Context {
	return people.WithActor(context.Background(), people.Actor{AccountID: "acc_" + id, WorkerID: id,
		Roles: []people.Role{people.RoleWorker}})
}

// Goal: each side speaks once, of work that was done by it; voices are shown from five on, and the
// employer never sees whose they are.
func TestFeedback(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for n := range 5 {
			id := fmt.Sprint("wrk_", n)
			b.done(fmt.Sprint("plc_", n), id, 0)
			if v := b.shown(); v.Voices != nil {
				t.Errorf("%d voices are shown: %+v", n, v.Voices)
			}
			in := credit.Feedback{Keyed: b.key(), PlacementID: fmt.Sprint("plc_", n), WorkerID: id,
				Paid: n > 0, Safe: true, TreatedWell: true}
			f, err := b.GiveFeedback(worker(id), in)
			ok(t, err)
			if again, err := b.GiveFeedback(worker(id), in); err != nil || again.ID != f.ID {
				t.Errorf("the same key: %+v, %v", again, err)
			}
			in.Keyed = b.key()
			if _, err := b.GiveFeedback(worker(id), in); !fault.Is(err, "credit.feedback_given") {
				t.Errorf("twice: %v", err)
			}
		}
		in := credit.Feedback{Keyed: b.key(), PlacementID: "plc_1", WorkerID: "wrk_2"}
		if _, err := b.GiveFeedback(worker("wrk_2"), in); !fault.Is(err, "credit.placement_not_found") {
			t.Errorf("of another's work: %v", err)
		}
		b.exec(`UPDATE placements SET state = 'started' WHERE id = 'plc_4'`)
		_, err := b.ThankWorker(b.boss, credit.Thanks{Keyed: b.key(), PlacementID: "plc_4",
			EmployerID: boss, Thanks: "careful"})
		if !fault.Is(err, "credit.not_done") {
			t.Errorf("before the end: %v", err)
		}
		b.exec(`UPDATE placements SET state = 'done' WHERE id = 'plc_4'`)
		v := b.shown()
		if v.Voices == nil || *v.Voices != (credit.Voices{All: 5, Paid: 4, Safe: 5, Treated: 5}) {
			t.Fatalf("voices: %+v", v.Voices)
		}
		list, err := b.FindFeedback(b.boss, credit.FeedbackOf{EmployerID: boss})
		if err != nil || len(list.Feedback) != 5 {
			t.Fatalf("list: %+v, %v", list, err)
		}
		for _, f := range list.Feedback {
			if f.PlacementID != "" || !f.At.IsZero() {
				t.Errorf("the employer sees whose it is: %+v", f)
			}
		}
		ids := make([]string, 0, len(list.Feedback))
		for _, f := range list.Feedback {
			ids = append(ids, f.ID)
		}
		if !slices.IsSorted(ids) || ids[0][:8] == ids[1][:8] && ids[1][:8] == ids[2][:8] {
			t.Errorf("the ids or their order tell when it was said: %v", ids)
		}
		b.lawfulFeedback()
	})
}

// lawfulFeedback proves the laws, and that one is broken by feedback on work that was not done.
func (b *bundle) lawfulFeedback() {
	b.t.Helper()
	ok(b.t, b.Check(context.Background(), b.d, b.clk.Now()))
	b.exec(`UPDATE placements SET state = 'no_show' WHERE id = 'plc_1'`)
	if b.Check(context.Background(), b.d, b.clk.Now()) == nil {
		b.t.Error("feedback on work that was not done passes")
	}
}

// Goal: an employer has a person look at a feedback; struck, it counts no more; once is enough.
func TestFeedbackAppeal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for n := range 6 {
			id := fmt.Sprint("wrk_", n)
			b.done(fmt.Sprint("plc_", n), id, 0)
			_, err := b.GiveFeedback(worker(id), credit.Feedback{Keyed: b.key(), WorkerID: id,
				PlacementID: fmt.Sprint("plc_", n), Paid: n > 0})
			ok(t, err)
		}
		list, err := b.FindFeedback(b.boss, credit.FeedbackOf{EmployerID: boss})
		ok(t, err)
		unpaid := slices.IndexFunc(list.Feedback, func(f credit.FeedbackView) bool {
			return f.Paid == "no"
		})
		id := list.Feedback[unpaid].ID
		appeal := credit.AppealFeedback{Keyed: b.key(), FeedbackID: id, EmployerID: boss, Words: "已付"}
		f, err := b.AppealFeedback(b.boss, appeal)
		if err != nil || f.State != "appealed" || f.PlacementID != "" {
			t.Errorf("appealed: %+v, %v", f, err)
		}
		strike := credit.ReviewFeedback{Keyed: b.key(), FeedbackID: id, Strike: true}
		if _, err := b.ReviewFeedback(b.clerk, strike); !fault.Is(err, "credit.words_missing") {
			t.Errorf("without a reason: %v", err)
		}
		strike.Words = "流水显示已付"
		_, err = b.ReviewFeedback(b.clerk, strike)
		ok(t, err)
		if v := b.shown(); v.Voices == nil || v.Voices.All != 5 || v.Voices.Paid != 5 {
			t.Errorf("struck: %+v", v.Voices)
		}
		appeal.Keyed = b.key()
		if _, err := b.AppealFeedback(b.boss, appeal); !fault.Is(err, "credit.feedback_state") {
			t.Errorf("again: %v", err)
		}
		appeal.FeedbackID = "fbk_0"
		if _, err := b.AppealFeedback(b.boss, appeal); !fault.Is(err, "credit.feedback_not_found") {
			t.Errorf("no such: %v", err)
		}
	})
}

// Goal: a worker's record counts what was good, and hidden it is shown to no employer.
func TestRecord(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.row("workers", map[string]any{"id": "wrk_1", "account_id": "acc_employer", "name": "王芳",
			"sex": "female", "birth_date": "1990-01-01", "id_blind": fmt.Sprintf("%064d", 2)})
		b.done("plc_1", "wrk_1", time.Minute)
		b.done("plc_2", "wrk_1", -time.Minute)
		for _, id := range []string{"plc_1", "plc_2"} {
			_, err := b.ThankWorker(b.boss, credit.Thanks{Keyed: b.key(), PlacementID: id,
				EmployerID: boss, Thanks: "careful"})
			ok(t, err)
		}
		own, err := b.ShowRecord(worker("wrk_1"), credit.RecordOf{WorkerID: "wrk_1"})
		if err != nil || own.Done != 2 || own.OnTime != 1 || own.Thanks["careful"] != 2 {
			t.Errorf("own: %+v, %v", own, err)
		}
		ask := credit.RecordOfPlacement{PlacementID: "plc_1", EmployerID: boss}
		if seen, err := b.ShowPlacedRecord(b.boss, ask); err != nil || seen.Done != 2 {
			t.Errorf("the employer sees %+v, %v", seen, err)
		}
		for hidden, want := range map[bool]int64{true: 0, false: 2} {
			_, err := b.HideRecord(worker("wrk_1"), credit.Hide{Keyed: b.key(), WorkerID: "wrk_1",
				Hidden: hidden})
			ok(t, err)
			seen, err := b.ShowPlacedRecord(b.boss, ask)
			if err != nil || seen.Done != want || seen.Hidden != hidden {
				t.Errorf("hidden %t: the employer sees %+v, %v", hidden, seen, err)
			}
		}
	})
}

// Goal: of twenty presses one feedback is kept.
func TestFeedbackRace(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.done("plc_1", "wrk_1", 0)
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, err := b.GiveFeedback(worker("wrk_1"), credit.Feedback{Keyed: b.key(),
					PlacementID: "plc_1", WorkerID: "wrk_1"})
				if err == nil {
					won.Add(1)
				} else if !fault.Is(err, "credit.feedback_given") {
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
