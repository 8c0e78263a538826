package credit

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// Appeal is an employer who does not agree with its grade.
type Appeal struct {
	deed.Keyed
	EmployerID string `json:"employer_id" path:"employer_id"`
	Words      string `json:"words" maxLength:"1000" doc:"what is wrong with it"`
}

// AppealView is an appeal, and its answer once there is one.
type AppealView struct {
	ID         string     `json:"id"`
	EmployerID string     `json:"employer_id"`
	GradeID    string     `json:"grade_id"`
	Words      string     `json:"words"`
	State      string     `json:"state" enum:"asked,granted,denied"`
	AskedAt    time.Time  `json:"asked_at"`
	DueOn      civil.Date `json:"due_on" doc:"last day for the answer"`
	Overdue    bool       `json:"overdue,omitempty"`
	Answer     string     `json:"answer,omitempty"`
	Grade      Grade      `json:"grade,omitempty" doc:"of the override"`
	Until      civil.Date `json:"until,omitempty" doc:"its last day"`
}

// AppealGrade asks for a person to look at the employer's newest grade.
// Faults: credit.words_missing (invalid); credit.no_grade, credit.appeal_open (conflict).
// Source: 个人信息保护法 24: human review on demand.
func (s *Service) AppealGrade(ctx context.Context, in Appeal) (AppealView, error) {
	if err := people.Must(ctx, people.PermAppealCredit, in.EmployerID); err != nil {
		return AppealView{}, err
	}
	if in.Words == "" {
		return AppealView{}, fault.New(fault.Invalid, "credit.words_missing").OnField("words")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "appeal"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (AppealView, error) {
			employer, err := s.People.GetEmployerTx(ctx, tx, in.EmployerID)
			if err != nil {
				return AppealView{}, err
			}
			j, err := newestGrade(ctx, tx, in.EmployerID)
			if err != nil {
				return AppealView{}, err
			}
			if j.ID == "" {
				return AppealView{}, fault.New(fault.Conflict, "credit.no_grade").OnField("employer_id")
			}
			today := civil.DateOf(tx.Now)
			days, err := s.number("credit.appeal_days", employer.Region, today)
			if err != nil {
				return AppealView{}, err
			}
			a := AppealView{ID: tx.ID("cra"), EmployerID: in.EmployerID, GradeID: j.ID, Words: in.Words,
				State: asked, AskedAt: tx.Now}
			if a.DueOn, err = s.Calendar.DueOn(today, int(days)); err != nil {
				return AppealView{}, err
			}
			return a, insertAppeal(ctx, tx, a)
		})
}

// AppealQueue asks for the appeals that wait.
type AppealQueue struct{}

// Appeals is the clerk's queue.
type Appeals struct {
	Appeals []AppealView `json:"appeals"`
}

// FindAppeals lists the appeals that wait for a person, the first due first, at most listMax.
func (s *Service) FindAppeals(ctx context.Context, _ AppealQueue) (Appeals, error) {
	if err := people.Must(ctx, people.PermReviewCredit, ""); err != nil {
		return Appeals{}, err
	}
	list, err := openAppeals(ctx, s.DB, civil.DateOf(s.DB.Now()))
	return Appeals{list}, err
}

// ReviewAppeal is a person's decision on an appeal.
type ReviewAppeal struct {
	deed.Keyed
	AppealID string     `json:"appeal_id" path:"appeal_id"`
	Grant    bool       `json:"grant"`
	Grade    Grade      `json:"grade,omitempty" enum:"A,B,C" doc:"when granted"`
	Until    civil.Date `json:"until,omitempty" doc:"its last day, when granted"`
	Words    string     `json:"words" maxLength:"1000" doc:"the reason, read by the employer"`
}

// ReviewAppeal answers an appeal. Granted, another grade counts until its last day; the computed
// one stays on record beside it. The answer goes to the employer.
// Faults: credit.words_missing, credit.grade, credit.until (invalid); credit.appeal_not_found;
// credit.appeal_answered (conflict).
func (s *Service) ReviewAppeal(ctx context.Context, in ReviewAppeal) (AppealView, error) {
	if err := people.Must(ctx, people.PermReviewCredit, ""); err != nil {
		return AppealView{}, err
	}
	today := civil.DateOf(s.DB.Now())
	daysMax, err := s.number("credit.override_days_max", "", today)
	if err != nil {
		return AppealView{}, err
	}
	if err := checkReview(in, today, daysMax); err != nil {
		return AppealView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "review_appeal"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (AppealView, error) {
			a := AppealView{ID: in.AppealID, State: denied, Answer: in.Words}
			if in.Grant {
				a.State, a.Grade, a.Until = granted, in.Grade, in.Until
			}
			a, err := answerAppeal(ctx, tx, a, people.ActorOf(ctx).AccountID)
			if err != nil {
				return a, err
			}
			employer, err := s.People.GetEmployerTx(ctx, tx, a.EmployerID)
			if err != nil {
				return a, err
			}
			err = s.Notify.PutTx(ctx, tx, notify.Message{AccountID: employer.AccountID,
				Template: "credit_answered", Key: "credit_answered/" + a.ID,
				Args: map[string]string{}})
			if err != nil {
				return a, err
			}
			return a, feed.PutTx(ctx, tx, AppealAnswered{a.EmployerID, a.ID, a.State, a.Grade, a.Until})
		})
}
