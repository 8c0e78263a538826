package credit

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

const (
	listMax    = 100 // rows a list shows at once
	reasonsMax = 3   // that a vacancy shows: the dearest
)

// Messages tells people; notify.Service is one.
type Messages interface {
	PutTx(ctx context.Context, tx *db.Tx, m notify.Message) error
}

// Deps are what credit stands on. OpenCases tells how many cases against an employer are open; app
// hands it in, and without it there are none.
type Deps struct {
	DB        *db.DB
	Policy    *policy.Book
	Text      *i18n.Book
	Calendar  *civil.Calendar
	People    *people.Service
	Notify    Messages
	OpenCases func(ctx context.Context, r db.Reader, employerID string) (int64, error)
}

// Service is the credit of employers and the record of workers.
type Service struct{ Deps }

// New returns the service.
func New(d Deps) *Service {
	if d.OpenCases == nil {
		d.OpenCases = func(context.Context, db.Reader, string) (int64, error) { return 0, nil }
	}
	return &Service{d}
}

func scope(ctx context.Context, op string) string {
	return "credit." + op + "/" + people.ActorOf(ctx).AccountID
}

// number asks policy for a number that every city has.
func (s *Service) number(code, region string, day civil.Date) (int64, error) {
	n, err := s.Policy.At(code, region, day)
	return n.Value, err
}

// rules reads the numbers of a region on a day.
func (s *Service) rules(region string, day civil.Date) (Rules, error) {
	var r Rules
	for _, q := range []struct {
		code string
		to   *int64
	}{
		{"version", &r.Version}, {"window_days", &r.WindowDays}, {"settle_min", &r.SettleMin},
		{"notice_min", &r.NoticeMin}, {"wages_least", &r.WagesLeast}, {"a_points", &r.APoints},
		{"b_points", &r.BPoints}, {"late_points", &r.Late.Points}, {"late_full_bp", &r.Late.FullBP},
		{"day_points", &r.DayPoints}, {"day_points_max", &r.DayPointsMax},
		{"clock_points", &r.Clock.Points}, {"clock_full_bp", &r.Clock.FullBP},
		{"cancel_points", &r.Cancel.Points}, {"cancel_full_bp", &r.Cancel.FullBP},
		{"turned_points", &r.Turned.Points}, {"turned_full_bp", &r.Turned.FullBP},
		{"refuse_points", &r.Refuse.Points}, {"refuse_full_bp", &r.Refuse.FullBP},
		{"complaint_points", &r.Complaint}, {"complaint_points_max", &r.ComplaintMax},
	} {
		var err error
		if *q.to, err = s.number("credit."+q.code, region, day); err != nil {
			return r, err
		}
	}
	return r, nil
}

// standing is the grade that counts: the computed one, or a person's over it.
type standing struct {
	judgement
	over override
}

func (st standing) grade(day civil.Date) Grade {
	if st.over.holds(day) {
		return st.over.Grade
	}
	return st.Grade
}

func standingOf(ctx context.Context, r db.Reader, employerID string) (standing, error) {
	j, err := newestGrade(ctx, r, employerID)
	if err != nil {
		return standing{}, err
	}
	o, err := newestOverride(ctx, r, employerID)
	return standing{j, o}, err
}

// Stand tells market how an employer stands who wants a vacancy to be public: app hands it to
// market's Deps.Credit.
// Faults: credit.listed, credit.wages_unfunded (forbidden): the zero-tolerance gate.
// Source: DOMAIN C7; 人社部规〔2016〕1号; the numbers are policy's.
func (s *Service) Stand(
	ctx context.Context, tx *db.Tx, employerID string,
) (market.Standing, error) {
	employer, err := s.People.GetEmployerTx(ctx, tx, employerID)
	if err != nil {
		return market.Standing{}, err
	}
	day := civil.DateOf(tx.Now)
	source, err := listedNow(ctx, tx, employerID, tx.Now)
	if err != nil {
		return market.Standing{}, err
	}
	if source != "" {
		return market.Standing{}, fault.New(fault.Forbidden, "credit.listed", "source", source).
			OnField("employer_id")
	}
	blockMin, err := s.number("credit.unpaid_block_min", employer.Region, day)
	if err != nil {
		return market.Standing{}, err
	}
	unfunded, err := unfundedSince(ctx, tx, employerID,
		tx.Now.Add(-time.Duration(blockMin)*time.Minute))
	if err != nil {
		return market.Standing{}, err
	}
	if unfunded {
		return market.Standing{}, fault.New(fault.Forbidden, "credit.wages_unfunded",
			"hours", blockMin/60).OnField("employer_id")
	}
	return s.review(ctx, tx, employer)
}

// review tells whether a vacancy of the employer is looked at more closely than others.
func (s *Service) review(
	ctx context.Context, tx *db.Tx, employer people.Employer,
) (market.Standing, error) {
	day := civil.DateOf(tx.Now)
	st, err := standingOf(ctx, tx, employer.ID)
	if err != nil {
		return market.Standing{}, err
	}
	patrol, err := s.patrolBP(ctx, tx, employer, st.grade(day))
	if err != nil || st.grade(day) != GradeC {
		return market.Standing{PatrolBP: patrol}, err
	}
	waits, err := s.number("credit.c_waits", employer.Region, day)
	if err != nil || waits == 0 {
		return market.Standing{PatrolBP: patrol}, err
	}
	cases, err := s.OpenCases(ctx, tx, employer.ID)
	return market.Standing{Wait: cases > 0, PatrolBP: patrol}, err
}

// patrolBP gives the share of an employer's public vacancies that is looked at again. Lighter it is
// only for who has kept grade A for as long as policy asks.
// Source: 人社部规〔2016〕1号: A fewer checks, B more, C key target; the numbers are policy's.
func (s *Service) patrolBP(
	ctx context.Context, tx *db.Tx, employer people.Employer, g Grade,
) (int64, error) {
	day, code := civil.DateOf(tx.Now), "credit.patrol_bp"
	switch g {
	case GradeC:
		code = "credit.c_patrol_bp"
	case GradeA:
		days, err := s.number("credit.a_light_days", employer.Region, day)
		if err != nil {
			return 0, err
		}
		since, err := gradeASince(ctx, tx, employer.ID)
		if err != nil {
			return 0, err
		}
		if !since.IsZero() && !since.After(tx.Now.AddDate(0, 0, -int(days))) {
			code = "credit.a_light_patrol_bp"
		}
	}
	return s.number(code, employer.Region, day)
}

// DepositBP gives the part of the usual deposit that an employer pays on a day, in basis points:
// 10 000 is all of it. The deposit of the platform is what a hold has on top of the planned wage;
// app hands this to market's Deps.DepositBP. An employer whom nobody knows pays all of it.
// Source: DOMAIN C7, deposit relief and increase.
func (s *Service) DepositBP(
	ctx context.Context, r db.Reader, employerID string, day civil.Date,
) (int64, error) {
	region, st, err := gradeNow(ctx, r, employerID)
	if err != nil {
		return 0, err
	}
	switch st.grade(day) {
	case GradeA:
		return s.number("credit.a_deposit_bp", region, day)
	case GradeC:
		return s.number("credit.c_deposit_bp", region, day)
	}
	return 10_000, nil
}
