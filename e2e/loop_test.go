package e2e

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

func moneyFen(n int64) money.Fen { return money.Fen(n) }

// Goal: from a vacancy to wages in the account within 24 hours, every row in its place.
func TestFirstPayday(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		p := c.accept(w, c.shift(3))
		r := c.work(w, p)
		if r.WorkedMin != 450 || r.LineID == "" {
			t.Fatalf("receipt %+v", r)
		}
		c.confirm(r.LineID)
		for range 12 {
			c.sweep(10 * time.Minute)
		}
		totals, err := c.Wages.Totals(context.Background(), c.DB)
		c.ok(err)
		if want := money.Fen(
			18_750,
		); totals.AccruedFen != want || totals.PaidFen != want ||
			totals.HeldFen != 0 {
			t.Errorf("totals %+v, want %d paid", totals, want)
		}
		due, in24h, late, _, err := c.Wages.Punctuality(
			context.Background(),
			c.DB,
			c.clk.Now().Add(24*time.Hour),
		)
		c.ok(err)
		if due != 1 || in24h != 1 || late != 0 {
			t.Errorf("due %d, within 24 h %d, late %d", due, in24h, late)
		}
		for q, want := range map[string]int64{
			`SELECT COUNT(*) FROM placements WHERE state = 'done'`:                  1,
			`SELECT COUNT(*) FROM contracts WHERE state = 'signed'`:                 1,
			`SELECT COUNT(*) FROM covers`:                                           1,
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'arrival'`:              1,
			`SELECT COUNT(*) FROM clock_events WHERE kind IN ('start', 'end')`:      2,
			`SELECT COUNT(*) FROM payouts WHERE state = 'confirmed'`:                1,
			`SELECT COUNT(*) FROM changes WHERE topic = 'attendance.clocked_in.v1'`: 1,
		} {
			if got := c.count(q); got != want {
				t.Errorf("%s: got %d, want %d", q, got, want)
			}
		}
		c.lawful()
	})
}

// Goal: fifty people want ten heads at once: ten get one, forty are told so, nothing is left over.
func TestFiftyForTen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		workers := make([]who, 50)
		for i := range workers {
			workers[i] = c.newWorker(i)
		}
		shiftID := c.shift(10)
		errs := make([]error, len(workers))
		var wg sync.WaitGroup
		for i, w := range workers {
			wg.Go(func() {
				_, errs[i] = c.Market.AcceptShift(w.ctx, market.Accept{ShiftID: shiftID, WorkerID: w.id,
					Keyed: deed.Key(fmt.Sprint("race", i))})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, "market.no_heads_left"):
				t.Errorf("a loser was told: %v", err)
			}
		}
		if n := c.count(
			`SELECT COUNT(*) FROM placements WHERE state = 'accepted'`,
		); won != 10 ||
			n != 10 {
			t.Errorf("%d won, %d placements", won, n)
		}
		c.lawful()
	})
}

// Goal: twenty repeats of one key at once are one deed with one answer.
func TestSameKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		in := market.Accept{Keyed: deed.Key("once"), ShiftID: c.shift(5), WorkerID: w.id}
		answers := make([]market.PlacementView, 20)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				var err error
				if answers[i], err = c.Market.AcceptShift(w.ctx, in); err != nil {
					t.Errorf("repeat %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		for _, a := range answers {
			if a.ID != answers[0].ID || a.ID == "" {
				t.Errorf("answers differ: %q, %q", a.ID, answers[0].ID)
			}
		}
		if n := c.count(`SELECT COUNT(*) FROM placements`); n != 1 {
			t.Errorf("%d placements", n)
		}
		in.ShiftID = c.shift(5)
		if _, err := c.Market.AcceptShift(w.ctx, in); !fault.Is(err, "deed.key_reused") {
			t.Errorf("same key, other input: %v", err)
		}
		c.lawful()
	})
}

// state counts everything that the deeds of the loop write.
func (c *town) state() string {
	s := ""
	for _, table := range []string{"placements", "postings", "contracts", "contract_evidence",
		"covers", "clock_events", "timesheets", "wage_lines", "payouts", "changes", "deeds"} {
		s += fmt.Sprintf("%s %d; ", table, c.count(`SELECT COUNT(*) FROM `+table))
	}
	return s + fmt.Sprint(
		"taken ",
		c.count(`SELECT CAST(COALESCE(SUM(taken), 0) AS BIGINT) FROM shifts`),
	)
}

// failingDrafts fails the last step of acceptance after having done it.
type failingDrafts struct{ market.Contracts }

func (f failingDrafts) DraftTx(
	ctx context.Context,
	tx *db.Tx,
	cmd contract.DraftCmd,
) (string, error) {
	if _, err := f.Contracts.DraftTx(ctx, tx, cmd); err != nil {
		return "", err
	}
	return "", errLastStep
}

// failingPlacements fails the last step of start and end after having done it.
type failingPlacements struct{ attendance.Placements }

func (f failingPlacements) StartTx(ctx context.Context, tx *db.Tx, id string) error {
	if err := f.Placements.StartTx(ctx, tx, id); err != nil {
		return err
	}
	return errLastStep
}

func (f failingPlacements) DoneTx(ctx context.Context, tx *db.Tx, id string) error {
	if err := f.Placements.DoneTx(ctx, tx, id); err != nil {
		return err
	}
	return errLastStep
}

// Goal: when the last step of accept, start or end fails, nothing of it remains.
func TestLastStepFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		shiftID := c.shift(3)
		deps := c.Market.Deps
		deps.Contracts = failingDrafts{deps.Contracts}
		broken := market.New(deps)
		unchanged := func(name string, deed func() error) {
			t.Helper()
			before := c.state()
			if err := deed(); err == nil {
				t.Errorf("%s did not fail", name)
			}
			if after := c.state(); after != before {
				t.Errorf("%s left something:\n%s\n%s", name, before, after)
			}
		}
		unchanged("accept", func() error {
			_, err := broken.AcceptShift(
				w.ctx,
				market.Accept{Keyed: c.key(), ShiftID: shiftID, WorkerID: w.id},
			)
			return err
		})
		p := c.accept(w, shiftID)
		c.sign(w, p.ContractID)
		c.clk.Set(p.StartsAt)
		clockDeps := c.Attendance.Deps
		clockDeps.Market = failingPlacements{clockDeps.Market}
		brokenClock := attendance.New(clockDeps)
		unchanged("start", func() error {
			_, err := brokenClock.ClockIn(w.ctx, c.gate(w, p.ID))
			return err
		})
		_, err := c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
		c.ok(err)
		c.clk.Set(p.EndsAt)
		unchanged("end", func() error {
			_, err := brokenClock.ClockOut(w.ctx, c.gate(w, p.ID))
			return err
		})
		_, err = c.Attendance.ClockOut(w.ctx, c.gate(w, p.ID))
		c.ok(err)
		c.lawful()
	})
}

// Goal: twenty racers start, end and confirm the same placement: one deed each.
func TestRacers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		p := c.accept(w, c.shift(3))
		c.sign(w, p.ContractID)
		race := func(name, loser string, deed func(key deed.Keyed) error) {
			t.Helper()
			errs := make([]error, 20)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { errs[i] = deed(keyed(name, i)) })
			}
			wg.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if !fault.Is(err, loser) {
					t.Errorf("%s: a loser was told %v", name, err)
				}
			}
			if won != 1 {
				t.Errorf("%s: %d winners", name, won)
			}
		}
		c.clk.Set(p.StartsAt)
		in := c.gate(w, p.ID)
		race("start", "attendance.already_started", func(k deed.Keyed) error {
			in := in
			in.Keyed = k
			_, err := c.Attendance.ClockIn(w.ctx, in)
			return err
		})
		c.clk.Set(p.EndsAt)
		out := c.gate(w, p.ID)
		race("end", "attendance.not_started", func(k deed.Keyed) error {
			out := out
			out.Keyed = k
			_, err := c.Attendance.ClockOut(w.ctx, out)
			return err
		})
		if n := c.count(`SELECT COUNT(*) FROM wage_lines`); n != 1 {
			t.Errorf("%d wage lines", n)
		}
		c.lawful()
	})
}

func keyed(name string, i int) deed.Keyed { return deed.Key(fmt.Sprint(name, i)) }

// Goal: a start without signature, consent or funds is refused, and the arrival stays on record.
func TestNotAdmitted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		p := c.accept(w, c.shift(3))
		c.clk.Set(p.StartsAt)
		in := c.gate(w, p.ID)
		for range 2 { // the same key again adds nothing
			if _, err := c.Attendance.ClockIn(w.ctx, in); !fault.Is(err, "contract.not_signed") {
				t.Fatalf("unsigned: %v", err)
			}
		}
		if a, r := c.count(`SELECT COUNT(*) FROM clock_events WHERE kind = 'arrival'`),
			c.count(`SELECT COUNT(*) FROM clock_events WHERE kind = 'refused'`); a != 1 || r != 1 {
			t.Errorf("%d arrivals, %d refusals", a, r)
		}
		c.sign(w, p.ContractID)
		if _, err := c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID)); err != nil {
			t.Errorf("after signing: %v", err)
		}
		forged := c.gate(w, p.ID)
		forged.Token = "FORGED"
		if _, err := c.Attendance.ClockOut(w.ctx, forged); !fault.Is(err, "station.qr_forged") {
			t.Errorf("forged: %v", err)
		}
		c.lawful()
	})
}

// Goal: an employer without money gets nobody, and the head stays free.
func TestUnfunded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		poor := c.newEmployer(2)
		v := c.vacancy(2)
		v.EmployerID, v.PlaceID = poor.id, poor.placeID
		got, err := c.Market.PublishVacancy(poor.ctx, v)
		c.ok(err)
		before := c.state()
		_, err = c.Market.AcceptShift(
			w.ctx,
			market.Accept{Keyed: c.key(), ShiftID: got.ShiftIDs[0], WorkerID: w.id},
		)
		if f := fault.As(err); f == nil || f.Kind != fault.Conflict {
			t.Errorf("unfunded: %v", err)
		}
		if after := c.state(); after != before {
			t.Errorf("left something:\n%s\n%s", before, after)
		}
	})
}

// Goal: offers that clash with an accepted shift are withdrawn with it; back to back is no clash.
func TestClashingOffers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		a, b := c.shift(2), c.shift(2)
		o, err := c.Market.OfferShift(c.employer.ctx, market.Offer{Keyed: c.key(), ShiftID: b,
			EmployerID: c.employer.id, WorkerID: w.id})
		c.ok(err)
		c.accept(w, a)
		if n := c.count(
			`SELECT COUNT(*) FROM placements WHERE id = $1 AND state = 'withdrawn'`,
			o.ID,
		); n != 1 {
			t.Error("the clashing offer still stands")
		}
		_, err = c.Market.AcceptShift(w.ctx, market.Accept{Keyed: c.key(), ShiftID: b, WorkerID: w.id})
		if !fault.Is(err, "market.clash") {
			t.Errorf("second shift at one time: %v", err)
		}
		next := c.vacancy(1)
		first := c.vacancy(1)
		next.Shifts[0].StartsAt = first.Shifts[0].EndsAt
		next.Shifts[0].EndsAt = first.Shifts[0].EndsAt.Add(2 * time.Hour)
		v, err := c.Market.PublishVacancy(c.employer.ctx, next)
		c.ok(err)
		c.accept(w, v.ShiftIDs[0])
		c.lawful()
	})
}

// Goal: who does not come frees the head and the money; who forgets to clock out is paid to the
// shift's end and may have it corrected, once.
func TestForgottenAndNoShow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		comes, stays := c.newWorker(1), c.newWorker(2)
		shiftID := c.shift(2)
		p, q := c.accept(comes, shiftID), c.accept(stays, shiftID)
		c.sign(comes, p.ContractID)
		c.clk.Set(p.StartsAt)
		_, err := c.Attendance.ClockIn(comes.ctx, c.gate(comes, p.ID))
		c.ok(err)
		c.sweep(61 * time.Minute)
		if n := c.count(
			`SELECT COUNT(*) FROM placements WHERE id = $1 AND state = 'no_show'`,
			q.ID,
		); n != 1 {
			t.Error("the no-show still has the head")
		}
		c.clk.Set(p.EndsAt)
		c.sweep(31 * time.Minute)
		if n := c.count(
			`SELECT worked_min FROM timesheets WHERE placement_id = $1 AND forgotten`,
			p.ID,
		); n != 450 {
			t.Fatalf("forgotten end: %d minutes", n)
		}
		cor, err := c.Attendance.AskCorrection(comes.ctx, attendance.AskCorrection{Keyed: c.key(),
			PlacementID: p.ID, WorkerID: comes.id, StartedAt: p.StartsAt,
			EndedAt: p.EndsAt.Add(20 * time.Minute), Reason: "多干了二十分钟"})
		c.ok(err)
		_, err = c.Attendance.AskCorrection(comes.ctx, attendance.AskCorrection{Keyed: c.key(),
			PlacementID: p.ID, WorkerID: comes.id, StartedAt: p.StartsAt, EndedAt: p.EndsAt, Reason: "x"})
		if !fault.Is(err, "attendance.correction_open") {
			t.Errorf("second request: %v", err)
		}
		_, err = c.Attendance.AnswerCorrection(c.employer.ctx, attendance.Answer{Keyed: c.key(),
			CorrectionID: cor.ID, EmployerID: c.employer.id, Grant: true})
		c.ok(err)
		totals, err := c.Wages.Totals(context.Background(), c.DB)
		c.ok(err)
		if want := money.MulDivHalfUp(
			2_500,
			470,
			60,
		); totals.AccruedFen != want ||
			totals.HeldFen != want {
			t.Errorf("totals %+v, want %d", totals, want)
		}
		c.lawful()
	})
}

// Goal: hours that nobody confirms confirm themselves after nine hours and are paid in time.
func TestAutoConfirm(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		c.work(w, c.accept(w, c.shift(1)))
		c.sweep(8 * time.Hour)
		if n := c.count(`SELECT COUNT(*) FROM wage_lines WHERE state = 'accrued'`); n != 1 {
			t.Errorf("confirmed too early")
		}
		c.sweep(61 * time.Minute)
		for range 12 {
			c.sweep(5 * time.Minute)
		}
		if n := c.count(`SELECT COUNT(*) FROM wage_lines WHERE state = 'paid'`); n != 1 {
			t.Errorf("not paid after 10 hours")
		}
		c.lawful()
	})
}
