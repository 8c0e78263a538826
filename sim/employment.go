package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/deed"
)

const (
	hiresByMonthBP = 4000 // employers that also look for people by the month
	monthlyBP      = 3500 // on so many of their days they publish a vacancy of that kind
	wantsSteadyBP  = 600  // a worker applies for steady work on six days of a hundred
	walksInBP      = 1500 // of those, so many ask at a desk, and a clerk recommends them
	seatsMax       = 6
)

// recruit is an employer publishing work by the month in the morning.
func (w *world) recruit(ctx context.Context, now int) error {
	for n, e := range w.employers {
		if !e.known() || !w.due(9*60+30+w.n(60, "recruits", n), now) ||
			!w.chance(hiresByMonthBP, "hires by the month", n) ||
			!w.chance(monthlyBP, "monthly", n, w.day) {
			continue
		}
		t := trades[w.n(len(trades), "steady trade", n, w.day)]
		from := civil.DateOf(w.clk.Now()).AddDays(4 + w.n(3, "first day", n, w.day)).At(8 * 60)
		_, err := w.city.Market.PublishVacancy(e.as(ctx), market.Publish{
			Keyed:      deed.Key(fmt.Sprintf("sim/monthly/%d/%d", n, w.day)),
			EmployerID: e.EmployerID, PlaceID: e.PlaceID, Settlement: market.Employer,
			WorkType: "full_time", Title: t.title + "（长期）", Content: t.content,
			Occupation: t.occupation, PayUnit: "month", RateFen: 480_000, TermMonths: 12, Hire: "offer",
			Shifts: []market.ShiftPlan{{StartsAt: from, EndsAt: from.Add(8 * time.Hour), BreakMin: 60,
				Heads: int64(1 + w.n(4, "steady heads", n, w.day))}}})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// wish is a worker applying for steady work, at home or through the clerk at a desk.
func (w *world) wish(ctx context.Context, now int) error {
	var open []string
	for n, a := range w.workers {
		if !a.known() || !w.due(12*60+w.n(6*60, "browses", n, w.day), now) ||
			!w.chance(wantsSteadyBP, "wants steady work", n, w.day) {
			continue
		}
		if open == nil {
			var err error
			if open, err = monthlyVacancies(ctx, w.city.DB, w.clk.Now()); err != nil {
				return err
			}
		}
		if len(open) == 0 {
			return nil
		}
		in := market.Apply{Keyed: deed.Key(fmt.Sprintf("sim/wish/%d/%d", n, w.day)),
			VacancyID: open[w.n(len(open), "wishes", n, w.day)], WorkerID: a.WorkerID}
		var err error
		if w.chance(walksInBP, "walks in", n, w.day) {
			in.Note = "驿站窗口推荐（演示）"
			_, err = w.city.Market.RecommendWorker(w.clerk.as(ctx), market.Recommend(in))
		} else {
			_, err = w.city.Market.Apply(a.as(ctx), in)
		}
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// screen is an employer going through its applicants in the late afternoon: most are shortlisted,
// some refused, and for those a slot is opened for tomorrow morning.
func (w *world) screen(ctx context.Context, now int) error {
	for n, e := range w.employers {
		if !e.known() || !w.due(16*60+30+w.n(60, "screens", n), now) {
			continue
		}
		wishes, err := applicants(ctx, w.city.DB, e.EmployerID, string(market.Applied))
		if err != nil {
			return err
		}
		vacancies := map[string]bool{}
		for _, a := range wishes {
			if err := w.shortlist(ctx, e, a); err != nil {
				return err
			}
			if vacancies[a.VacancyID] {
				continue
			}
			vacancies[a.VacancyID] = true
			from := civil.DateOf(w.clk.Now()).AddDays(1).At(10 * 60)
			_, err := w.city.Market.OpenInterviewSlot(e.as(ctx), market.OpenSlot{
				Keyed:     deed.Key(fmt.Sprintf("sim/slot/%s/%d", a.VacancyID, w.day)),
				VacancyID: a.VacancyID, EmployerID: e.EmployerID, Address: "面试地点（演示）",
				StartsAt: from, EndsAt: from.Add(2 * time.Hour),
				Capacity: int64(1 + w.n(seatsMax, "seats", a.VacancyID, w.day))})
			if _, err := w.did(err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *world) shortlist(ctx context.Context, e actor, a applicant) error {
	choice := market.Choice{Keyed: deed.Key("sim/screen/" + a.ID), ApplicationID: a.ID,
		EmployerID: e.EmployerID}
	var err error
	if w.chance(2500, "refused on paper", a.ID) {
		codes := []string{"filled", "experience", "certificate", "hours"}
		_, err = w.city.Market.RefuseApplication(e.as(ctx), market.RefuseApplicant{Choice: choice,
			Reason: codes[w.n(len(codes), "refusal", a.ID)]})
	} else {
		_, err = w.city.Market.Shortlist(e.as(ctx), choice)
	}
	_, err = w.did(err)
	return err
}

// bookSeats is a shortlisted worker booking an interview in the evening; some think better of it.
func (w *world) bookSeats(ctx context.Context, now int) error {
	if now%30 != 0 || now < 18*60 || now > 22*60 {
		return nil
	}
	wishes, err := applicants(ctx, w.city.DB, "", string(market.Shortlisted))
	if err != nil {
		return err
	}
	for _, a := range wishes {
		if now < 18*60+30*w.n(7, "books", a.ID) {
			continue
		}
		who := w.workerOf(a.WorkerID)
		if w.chance(2*w.cfg.FaultsBP, "thinks better of it", a.ID) {
			_, err = w.city.Market.WithdrawApplication(who.as(ctx), market.Withdraw{
				Keyed: deed.Key("sim/withdraw/" + a.ID), ApplicationID: a.ID, WorkerID: a.WorkerID})
			if _, err := w.did(err); err != nil {
				return err
			}
			continue
		}
		if err := w.bookSeat(ctx, who, a, now); err != nil {
			return err
		}
	}
	return nil
}

// bookSeat tries the slots of the vacancy in turn.
func (w *world) bookSeat(ctx context.Context, who actor, a applicant, now int) error {
	found, err := w.city.Market.FindInterviewSlots(ctx, market.SlotsOf{VacancyID: a.VacancyID})
	if err != nil {
		return err
	}
	for _, slot := range found.Slots {
		if slot.Left == 0 {
			continue
		}
		_, err := w.city.Market.BookInterview(who.as(ctx), market.Book{
			Keyed:  deed.Key(fmt.Sprintf("sim/book/%s/%s/%d/%d", a.ID, slot.ID, w.day, now)),
			SlotID: slot.ID, ApplicationID: a.ID, WorkerID: a.WorkerID})
		if ok, err := w.did(err); err != nil || ok {
			return err
		}
	}
	return nil
}

// callOffSlots is an employer calling an interview slot off on its morning.
func (w *world) callOffSlots(ctx context.Context, now int) error {
	if !w.due(8*60, now) {
		return nil
	}
	slots, err := slotsOfDay(ctx, w.city.DB, w.clk.Now())
	if err != nil {
		return err
	}
	for _, s := range slots {
		if !w.chance(w.cfg.FaultsBP, "slot called off", s.ID) {
			continue
		}
		_, err := w.city.Market.CancelInterviewSlot(w.employerOf(s.EmployerID).as(ctx),
			market.CancelSlot{Keyed: deed.Key("sim/slotoff/" + s.ID), SlotID: s.ID,
				EmployerID: s.EmployerID})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// interview is an employer saying, when a slot is over, who came, and offering the work to who
// passed.
func (w *world) interview(ctx context.Context, now int) error {
	if now%30 != 0 {
		return nil
	}
	over, err := interviewed(ctx, w.city.DB, w.clk.Now())
	if err != nil {
		return err
	}
	for _, a := range over {
		e := w.employerOf(a.EmployerID)
		outcome := market.Passed
		switch {
		case w.chance(2*w.cfg.FaultsBP, "not at the interview", a.InterviewID):
			outcome = market.NotCome
		case w.chance(2500, "not passed", a.InterviewID):
			outcome = market.Refused
		}
		_, err := w.city.Market.RecordInterview(e.as(ctx), market.Outcome{
			Keyed: deed.Key("sim/outcome/" + a.InterviewID), InterviewID: a.InterviewID,
			EmployerID: e.EmployerID, Outcome: outcome})
		if ok, err := w.did(err); err != nil {
			return err
		} else if !ok || outcome != market.Passed {
			continue
		}
		if err := w.offerPassed(ctx, e, a); err != nil {
			return err
		}
	}
	return nil
}

// offerPassed offers the work to who passed; when it has begun without them, they are told.
func (w *world) offerPassed(ctx context.Context, e actor, a applicant) error {
	choice := market.Choice{Keyed: deed.Key("sim/offer/" + a.ID), ApplicationID: a.ID,
		EmployerID: e.EmployerID}
	_, err := w.city.Market.OfferApplication(e.as(ctx),
		market.OfferApplicant{Choice: choice, ShiftID: a.ShiftID})
	if ok, err := w.did(err); err != nil || ok {
		return err
	}
	_, err = w.city.Market.RefuseApplication(e.as(ctx),
		market.RefuseApplicant{Choice: choice, Reason: "filled"})
	_, err = w.did(err)
	return err
}

// putsOffSigning tells a worker with work by the month who signs when somebody insists: within
// the month mostly, some after it.
func (w *world) putsOffSigning(t task) bool {
	wait := time.Duration(1+w.n(40, "signs after days", t.ID)) * 24 * time.Hour
	return t.PlaceID == string(market.Employer) && w.chance(3000, "puts off signing", t.ID) &&
		w.clk.Now().Before(t.At.Add(wait))
}

// stay is people answering, in the evening, whether they are still there; three of ten say nothing.
func (w *world) stay(ctx context.Context, now int) error {
	if !w.due(19*60, now) {
		return nil
	}
	open, err := w.city.Market.FindRetention(w.clerk.as(ctx), market.RetentionOf{Open: true})
	if err != nil {
		return err
	}
	for _, c := range open.Checks {
		in := market.AnswerRetention{Keyed: deed.Key("sim/stay/" + c.ID), CheckID: c.ID,
			There: !w.chance(2000, "left", c.PlacementID)}
		if !in.There {
			in.Reason = "distance"
		}
		who := w.clerk
		switch dice := w.n(10, "answers", c.ID); {
		case c.Verdict != market.Unknown || dice < 3:
			continue
		case dice < 8:
			in.WorkerID, who = c.WorkerID, w.workerOf(c.WorkerID)
		case dice < 9:
			in.EmployerID, who = c.EmployerID, w.employerOf(c.EmployerID)
		}
		_, err := w.city.Market.AnswerRetention(who.as(ctx), in)
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}
