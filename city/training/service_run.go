package training

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/sheet"
)

// FindRunClasses asks for the classes that a station runs, or, of a clerk, for all.
type FindRunClasses struct {
	PlaceID string `json:"place_id,omitempty" query:"place_id" doc:"the station; empty: the city, for clerks"`
	Lang    string `json:"lang,omitempty"     query:"lang"     enum:"zh-CN,en"`
}

// FindRunClasses lists classes for who runs them, the latest first, former ones too, at most
// listMax.
// Faults: station.not_here (forbidden); station.place_not_found.
func (s *Service) FindRunClasses(ctx context.Context, in FindRunClasses) (List, error) {
	if err := people.Must(ctx, people.PermRunClass, ""); err != nil {
		return List{}, err
	}
	if err := s.runsTx(ctx, s.DB, in.PlaceID); err != nil {
		return List{}, err
	}
	found, err := runClasses(ctx, s.DB, in.PlaceID)
	out := List{Classes: make([]View, len(found))}
	for i, c := range found {
		out.Classes[i] = s.view(c, in.Lang)
	}
	return out, err
}

// Roll is who has a seat in a class, for who runs it.
type Roll struct {
	Class View   `json:"class"`
	Phone string `json:"phone" doc:"the teacher's"`
	Seats []Seat `json:"seats" doc:"in the order in which they were taken"`
}

// Seat is one seat with its attendance.
type Seat struct {
	EnrolmentID string   `json:"enrolment_id"`
	WorkerID    string   `json:"worker_id"`
	Name        string   `json:"name"`
	Standing    Standing `json:"standing" enum:"enrolled,called_off,passed,failed"`
	Present     []int64  `json:"present"  doc:"the sessions at which the worker was, from 1"`
	Absent      []int64  `json:"absent"   doc:"those that were called without an answer"`
	Words       string   `json:"words,omitempty" doc:"of the assessment"`
}

// ShowRoll shows who has a seat, who came and who passed.
// Faults: training.class_not_found; station.not_here (forbidden).
func (s *Service) ShowRoll(ctx context.Context, in GetClass) (Roll, error) {
	if err := people.Must(ctx, people.PermRunClass, ""); err != nil {
		return Roll{}, err
	}
	c, err := s.runTx(ctx, s.DB, in.ClassID)
	if err != nil {
		return Roll{}, err
	}
	out := Roll{Class: s.view(c, in.Lang)}
	if out.Phone, err = s.phone(ctx, c.ID); err != nil {
		return Roll{}, err
	}
	out.Seats, err = s.seatsTx(ctx, s.DB, c.ID)
	return out, err
}

// runTx reads a class for who runs it. Whoever does not run classes at its station is refused alike
// whether or not there is such a class.
func (s *Service) runTx(ctx context.Context, r db.Reader, classID string) (Class, error) {
	c, err := getClass(ctx, r, classID)
	if err != nil {
		return c, err
	}
	return c, s.runsTx(ctx, r, c.PlaceID)
}

func (s *Service) seatsTx(ctx context.Context, r db.Reader, classID string) ([]Seat, error) {
	list, err := seatedIn(ctx, r, classID)
	if err != nil {
		return nil, err
	}
	seats := make([]Seat, len(list))
	at := map[string]*Seat{}
	for i, e := range list {
		w, err := s.People.GetWorkerTx(ctx, r, e.WorkerID)
		if err != nil {
			return nil, err
		}
		seats[i] = Seat{EnrolmentID: e.ID, WorkerID: e.WorkerID, Name: w.Name, Standing: e.Standing,
			Present: []int64{}, Absent: []int64{}, Words: e.Words}
		at[e.ID] = &seats[i]
	}
	roll, err := rollOf(ctx, r, classID)
	for _, c := range roll {
		seat := at[c.enrolmentID]
		switch {
		case seat == nil: // has withdrawn since
		case c.present:
			seat.Present = append(seat.Present, c.session)
		default:
			seat.Absent = append(seat.Absent, c.session)
		}
	}
	return seats, err
}

// CallRoll says who of a class is there.
type CallRoll struct {
	deed.Keyed
	ClassID string   `json:"class_id" path:"class_id"`
	Session int64    `json:"session" minimum:"1" doc:"from 1"`
	Present []string `json:"present,omitempty" maxItems:"200" doc:"the enrolments of who is there; the others are not"`
}

// CallRoll writes down who came to a session. Calling again corrects, and both calls are kept.
// Faults: training.class_not_found; station.not_here (forbidden); training.no_session,
// training.not_seated (invalid); training.called_off, training.not_begun (conflict).
func (s *Service) CallRoll(ctx context.Context, in CallRoll) (Roll, error) {
	if err := people.Must(ctx, people.PermRunClass, ""); err != nil {
		return Roll{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "roll"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Roll, error) {
			c, err := s.runTx(ctx, tx, in.ClassID)
			if err == nil {
				err = c.begun(in.Session, tx.Now)
			}
			if err != nil {
				return Roll{}, err
			}
			if err := callTx(ctx, tx, in); err != nil {
				return Roll{}, err
			}
			seats, err := s.seatsTx(ctx, tx, c.ID)
			return Roll{Class: s.view(c, ""), Seats: seats}, err
		}, db.Lane("class", in.ClassID))
}

func callTx(ctx context.Context, tx *db.Tx, in CallRoll) error {
	list, err := seatedIn(ctx, tx, in.ClassID)
	if err != nil {
		return err
	}
	roll, err := rollOf(ctx, tx, in.ClassID)
	if err != nil {
		return err
	}
	last := map[string]called{}
	for _, c := range roll {
		if c.session == in.Session {
			last[c.enrolmentID] = c
		}
	}
	for _, id := range in.Present {
		if !slices.ContainsFunc(list, func(e Enrolment) bool { return e.ID == id }) {
			return bad("training.not_seated", "present")
		}
	}
	who := people.ActorOf(ctx).AccountID
	for _, e := range list {
		before, known := last[e.ID]
		now := called{e.ID, in.Session, before.n + 1, slices.Contains(in.Present, e.ID)}
		if known && before.present == now.present {
			continue
		}
		if e.Standing == Passed && !now.present { // who passed on having come has come
			continue
		}
		if err := insertCall(ctx, tx, now, who); err != nil {
			return err
		}
	}
	return nil
}

// Assess is what came of somebody's assessment.
type Assess struct {
	deed.Keyed
	EnrolmentID string `json:"enrolment_id" path:"enrolment_id"`
	Passed      bool   `json:"passed"`
	Words       string `json:"words,omitempty" maxLength:"200" doc:"what was assessed, or what is missing"`
}

// Assess says from the last session on whether somebody passed. Passing gives the skill, in the
// same transaction; who failed may be assessed again.
// Faults: training.enrolment_not_found; station.not_here (forbidden); training.words (invalid);
// training.called_off, training.not_begun, training.standing, training.never_came (conflict).
func (s *Service) Assess(ctx context.Context, in Assess) (Seat, error) {
	if err := people.Must(ctx, people.PermRunClass, ""); err != nil {
		return Seat{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "assess"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Seat, error) {
			before, err := getEnrolment(ctx, tx, in.EnrolmentID)
			if err != nil {
				return Seat{}, err
			}
			c, err := s.runTx(ctx, tx, before.ClassID)
			if err == nil {
				err = c.begun(int64(len(c.Sessions)), tx.Now)
			}
			if err != nil {
				return Seat{}, err
			}
			seats, err := s.seatsTx(ctx, tx, c.ID)
			if err != nil {
				return Seat{}, err
			}
			i := slices.IndexFunc(seats, func(seat Seat) bool { return seat.EnrolmentID == before.ID })
			came := int64(0)
			if i >= 0 {
				came = int64(len(seats[i].Present))
			}
			e, err := before.assess(in.Passed, in.Words, people.ActorOf(ctx).AccountID, came, tx.Now)
			if err != nil {
				return Seat{}, err
			}
			seats[i].Standing, seats[i].Words = e.Standing, e.Words
			return seats[i], s.assessTx(ctx, tx, before.Standing, e, c)
		})
}

// assessTx writes an assessment down, with what follows from passing.
func (s *Service) assessTx(
	ctx context.Context, tx *db.Tx, from Standing, e Enrolment, c Class,
) error {
	if err := changeEnrolment(ctx, tx, from, e); err != nil {
		return err
	}
	passed := e.Standing == Passed
	if passed {
		if err := s.Skills.AssessedTx(ctx, tx, e.WorkerID, c.Skill, e.ID); err != nil {
			return err
		}
		w, err := s.People.GetWorkerTx(ctx, tx, e.WorkerID)
		if err != nil {
			return err
		}
		if err := s.tellTx(ctx, tx, w.AccountID, "class_passed", e, c, ""); err != nil {
			return err
		}
	}
	return feed.PutTx(ctx, tx, WorkerAssessed{EnrolmentID: e.ID, ClassID: c.ID,
		WorkerID: e.WorkerID, Skill: c.Skill, Passed: passed})
}

// CallOff says that a class does not take place.
type CallOff struct {
	deed.Keyed
	ClassID string `json:"class_id" path:"class_id"`
	Reason  string `json:"reason" maxLength:"200"`
}

// CallOff calls a class off and tells everybody who had a seat.
// Faults: training.reason (invalid); training.class_not_found; station.not_here (forbidden);
// training.called_off, training.assessed (conflict).
func (s *Service) CallOff(ctx context.Context, in CallOff) (View, error) {
	if err := people.Must(ctx, people.PermRunClass, ""); err != nil {
		return View{}, err
	}
	if lacks(in.Reason, wordsRunesMax) {
		return View{}, bad("training.reason", "reason", "max", wordsRunesMax)
	}
	return deed.Once(ctx, s.DB, scope(ctx, "call_off"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (View, error) {
			c, err := s.runTx(ctx, tx, in.ClassID)
			if err != nil {
				return View{}, err
			}
			return s.callOffTx(ctx, tx, c, in.Reason)
		}, db.Lane("class", in.ClassID))
}

func (s *Service) callOffTx(
	ctx context.Context, tx *db.Tx, c Class, reason string,
) (View, error) {
	list, err := seatedIn(ctx, tx, c.ID)
	if err != nil {
		return View{}, err
	}
	for _, e := range list {
		if e.Standing != Enrolled && e.Standing != Cancelled {
			return View{}, errAssessed()
		}
	}
	if err := callOffClass(ctx, tx, c.ID, reason); err != nil {
		return View{}, err
	}
	for _, e := range list {
		w, err := s.People.GetWorkerTx(ctx, tx, e.WorkerID)
		if err != nil {
			return View{}, err
		}
		if err := s.tellTx(ctx, tx, w.AccountID, "class_called_off", e, c, reason); err != nil {
			return View{}, err
		}
	}
	c.State, c.Reason, c.Taken = CalledOff, reason, 0
	return s.view(c, ""), feed.PutTx(ctx, tx, ClassCalledOff{ClassID: c.ID, Reason: reason})
}

// ExportRoll asks for a roll as a workbook.
type ExportRoll struct {
	ClassID string `json:"class_id" path:"class_id"`
	Lang    string `json:"lang,omitempty" enum:"zh-CN,en" doc:"of the header"`
}

// FileView is a file to be kept by who asked for it.
type FileView struct {
	FileName string `json:"file_name"`
	Content  []byte `json:"content" doc:"base64"`
}

// ExportRoll gives a class's roll as a workbook. Whoever takes it is in the audit log; it has no
// key and its answer is stored nowhere.
// Faults: training.class_not_found; station.not_here (forbidden).
func (s *Service) ExportRoll(ctx context.Context, in ExportRoll) (FileView, error) {
	if err := people.Must(ctx, people.PermRunClass, ""); err != nil {
		return FileView{}, err
	}
	roll, err := s.ShowRoll(ctx, GetClass(in))
	if err != nil {
		return FileView{}, err
	}
	_, err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, s.People.AuditTx(ctx, tx, "exported roll", in.ClassID)
	})
	if err != nil {
		return FileView{}, err
	}
	say := func(key string) string { return s.Text.Say(in.Lang, "training.roll."+key, nil) }
	header := []string{say("name"), say("standing"), say("came"), say("words")}
	for _, one := range roll.Class.Sessions {
		header = append(header, one.StartsAt.In(civil.Zone).Format("01-02 15:04"))
	}
	content, err := sheet.List(say("title"), header, func(yield func([]string, error) bool) {
		for _, seat := range roll.Seats {
			row := []string{seat.Name, say("standing." + string(seat.Standing)),
				fmt.Sprintf("%d / %d", len(seat.Present), len(roll.Class.Sessions)), seat.Words}
			for n := range roll.Class.Sessions {
				row = append(row, seat.mark(int64(n+1), say))
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	name := strings.NewReplacer("/", "-", `\`, "-").Replace(roll.Class.Title)
	return FileView{FileName: name + "-" + say("title") + ".xlsx", Content: content}, err
}

// mark says whether somebody was at a session; nothing where nobody asked.
func (seat Seat) mark(session int64, say func(string) string) string {
	switch {
	case slices.Contains(seat.Present, session):
		return say("present")
	case slices.Contains(seat.Absent, session):
		return say("absent")
	}
	return ""
}
