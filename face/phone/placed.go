package phone

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/web"
)

// scheduleBack is how far back the schedule reaches: who forgot to clock out yesterday finds it.
const scheduleBack = 36 * time.Hour

// schedule lists what the worker has taken and what is offered, work and classes together, soonest
// first, and behind it what is just over.
func (s *site) schedule(v *web.Visit, workerID string) error {
	view, err := s.Market.ShowSchedule(v.Ctx, market.Schedule{WorkerID: workerID,
		From: s.Market.DB.Now().Add(-scheduleBack)})
	return or(err, func() error {
		keep(v)
		return v.Show(scheduleTempl(datesOf(view, s.Market.DB.Now())))
	})
}

// scheduleView is a schedule as a person reads it.
type scheduleView struct{ Ahead, Past []date }

// date is a shift or the next session of a class, where somebody has to be.
type date struct {
	Path, Title, Where string
	StartsAt, EndsAt   time.Time
	State              market.State      // of a shift
	Standing           training.Standing // of a class
	over               bool
}

func datesOf(v market.ScheduleView, now time.Time) scheduleView {
	var all []date
	for _, p := range v.Placed {
		state := p.Placement.State
		all = append(all, date{Path: "/placements/" + p.Placement.ID, Title: p.Shift.Title,
			Where:    p.Shift.PlaceName + " " + p.Shift.Address + " · " + p.Shift.EmployerName,
			StartsAt: p.Placement.StartsAt, EndsAt: p.Placement.EndsAt, State: state,
			over: state != market.Offered && state != market.Accepted && state != market.Started})
	}
	for _, c := range v.Classes {
		next := c.Sessions[0]
		for _, one := range c.Sessions {
			if next = one; one.EndsAt.After(now) {
				break
			}
		}
		all = append(all, date{Path: "/classes/" + c.ClassID, Title: c.Title,
			Where: c.PlaceName + " " + c.Address, StartsAt: next.StartsAt, EndsAt: next.EndsAt,
			Standing: c.Standing,
			over:     c.Standing != training.Enrolled || !next.EndsAt.After(now)})
	}
	slices.SortStableFunc(all, func(a, b date) int { return a.StartsAt.Compare(b.StartsAt) })
	var s scheduleView
	for _, d := range all {
		if d.over {
			s.Past = append(s.Past, d)
		} else {
			s.Ahead = append(s.Ahead, d)
		}
	}
	slices.Reverse(s.Past)
	return s
}

// placedView is one placement on its page, with the one thing that is to be done next.
type placedView struct {
	market.PlacedShift
	ContractID     string
	ContractSigned bool
	Next           string // "sign", "start", "end", "accept"; "" where nothing is to be done
	JustSigned     bool
	Done           string // what was just done: "start", "end", "arrival"
	Token          string // of the code at the place, when the visitor came by it
	HasCard        bool
	MayLocate      bool
	LocationText   people.ConsentTextView
	Way            string // address of a map
	Sentence       string
}

func (s *site) placementPage(v *web.Visit, workerID string) error {
	return s.showPlacement(v, workerID, v.R.URL.Query().Get("token"), nil)
}

func (s *site) showPlacement(v *web.Visit, workerID, token string, wrong *fault.Error) error {
	q := v.R.URL.Query()
	page := placedView{Token: token, JustSigned: q.Has("signed"), Done: q.Get("done")}
	id := v.R.PathValue("placement_id")
	var err error
	page.PlacedShift, err = s.Market.ShowPlacement(v.Ctx,
		market.GetPlacement{PlacementID: id, WorkerID: workerID})
	if err != nil {
		return err
	}
	page.Way = s.way(page.Shift.LonE6, page.Shift.LatE6, page.Shift.PlaceName)
	contracts, err := s.Contracts.FindContracts(v.Ctx, contract.FindContracts{WorkerID: workerID})
	if err != nil {
		return err
	}
	for _, c := range contracts.Contracts {
		if c.PlacementID == id {
			page.ContractID, page.ContractSigned = c.ID, c.State == contract.Signed
		}
	}
	page.Next = nextOf(page.Placement.State, page.ContractSigned)
	w, err := s.People.ShowWorker(v.Ctx, people.Get{WorkerID: workerID})
	if err != nil {
		return err
	}
	page.HasCard = w.HasCard
	if err := s.mayLocate(v, workerID, &page); err != nil {
		return err
	}
	if wrong == nil {
		return v.Show(placementTempl(page))
	}
	page.Sentence = v.Sentence(wrong)
	return v.ShowFault(wrong, placementTempl(page))
}

func nextOf(state market.State, signed bool) string {
	switch {
	case state == market.Offered:
		return "accept"
	case state == market.Accepted && !signed:
		return "sign"
	case state == market.Accepted:
		return "start"
	case state == market.Started:
		return "end"
	}
	return ""
}

// mayLocate tells whether the phone's position may be read, and in which words to ask.
func (s *site) mayLocate(v *web.Visit, workerID string, page *placedView) error {
	given, err := s.People.FindConsents(v.Ctx, people.Get{WorkerID: workerID})
	if err != nil {
		return err
	}
	for _, c := range given.Consents {
		if c.Purpose == people.PurposeLocation && c.Given && !c.Outdated {
			page.MayLocate = true
		}
	}
	page.LocationText, err = s.consentText(v, people.PurposeLocation)
	return err
}

// clock does a deed of the placement: arrival, start, end or cancellation.
func (s *site) clock(v *web.Visit, workerID string) error {
	deed := v.R.PathValue("deed")
	token := v.Form.Get("token")
	v.Form.Set("worker_id", workerID)
	var err error
	switch deed {
	case "accept":
		return s.acceptOffer(v, workerID)
	case "arrival", "start", "end":
		err = s.clockIn(v, deed)
	case "cancellation":
		var in market.Leave
		if err = v.Read(&in); err == nil {
			_, err = s.Market.CancelPlacement(v.Ctx, in)
		}
	default:
		return fault.New(fault.NotFound, "web.no_such_route")
	}
	if f := fault.As(err); f != nil {
		if strings.HasPrefix(f.Code, "station.") {
			token = "" // no good: ask for another
		}
		return s.showPlacement(v, workerID, token, f)
	}
	return or(err, func() error {
		return v.Go("/placements/" + v.R.PathValue("placement_id") + "?done=" + deed)
	})
}

func (s *site) clockIn(v *web.Visit, deed string) error {
	var in attendance.Clock
	if err := v.Read(&in); err != nil {
		return err
	}
	var err error
	switch deed {
	case "arrival":
		_, err = s.Attendance.Arrive(v.Ctx, in)
	case "start":
		_, err = s.Attendance.ClockIn(v.Ctx, in)
	default:
		_, err = s.Attendance.ClockOut(v.Ctx, in)
	}
	return err
}

// acceptOffer says yes to an offer and leads to what is to be signed.
func (s *site) acceptOffer(v *web.Visit, workerID string) error {
	id := v.R.PathValue("placement_id")
	placed, err := s.Market.ShowPlacement(v.Ctx,
		market.GetPlacement{PlacementID: id, WorkerID: workerID})
	if err != nil {
		return err
	}
	in := market.Accept{ShiftID: placed.Placement.ShiftID, WorkerID: workerID}
	in.SetIdempotencyKey(v.Form.Get(web.KeyField))
	p, err := s.Market.AcceptShift(v.Ctx, in)
	if f := fault.As(err); f != nil {
		return s.showPlacement(v, workerID, "", f)
	}
	return or(err, func() error { return v.Go("/contracts/" + p.ContractID) })
}

// atPlace is where the code at a place leads: to the work that the worker has there now.
func (s *site) atPlace(v *web.Visit, workerID string) error {
	now := s.Market.DB.Now()
	view, err := s.Market.ShowSchedule(v.Ctx, market.Schedule{WorkerID: workerID,
		From: now.Add(-scheduleBack)})
	if err != nil {
		return err
	}
	for _, p := range view.Placed {
		open := p.Placement.State == market.Accepted || p.Placement.State == market.Started
		if open && p.Shift.PlaceID == v.R.PathValue("place_id") &&
			p.Placement.StartsAt.Before(now.Add(12*time.Hour)) {
			return v.Go("/placements/" + p.Placement.ID + "?token=" +
				url.QueryEscape(v.Form.Get("t")))
		}
	}
	return fault.New(fault.NotFound, "phone.nothing_here")
}
