package market

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	calendarBack   = 31 * 24 * time.Hour // what a calendar still shows of the past
	calendarTokens = 64                  // characters of a token at most
)

// MakeCalendarLink asks for a secret address of the worker's schedule.
type MakeCalendarLink struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// CalendarLink is the secret in the address. It is shown here once and stored nowhere.
type CalendarLink struct {
	Token string `json:"token"`
}

// MakeCalendarLink makes a new address, /calendar/{token}.ics; the one before it leads nowhere from
// then on. It has no key: made twice, the second is good.
// Faults: people.worker_not_found.
func (s *Service) MakeCalendarLink(
	ctx context.Context, in MakeCalendarLink,
) (CalendarLink, error) {
	if err := people.Must(ctx, people.PermShareCalendar, in.WorkerID); err != nil {
		return CalendarLink{}, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (CalendarLink, error) {
		if _, err := s.People.GetWorkerTx(ctx, tx, in.WorkerID); err != nil {
			return CalendarLink{}, err
		}
		token := s.People.NewToken()
		return CalendarLink{token}, upsertCalendarLink(ctx, tx, in.WorkerID, calendarHash(token))
	}, db.Lane("worker", in.WorkerID))
}

// EndCalendarLink asks that the address lead nowhere.
type EndCalendarLink struct {
	deed.Keyed
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// CalendarLinkState says whether there is an address.
type CalendarLinkState struct {
	There  bool      `json:"there"`
	MadeAt time.Time `json:"made_at,omitzero"`
}

// EndCalendarLink takes the address away; there need not be one.
func (s *Service) EndCalendarLink(
	ctx context.Context, in EndCalendarLink,
) (CalendarLinkState, error) {
	if err := people.Must(ctx, people.PermShareCalendar, in.WorkerID); err != nil {
		return CalendarLinkState{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "end_calendar"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CalendarLinkState, error) {
			return CalendarLinkState{}, deleteCalendarLink(ctx, tx, in.WorkerID)
		}, db.Lane("worker", in.WorkerID))
}

// GetCalendarLink asks whether a worker has an address.
type GetCalendarLink struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// ShowCalendarLink tells whether there is an address, not which.
func (s *Service) ShowCalendarLink(
	ctx context.Context, in GetCalendarLink,
) (CalendarLinkState, error) {
	if err := people.Must(ctx, people.PermShareCalendar, in.WorkerID); err != nil {
		return CalendarLinkState{}, err
	}
	at, err := calendarMadeAt(ctx, s.DB, in.WorkerID)
	return CalendarLinkState{There: !at.IsZero(), MadeAt: at}, err
}

// GetCalendar asks for the schedule behind a secret address.
type GetCalendar struct {
	Token string `json:"token" path:"token" maxLength:"64"`
}

// ShowCalendar shows the schedule of whoever made the address, from a month back on: shifts and
// where they are, no person and no money. Whoever has the address sees it.
// Faults: market.calendar_not_found, also for an address that was taken away or replaced, and for
// an account that was closed.
func (s *Service) ShowCalendar(ctx context.Context, in GetCalendar) (ScheduleView, error) {
	if err := people.Must(ctx, people.PermSeeCalendar, ""); err != nil {
		return ScheduleView{}, err
	}
	none := fault.New(fault.NotFound, "market.calendar_not_found")
	if len(in.Token) > calendarTokens {
		return ScheduleView{}, none
	}
	workerID, err := workerOfCalendar(ctx, s.DB, calendarHash(in.Token))
	if err != nil {
		return ScheduleView{}, err
	}
	if workerID == "" {
		return ScheduleView{}, none
	}
	w, err := s.People.GetWorkerTx(ctx, s.DB, workerID)
	if err != nil {
		return ScheduleView{}, err
	}
	if _, err := s.People.PhoneTx(ctx, s.DB, w.AccountID); err != nil {
		return ScheduleView{}, none.Because(err)
	}
	list, err := placementsOf(ctx, s.DB, workerID, s.DB.Now().Add(-calendarBack))
	view := ScheduleView{Placed: []PlacedShift{}}
	for _, p := range list[:min(len(list), scheduleMax)] {
		placed, err := s.placed(ctx, p)
		if err != nil {
			return view, err
		}
		view.Placed = append(view.Placed, forCalendar(placed))
	}
	if err == nil {
		view.Classes, err = s.seatsIn(ctx, s.DB, workerID, s.DB.Now().Add(-calendarBack))
	}
	return view, err
}

// forCalendar leaves of a placement what somebody with the address may see.
func forCalendar(p PlacedShift) PlacedShift {
	was := p.Shift
	return PlacedShift{Placement: PlacementView{ID: p.Placement.ID, State: p.Placement.State,
		StartsAt: p.Placement.StartsAt, EndsAt: p.Placement.EndsAt},
		Shift: ShiftDetail{ShiftView: ShiftView{ID: was.ID, Title: was.Title,
			StartsAt: was.StartsAt, EndsAt: was.EndsAt}, EmployerName: was.EmployerName,
			PlaceName: was.PlaceName, Address: was.Address, LonE6: was.LonE6, LatE6: was.LatE6}}
}

// calendarHash needs no key: a token has 256 bits, which nobody can try out.
func calendarHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
