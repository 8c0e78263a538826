package credit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/jobs"
)

// judgeMax bounds one turn; each employer is a deed of its own.
const judgeMax = 100

// Sweeps judges every vetted employer that was not looked at today.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{
		{Name: "credit.judge", Every: time.Hour, Limit: judgeMax, Run: s.judge},
	}
}

// judge gives every vetted employer its grade of the day.
func (s *Service) judge(ctx context.Context, now time.Time) (int, error) {
	ctx = people.AsSystem(ctx, "credit.judge")
	ids, err := employersToJudge(ctx, s.DB, civil.DateOf(now), judgeMax)
	if err != nil {
		return 0, err
	}
	var failed []error // one employer whose facts cannot be read keeps no other from its grade
	for _, id := range ids {
		if err := s.judgeOne(ctx, id, now); err != nil {
			failed = append(failed, fmt.Errorf("judge %s: %w", id, err))
		}
	}
	return len(ids) - len(failed), errors.Join(failed...)
}

// judgeOne counts outside of the deed, so that the reading of half a year of wages is nobody's
// rival, and writes a new row only when something is new.
func (s *Service) judgeOne(ctx context.Context, employerID string, now time.Time) error {
	employer, err := s.People.GetEmployerTx(ctx, s.DB, employerID)
	if err != nil {
		return err
	}
	today := civil.DateOf(now)
	rules, err := s.rules(employer.Region, today)
	if err != nil {
		return err
	}
	w := rules.window(now)
	facts, err := factsAt(ctx, s.DB, employerID, w, rules.NoticeMin)
	if err != nil {
		return err
	}
	v := rules.Judge(facts)
	_, err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		old, err := newestGrade(ctx, tx, employerID)
		if err != nil {
			return false, err
		}
		if old.ID != "" && old.Facts == facts && old.Rules == rules {
			return false, upsertStanding(ctx, tx, employerID, old.ID, today)
		}
		j := judgement{ID: tx.ID("crg"), EmployerID: employerID, Grade: v.Grade, Points: v.Points,
			Rules: rules, Facts: facts, window: w}
		if err := insertGrade(ctx, tx, j); err != nil {
			return false, err
		}
		if err := upsertStanding(ctx, tx, employerID, j.ID, today); err != nil {
			return false, err
		}
		return true, s.tellTx(ctx, tx, employer, old, j)
	})
	return err
}

// tellTx tells the employer of a grade that is another than before.
func (s *Service) tellTx(
	ctx context.Context, tx *db.Tx, employer people.Employer, old, j judgement,
) error {
	if old.Grade == j.Grade {
		return nil
	}
	if j.Grade != Unrated {
		err := s.Notify.PutTx(ctx, tx, notify.Message{AccountID: employer.AccountID,
			Template: "credit_changed", Key: "credit_changed/" + j.ID,
			Args: map[string]string{"grade": string(j.Grade)}})
		if err != nil {
			return err
		}
	}
	return feed.PutTx(ctx, tx, Judged{j.EmployerID, j.ID, j.Grade, j.Points})
}
