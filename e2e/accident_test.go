package e2e

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sandbox"
	"github.com/gongyi/gongyi/sim"
)

// phoneKey is the key of everybody's phone in these stories.
var phoneKey = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

// signingPhone registers a phone of the worker's and gives its id.
func (c *town) signingPhone(w who) string {
	c.t.Helper()
	d, err := c.Attendance.RegisterDevice(w.ctx, attendance.RegisterDevice{Keyed: c.key(),
		WorkerID: w.id, PublicKey: hex.EncodeToString(phoneKey.Public().(ed25519.PublicKey))})
	c.ok(err)
	return d.ID
}

// proposed is two hours of the worker's, of which the employer says that it was one.
func (c *town) proposed(w who) string {
	c.t.Helper()
	v := c.vacancy(1)
	v.Shifts[0].EndsAt, v.Shifts[0].BreakMin = v.Shifts[0].StartsAt.Add(2*time.Hour), 0
	published, err := c.Market.PublishVacancy(c.employer.ctx, v)
	c.ok(err)
	p := c.accept(w, published.ShiftIDs[0])
	c.work(w, p)
	return c.propose(p, -time.Hour)
}

func (c *town) propose(p market.PlacementView, by time.Duration) string {
	c.t.Helper()
	v, err := c.Attendance.ProposeTimes(c.employer.ctx, attendance.Propose{Keyed: c.key(),
		PlacementID: p.ID, EmployerID: c.employer.id, StartedAt: p.StartsAt,
		EndedAt: p.EndsAt.Add(by), Reason: "提前走了"})
	c.ok(err)
	return v.ID
}

// live lets hours pass, ten minutes at a time.
func (c *town) live(hours int) {
	c.t.Helper()
	for range hours * 6 {
		c.sweep(10 * time.Minute)
	}
}

// inTime fails the test unless all that was due came within its 24 hours.
func (c *town) inTime(lines int64) {
	c.t.Helper()
	due, in24h, late, _, err := c.Wages.Punctuality(context.Background(), c.DB, c.clk.Now())
	c.ok(err)
	if due != lines || in24h != lines || late != 0 {
		c.t.Errorf("%d due, %d in time, %d late; want %d in time", due, in24h, late, lines)
	}
}

// Story: Wang Fang stands at the gate of a warehouse that has too many people today. She goes home
// with an hour's pay, which is in her account the next day; the employer has a fact against it.
func TestStoryTurnedAway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		p := c.accept(w, c.shift(1))
		c.sign(w, p.ContractID)
		c.clk.Set(p.StartsAt)
		_, err := c.Attendance.Arrive(w.ctx, c.gate(w, p.ID))
		c.ok(err)
		_, err = c.Attendance.TurnAway(c.employer.ctx, attendance.TurnAway{Keyed: c.key(),
			PlacementID: p.ID, EmployerID: c.employer.id, Reason: "overstaffed"})
		c.ok(err)
		c.live(25)
		c.inTime(1)
		if n := c.count(`SELECT COUNT(*) FROM wage_lines WHERE state = 'paid' AND amount_fen = 2500
			AND pay_unit = 'waiting'`); n != 1 {
			t.Error("the waiting pay did not arrive")
		}
		if n := c.count(`SELECT COUNT(*) FROM turned_away WHERE employer_id = $1 AND blame = 'employer'`,
			c.employer.id); n != 1 {
			t.Error("nothing is counted against the employer")
		}
		c.lawful()
	})
}

// Story: a shift is called off two hours before. Those who had it get half of their day within 24
// hours, and may take another shift at once.
func TestStoryCalledOffLate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		shiftID := c.shift(3)
		c.accept(w, shiftID)
		got, err := c.Market.CancelShift(c.employer.ctx, market.CancelShift{Keyed: c.key(),
			ShiftID: shiftID, EmployerID: c.employer.id, Reason: "订单取消"})
		c.ok(err)
		if got.CompensationFen != 9_375 {
			t.Errorf("compensation %d", got.CompensationFen)
		}
		c.accept(w, c.shift(1))
		c.live(25)
		c.inTime(1)
		c.lawful()
	})
}

// Story: the employer finds that somebody left an hour early. Seven hours are paid at once; the
// worker is silent, and the hour comes too, within the same 24 hours.
func TestStoryDisputedHour(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		p := c.accept(w, c.shift(1))
		c.work(w, p)
		c.clk.Add(2 * time.Hour)
		c.propose(p, -time.Hour)
		c.live(1)
		if n := c.count(`SELECT COUNT(*) FROM wage_lines WHERE state = 'paid'
			AND amount_fen = 16250`); n != 1 {
			t.Error("the undisputed part has not arrived within the hour")
		}
		if n := c.count(`SELECT COUNT(*) FROM wage_lines WHERE state = 'disputed'`); n != 1 {
			t.Error("the disputed hour does not wait")
		}
		c.live(22)
		c.inTime(2)
		c.lawful()
	})
}

// Story: the gate lies in a dead spot. The phone signs the arrival; an hour later, on the bus, it
// tells of it over the public route, twice, because the first answer was lost.
func TestStoryOffline(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		p := c.accept(w, c.shift(1))
		device, token := c.signingPhone(w), c.session(w.phone)
		site := serve(c)
		c.clk.Set(p.StartsAt)
		at, code := c.clk.Now(), c.gate(w, p.ID).Token
		text := attendance.ArrivalText(p.ID, w.id, at, code)
		body := fmt.Sprintf(`{"worker_id": %q, "device_id": %q, "device_at": %q, "token": %q,
			"signature": %q}`, w.id, device, at.Format(time.RFC3339Nano), code,
			hex.EncodeToString(ed25519.Sign(phoneKey, []byte(text))))
		c.clk.Add(time.Hour)
		key := c.key().IdempotencyKey
		for range 2 {
			a := site.call(request{method: http.MethodPost, token: token, key: key, body: body,
				path: "/api/v1/placements/" + p.ID + "/offline-arrivals"})
			if a.status != http.StatusOK {
				t.Fatalf("upload: %d %s", a.status, a.body)
			}
		}
		if n := c.count(`SELECT COUNT(*) FROM clock_events WHERE means = 'offline'
			AND kind = 'arrival' AND at_ms = $1`, at.UnixMilli()); n != 1 {
			t.Errorf("%d offline arrivals", n)
		}
		if n := c.count(`SELECT COUNT(*) FROM clock_events WHERE kind = 'start'`); n != 0 {
			t.Error("an offline arrival is a start")
		}
		c.lawful()
	})
}

// Story: the insurer must confirm each placement. It loses answers, then refuses; both times the
// worker is told at the gate, and in the end paid for the waiting.
func TestStoryInsurer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		text := sim.PlanText()
		text.Mode = insurance.Confirmed
		plan, err := c.Insurance.CreatePlan(c.clerk, insurance.CreatePlan{Keyed: c.key(), PlanText: text})
		c.ok(err)
		c.planID, c.version = plan.ID, plan.Version
		fail := func(call string, kind sandbox.Fault, bp int64) {
			c.ok(c.box.SetFault(sandbox.Rule{Call: call, Kind: kind, RateBP: bp}))
		}
		lucky, unlucky := c.newWorker(1), c.newWorker(2)
		shiftID := c.shift(2)
		p, q := c.accept(lucky, shiftID), c.accept(unlucky, shiftID)
		c.sign(lucky, p.ContractID)
		c.sign(unlucky, q.ContractID)
		c.clk.Set(p.StartsAt.Add(-20 * time.Minute))
		fail("insurer.bordereaux", sandbox.LostAnswer, 10_000)
		if _, err := c.Attendance.ClockIn(lucky.ctx, c.gate(lucky, p.ID)); !fault.Is(err,
			"insurance.not_confirmed") {
			t.Errorf("before the answer: %v", err)
		}
		c.sweep(10 * time.Second)
		c.sweep(time.Minute) // asked again with the same key: the insurer has it
		_, err = c.Attendance.ClockIn(lucky.ctx, c.gate(lucky, p.ID))
		c.ok(err)
		fail("insurer.bordereaux", sandbox.None, 0)
		fail("insurer.decide", sandbox.Error, 10_000)
		_, err = c.Attendance.Arrive(unlucky.ctx, c.gate(unlucky, q.ID))
		c.ok(err)
		c.sweep(time.Minute)
		c.sweep(time.Minute)
		if n := c.count(`SELECT COUNT(*) FROM turned_away WHERE placement_id = $1
			AND blame = 'insurer' AND pay_fen = 2500`, q.ID); n != 1 {
			t.Error("the refused worker is not paid for the waiting")
		}
		if n := c.count(`SELECT COUNT(*) FROM covers`); n != 1 {
			t.Errorf("%d covers", n)
		}
		c.lawful()
	})
}

// Story: one worker, two phones in two hands, both at the gate: one start, and the other phone says
// that it is done.
func TestStoryTwoPhones(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		p := c.accept(w, c.shift(1))
		c.sign(w, p.ContractID)
		phones := []string{c.session(w.phone), c.session(w.phone)}
		site := serve(c)
		c.clk.Set(p.StartsAt)
		body := fmt.Sprintf(`{"worker_id": %q, "token": %q}`, w.id, c.gate(w, p.ID).Token)
		answers := make(chan answer)
		for _, token := range phones {
			key := c.key().IdempotencyKey
			go func() {
				answers <- site.call(request{method: http.MethodPost, token: token, key: key, body: body,
					path: "/api/v1/placements/" + p.ID + "/start"})
			}()
		}
		a, b := <-answers, <-answers
		if a.status != http.StatusOK {
			a, b = b, a
		}
		if a.status != http.StatusOK || b.Code != "attendance.already_started" {
			t.Errorf("the phones say %d %s and %d %s", a.status, a.Code, b.status, b.Code)
		}
		if n := c.count(`SELECT COUNT(*) FROM clock_events WHERE kind = 'start'`); n != 1 {
			t.Errorf("%d starts", n)
		}
		c.lawful()
	})
}

// Story: one of two has not come by half past. The employer presses replace; whoever finds the head
// first has it, works what is left of the day and is paid for that.
func TestStoryStepIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		late, stepsIn := c.newWorker(1), c.newWorker(2)
		p := c.accept(late, c.shift(1))
		c.clk.Set(p.StartsAt.Add(30 * time.Minute))
		_, err := c.Attendance.Replace(c.employer.ctx, attendance.Replace{Keyed: c.key(),
			PlacementID: p.ID, EmployerID: c.employer.id})
		c.ok(err)
		found, err := c.Market.FindReplacements(stepsIn.ctx, market.FindReplacements{Region: region})
		c.ok(err)
		if len(found.Shifts) != 1 || found.Shifts[0].ID != p.ShiftID {
			t.Fatalf("found %+v", found)
		}
		q := c.accept(stepsIn, p.ShiftID)
		c.sign(stepsIn, q.ContractID)
		_, err = c.Attendance.ClockIn(stepsIn.ctx, c.gate(stepsIn, q.ID))
		c.ok(err)
		if _, err := c.Attendance.ClockIn(late.ctx, c.gate(late, p.ID)); !fault.Is(err,
			"market.placement_state") {
			t.Errorf("the one who was replaced: %v", err)
		}
		c.clk.Set(q.EndsAt)
		r, err := c.Attendance.ClockOut(stepsIn.ctx, c.gate(stepsIn, q.ID))
		c.ok(err)
		if r.WorkedMin >= 450-29 || r.WorkedMin < 400 {
			t.Errorf("%d minutes", r.WorkedMin)
		}
		c.live(25)
		c.inTime(1)
		c.lawful()
	})
}
