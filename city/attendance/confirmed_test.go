package attendance_test

import (
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/fault"
)

// confirming publishes a shift under a plan that the insurer must confirm, with a worker on it.
func (b *bundle) confirming(n int) (hand, market.PlacementView) {
	b.t.Helper()
	planID := b.plan("confirmed")
	v := b.vacancy(1)
	v.PlanID = planID
	shiftID := b.publish(v)
	h := b.worker(n)
	b.agree(h, planID)
	p := b.accept(h, shiftID)
	b.sign(h, p)
	return h, p
}

// Goal: under a confirmed plan the insurer is asked when the worker comes, and the start waits for
// its yes.
func TestConfirmedStart(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.confirming(1)
		b.clk.Set(p.StartsAt.Add(-10 * time.Minute))
		if _, err := b.s.ClockIn(h, b.at(h, p)); !fault.Is(err, "insurance.not_confirmed") {
			b.t.Errorf("before the answer: %v", err)
		}
		b.sweep(time.Minute)
		r := must(b.s.ClockIn(h, b.at(h, p)))(b.t)
		if r.CoverID == "" {
			b.t.Errorf("receipt %+v", r)
		}
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM cover_requests WHERE state = 'confirmed'`: 1,
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'refused'`:      1,
			`SELECT COUNT(*) FROM turned_away`:                              0})
		b.lawful()
	})
}

// Goal: an insurer that says no, or nothing for a quarter of an hour, sends nobody home unpaid: the
// outcome names the insurer, not the worker and not the employer.
func TestInsurerDenies(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.confirming(1)
		b.insurer.say("rejected", "职业类别不保", false)
		b.clk.Set(p.StartsAt)
		must(b.s.Arrive(h, b.at(h, p)))(b.t)
		b.sweep(time.Minute)
		b.sweep(0) // insurance first, then the gate
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM turned_away WHERE reason = 'insurance.refused' AND blame = 'insurer'
				AND pay_fen = 2500`: 1,
			`SELECT COUNT(*) FROM placements WHERE state = 'cancelled_by_employer'`: 1,
			`SELECT COUNT(*) FROM messages WHERE template = 'turned_away'`:          1})
		silent, q := b.confirming(2)
		b.insurer.say("", "", true)
		b.clk.Set(q.StartsAt)
		if _, err := b.s.ClockIn(silent, b.at(silent, q)); !fault.Is(err, "insurance.not_confirmed") {
			b.t.Errorf("silence: %v", err)
		}
		for range 14 {
			b.sweep(time.Minute)
		}
		b.want(map[string]int64{`SELECT COUNT(*) FROM turned_away`: 1})
		b.sweep(time.Minute)
		b.sweep(0)
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM turned_away WHERE reason = 'insurance.not_confirmed'
				AND blame = 'insurer' AND pay_fen = 2500`: 1,
			`SELECT COUNT(*) FROM covers`: 0})
		b.lawful()
	})
}
