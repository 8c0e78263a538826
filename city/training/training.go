package training

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/money"
)

// State is where a class stands.
type State string

// The states of a class.
const (
	Open      State = "open"
	CalledOff State = "called_off"
)

// Standing is where an enrolment stands; see the drawing in doc.go.
type Standing string

// The standings of an enrolment.
const (
	Enrolled  Standing = "enrolled"
	Withdrawn Standing = "withdrawn"
	Cancelled Standing = "called_off"
	Passed    Standing = "passed"
	Failed    Standing = "failed"
)

// Session is a stretch of teaching.
type Session struct {
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
}

// Class is a class without its teacher's phone, which is sealed beside it.
type Class struct {
	ID           string
	PlaceID      string
	PlaceName    string
	Address      string
	Region       string
	LonE6, LatE6 int64
	Title        string
	Skill        string
	Teacher      string
	Seats, Taken int64
	FeeFen       money.Fen
	ClosesAt     time.Time
	Sessions     []Session
	State        State
	Reason       string
	OpenedBy     string
	OpenedAt     time.Time
}

// Enrolment is a worker's seat in a class.
type Enrolment struct {
	ID         string
	ClassID    string
	WorkerID   string
	Standing   Standing
	At         time.Time
	Words      string
	AssessorID string
	AssessedAt time.Time
}

const (
	titleRunesMax   = 40
	teacherRunesMax = 30
	nameRunesMax    = 60
	addressRunesMax = 120
	wordsRunesMax   = 200
	seatsMax        = 200 // a room; and what a call-off tells in one transaction
	sessionsMax     = 60  // a skill that takes longer is a school's
	feeFenMax       = 1_000_000
	sessionMax      = 12 * time.Hour
	aheadMax        = 180 * 24 * time.Hour // a class in the next half year
)

// phoneForm takes mobile and fixed numbers: a teacher may be reached at the school's.
var phoneForm = regexp.MustCompile(`^\d[\d-]{5,17}\d$`)

func bad(code, field string, args ...any) error {
	return fault.New(fault.Invalid, code, args...).OnField(field)
}

func lacks(text string, runesMax int) bool {
	n := utf8.RuneCountInString(strings.TrimSpace(text))
	return n == 0 || n > runesMax
}

// check refuses a class that cannot be.
// Faults (invalid, on their field): training.title, .teacher, .phone, .place, .seats, .fee,
// .sessions, .session, .closes.
func (c Class) check(phone string, now time.Time) error {
	switch {
	case lacks(c.Title, titleRunesMax):
		return bad("training.title", "title", "max", titleRunesMax)
	case lacks(c.Teacher, teacherRunesMax):
		return bad("training.teacher", "teacher", "max", teacherRunesMax)
	case !phoneForm.MatchString(phone):
		return bad("training.phone", "phone")
	case c.Seats < 1 || c.Seats > seatsMax:
		return bad("training.seats", "seats", "max", seatsMax)
	case c.FeeFen < 0 || c.FeeFen > feeFenMax:
		return bad("training.fee", "fee_fen", "max", feeFenMax/100)
	}
	if err := checkSessions(c.Sessions, now); err != nil {
		return err
	}
	if !c.ClosesAt.After(now) || c.ClosesAt.After(c.Sessions[0].StartsAt) {
		return bad("training.closes", "closes_at")
	}
	return nil
}

// checkPlace refuses a place that cannot be found on the ground.
func (c Class) checkPlace() error {
	switch {
	case lacks(c.Address, addressRunesMax):
		return bad("training.place", "address", "max", addressRunesMax)
	case lacks(c.PlaceName, nameRunesMax):
		return bad("training.place", "place_name", "max", nameRunesMax)
	}
	if wrong := geo.OutOfChina(c.LonE6, c.LatE6); wrong != "" {
		return bad("training.position", wrong)
	}
	return nil
}

// checkSessions wants them in order, one after the other, to come.
func checkSessions(list []Session, now time.Time) error {
	if len(list) == 0 || len(list) > sessionsMax {
		return bad("training.sessions", "sessions", "max", sessionsMax)
	}
	last := now
	for _, s := range list {
		if s.StartsAt.Before(last) || !s.EndsAt.After(s.StartsAt) ||
			s.EndsAt.Sub(s.StartsAt) > sessionMax || s.EndsAt.Sub(now) > aheadMax {
			return bad("training.session", "sessions")
		}
		last = s.EndsAt
	}
	return nil
}

// takes tells whether a seat can be taken.
// Faults (conflict): training.called_off, training.closed, training.full.
func (c Class) takes(now time.Time) error {
	switch {
	case c.State != Open:
		return fault.New(fault.Conflict, "training.called_off").OnField("class_id")
	case !now.Before(c.ClosesAt):
		return fault.New(fault.Conflict, "training.closed").OnField("class_id")
	case c.Taken >= c.Seats:
		return fault.New(fault.Conflict, "training.full").OnField("class_id")
	}
	return nil
}

// begun tells whether a session, counted from one, has begun.
// Faults: training.no_session (invalid); training.called_off, training.not_begun (conflict).
func (c Class) begun(session int64, now time.Time) error {
	switch {
	case session < 1 || session > int64(len(c.Sessions)):
		return bad("training.no_session", "session")
	case c.State != Open:
		return fault.New(fault.Conflict, "training.called_off").OnField("class_id")
	case now.Before(c.Sessions[session-1].StartsAt):
		return fault.New(fault.Conflict, "training.not_begun").OnField("session")
	}
	return nil
}

// assess gives the enrolment after an assessment. came is at how many sessions the worker was.
// Faults: training.words (invalid); training.standing, training.never_came (conflict).
func (e Enrolment) assess(
	passed bool, words, who string, came int64, at time.Time,
) (Enrolment, error) {
	if utf8.RuneCountInString(words) > wordsRunesMax {
		return e, bad("training.words", "words", "max", wordsRunesMax)
	}
	if e.Standing != Enrolled && e.Standing != Failed {
		return e, fault.New(fault.Conflict, "training.standing").OnField("enrolment_id")
	}
	e.Standing = Failed
	if passed {
		if came == 0 {
			return e, fault.New(fault.Conflict, "training.never_came").OnField("passed")
		}
		e.Standing = Passed
	}
	e.Words, e.AssessorID, e.AssessedAt = words, who, at
	return e, nil
}

func errAssessed() error {
	return fault.New(fault.Conflict, "training.assessed").OnField("class_id")
}
