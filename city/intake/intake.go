package intake

import (
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/gongyi/gongyi/internal/fault"
)

// Kind says what the rows of a table are.
type Kind string

// The kinds that can come in; lists that can go out have more.
const (
	Workers   Kind = "workers"
	Employers Kind = "employers"
	Vacancies Kind = "vacancies"
	Roster    Kind = "roster" // whom an employer employs
)

// State of an import; see the package comment for the drawing.
type State string

// The states of an import.
const (
	Waiting State = "waiting"
	Done    State = "done"
	Failed  State = "failed"
)

// RowState is what became of a row.
type RowState string

// The states of a row that was tried.
const (
	In   RowState = "in"
	Same RowState = "same"
	Bad  RowState = "bad"
)

// Import is a workbook that somebody sent.
type Import struct {
	ID        string
	Kind      Kind
	FileName  string
	SHA256    string
	Region    string
	AccountID string
	// EmployerID is whose file it is; "" for the city's.
	EmployerID string
	State      State
	Code       string
	Rows       int64
	Hidden     int64
	Tries      int64
	CreatedAt  time.Time
	DoneAt     time.Time
}

// result is what became of one row.
type result struct {
	n          int
	state      RowState
	rowKey     string
	subjectKey string
	subjectID  string
	fault      *fault.Error
}

// earlier is a row of this or another import about the same subject, that went in.
type earlier struct {
	importID, fileName string
	n                  int
	rowKey, subjectID  string
	subjectKey         string
	createdAt          time.Time
}

func checkKind(k Kind) error {
	switch k {
	case Workers, Employers, Vacancies, Roster:
		return nil
	}
	return fault.New(fault.NotFound, "intake.kind_unknown").OnField("kind")
}

// checkOwner lets an employer send only lists of its own, and a roster only as somebody's.
// Faults: intake.kind_not_yours (forbidden); intake.roster_whose (invalid).
func checkOwner(k Kind, employerID string) error {
	switch {
	case k == Roster && employerID == "":
		return fault.New(fault.Invalid, "intake.roster_whose").OnField("employer_id")
	case employerID != "" && k != Roster && k != Vacancies:
		return fault.New(fault.Forbidden, "intake.kind_not_yours").OnField("kind")
	}
	return nil
}

const (
	fileNameRunesMax = 100
	digitsShown      = 8 // a date may stand in a file's name, somebody's number may not
)

// fileName keeps the last part of a file's name, without anybody's number.
func fileName(text string) string {
	name := path.Base(strings.ReplaceAll(text, `\`, "/"))
	var out []rune
	run := 0
	for _, r := range name {
		switch {
		case unicode.IsControl(r):
			continue
		case r >= '0' && r <= '9':
			if run++; run > digitsShown {
				continue
			}
		default:
			run = 0
		}
		out = append(out, r)
	}
	if name == "." || name == "/" {
		return ""
	}
	return string(out[:min(len(out), fileNameRunesMax)])
}
