package complaint

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Kind is what a complaint is about.
type Kind string

// The kinds.
const (
	FalseVacancy   Kind = "false_vacancy"
	Fees           Kind = "fees"
	Discrimination Kind = "discrimination"
	TurnedAway     Kind = "turned_away"
	Unpaid         Kind = "unpaid"
	Unsafe         Kind = "unsafe"
	StaffConduct   Kind = "staff_conduct"
	Privacy        Kind = "privacy"
)

// Subject says whom or what it is against.
type Subject string

// The subjects.
const (
	OnVacancy  Subject = "vacancy"
	OnEmployer Subject = "employer"
	OnStaff    Subject = "staff"
	OnPlatform Subject = "platform"
)

// State is where a complaint stands; see the drawing in doc.go.
type State string

// The states.
const (
	Received      State = "received"
	NotAccepted   State = "not_accepted"
	Accepted      State = "accepted"
	Investigating State = "investigating"
	Upheld        State = "upheld"
	NotUpheld     State = "not_upheld"
	Answered      State = "answered"
	Closed        State = "closed"
)

const (
	wordsRunesMin = 5 // fewer say nothing
	wordsRunesMax = 2000
	notesMax      = 50  // of one complaint
	listMax       = 100 // rows a list shows at once
)

// Complaint is one complaint.
type Complaint struct {
	ID         string
	Kind       Kind
	Subject    Subject
	SubjectID  string
	EmployerID string // who offers the vacancy, or the employer itself; "" else
	Anonymous  bool
	AccountID  string // "" when anonymous
	contact    []byte // the account, sealed
	blind      string // the account, as a digest
	Words      string
	State      State
	Decision   State // Upheld, NotUpheld, or "" before it
	OwnerID    string
	Reason     string // why it was not accepted, or what was found
	Answer     string
	Reopened   bool
	Steps      int64
	ReceivedAt time.Time
	DueOn      civil.Date // the service's promise for this stage; "" when nothing is due
	LegalOn    civil.Date // the law's
	AnsweredAt time.Time
	AnswerDays int64 // working days until it was answered
}

// mustBe refuses a complaint that is in none of the states.
func (c Complaint) mustBe(states ...State) error {
	for _, s := range states {
		if c.State == s {
			return nil
		}
	}
	return fault.New(fault.Conflict, "complaint.state", "state", string(c.State)).
		OnField("complaint_id")
}

// open tells whether somebody still has to do something about it.
func (c Complaint) open() bool { return c.DueOn != "" }

// clock is what a stage's two clocks are called in policy.
var clocks = map[State]string{Received: "accept", Accepted: "decide", Investigating: "decide",
	Upheld: "answer", NotUpheld: "answer"}

// hex64 is the form of a SHA-256 digest.
var hex64 = regexp.MustCompile(`^[0-9a-f]{64}$`)

func checkDigest(digest string) error {
	if digest != "" && !hex64.MatchString(digest) {
		return fault.New(fault.Invalid, "complaint.digest").OnField("digest")
	}
	return nil
}

// checkWords refuses words that say nothing or too much, and gives them trimmed.
func checkWords(words string) (string, error) {
	words = strings.TrimSpace(words)
	n := utf8.RuneCountInString(words)
	if n < wordsRunesMin || n > wordsRunesMax {
		return "", fault.New(fault.Invalid, "complaint.words", "min", wordsRunesMin,
			"max", wordsRunesMax).OnField("words")
	}
	return words, nil
}

// checkSubject refuses a kind against what it cannot be about, and a subject without its id. Staff
// may be named in words instead: few complainants know an account's id.
func checkSubject(in File) error {
	switch {
	case (in.Subject == OnVacancy || in.Subject == OnEmployer) && in.SubjectID == "":
		return fault.New(fault.Invalid, "complaint.subject_missing").OnField("subject_id")
	case in.Subject == OnPlatform && in.SubjectID != "",
		in.Kind == FalseVacancy && in.Subject != OnVacancy,
		in.Kind == StaffConduct && in.Subject != OnStaff:
		return fault.New(fault.Invalid, "complaint.subject").OnField("subject")
	}
	return nil
}
