package market

import (
	"context"
	"math"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/money"
)

// deskMax is how many rows a desk's list has at once: a person searches and sorts in it, and the
// next page begins behind it.
const deskMax = 500

// VacanciesOf asks for an employer's vacancies.
type VacanciesOf struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
	After      string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
	Q          string `json:"q,omitempty" query:"q" maxLength:"60" doc:"in the title"`
}

// VacancyLine is a vacancy as its employer's list shows it.
type VacancyLine struct {
	ID         string     `json:"id"`
	Title      string     `json:"title"`
	State      string     `json:"state" enum:"waiting,published,refused,closed"`
	Reason     string     `json:"reason,omitempty" doc:"why it waits, was refused or was closed"`
	PlaceID    string     `json:"place_id"`
	Place      string     `json:"place" doc:"its name"`
	Settlement Settlement `json:"settlement" enum:"platform,employer"`
	PayUnit    string     `json:"pay_unit"`
	RateFen    money.Fen  `json:"rate_fen"`
	Shifts     int64      `json:"shifts"`
	Heads      int64      `json:"heads" doc:"of all its shifts"`
	Taken      int64      `json:"taken"`
	StartsAt   time.Time  `json:"starts_at,omitzero" doc:"of its first shift"`
	ValidUntil civil.Date `json:"valid_until"`
	CreatedAt  time.Time  `json:"created_at"`
}

// VacancyLines is a page of an employer's vacancies, the newest first.
type VacancyLines struct {
	Vacancies []VacancyLine `json:"vacancies"`
	Next      string        `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindVacancies lists an employer's vacancies of every state, the newest first, deskMax at a time.
// Faults: db.mark (invalid).
func (s *Service) FindVacancies(ctx context.Context, in VacanciesOf) (VacancyLines, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return VacancyLines{}, err
	}
	before, err := db.ParseMark(in.After, db.Mark{MS: math.MaxInt64})
	if err != nil {
		return VacancyLines{}, err
	}
	list, err := vacanciesOf(ctx, s.DB, in.EmployerID, in.Q, before, deskMax+1)
	if err != nil {
		return VacancyLines{}, err
	}
	list, next := db.Page(list, deskMax, func(v VacancyLine) string {
		return db.Mark{MS: clock.MS(v.CreatedAt), ID: v.ID}.String()
	})
	for i := range list {
		place, err := s.Stations.PlaceTx(ctx, s.DB, list[i].PlaceID)
		if err != nil {
			return VacancyLines{}, err
		}
		list[i].Place = place.Name
	}
	return VacancyLines{list, next}, nil
}

// GetVacancy asks for one of an employer's vacancies.
type GetVacancy struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
	VacancyID  string `json:"vacancy_id" path:"vacancy_id"`
}

// VacancyText is all that a vacancy says, as somebody needs it who signs it or copies it.
type VacancyText struct {
	ID         string        `json:"id"`
	State      string        `json:"state" enum:"waiting,published,refused,closed"`
	Reason     string        `json:"reason,omitempty"`
	PlaceID    string        `json:"place_id"`
	Place      string        `json:"place" doc:"its name"`
	Settlement Settlement    `json:"settlement" enum:"platform,employer"`
	WorkType   string        `json:"work_type"`
	Title      string        `json:"title"`
	Content    string        `json:"content"`
	Occupation string        `json:"occupation"`
	PayUnit    string        `json:"pay_unit"`
	RateFen    money.Fen     `json:"rate_fen"`
	TermMonths int64         `json:"term_months,omitempty"`
	PlanID     string        `json:"plan_id,omitempty"`
	Required   []string      `json:"required,omitempty"`
	Hire       string        `json:"hire" enum:"instant,offer"`
	MinorOK    bool          `json:"minor_ok,omitempty"`
	Conditions []Condition   `json:"conditions,omitempty"`
	Source     string        `json:"source,omitempty"`
	ValidUntil civil.Date    `json:"valid_until"`
	Shifts     []DeskShift   `json:"shifts"`
	Findings   []FindingView `json:"findings,omitempty"`
}

// DeskShift is a shift as its employer sees it.
type DeskShift struct {
	ID        string    `json:"id"`
	VacancyID string    `json:"vacancy_id"`
	Title     string    `json:"title"`
	PlaceID   string    `json:"place_id"`
	Place     string    `json:"place" doc:"its name"`
	StartsAt  time.Time `json:"starts_at"`
	EndsAt    time.Time `json:"ends_at"`
	BreakMin  int64     `json:"break_min,omitempty"`
	Breaks    []Break   `json:"breaks,omitempty"`
	Pieces    int64     `json:"pieces,omitempty"`
	Heads     int64     `json:"heads"`
	Taken     int64     `json:"taken"`
	State     string    `json:"state" enum:"waiting,open,closed,cancelled"`
}

// ShowVacancy shows one of an employer's vacancies whole.
// Faults: market.vacancy_not_found.
func (s *Service) ShowVacancy(ctx context.Context, in GetVacancy) (VacancyText, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return VacancyText{}, err
	}
	return s.wholeVacancy(ctx, in)
}

func (s *Service) wholeVacancy(ctx context.Context, in GetVacancy) (VacancyText, error) {
	v, err := vacancyText(ctx, s.DB, in)
	if err != nil {
		return v, err
	}
	place, err := s.Stations.PlaceTx(ctx, s.DB, v.PlaceID)
	if err != nil {
		return v, err
	}
	v.Place = place.Name
	if v.Findings, err = findingsOf(ctx, s.DB, v.ID); err != nil {
		return v, err
	}
	for i, f := range v.Findings {
		v.Findings[i].Suggest = s.both("gate." + f.RuleID)
	}
	v.Shifts, err = deskShifts(ctx, s.DB, `s.employer_id = $1 AND s.vacancy_id = $2
		ORDER BY s.starts_at_ms, s.id LIMIT $3`, in.EmployerID, v.ID, shiftsPerVacancy)
	for i := range v.Shifts {
		v.Shifts[i].Place = v.Place
	}
	return v, err
}

// ShiftsOf asks for an employer's shifts that end after From and begin before Until.
type ShiftsOf struct {
	EmployerID string    `json:"employer_id" path:"employer_id"`
	From       time.Time `json:"from,omitzero" query:"from" doc:"now if left out"`
	Until      time.Time `json:"until,omitzero" query:"until" doc:"no end if left out"`
	After      string    `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// DeskShifts is a page of an employer's shifts, the soonest first.
type DeskShifts struct {
	Shifts []DeskShift `json:"shifts"`
	Next   string      `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindEmployerShifts lists an employer's shifts of every state, the soonest first, deskMax at a
// time.
// Faults: db.mark (invalid).
func (s *Service) FindEmployerShifts(ctx context.Context, in ShiftsOf) (DeskShifts, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return DeskShifts{}, err
	}
	from, until := in.From, in.Until
	if from.IsZero() {
		from = s.DB.Now()
	}
	if until.IsZero() {
		until = from.AddDate(1, 0, 0)
	}
	behind, err := db.ParseMark(in.After,
		db.Mark{MS: clock.MS(from.AddDate(0, 0, -longestDays))})
	if err != nil {
		return DeskShifts{}, err
	}
	list, err := deskShifts(ctx, s.DB, `s.employer_id = $1 AND s.starts_at_ms >= $2
		AND (s.starts_at_ms > $2 OR s.id > $3) AND s.ends_at_ms > $4 AND s.starts_at_ms < $5
		ORDER BY s.starts_at_ms, s.id LIMIT $6`, in.EmployerID, behind.MS, behind.ID, clock.MS(from),
		clock.MS(until), deskMax+1)
	if err != nil {
		return DeskShifts{}, err
	}
	list, next := db.Page(list, deskMax, func(c DeskShift) string {
		return db.Mark{MS: clock.MS(c.StartsAt), ID: c.ID}.String()
	})
	for i := range list {
		place, err := s.Stations.PlaceTx(ctx, s.DB, list[i].PlaceID)
		if err != nil {
			return DeskShifts{}, err
		}
		list[i].Place = place.Name
	}
	return DeskShifts{list, next}, nil
}

// GetEmployerShift asks for one of an employer's shifts.
type GetEmployerShift struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
	ShiftID    string `json:"shift_id" path:"shift_id"`
}

// ShowEmployerShift shows one of an employer's shifts, public or not.
// Faults: market.shift_not_found.
func (s *Service) ShowEmployerShift(ctx context.Context, in GetEmployerShift) (DeskShift, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return DeskShift{}, err
	}
	list, err := deskShifts(ctx, s.DB, `s.id = $1 AND s.employer_id = $2`, in.ShiftID,
		in.EmployerID)
	if err == nil && len(list) == 0 {
		err = noShift()
	}
	if err != nil {
		return DeskShift{}, err
	}
	place, err := s.Stations.PlaceTx(ctx, s.DB, list[0].PlaceID)
	list[0].Place = place.Name
	return list[0], err
}

// longestDays is how long before a time a shift may begin that still runs then; it only lets the
// index help.
const longestDays = 40

// Vettings asks for the employers that wait to be vetted.
type Vettings struct {
	After string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// VettingView is an employer that has handed in papers on which nobody has decided.
type VettingView struct {
	EmployerID string    `json:"employer_id" db:"employer_id"`
	Name       string    `json:"name" db:"-"`
	USCC       string    `json:"uscc" db:"-"`
	Region     string    `json:"region" db:"-"`
	State      string    `json:"state,omitempty" db:"state" doc:"of an earlier decision"`
	SinceMS    int64     `json:"-" db:"since_ms"`
	Since      time.Time `json:"since" db:"-"`
}

// VettingList is a page, the longest waiting first.
type VettingList struct {
	Employers []VettingView `json:"employers"`
	Next      string        `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindVettings lists the employers whose papers came after the last decision on them, or on whom
// nobody has decided, listMax at a time.
// Faults: db.mark (invalid).
func (s *Service) FindVettings(ctx context.Context, in Vettings) (VettingList, error) {
	if err := people.Must(ctx, people.PermVetEmployer, ""); err != nil {
		return VettingList{}, err
	}
	behind, err := db.ParseMark(in.After, db.Mark{})
	if err != nil {
		return VettingList{}, err
	}
	list, err := vettingsWaiting(ctx, s.DB, behind, listMax+1)
	if err != nil {
		return VettingList{}, err
	}
	list, next := db.Page(list, listMax, func(v VettingView) string {
		return db.Mark{MS: v.SinceMS, ID: v.EmployerID}.String()
	})
	for i, v := range list {
		e, err := s.People.GetEmployerTx(ctx, s.DB, v.EmployerID)
		if err != nil {
			return VettingList{}, err
		}
		list[i].Name, list[i].USCC, list[i].Region = e.Name, e.USCC, e.Region
		list[i].Since = clock.At(v.SinceMS)
	}
	return VettingList{list, next}, nil
}

// CancelCost asks what it would cost to call a shift off now.
type CancelCost struct {
	ShiftID    string `json:"shift_id" path:"shift_id"`
	EmployerID string `json:"employer_id" query:"employer_id"`
}

// CostView says whom it would reach, and what they would be paid for the short notice.
type CostView struct {
	ShiftID         string    `json:"shift_id"`
	Cancelled       int       `json:"cancelled" doc:"workers who have a head or an offer"`
	CompensationFen money.Fen `json:"compensation_fen"`
}

// ShowCancelCost tells what CancelShift would cost at this minute, and changes nothing.
// Faults: market.shift_not_found; policy.unknown (conflict).
func (s *Service) ShowCancelCost(ctx context.Context, in CancelCost) (CostView, error) {
	if err := people.Must(ctx, people.PermCancelShift, in.EmployerID); err != nil {
		return CostView{}, err
	}
	shift, err := getShift(ctx, s.DB, in.ShiftID)
	if err == nil && shift.EmployerID != in.EmployerID {
		err = noShift()
	}
	if err != nil {
		return CostView{}, err
	}
	placed, err := placementsOn(ctx, s.DB, in.ShiftID)
	if err != nil {
		return CostView{}, err
	}
	steps, err := s.noticeSteps(shift.Region, civil.DateOf(shift.StartsAt))
	if err != nil {
		return CostView{}, err
	}
	out := CostView{ShiftID: shift.ID, Cancelled: len(placed)}
	for _, p := range placed {
		share := steps.shareBP(p.StartsAt.Sub(s.DB.Now()))
		if p.State != Offered && shift.Settlement == Platform && share > 0 {
			out.CompensationFen += shareOf(shift.payFen(shift.remainingMin(p.StartsAt)), share)
		}
	}
	return out, nil
}
