package e2e

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

const days = 24 * time.Hour

// monthly publishes work by the month that is filled by application and begins in ten days.
func (c *town) monthly(heads int64) (vacancyID, shiftID string) {
	c.t.Helper()
	v := c.vacancy(heads)
	from := civil.DateOf(c.clk.Now()).AddDays(10).At(8 * 60)
	v.Settlement, v.PayUnit, v.RateFen, v.PlanID = market.Employer, "month", 520_000, ""
	v.Hire, v.WorkType, v.TermMonths = "offer", "full_time", 12
	v.Shifts[0].StartsAt, v.Shifts[0].EndsAt = from, from.Add(8*time.Hour)
	got, err := c.Market.PublishVacancy(c.employer.ctx, v)
	c.ok(err)
	return got.ID, got.ShiftIDs[0]
}

func (c *town) apply(w who, vacancyID string) market.ApplicationView {
	c.t.Helper()
	a, err := c.Market.Apply(w.ctx, market.Apply{Keyed: c.key(), VacancyID: vacancyID, WorkerID: w.id})
	c.ok(err)
	return a
}

func (c *town) choice(applicationID string) market.Choice {
	return market.Choice{Keyed: c.key(), ApplicationID: applicationID, EmployerID: c.employer.id}
}

func (c *town) shortlist(a market.ApplicationView) {
	c.t.Helper()
	_, err := c.Market.Shortlist(c.employer.ctx, c.choice(a.ID))
	c.ok(err)
}

func (c *town) offerTo(a market.ApplicationView, shiftID string) market.ApplicationView {
	c.t.Helper()
	o, err := c.Market.OfferApplication(c.employer.ctx,
		market.OfferApplicant{Choice: c.choice(a.ID), ShiftID: shiftID})
	c.ok(err)
	return o
}

// slotIn opens an interview slot of an hour.
func (c *town) slotIn(vacancyID string, after time.Duration, capacity int64) string {
	c.t.Helper()
	from := c.clk.Now().Add(after)
	s, err := c.Market.OpenInterviewSlot(c.employer.ctx, market.OpenSlot{Keyed: c.key(),
		VacancyID: vacancyID, EmployerID: c.employer.id, Address: "演示路1号", StartsAt: from,
		EndsAt: from.Add(time.Hour), Capacity: capacity})
	c.ok(err)
	return s.ID
}

func (c *town) book(w who, a market.ApplicationView, slotID string) (market.InterviewView, error) {
	return c.Market.BookInterview(w.ctx, market.Book{Keyed: c.key(), SlotID: slotID,
		ApplicationID: a.ID, WorkerID: w.id})
}

// stateOf gives an application's state.
func (c *town) stateOf(a market.ApplicationView) market.State {
	c.t.Helper()
	s, err := db.Get[string](context.Background(), c.DB,
		`SELECT state FROM applications WHERE id = $1`, a.ID)
	c.ok(err)
	return market.State(s)
}

func (c *town) mustBe(a market.ApplicationView, want market.State) {
	c.t.Helper()
	if got := c.stateOf(a); got != want {
		c.t.Errorf("the application is %s, want %s", got, want)
	}
}

// mustFail fails the test unless the error is that fault.
func (c *town) mustFail(err error, code string) {
	c.t.Helper()
	if !fault.Is(err, code) {
		c.t.Errorf("got %v, want %s", err, code)
	}
}

// told counts an account's messages of a template.
func (c *town) told(w who, template string) int {
	c.t.Helper()
	inbox, err := c.Notify.Inbox(w.ctx, notify.InboxOf{})
	c.ok(err)
	n := 0
	for _, m := range inbox.Messages {
		if m.Template == template {
			n++
		}
	}
	return n
}

// hire takes a worker from the wish to the acceptance, without an interview.
func (c *town) hire(
	w who, vacancyID, shiftID string,
) (market.ApplicationView, market.PlacementView) {
	c.t.Helper()
	a := c.apply(w, vacancyID)
	c.shortlist(a)
	c.offerTo(a, shiftID)
	return a, c.accept(w, shiftID)
}

// begin lets the worker of a placement start unsigned on the first day, and the day end.
func (c *town) begin(w who, p market.PlacementView) {
	c.t.Helper()
	c.clk.Set(p.StartsAt)
	_, err := c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
	c.ok(err)
	c.clk.Set(p.EndsAt)
	_, err = c.Attendance.ClockOut(w.ctx, c.gate(w, p.ID))
	c.ok(err)
}

// pass lets days go by, with the sweeps running.
func (c *town) pass(n int) {
	c.t.Helper()
	for range n {
		c.sweep(days)
	}
}

// Goal: from a wish to a job: shortlist, interview, offer, acceptance, arrival, start, each step in
// its place, and three counts that are never one.
func TestApplicationToStart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w, other := c.newWorker(1), c.newWorker(2)
		vacancyID, shiftID := c.monthly(2)
		a := c.apply(w, vacancyID)
		c.apply(other, vacancyID)
		_, err := c.Market.Apply(w.ctx,
			market.Apply{Keyed: c.key(), VacancyID: vacancyID, WorkerID: w.id})
		c.mustFail(err, "market.already_applied")
		slotID := c.slotIn(vacancyID, 2*days, 3)
		_, err = c.book(w, a, slotID)
		c.mustFail(err, "market.application_state")
		c.shortlist(a)
		if c.told(w, "shortlisted") != 1 {
			t.Error("the worker was not told of the shortlist")
		}
		early, err := c.book(w, a, slotID)
		c.ok(err)
		_, err = c.Market.RecordInterview(c.employer.ctx, market.Outcome{Keyed: c.key(),
			InterviewID: early.ID, EmployerID: c.employer.id, Outcome: "passed"})
		c.mustFail(err, "market.interview_early")
		later := c.slotIn(vacancyID, 3*days, 1)
		changed, err := c.book(w, a, later)
		c.ok(err)
		c.sweep(time.Hour)
		if c.told(w, "interview") != 0 {
			t.Error("reminded three days before")
		}
		c.clk.Set(changed.StartsAt.Add(-time.Hour))
		c.sweep(0)
		c.sweep(10 * time.Minute)
		if n := c.told(w, "interview"); n != 1 {
			t.Errorf("reminded %d times", n)
		}
		c.clk.Set(changed.EndsAt)
		_, err = c.Market.RecordInterview(c.employer.ctx, market.Outcome{Keyed: c.key(),
			InterviewID: changed.ID, EmployerID: c.employer.id, Outcome: "passed"})
		c.ok(err)
		o := c.offerTo(a, shiftID)
		p := c.accept(w, shiftID)
		totals, err := c.Wages.Totals(context.Background(), c.DB)
		c.ok(err)
		if p.ID != o.PlacementID || totals.HeldFen != 0 {
			t.Errorf("accepted %s, offered %s, held %d", p.ID, o.PlacementID, totals.HeldFen)
		}
		c.mustBe(a, market.Accepted)
		c.sign(w, p.ContractID)
		c.clk.Set(p.StartsAt.Add(-10 * time.Minute))
		_, err = c.Attendance.Arrive(w.ctx, c.gate(w, p.ID))
		c.ok(err)
		c.mustBe(a, market.Arrived)
		c.begin(w, p)
		c.mustBe(a, market.Started)
		c.counts(map[string]int64{"M04": 2, "M03/matched": 1, "M03/started": 1})
		if n := c.count(`SELECT COUNT(*) FROM contract_clocks`); n != 0 {
			t.Error("a clock runs beside a signed contract")
		}
		c.lawful()
	})
}

// counts compares gauges of the last and the next 90 days.
func (c *town) counts(want map[string]int64) {
	c.t.Helper()
	values, err := c.Market.Gauges(context.Background(), c.DB, c.clk.Now().Add(-120*days),
		c.clk.Now().Add(days))
	c.ok(err)
	got := map[string]int64{}
	for _, v := range values {
		got[strings.TrimSuffix(v.Code+"/"+v.Part, "/")] = v.Num
	}
	for name, n := range want {
		if got[name] != n {
			c.t.Errorf("%s is %d, want %d", name, got[name], n)
		}
	}
}

// Goal: twenty applicants race for the three seats of a slot: three sit, seventeen are told.
func TestInterviewSeats(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		vacancyID, _ := c.monthly(2)
		slotID := c.slotIn(vacancyID, days, 3)
		workers, wishes := make([]who, 20), make([]market.ApplicationView, 20)
		for i := range workers {
			workers[i] = c.newWorker(i)
			wishes[i] = c.apply(workers[i], vacancyID)
			c.shortlist(wishes[i])
		}
		errs := make([]error, len(workers))
		var wg sync.WaitGroup
		for i, w := range workers {
			wg.Go(func() {
				_, errs[i] = c.Market.BookInterview(w.ctx, market.Book{Keyed: keyed("seat", i),
					SlotID: slotID, ApplicationID: wishes[i].ID, WorkerID: w.id})
			})
		}
		wg.Wait()
		seated := -1
		for i, err := range errs {
			if err == nil {
				seated = i
				continue
			}
			c.mustFail(err, "market.slot_full")
			c.mustBe(wishes[i], market.Shortlisted)
		}
		if n := c.count(`SELECT COUNT(*) FROM interviews`); n != 3 || seated < 0 {
			t.Fatalf("%d seats booked", n)
		}
		roomy := c.slotIn(vacancyID, 2*days, 9)
		moved, err := c.book(workers[seated], wishes[seated], roomy)
		c.ok(err)
		again := -1
		for i, err := range errs { // the seat that was given up goes to somebody else
			if again < 0 && err != nil {
				again = i
				_, err := c.book(workers[i], wishes[i], slotID)
				c.ok(err)
			}
		}
		_, err = c.book(workers[seated], wishes[seated], slotID) // full: the change leaves all as it was
		c.mustFail(err, "market.slot_full")
		if n := c.count(`SELECT COUNT(*) FROM interviews WHERE id = $1 AND state = 'booked'`,
			moved.ID); n != 1 {
			t.Error("a change that failed cost the seat")
		}
		seated = again
		cancel := market.CancelBooking{Keyed: c.key(), ApplicationID: wishes[seated].ID,
			WorkerID: workers[seated].id}
		for range 2 { // the same key twice is once
			_, err := c.Market.CancelInterview(workers[seated].ctx, cancel)
			c.ok(err)
		}
		if n := c.count(`SELECT taken FROM interview_slots WHERE id = $1`, slotID); n != 2 {
			t.Errorf("%d seats taken after one was given back", n)
		}
		cancel.Keyed = c.key()
		_, err = c.Market.CancelInterview(workers[seated].ctx, cancel)
		c.mustFail(err, "market.interview_none")
		c.lawful()
	})
}

// Goal: a slot that is called off leaves nobody sitting: all are told and may book again, and the
// slot itself takes nobody any more.
func TestSlotCalledOff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w, other := c.newWorker(1), c.newWorker(2)
		vacancyID, _ := c.monthly(2)
		slotID := c.slotIn(vacancyID, days, 2)
		a, b := c.apply(w, vacancyID), c.apply(other, vacancyID)
		for who, wish := range map[who]market.ApplicationView{w: a, other: b} {
			c.shortlist(wish)
			_, err := c.book(who, wish, slotID)
			c.ok(err)
		}
		off := market.CancelSlot{Keyed: c.key(), SlotID: slotID, EmployerID: c.employer.id}
		for range 2 { // the same key twice is once
			_, err := c.Market.CancelInterviewSlot(c.employer.ctx, off)
			c.ok(err)
		}
		c.mustBe(a, market.Shortlisted)
		c.mustBe(b, market.Shortlisted)
		if c.told(w, "interview_off") != 1 || c.told(other, "interview_off") != 1 {
			t.Error("who had a seat was not told")
		}
		_, err := c.book(w, a, slotID)
		c.mustFail(err, "market.slot_begun")
		_, err = c.book(w, a, c.slotIn(vacancyID, 2*days, 1))
		c.ok(err)
		c.lawful()
	})
}

// Goal: an offer made past the applications answers the wish that is there.
func TestOfferAnswersWish(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		vacancyID, shiftID := c.monthly(1)
		a := c.apply(w, vacancyID)
		_, err := c.Market.OfferShift(c.employer.ctx, market.Offer{Keyed: c.key(), ShiftID: shiftID,
			EmployerID: c.employer.id, WorkerID: w.id})
		c.ok(err)
		c.mustBe(a, market.Offered)
		c.accept(w, shiftID)
		c.mustBe(a, market.Accepted)
		c.counts(map[string]int64{"M04": 1, "M03/matched": 1, "M03/started": 0})
		c.lawful()
	})
}

// Goal: a refusal has a coded reason, which the worker reads in plain words of both languages; who
// did not come to the interview may book another.
func TestRefusedApplicant(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w, absent := c.newWorker(1), c.newWorker(2)
		vacancyID, shiftID := c.monthly(2)
		a, b := c.apply(w, vacancyID), c.apply(absent, vacancyID)
		c.shortlist(a)
		c.shortlist(b)
		slotID := c.slotIn(vacancyID, time.Hour, 2)
		first, err := c.book(w, a, slotID)
		c.ok(err)
		second, err := c.book(absent, b, slotID)
		c.ok(err)
		c.clk.Set(first.EndsAt)
		for id, outcome := range map[string]string{first.ID: "refused", second.ID: "not_come"} {
			_, err := c.Market.RecordInterview(c.employer.ctx, market.Outcome{Keyed: c.key(),
				InterviewID: id, EmployerID: c.employer.id, Outcome: outcome})
			c.ok(err)
		}
		c.mustBe(a, market.Refused)
		c.mustBe(b, market.Shortlisted)
		if _, err := c.book(absent, b, c.slotIn(vacancyID, time.Hour, 1)); err != nil {
			t.Errorf("another slot: %v", err)
		}
		for lang, words := range map[string]string{"": "面试没有通过。",
			"en": "The interview was not passed."} {
			mine, err := c.Market.ListMyApplicationsPage(w.ctx,
				market.MyApplications{WorkerID: w.id, Lang: lang})
			c.ok(err)
			if got := mine.Applications[0]; got.Words != words || got.Reason != "interview" {
				t.Errorf("the worker reads %+v", got)
			}
		}
		_, err = c.Market.RefuseApplication(c.employer.ctx, market.RefuseApplicant{
			Choice: c.choice(b.ID), Reason: "looks"})
		c.mustFail(err, "market.refusal_code")
		o := c.offerTo(b, shiftID)
		_, err = c.Market.RefuseApplication(c.employer.ctx, market.RefuseApplicant{
			Choice: c.choice(b.ID), Reason: "filled"})
		c.ok(err)
		if n := c.count(`SELECT COUNT(*) FROM placements WHERE id = $1 AND state = 'withdrawn'`,
			o.PlacementID); n != 1 {
			t.Error("the offer outlives the refusal")
		}
		if n := c.count(`SELECT taken FROM interview_slots WHERE id <> $1`, slotID); n != 0 {
			t.Error("the seat outlives the refusal")
		}
		c.lawful()
	})
}

// Goal: a clerk puts a walk-in forward, who did is on record, and the worker can take it back; with
// an offer, the offer goes too.
func TestRecommended(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		vacancyID, shiftID := c.monthly(1)
		in := market.Recommend{Keyed: c.key(), VacancyID: vacancyID, WorkerID: w.id}
		_, err := c.Market.RecommendWorker(c.clerk, in)
		c.mustFail(err, "market.reason_missing")
		in.Note = "做过三年分拣"
		a, err := c.Market.RecommendWorker(c.clerk, in)
		c.ok(err)
		if a.RecommendedBy == "" || c.told(w, "recommended") != 1 {
			t.Errorf("recommended by %q, told %d times", a.RecommendedBy, c.told(w, "recommended"))
		}
		c.offerTo(a, shiftID)
		_, err = c.Market.WithdrawApplication(w.ctx,
			market.Withdraw{Keyed: c.key(), ApplicationID: a.ID, WorkerID: w.id})
		c.ok(err)
		_, err = c.Market.AcceptShift(w.ctx,
			market.Accept{Keyed: c.key(), ShiftID: shiftID, WorkerID: w.id})
		c.mustFail(err, "market.not_offered")
		c.lawful()
	})
}

// Goal: what nobody moves on lapses by itself: a wish after a month, an offer after a week.
func TestStaleApplications(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w, other := c.newWorker(1), c.newWorker(2)
		vacancyID, shiftID := c.monthly(1)
		a, b := c.apply(w, vacancyID), c.apply(other, vacancyID)
		c.offerTo(b, shiftID)
		c.pass(6)
		c.mustBe(b, market.Offered)
		c.pass(2)
		c.mustBe(b, market.Expired)
		if n := c.count(`SELECT COUNT(*) FROM placements WHERE state = 'offered'`); n != 0 {
			t.Error("the offer outlives its application")
		}
		c.mustBe(a, market.Applied)
		c.pass(23)
		c.mustBe(a, market.Expired)
		_, err := c.Market.Shortlist(c.employer.ctx, c.choice(a.ID))
		c.mustFail(err, "market.application_state")
		late := c.newWorker(3)
		_, err = c.Market.Apply(late.ctx,
			market.Apply{Keyed: c.key(), VacancyID: vacancyID, WorkerID: late.id})
		c.mustFail(err, "market.applications_closed")
		_, err = c.Market.Apply(late.ctx, market.Apply{Keyed: c.key(), WorkerID: late.id,
			VacancyID: c.vacancyOf(c.shift(1))})
		c.mustFail(err, "market.not_by_application")
		c.lawful()
	})
}

func (c *town) vacancyOf(shiftID string) string {
	c.t.Helper()
	v, err := c.Market.ShowShift(context.Background(), market.GetShift{ShiftID: shiftID})
	c.ok(err)
	return v.VacancyID
}

// Goal: an application follows its placement: called off, given back, not come and replaced, or
// withdrawn because the worker took other work at that time.
func TestApplicationFollows(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		first, second, third := c.newWorker(1), c.newWorker(2), c.newWorker(3)
		vacancyID, shiftID := c.monthly(1)
		a, p := c.hire(first, vacancyID, shiftID)
		b := c.apply(second, vacancyID)
		_, err := c.Market.OfferApplication(c.employer.ctx, market.OfferApplicant{
			Choice: c.choice(b.ID), ShiftID: shiftID, Replaces: a.ID})
		c.mustFail(err, "market.application_state") // the first may still come
		c.clk.Set(p.StartsAt)
		c.sweep(61 * time.Minute)
		c.mustBe(a, market.NoShow)
		nextVacancy, nextShift := c.monthly(1)
		clashing := c.apply(third, nextVacancy)
		c.offerTo(clashing, nextShift)
		otherVacancy, otherShift := c.monthly(1)
		d, _ := c.hire(third, otherVacancy, otherShift)
		c.mustBe(clashing, market.Withdrawn)
		e := c.apply(second, nextVacancy)
		c.offerTo(e, nextShift)
		f := c.apply(first, nextVacancy)
		_, err = c.Market.OfferApplication(c.employer.ctx, market.OfferApplicant{
			Choice: c.choice(f.ID), ShiftID: otherShift, Replaces: e.ID}) // another vacancy's shift
		c.mustFail(err, "market.shift_not_found")
		c.mustBe(e, market.Offered)
		_, err = c.Market.OfferApplication(c.employer.ctx, market.OfferApplicant{
			Choice: c.choice(f.ID), ShiftID: nextShift, Replaces: e.ID})
		c.ok(err)
		c.mustBe(e, market.Replaced)
		_, err = c.Market.CancelShift(c.employer.ctx, market.CancelShift{Keyed: c.key(),
			ShiftID: otherShift, EmployerID: c.employer.id, Reason: "停工"})
		c.ok(err)
		c.mustBe(d, market.CancelledByEmployer)
		q := c.accept(first, nextShift)
		_, err = c.Market.CancelPlacement(first.ctx, market.Leave{Keyed: c.key(), PlacementID: q.ID,
			WorkerID: first.id, Reason: "家里有事"})
		c.ok(err)
		c.mustBe(f, market.Withdrawn)
		c.lawful()
	})
}

// Goal: twenty repeats and twenty racers of one wish are one application; a page ends where the
// next begins.
func TestApplyOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		vacancyID, _ := c.monthly(1)
		errs := make([]error, 40)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = c.Market.Apply(w.ctx, market.Apply{Keyed: keyed("wish", max(i, 20)),
					VacancyID: vacancyID, WorkerID: w.id})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				c.mustFail(err, "market.already_applied")
			}
		}
		if n := c.count(`SELECT COUNT(*) FROM applications`); n != 1 || won != 1 && won != 21 {
			t.Errorf("%d applications, %d winners", n, won)
		}
		page, err := c.Market.ListApplicationsPage(c.employer.ctx,
			market.Applications{VacancyID: vacancyID, EmployerID: c.employer.id})
		c.ok(err)
		if len(page.Applications) != 1 || page.Next != "" {
			t.Errorf("page %+v", page)
		}
		c.lawful()
	})
}

// Goal: employer-settled work may start unsigned; then the month runs: a warning a week before,
// late and visible after it, and quiet once both have signed.
func TestOneMonthClock(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		vacancyID, shiftID := c.monthly(1)
		_, p := c.hire(w, vacancyID, shiftID)
		c.begin(w, p)
		clocks := func(late bool) []contract.ClockView {
			t.Helper()
			list, err := c.Contracts.FindClocks(c.employer.ctx,
				contract.Clocks{EmployerID: c.employer.id, Late: late})
			c.ok(err)
			return list.Clocks
		}
		running := clocks(false)
		if len(running) != 1 || running[0].State != contract.ClockRunning ||
			civil.DateOf(running[0].DueAt) != "2026-04-12" { // the first day is 12 March
			t.Fatalf("clocks %+v", running)
		}
		c.pass(22)
		if c.told(w, "contract_due") != 0 {
			t.Error("warned too early")
		}
		c.pass(2)
		if c.told(w, "contract_due") != 1 || c.told(c.employer, "contract_due") != 1 {
			t.Error("both sides must be warned, once")
		}
		c.lawful()
		c.pass(8)
		if len(clocks(true)) != 1 || c.told(w, "contract_late") != 1 ||
			c.told(c.employer, "contract_late") != 1 {
			t.Errorf("late clocks %+v", clocks(true))
		}
		c.lawful()
		c.sign(w, p.ContractID)
		if len(clocks(false)) != 0 {
			t.Error("the clock runs on after both have signed")
		}
		c.lawful()
	})
}

// Goal: the laws of clocks, slots, wishes and answers see a breach.
func TestEmploymentLaws(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		vacancyID, shiftID := c.monthly(1)
		slotID := c.slotIn(vacancyID, days, 2)
		a, p := c.hire(w, vacancyID, shiftID)
		c.begin(w, p)
		c.pass(31)
		shift := c.shift(1)
		gig := c.vacancyOf(shift)
		c.work(w, c.accept(w, shift))
		c.lawful()
		for _, breach := range []struct{ law, do, undo string }{
			{"ran out and nobody was told",
				`UPDATE contract_clocks SET state = 'running'`, `UPDATE contract_clocks SET state = 'late'`},
			{"says other than its contract",
				`UPDATE contract_clocks SET state = 'signed'`, `UPDATE contract_clocks SET state = 'late'`},
			{"before both had signed", `UPDATE contract_clocks SET started_at_ms = started_at_ms + 1`,
				`UPDATE contract_clocks SET started_at_ms = started_at_ms - 1`},
			{"counts other seats", `UPDATE interview_slots SET taken = 1 WHERE id = '` + slotID + `'`,
				`UPDATE interview_slots SET taken = 0`},
			{"other than its placement",
				`UPDATE applications SET state = 'withdrawn' WHERE id = '` + a.ID + `'`,
				`UPDATE applications SET state = 'started' WHERE id = '` + a.ID + `'`},
			{"on nobody's word", `UPDATE retention_checks SET verdict = 'there'`,
				`UPDATE retention_checks SET verdict = 'unknown'`},
			{"nobody follows it",
				`UPDATE vacancies SET settlement = 'employer', pay_unit = 'month' WHERE id = '` + gig + `'`,
				`UPDATE vacancies SET settlement = 'platform', pay_unit = 'hour' WHERE id = '` + gig + `'`},
		} {
			c.exec(breach.do)
			broken := fmt.Sprint(app.Violations(context.Background(), c.DB, c.clk.Now()))
			if !strings.Contains(broken, breach.law) {
				t.Errorf("%s: the checks say %s", breach.do, broken)
			}
			c.exec(breach.undo)
		}
		c.lawful()
	})
}

// exec breaks or mends the database behind the services' back.
func (c *town) exec(q string, args ...any) {
	c.t.Helper()
	_, err := db.InTx(context.Background(), c.DB,
		func(ctx context.Context, tx *db.Tx) (int64, error) { return tx.Exec(ctx, q, args...) })
	c.ok(err)
}

// Goal: after 30, 60 and 90 days it is asked whether the worker is still there. A yes counts, two
// words against each other and silence do not; who left is not asked again.
func TestRetention(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		stays, goes := c.newWorker(1), c.newWorker(2)
		vacancyID, shiftID := c.monthly(2)
		a, p := c.hire(stays, vacancyID, shiftID)
		b, q := c.hire(goes, vacancyID, shiftID)
		for w, id := range map[who]string{stays: p.ID, goes: q.ID} {
			c.clk.Set(p.StartsAt)
			_, err := c.Attendance.ClockIn(w.ctx, c.gate(w, id))
			c.ok(err)
		}
		c.pass(31)
		check := func(w who) market.RetentionView {
			t.Helper()
			list, err := c.Market.FindRetention(w.ctx, market.RetentionOf{WorkerID: w.id, Open: true})
			c.ok(err)
			if len(list.Checks) != 1 {
				t.Fatalf("open checks %+v", list.Checks)
			}
			return list.Checks[0]
		}
		answer := func(ctx context.Context, in market.AnswerRetention, want market.Verdict) {
			t.Helper()
			in.Keyed = c.key()
			v, err := c.Market.AnswerRetention(ctx, in)
			c.ok(err)
			if v.Verdict != want {
				t.Errorf("after %+v the verdict is %s", in, v.Verdict)
			}
		}
		mine, hers := check(stays), check(goes)
		answer(stays.ctx, market.AnswerRetention{CheckID: mine.ID, WorkerID: stays.id, There: true},
			market.There)
		_, err := c.Market.AnswerRetention(stays.ctx, market.AnswerRetention{Keyed: c.key(),
			CheckID: mine.ID, WorkerID: stays.id, There: true})
		c.mustFail(err, "market.retention_answered")
		_, err = c.Market.AnswerRetention(stays.ctx, market.AnswerRetention{Keyed: c.key(),
			CheckID: mine.ID, WorkerID: stays.id})
		c.mustFail(err, "market.leave_reason")
		answer(c.employer.ctx, market.AnswerRetention{CheckID: hers.ID, EmployerID: c.employer.id,
			There: true}, market.There)
		answer(goes.ctx, market.AnswerRetention{CheckID: hers.ID, WorkerID: goes.id, Reason: "pay"},
			market.Unknown)
		answer(c.clerk, market.AnswerRetention{CheckID: hers.ID, Reason: "pay"}, market.Left)
		c.pass(15)
		c.mustBe(b, market.Done)
		c.mustBe(a, market.Started)
		_, err = c.Market.AnswerRetention(c.employer.ctx, market.AnswerRetention{Keyed: c.key(),
			CheckID: mine.ID, EmployerID: c.employer.id, There: true})
		c.mustFail(err, "market.retention_closed")
		c.pass(60)
		c.mustBe(a, market.Done)
		c.counts(map[string]int64{"X01/day_30": 1, "X01/day_60": 0, "X01/day_90": 0, "X01/unknown": 2})
		if n := c.count(`SELECT COUNT(*) FROM retention_checks WHERE closed`); n != 6 {
			t.Errorf("%d checks are closed, want three for each", n)
		}
		if c.told(stays, "retention") != 3 || c.told(goes, "retention") != 1 {
			t.Error("who left was asked again, or who stayed was not")
		}
		c.lawful()
	})
}

// failingEmployment fails the last step of an employer-settled start after having done it.
type failingEmployment struct{ attendance.Placements }

func (f failingEmployment) EmployTx(ctx context.Context, tx *db.Tx, job market.Job) error {
	if err := f.Placements.EmployTx(ctx, tx, job); err != nil {
		return err
	}
	return errLastStep
}

// Goal: when the last step of an acceptance or a start of employer-settled work fails, neither
// application nor clock nor employment moves.
func TestEmploymentLastStepFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		vacancyID, shiftID := c.monthly(1)
		a := c.apply(w, vacancyID)
		c.offerTo(a, shiftID)
		deps := c.Market.Deps
		deps.Contracts = failingDrafts{deps.Contracts}
		before := c.rows()
		_, err := market.New(deps).AcceptShift(w.ctx,
			market.Accept{Keyed: c.key(), ShiftID: shiftID, WorkerID: w.id})
		if diff := before.changed(c.rows()); err == nil || diff != "" {
			t.Errorf("accept (%v) left %s", err, diff)
		}
		c.mustBe(a, market.Offered)
		p := c.accept(w, shiftID)
		c.clk.Set(p.StartsAt)
		gate := c.Attendance.Deps
		gate.Market = failingEmployment{gate.Market}
		in := c.gate(w, p.ID)
		before = c.rows()
		_, err = attendance.New(gate).ClockIn(w.ctx, in)
		if diff := before.changed(c.rows()); err == nil || diff != "" {
			t.Errorf("start (%v) left %s", err, diff)
		}
		c.mustBe(a, market.Accepted)
		_, err = c.Attendance.ClockIn(w.ctx, in)
		c.ok(err)
		c.mustBe(a, market.Started)
		c.lawful()
	})
}

// employ gives the cast of the role matrix an application with a booked interview, and a check.
func (t *town) employ(c *cast, w who) {
	t.t.Helper()
	vacancyID, shiftID := t.monthly(9)
	a := t.apply(w, vacancyID)
	t.shortlist(a)
	slotID := t.slotIn(vacancyID, time.Hour, 3)
	i, err := t.book(w, a, slotID)
	t.ok(err)
	const check = "rtn_test"
	t.exec(fmt.Sprintf(`INSERT INTO employments(placement_id, worker_id, employer_id, started_at_ms,
		state, next_day, next_due_ms) VALUES ('%s', '%s', '%s', 1, 'active', 0, 0)`,
		c.ids["done"], w.id, t.employer.id))
	t.exec(fmt.Sprintf(`INSERT INTO retention_checks(id, placement_id, worker_id, employer_id, day,
		due_at_ms, closes_at_ms, closed, verdict)
		VALUES ('%s', '%s', '%s', '%s', 30, 1, 4102444800000, FALSE, 'unknown')`,
		check, c.ids["done"], w.id, t.employer.id))
	for name, id := range map[string]string{"vacancy": vacancyID, "monthly": shiftID,
		"application": a.ID, "slot": slotID, "interview": i.ID, "check": check} {
		c.ids[name] = id
	}
}
