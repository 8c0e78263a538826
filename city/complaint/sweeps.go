package complaint

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/jobs"
)

// sweepMax bounds one turn; each complaint is a deed of its own.
const sweepMax = 100

// Kinds of warnings.
const (
	warnBefore = "before"
	warnDue    = "due"
)

// Sweeps warns of clocks that run out, and closes what was answered long enough ago.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{
		{Name: "complaint.warn_before", Every: time.Hour, Limit: sweepMax, Run: s.warnBefore},
		{Name: "complaint.warn_due", Every: time.Hour, Limit: sweepMax, Run: s.warnDue},
		{Name: "complaint.close", Every: time.Hour, Limit: sweepMax, Run: s.closeAnswered},
	}
}

// warnBefore warns from the working day before the last one.
func (s *Service) warnBefore(ctx context.Context, now time.Time) (int, error) {
	day, err := s.Calendar.DueOn(civil.DateOf(now), 1)
	if err != nil {
		return 0, err
	}
	return s.warn(ctx, warnBefore, day)
}

// warnDue warns on the last day.
func (s *Service) warnDue(ctx context.Context, now time.Time) (int, error) {
	return s.warn(ctx, warnDue, civil.DateOf(now))
}

func (s *Service) warn(ctx context.Context, kind string, day civil.Date) (int, error) {
	ctx = people.AsSystem(ctx, "complaint.warn")
	due, err := toWarn(ctx, s.DB, kind, day, sweepMax)
	if err != nil {
		return 0, err
	}
	for _, c := range due {
		_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
			isNew, err := insertWarning(ctx, tx, c, kind)
			if err != nil || !isNew || c.OwnerID == "" {
				return isNew, err // without an owner it is the queue that shows it
			}
			return true, s.Notify.PutTx(ctx, tx, notify.Message{AccountID: c.OwnerID,
				Template: "complaint_due", Key: "complaint_due/" + c.ID + "/" + string(c.DueOn) + "/" + kind,
				Args: map[string]string{"day": string(c.DueOn)}})
		})
		if err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// closeAnswered closes complaints whose complainant has let the answer stand.
func (s *Service) closeAnswered(ctx context.Context, now time.Time) (int, error) {
	ctx = people.AsSystem(ctx, "complaint.close")
	days, err := s.Policy.At("complaint.close_days", "", civil.DateOf(now))
	if err != nil {
		return 0, err
	}
	done, err := answeredBefore(ctx, s.DB, now.AddDate(0, 0, -int(days.Value)), sweepMax)
	if err != nil {
		return 0, err
	}
	for _, c := range done {
		c.State = Closed
		_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
			if err := change(ctx, tx, c, people.ActorOf(ctx).AccountID, ""); err != nil {
				return false, err
			}
			return true, feed.PutTx(ctx, tx, Moved{c.ID, c.Kind, c.State, c.EmployerID})
		})
		if err != nil && !fault.Is(err, "complaint.state") { // reopened meanwhile
			return 0, err
		}
	}
	return len(done), nil
}
