package phone

import (
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/web"
)

// wish is one of the worker's applications with what can be done about it.
type wish struct {
	market.ApplicationView
	Slots  []market.SlotView // interviews that can be booked
	Booked *market.InterviewView
	Where  string // of the booked one
}

// MayWithdraw tells whether the worker can still take it back here.
func (w wish) MayWithdraw() bool {
	switch w.State {
	case market.Applied, market.Shortlisted, market.Interviewing, market.Offered:
		return true
	}
	return false
}

type wishesView struct {
	Wishes   []wish
	Next     string // of the next page
	Applied  bool   // has just applied
	Sentence string
}

// applyFor puts the worker's wish for a vacancy, from the page of one of its shifts.
func (s *site) applyFor(v *web.Visit, workerID string) error {
	shift, err := s.Market.ShowShift(v.Ctx, market.GetShift{ShiftID: v.R.PathValue("shift_id")})
	if err != nil {
		return err
	}
	in := market.Apply{VacancyID: shift.VacancyID, WorkerID: workerID, Note: v.Form.Get("note")}
	in.SetIdempotencyKey(v.Form.Get(web.KeyField))
	_, err = s.Market.Apply(v.Ctx, in)
	if f := fault.As(err); f != nil {
		return s.showShift(v, f)
	}
	return or(err, func() error { return v.Go("/me/applications?applied=1") })
}

func (s *site) wishesPage(v *web.Visit, workerID string) error {
	return s.showWishes(v, workerID, nil)
}

// showWishes lists the worker's applications, newest first, each with its next step.
func (s *site) showWishes(v *web.Visit, workerID string, wrong *fault.Error) error {
	q := v.R.URL.Query()
	list, err := s.Market.ListMyApplicationsPage(v.Ctx, market.MyApplications{WorkerID: workerID,
		After: q.Get("after"), Lang: v.Lang})
	if err != nil {
		return err
	}
	seen, err := s.Market.FindInterviews(v.Ctx, market.InterviewsOf{WorkerID: workerID})
	if err != nil {
		return err
	}
	page := wishesView{Next: list.Next, Applied: q.Has("applied")}
	for _, a := range list.Applications {
		w := wish{ApplicationView: a}
		for _, i := range seen.Interviews {
			if i.ApplicationID == a.ID && i.State == market.Booked {
				w.Booked = &i
			}
		}
		if a.State == market.Shortlisted || w.Booked != nil {
			if err := s.addSlots(v, &w); err != nil {
				return err
			}
		}
		page.Wishes = append(page.Wishes, w)
	}
	if wrong == nil {
		return v.Show(wishesTempl(page))
	}
	page.Sentence = v.Sentence(wrong)
	return v.ShowFault(wrong, wishesTempl(page))
}

// addSlots finds when an interview can be booked, or where the booked one is.
func (s *site) addSlots(v *web.Visit, w *wish) error {
	slots, err := s.Market.FindInterviewSlots(v.Ctx, market.SlotsOf{VacancyID: w.VacancyID})
	for _, slot := range slots.Slots {
		switch {
		case w.Booked != nil && slot.ID == w.Booked.SlotID:
			w.Where = slot.Address
		case w.Booked == nil && slot.Left > 0:
			w.Slots = append(w.Slots, slot)
		}
	}
	return err
}

// wishDeed books or cancels an interview, or takes an application back.
func (s *site) wishDeed(v *web.Visit, workerID string) error {
	v.Form.Set("worker_id", workerID)
	var err error
	switch v.R.PathValue("deed") {
	case "interview":
		v.Form.Set("application_id", v.R.PathValue("application_id"))
		var in market.Book
		if err = v.Read(&in); err == nil {
			_, err = s.Market.BookInterview(v.Ctx, in)
		}
	case "interview-cancellation":
		var in market.CancelBooking
		if err = v.Read(&in); err == nil {
			_, err = s.Market.CancelInterview(v.Ctx, in)
		}
	case "withdrawal":
		var in market.Withdraw
		if err = v.Read(&in); err == nil {
			_, err = s.Market.WithdrawApplication(v.Ctx, in)
		}
	default:
		return fault.New(fault.NotFound, "web.no_such_route")
	}
	if f := fault.As(err); f != nil {
		return s.showWishes(v, workerID, f)
	}
	return or(err, func() error { return v.Go("/me/applications") })
}
