package oversight

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// State is where a matter stands; see the drawing in doc.go.
type State string

// The states of a matter.
const (
	Assigned State = "assigned"
	Accepted State = "accepted"
	Reported State = "reported"
	Closed   State = "closed"
)

// Kind says what a matter is about.
type Kind string

// The kinds of matter.
const (
	AboutWage      Kind = "wage" // a wage line that is late
	AboutComplaint Kind = "complaint"
	AboutEmployer  Kind = "employer"
	AboutOther     Kind = "other"
)

// Matter is something that somebody must bring to its end.
type Matter struct {
	ID         string
	Kind       Kind
	SubjectID  string
	Title      string
	Words      string // what is to be done
	AssignerID string
	OwnerID    string
	DueOn      civil.Date
	State      State
	Steps      int64
	At         time.Time
	ClosedAt   time.Time
	Settled    Settlement // of one that was closed on that ground
}

// Settlement says that what a matter is about needs nobody any more: how that came, by which entry
// of the books or which complaint, and when. The zero one: it is not settled.
type Settlement struct {
	How string    `json:"how" enum:"paid,reversed,closed,not_accepted"`
	Of  string    `json:"of" doc:"the entry of the books, or the complaint"`
	At  time.Time `json:"at"`
}

const (
	wordsRunesMax = 500
	titleRunesMax = 60
	dueDaysMax    = 90 // a matter is for weeks; what takes longer is a plan
)

// check refuses words that say nothing and days that nobody can keep.
// Faults (invalid): oversight.words, oversight.due.
func (m Matter) check(today civil.Date) error {
	if err := checkWords(m.Words); err != nil {
		return err
	}
	if m.DueOn < today || m.DueOn > today.AddDays(dueDaysMax) {
		return fault.New(fault.Invalid, "oversight.due", "max", dueDaysMax).OnField("due_on")
	}
	return nil
}

// checkWords refuses words that are empty or too long.
// Faults: oversight.words (invalid).
func checkWords(words string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(words)); n == 0 || n > wordsRunesMax {
		return fault.New(fault.Invalid, "oversight.words", "max", wordsRunesMax).OnField("words")
	}
	return nil
}

// mustBe refuses a matter in another state.
// Faults: oversight.state (conflict).
func (m Matter) mustBe(states ...State) error {
	if slices.Contains(states, m.State) {
		return nil
	}
	return fault.New(fault.Conflict, "oversight.state").OnField("matter_id")
}

// mayAnswer lets only the owner accept and report.
// Faults: oversight.not_owner (forbidden).
func (m Matter) mayAnswer(accountID string) error {
	if m.OwnerID == accountID {
		return nil
	}
	return fault.New(fault.Forbidden, "oversight.not_owner").OnField("matter_id")
}

// mayClose lets the assigner and directors judge a report, but nobody their own.
// Faults: oversight.not_assigner (forbidden).
func (m Matter) mayClose(accountID string, director bool) error {
	if m.OwnerID != accountID && (m.AssignerID == accountID || director) {
		return nil
	}
	return fault.New(fault.Forbidden, "oversight.not_assigner").OnField("matter_id")
}

// mayPass lets the assigner and directors give it to somebody else, before there is a report.
// Faults: oversight.not_passer (forbidden); oversight.state (conflict).
func (m Matter) mayPass(accountID string, director bool) error {
	if m.AssignerID != accountID && !director {
		return fault.New(fault.Forbidden, "oversight.not_passer").OnField("matter_id")
	}
	return m.mustBe(Assigned, Accepted)
}

// mayEnd lets a matter be closed whose owner has reported, or whose subject is settled.
// Faults: oversight.state (conflict).
func (m Matter) mayEnd() error {
	if m.State != Closed && m.Settled != (Settlement{}) {
		return nil
	}
	return m.mustBe(Reported)
}

// overdue tells whether its day has passed without a report.
func (m Matter) overdue(today civil.Date) bool {
	return (m.State == Assigned || m.State == Accepted) && m.DueOn < today
}

// cut shortens a title.
func cut(title string) string {
	runes := []rune(title)
	if len(runes) <= titleRunesMax {
		return title
	}
	return string(runes[:titleRunesMax-1]) + "…"
}
