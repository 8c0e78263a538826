package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/blob"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/money"
)

// Funds holds and releases an employer's money for a placement, and pays out of it who is kept from
// work; wage.Service is one.
type Funds interface {
	HoldTx(ctx context.Context, tx *db.Tx, cmd wage.HoldCmd) error
	ReleaseTx(ctx context.Context, tx *db.Tx, placementID string) error
	AccrueTx(ctx context.Context, tx *db.Tx, cmd wage.AccrueCmd) (string, error)
}

// Contracts drafts and voids what both sides sign; contract.Service is one.
type Contracts interface {
	OfferTx(ctx context.Context, tx *db.Tx, cmd contract.OfferCmd) (string, error)
	DraftTx(ctx context.Context, tx *db.Tx, cmd contract.DraftCmd) (string, error)
	VoidTx(ctx context.Context, tx *db.Tx, placementID, reason string) error
}

// Premiums tells what a day of cover costs; insurance.Service is one.
type Premiums interface {
	PremiumTx(ctx context.Context, r db.Reader, planID string) (money.Fen, error)
}

// Deps are what the market stands on.
type Deps struct {
	DB        *db.DB
	Box       crypt.Box
	Policy    *policy.Book
	People    *people.Service
	Stations  *station.Service
	Skills    *skill.Service
	Contracts Contracts
	Funds     Funds
	Premiums  Premiums
	Notify    *notify.Service
	Files     *blob.Store // of dossiers; nil keeps none
	Text      *i18n.Book
	Classes   Classes // nil: no class is known
	// Standings, LastCovers and LastWages tell an employer's list what became of placements.
	Standings  Standings
	LastCovers LastCovers
	LastWages  LastWages
	Numbers    Numbers // masked numbers; nil: there is no provider
	// Credit says how an employer stands; credit.Service.Stand, handed in by app. nil: all alike.
	Credit func(ctx context.Context, tx *db.Tx, employerID string) (Standing, error)
	// DepositBP says which part of the usual margin an employer's holds have, by its credit;
	// credit.Service.DepositBP, handed in by app. nil: all of it.
	DepositBP func(ctx context.Context, r db.Reader, employerID string, day civil.Date) (int64, error)
	// Grades says how employers stand for those who look for work, at most 512 of them;
	// credit.Service.Gradings, handed in by app. nil, and who is left out: nothing is known.
	Grades func(ctx context.Context, r db.Reader, employerIDs []string) (map[string]Grading, error)
}

// Service is the market.
type Service struct {
	Deps
	live   *liveIndex
	pushes *pusher
	namer  *namer
}

// New returns the market. What it finds work by is read when it is first asked.
func New(d Deps) *Service {
	s := &Service{Deps: d, pushes: &pusher{}, namer: &namer{}}
	s.live = &liveIndex{s: s}
	return s
}

func scope(ctx context.Context, op string) string {
	return "market." + op + "/" + people.ActorOf(ctx).AccountID
}

// Publish asks for a vacancy to be public.
type Publish struct {
	deed.Keyed
	EmployerID string      `json:"employer_id"           path:"employer_id"`
	PlaceID    string      `json:"place_id"`
	Settlement Settlement  `json:"settlement"                               enum:"platform,employer" doc:"who pays the wage"`
	WorkType   string      `json:"work_type,omitempty"                                               doc:"full_time, part_time, task, platform"`
	Title      string      `json:"title"`
	Content    string      `json:"content"`
	Occupation string      `json:"occupation,omitempty"                                              doc:"code of 职业分类大典 2022; left out: taken from the title, if that is clear"`
	PayUnit    string      `json:"pay_unit"                                 enum:"hour,day,piece,month"`
	RateFen    money.Fen   `json:"rate_fen"`
	TermMonths int64       `json:"term_months,omitempty"                                             doc:"of work by the month; 0: open-ended"`
	Term       string      `json:"term,omitempty"                           enum:"shift,fixed,open"  doc:"what the contract's term is: the shift, term_months, or none; left out: what pay_unit and term_months make it"`
	PlanID     string      `json:"plan_id,omitempty"                                                 doc:"insurance plan"`
	Required   []string    `json:"required,omitempty"                                                doc:"skills and certificates"              maxItems:"10"`
	Hire       string      `json:"hire"                                     enum:"instant,offer"`
	MinorOK    bool        `json:"minor_ok,omitempty"`
	Conditions []Condition `json:"conditions,omitempty"                                              doc:"of the work: entertainment, hazard, heavy_load, height, night, outdoor, underground" maxItems:"7"`
	Source     string      `json:"source,omitempty"                                                  doc:"where it was re-posted from" maxLength:"200"`
	ValidUntil civil.Date  `json:"valid_until,omitempty"                                             doc:"last public day; empty: that of the last shift"`
	Shifts     []ShiftPlan `json:"shifts"                                                                                                       maxItems:"62"`
}

// ShiftPlan is one shift of a vacancy to be.
type ShiftPlan struct {
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
	BreakMin int64     `json:"break_min,omitempty"             doc:"unpaid, at no fixed time; left out where breaks are given"`
	Heads    int64     `json:"heads"               minimum:"1"`
	Pieces   int64     `json:"pieces,omitempty"    minimum:"0" doc:"the norm of the shift, where pay is by the piece"`
	Breaks   []Break   `json:"breaks,omitempty"                doc:"at fixed times" maxItems:"8"`
}

// VacancyView is a vacancy as its employer sees it.
type VacancyView struct {
	ID         string        `json:"id"`
	State      string        `json:"state"              doc:"published, or waiting for a clerk"`
	Reason     string        `json:"reason,omitempty"`
	ShiftIDs   []string      `json:"shift_ids"`
	ValidUntil civil.Date    `json:"valid_until,omitempty"`
	Findings   []FindingView `json:"findings,omitempty"`
	Duties     []NoticeView  `json:"duties,omitempty"   doc:"what the employer must see to"`

	// Occupation is told where none was named, and the title's was taken.
	Occupation *OccupationHit `json:"occupation,omitempty" doc:"taken from the title, with the reason"`

	patrolBP int64 // the share of such vacancies that is looked at again
}

// PublishVacancy passes a vacancy through the gate. Clean: it is public at once, or, when a clerk
// has written it, waits for the employer's signature (SignVacancy). Doubtful (a soft
// warning, or a number that policy does not know): it waits for a clerk. Forbidden: it is refused
// with the rule and the words to change, and the refusal is kept.
// Faults: market.not_vetted, market.not_your_place (forbidden); market.forbidden_words,
// market.under_minimum_wage, market.item_missing and the other codes of the gate (invalid);
// market.occupation_unclear (invalid): no occupation is named and the title could mean several.
func (s *Service) PublishVacancy(ctx context.Context, in Publish) (VacancyView, error) {
	if err := people.Must(ctx, people.PermPublishVacancy, in.EmployerID); err != nil {
		return VacancyView{}, err
	}
	view, err := s.publish(ctx, "publish", in)
	return view, s.keepRefusal(ctx, in, err)
}

// CheckVacancy says what publishing would say, and leaves nothing: the state the vacancy would
// have, what the gate marks, and the duties. What publishing refuses is refused here with the same
// fault, of which no record is kept: somebody is still writing.
// Faults: those of PublishVacancy.
func (s *Service) CheckVacancy(ctx context.Context, in Publish) (VacancyView, error) {
	if err := people.Must(ctx, people.PermPublishVacancy, in.EmployerID); err != nil {
		return VacancyView{}, err
	}
	v, err := s.publish(db.Rehearse(ctx), "check", in)
	v.ID, v.ShiftIDs = "", nil // there is none
	return v, err
}

func (s *Service) publish(ctx context.Context, op string, in Publish) (VacancyView, error) {
	in.Shifts = withBreaks(in.Shifts)
	named, err := s.nameOccupation(ctx, &in)
	if err != nil {
		return VacancyView{}, err
	}
	if err := checkItems(in); err != nil {
		return VacancyView{}, err
	}
	findings, err := s.screen(in)
	if err != nil {
		return VacancyView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, op), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (VacancyView, error) {
			v, err := s.publishTx(ctx, tx, in, findings)
			v.Occupation = named
			return v, err
		})
}

func (s *Service) publishTx(
	ctx context.Context, tx *db.Tx, in Publish, findings []FindingView,
) (VacancyView, error) {
	today := civil.DateOf(tx.Now)
	if err := s.mustBeVetted(ctx, tx, in.EmployerID, today); err != nil {
		return VacancyView{}, err
	}
	place, err := s.Stations.PlaceTx(ctx, tx, in.PlaceID)
	if err != nil {
		return VacancyView{}, err
	}
	if place.EmployerID != in.EmployerID {
		return VacancyView{}, fault.New(fault.Forbidden, "market.not_your_place").OnField("place_id")
	}
	v := VacancyView{ID: tx.ID("vac"), State: Published, Findings: findings}
	if len(findings) > 0 {
		v.State, v.Reason = Waiting, "doubtful"
	}
	n, err := s.numbers(place.Region, civil.DateOf(in.Shifts[0].StartsAt))
	switch {
	case fault.Is(err, "policy.unknown"):
		v.State, v.Reason = Waiting, reasonUnknown // no number for this region: a clerk decides
	case err != nil:
		return VacancyView{}, err
	default:
		if err := checkShifts(in, n, tx.Now); err != nil {
			return VacancyView{}, err
		}
		if err := checkPay(in, n); err != nil {
			return VacancyView{}, err
		}
	}
	if err := s.protect(&in, &v, place.Region, today); err != nil {
		return VacancyView{}, err
	}
	if err := notThereYet(ctx, tx, in); err != nil {
		return VacancyView{}, err
	}
	if v, err = s.creditTx(ctx, tx, in.EmployerID, v); err != nil {
		return VacancyView{}, err
	}
	return s.insertVacancy(ctx, tx, in, place, v)
}

func (s *Service) insertVacancy(
	ctx context.Context, tx *db.Tx, in Publish, place station.Place, v VacancyView,
) (VacancyView, error) {
	if in.Settlement == Platform {
		if _, err := s.Premiums.PremiumTx(ctx, tx, in.PlanID); err != nil {
			return VacancyView{}, err
		}
	}
	signs := maySign(ctx, in.EmployerID)
	if !signs {
		v.State, v.Reason = Waiting, unsigned+v.Reason
	}
	if err := insertVacancy(ctx, tx, v, in, place.Region); err != nil {
		return VacancyView{}, err
	}
	shiftState := Open
	if v.State == Waiting {
		shiftState = Waiting
	}
	for _, plan := range in.Shifts {
		id := tx.ID("shf")
		if err := insertShift(
			ctx,
			tx,
			id,
			v.ID,
			in.EmployerID,
			shiftState,
			plan,
			point{place.LonE6, place.LatE6},
		); err != nil {
			return VacancyView{}, err
		}
		v.ShiftIDs = append(v.ShiftIDs, id)
		if !signs {
			continue
		}
		_, err := s.Contracts.OfferTx(ctx, tx, contract.OfferCmd{
			ShiftID:    id,
			EmployerID: in.EmployerID,
			Heads:      int(plan.Heads),
			Terms:      terms(shiftOf(in, plan, id, place.Region), place),
		})
		if err != nil {
			return VacancyView{}, err
		}
	}
	if v.State == Waiting {
		return v, nil
	}
	return v, publishedTx(ctx, tx, v, in.EmployerID)
}

// publishedTx tells that a vacancy is public, and samples it for the patrol.
func publishedTx(ctx context.Context, tx *db.Tx, v VacancyView, employerID string) error {
	if sampled(v.ID, v.patrolBP) {
		if err := insertPatrol(ctx, tx, v.ID, employerID); err != nil {
			return err
		}
	}
	return feed.PutTx(ctx, tx, VacancyPublished{v.ID, employerID, v.ShiftIDs})
}

// keepRefusal notes what the gate has refused, and gives the refusal back.
func (s *Service) keepRefusal(ctx context.Context, in Publish, refusal error) error {
	f := fault.As(refusal)
	if f == nil || f.Kind != fault.Invalid {
		return refusal
	}
	rule, _ := f.Args["rule"].(string)
	_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, insertRefusal(ctx, tx, tx.ID("rfs"), in.EmployerID, in.Title, f.Code, rule)
	})
	if err != nil {
		return err
	}
	return refusal
}

func (s *Service) numbers(region string, day civil.Date) (numbers, error) {
	var n numbers
	for _, q := range []struct {
		code string
		to   *int64
	}{
		{"market.heads_max", &n.headsMax}, {"market.shift_day_min_max", &n.shiftMinMax},
		{"wage.minimum_hourly_fen", &n.hourlyFenMin}, {"wage.minimum_monthly_fen", &n.monthlyFenMin},
	} {
		v, err := s.Policy.At(q.code, region, day)
		if err != nil {
			return n, err
		}
		*q.to = v.Value
	}
	return n, nil
}
