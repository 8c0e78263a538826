package market

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

// Change is a vacancy as it shall be from now on, whole; its heads are those still wanted.
type Change struct {
	Publish
	VacancyID string `json:"vacancy_id" path:"vacancy_id"`
}

// ChangeVacancy passes a materially changed vacancy (pay, place, hours, content) through the gate
// again, as a new one that takes the old one's place: nobody new can take the old terms, and offers
// on them are withdrawn. Who has accepted keeps the old terms, is told, and may leave with
// ReasonChanged on record. When the gate refuses, nothing changes; when the new one waits for a
// clerk, the old one is no longer shown, because it is no longer offered.
// Faults: those of PublishVacancy; market.vacancy_not_found; market.vacancy_state,
// market.nothing_changed, market.change_crowded (conflict).
func (s *Service) ChangeVacancy(ctx context.Context, in Change) (VacancyView, error) {
	if err := people.Must(ctx, people.PermPublishVacancy, in.EmployerID); err != nil {
		return VacancyView{}, err
	}
	view, err := s.change(ctx, in)
	return view, s.keepRefusal(ctx, in.Publish, err)
}

func (s *Service) change(ctx context.Context, in Change) (VacancyView, error) {
	in.Shifts = withBreaks(in.Shifts)
	if err := checkItems(in.Publish); err != nil {
		return VacancyView{}, err
	}
	findings, err := s.screen(in.Publish)
	if err != nil {
		return VacancyView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "change"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (VacancyView, error) {
			return s.changeTx(ctx, tx, in, findings)
		}, db.Lane("vacancy", in.VacancyID))
}

func (s *Service) changeTx(
	ctx context.Context, tx *db.Tx, in Change, findings []FindingView,
) (VacancyView, error) {
	old, err := getPosted(ctx, tx, in.VacancyID, in.EmployerID)
	if err != nil {
		return VacancyView{}, err
	}
	if old.State != Published && old.State != Waiting {
		return VacancyView{}, fault.New(fault.Conflict, "market.vacancy_closed").OnField("vacancy_id")
	}
	asked := in.Publish
	if asked.Conditions, err = conditionsOf(asked); err != nil {
		return VacancyView{}, err
	}
	asked.Required = s.required(asked, asked.Conditions)
	what := old.changes(asked)
	if len(what) == 0 {
		return VacancyView{}, fault.New(fault.Conflict, "market.nothing_changed").OnField("vacancy_id")
	}
	if err := closeVacancies(ctx, tx, []string{old.ID}, ReasonChanged); err != nil {
		return VacancyView{}, err
	}
	v, err := s.publishTx(ctx, tx, in.Publish, findings)
	if err != nil {
		return VacancyView{}, err
	}
	if err := s.tellChanged(ctx, tx, old.ID, v.ID); err != nil {
		return VacancyView{}, err
	}
	if err := insertChange(ctx, tx, old, v.ID, what); err != nil {
		return VacancyView{}, err
	}
	return v, feed.PutTx(ctx, tx, VacancyChanged{OldID: old.ID, NewID: v.ID,
		EmployerID: in.EmployerID, What: what})
}

// tellChanged tells those who have accepted the old terms and have not begun.
func (s *Service) tellChanged(ctx context.Context, tx *db.Tx, oldID, newID string) error {
	placed, err := acceptedOf(ctx, tx, oldID, changePeopleMax+1)
	if err != nil {
		return err
	}
	if len(placed) > changePeopleMax {
		return fault.New(fault.Conflict, "market.change_crowded", "max", changePeopleMax).
			OnField("vacancy_id")
	}
	for _, p := range placed {
		worker, err := s.People.GetWorkerTx(ctx, tx, p.WorkerID)
		if err != nil {
			return err
		}
		err = s.Notify.PutTx(ctx, tx, notify.Message{AccountID: worker.AccountID,
			Template: "vacancy_changed", Key: "vacancy_changed/" + newID + "/" + p.ID,
			Args: map[string]string{"day": string(civil.DateOf(p.StartsAt))}})
		if err != nil {
			return err
		}
	}
	return nil
}

// leaveReason is a worker's reason for giving a head back, marked where the vacancy was changed
// after the head was taken.
func leaveReason(ctx context.Context, tx *db.Tx, p Placement, words string) (string, error) {
	changed, err := isChanged(ctx, tx, p.VacancyID)
	if err != nil || !changed {
		return words, err
	}
	return ReasonChanged + ": " + words, nil
}

// Refresh asks for a vacancy to stay public, or to be public again after its last day.
type Refresh struct {
	deed.Keyed
	EmployerID string     `json:"employer_id" path:"employer_id"`
	VacancyID  string     `json:"vacancy_id" path:"vacancy_id"`
	ValidUntil civil.Date `json:"valid_until" doc:"the new last public day"`
}

// RefreshVacancy gives a vacancy a new last public day, when its employer may publish today. One
// that has expired is public again with the shifts still to come, when its words still pass, or
// waits for a clerk where the employer's credit asks for it.
// Faults: market.vacancy_not_found; market.vacancy_closed, market.vacancy_there (conflict);
// market.valid_past, market.valid_far, market.forbidden_words (invalid); those of mustBeVetted
// and Deps.Credit.
func (s *Service) RefreshVacancy(ctx context.Context, in Refresh) (VacancyView, error) {
	if err := people.Must(ctx, people.PermPublishVacancy, in.EmployerID); err != nil {
		return VacancyView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "refresh"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (VacancyView, error) {
			return s.refreshTx(ctx, tx, in)
		}, db.Lane("vacancy", in.VacancyID))
}

func (s *Service) refreshTx(ctx context.Context, tx *db.Tx, in Refresh) (VacancyView, error) {
	old, err := getPosted(ctx, tx, in.VacancyID, in.EmployerID)
	if err != nil {
		return VacancyView{}, err
	}
	expired := old.State == Closed && old.Reason == reasonExpired
	if old.State != Published && old.State != Waiting && !expired {
		return VacancyView{}, fault.New(fault.Conflict, "market.vacancy_closed").OnField("vacancy_id")
	}
	today := civil.DateOf(tx.Now)
	if err := s.mustBeVetted(ctx, tx, in.EmployerID, today); err != nil {
		return VacancyView{}, err
	}
	if in.ValidUntil == "" {
		return VacancyView{}, fault.New(fault.Invalid, "market.item_missing").OnField("valid_until")
	}
	old.Publish.ValidUntil = in.ValidUntil
	region, err := regionOf(ctx, tx, old.ID)
	if err != nil {
		return VacancyView{}, err
	}
	if err := s.setValid(&old.Publish, region, today); err != nil {
		return VacancyView{}, err
	}
	v := VacancyView{ID: old.ID, State: old.State, Reason: old.Reason, ValidUntil: in.ValidUntil}
	if expired {
		if _, err := s.screen(old.Publish); err != nil {
			return VacancyView{}, err
		}
		if err := notThereYet(ctx, tx, old.Publish); err != nil {
			return VacancyView{}, err
		}
		v.State, v.Reason = Published, ""
	}
	weighed, err := s.creditTx(ctx, tx, in.EmployerID, v)
	if err != nil {
		return VacancyView{}, err
	}
	if expired {
		v = weighed
	}
	if err := refreshVacancy(ctx, tx, v, expired); err != nil {
		return VacancyView{}, err
	}
	if err := putMoved(ctx, tx, v.ID); err != nil {
		return VacancyView{}, err
	}
	v.ShiftIDs, err = openShiftsOf(ctx, tx, v.ID)
	return v, err
}

// expire closes vacancies whose last public day has passed; offers on them end. Who has accepted
// works as agreed.
func (s *Service) expire(ctx context.Context, now time.Time) (int, error) {
	ids, err := expired(ctx, s.DB, civil.DateOf(now), sweepMax)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (int, error) {
		ids, err := expired(ctx, tx, civil.DateOf(now), sweepMax) // one may be refreshed by now
		if err != nil || len(ids) == 0 {
			return 0, err
		}
		if err := closeVacancies(ctx, tx, ids, reasonExpired); err != nil {
			return 0, err
		}
		return len(ids), putMoved(ctx, tx, ids...)
	})
}
