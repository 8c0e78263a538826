package training

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
	"github.com/gongyi/gongyi/internal/i18n"
)

// Enrol asks for a seat.
type Enrol struct {
	deed.Keyed
	ClassID  string `json:"class_id" path:"class_id"`
	WorkerID string `json:"worker_id" maxLength:"60"`
}

// EnrolmentView is a worker's seat in a class.
type EnrolmentView struct {
	ID         string    `json:"id"`
	WorkerID   string    `json:"worker_id"`
	Standing   Standing  `json:"standing" enum:"enrolled,withdrawn,called_off,passed,failed"`
	At         time.Time `json:"at"`
	Words      string    `json:"words,omitempty" doc:"of the assessment"`
	AssessedAt time.Time `json:"assessed_at,omitzero"`
	Class      View      `json:"class"`
}

func enrolmentView(e Enrolment, c View) EnrolmentView {
	return EnrolmentView{ID: e.ID, WorkerID: e.WorkerID, Standing: e.Standing, At: e.At,
		Words: e.Words, AssessedAt: e.AssessedAt, Class: c}
}

// lanes let one after the other at a class's seats, and at a worker's week.
func lanes(classID, workerID string) []db.Option {
	return []db.Option{db.Lane("class", classID), db.Lane("classes_of", workerID)}
}

// Enrol takes a seat for a worker.
// Faults: training.class_not_found; training.called_off, training.closed, training.full,
// training.enrolled, training.clash (conflict); people.worker_not_found.
func (s *Service) Enrol(ctx context.Context, in Enrol) (EnrolmentView, error) {
	if err := people.Must(ctx, people.PermTakeClass, in.WorkerID); err != nil {
		return EnrolmentView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "enrol"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (EnrolmentView, error) {
			return s.enrolTx(ctx, tx, in)
		}, lanes(in.ClassID, in.WorkerID)...)
}

// EnrolFor asks for a seat for somebody at the counter, under their authority.
type EnrolFor struct {
	deed.Keyed
	ClassID  string `json:"class_id" path:"class_id"`
	WorkerID string `json:"worker_id" maxLength:"60"`
	HelpID   string `json:"help_id" maxLength:"60"`
}

// EnrolFor takes a seat for a walk-in who let the staff act; it stands in the service ledger, and
// the worker is told.
// Faults: those of station.HelpTx and of Enrol.
func (s *Service) EnrolFor(ctx context.Context, in EnrolFor) (EnrolmentView, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return EnrolmentView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "enrol_for"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (EnrolmentView, error) {
			h, err := s.Stations.HelpTx(ctx, tx, in.HelpID, in.WorkerID, tx.Now)
			if err != nil {
				return EnrolmentView{}, err
			}
			v, err := s.enrolTx(ctx, tx, Enrol{ClassID: in.ClassID, WorkerID: in.WorkerID})
			if err != nil {
				return EnrolmentView{}, err
			}
			return v, s.Stations.ServedTx(ctx, tx, h, "training", v.ID)
		}, lanes(in.ClassID, in.WorkerID)...)
}

func (s *Service) enrolTx(ctx context.Context, tx *db.Tx, in Enrol) (EnrolmentView, error) {
	w, err := s.People.GetWorkerTx(ctx, tx, in.WorkerID)
	if err != nil {
		return EnrolmentView{}, err
	}
	c, err := getClass(ctx, tx, in.ClassID)
	if err != nil {
		return EnrolmentView{}, err
	}
	e := Enrolment{ID: tx.ID("enr"), ClassID: c.ID, WorkerID: w.ID, Standing: Enrolled, At: tx.Now}
	// Who has a seat in a full class is told so, not that it is full.
	if err := insertEnrolment(ctx, tx, e); err != nil {
		return EnrolmentView{}, err
	}
	if err := c.takes(tx.Now); err != nil {
		return EnrolmentView{}, err
	}
	clash, err := clashing(ctx, tx, c.ID, w.ID)
	if err == nil && clash {
		err = fault.New(fault.Conflict, "training.clash").OnField("class_id")
	}
	if err == nil {
		err = takeSeat(ctx, tx, c.ID)
	}
	if err == nil {
		err = feed.PutTx(ctx, tx, WorkerEnrolled{EnrolmentID: e.ID, ClassID: c.ID, WorkerID: w.ID})
	}
	if err == nil {
		err = s.tellTx(ctx, tx, w.AccountID, "class_enrolled", e, c, "")
	}
	c.Taken++
	return enrolmentView(e, s.view(c, "")), err
}

// tellTx writes to a worker about a class.
func (s *Service) tellTx(ctx context.Context, tx *db.Tx, accountID, template string, e Enrolment,
	c Class, reason string) error {
	name, _ := s.Skills.Name(c.Skill, i18n.Chinese)
	return s.Notify.PutTx(ctx, tx, notify.Message{AccountID: accountID, Template: template,
		Args: map[string]string{"title": c.Title, "place": c.PlaceName, "skill": name,
			"reason": reason,
			"at":     c.Sessions[0].StartsAt.In(civil.Zone).Format("2006-01-02 15:04")},
		Key: template + "/" + e.ID})
}

// Withdraw gives a seat back.
type Withdraw struct {
	deed.Keyed
	EnrolmentID string `json:"enrolment_id" path:"enrolment_id"`
	WorkerID    string `json:"worker_id" maxLength:"60"`
}

// Withdraw gives a seat back, for somebody else while enrolment is open.
// Faults: training.enrolment_not_found, also for another's; training.standing (conflict).
func (s *Service) Withdraw(ctx context.Context, in Withdraw) (EnrolmentView, error) {
	if err := people.Must(ctx, people.PermTakeClass, in.WorkerID); err != nil {
		return EnrolmentView{}, err
	}
	seat, err := s.ownTx(ctx, s.DB, in)
	if err != nil {
		return EnrolmentView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "withdraw"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (EnrolmentView, error) {
			e, err := s.ownTx(ctx, tx, in)
			if err == nil && e.Standing != Enrolled {
				err = fault.New(fault.Conflict, "training.standing").OnField("enrolment_id")
			}
			if err != nil {
				return EnrolmentView{}, err
			}
			if err := withdrawTx(ctx, tx, e); err != nil {
				return EnrolmentView{}, err
			}
			e.Standing = Withdrawn
			c, err := getClass(ctx, tx, e.ClassID)
			return enrolmentView(e, s.view(c, "")), err
		}, lanes(seat.ClassID, in.WorkerID)...)
}

// withdrawTx gives a seat back.
func withdrawTx(ctx context.Context, tx *db.Tx, e Enrolment) error {
	e.Standing = Withdrawn
	if err := changeEnrolment(ctx, tx, Enrolled, e); err != nil {
		return err
	}
	if err := giveSeat(ctx, tx, e.ClassID); err != nil {
		return err
	}
	return feed.PutTx(ctx, tx, WorkerWithdrew{EnrolmentID: e.ID, ClassID: e.ClassID,
		WorkerID: e.WorkerID})
}

// ownTx reads a worker's own enrolment; another's is not found.
func (s *Service) ownTx(ctx context.Context, r db.Reader, in Withdraw) (Enrolment, error) {
	e, err := getEnrolment(ctx, r, in.EnrolmentID)
	if err == nil && e.WorkerID != in.WorkerID {
		err = fault.New(fault.NotFound, "training.enrolment_not_found").OnField("enrolment_id")
	}
	return e, err
}

// FindEnrolments asks for a worker's seats.
type FindEnrolments struct {
	WorkerID string `json:"worker_id"      path:"worker_id"`
	Lang     string `json:"lang,omitempty" query:"lang"     enum:"zh-CN,en"`
}

// Enrolments is a worker's seats, the newest first.
type Enrolments struct {
	Enrolments []EnrolmentView `json:"enrolments"`
}

// FindEnrolments lists a worker's seats in classes, former ones too, at most ofWorkerMax.
func (s *Service) FindEnrolments(ctx context.Context, in FindEnrolments) (Enrolments, error) {
	if err := people.Must(ctx, people.PermTakeClass, in.WorkerID); err != nil {
		return Enrolments{}, err
	}
	return s.EnrolmentsTx(ctx, s.DB, in.WorkerID, in.Lang)
}

// EnrolmentsTx is FindEnrolments for whoever may ask already, such as a calendar that its owner
// shares.
func (s *Service) EnrolmentsTx(
	ctx context.Context, r db.Reader, workerID, lang string,
) (Enrolments, error) {
	list, err := enrolmentsOf(ctx, r, workerID)
	out := Enrolments{Enrolments: make([]EnrolmentView, len(list))}
	for i, e := range list {
		c, err := getClass(ctx, r, e.ClassID)
		if err != nil {
			return Enrolments{}, err
		}
		out.Enrolments[i] = enrolmentView(e, s.view(c, lang))
	}
	return out, err
}
