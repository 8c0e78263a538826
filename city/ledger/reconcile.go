package ledger

import (
	"sort"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/money"
)

// BankLine is a line of the bank's own statement of a sub-account.
type BankLine struct {
	Key       string    // the credit's id, or the payout's key
	AmountFen money.Fen // below zero: paid out
	At        time.Time
	Returns   string // the payout whose money came back
}

// BankStatement is a page of the bank's own statement.
type BankStatement struct {
	ClosingFen money.Fen // at the end of the period
	Lines      []BankLine
	More       bool
}

// entries are the names under which the line can stand in the books.
func (l BankLine) entries() []string {
	switch {
	case l.Returns != "":
		return []string{"return/" + l.Returns}
	case l.AmountFen > 0:
		return []string{"deposit/" + l.Key, "call/" + l.Key}
	}
	return []string{"payout/" + l.Key, "refund/" + l.Key}
}

// Difference is what bank and books say of one line, where they differ.
type Difference struct {
	ID         string
	EmployerID string
	Day        civil.Date
	Key        string
	Entries    []string // the names under which the books would have it
	BankFen    money.Fen
	OursFen    money.Fen
	State      string
	Words      string
	FoundAt    time.Time
}

// bookedLine is a movement at the bank as the books have it.
type bookedLine struct {
	EntryID   string
	AmountFen money.Fen // as the bank would show it
}

// compare finds what bank and books do not both have. ours are the entries that the bank's lines
// name, and those of the day; earlier are the bank's lines of the days before, where the books
// learned of them late.
func compare(lines, earlier []BankLine, ours []bookedLine) []Difference {
	byEntry := map[string]money.Fen{}
	for _, o := range ours {
		byEntry[o.EntryID] = o.AmountFen
	}
	var out []Difference
	for _, l := range lines {
		var fen money.Fen
		for _, id := range l.entries() {
			fen += byEntry[id]
		}
		if fen != l.AmountFen {
			out = append(out, Difference{Key: l.Key, Entries: l.entries(), BankFen: l.AmountFen,
				OursFen: fen})
		}
	}
	for _, o := range unnamed(earlier, unnamed(lines, ours)) {
		_, key, _ := strings.Cut(o.EntryID, "/")
		out = append(out, Difference{Key: key, Entries: []string{o.EntryID}, OursFen: o.AmountFen})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
}

// unnamed gives those of the books' movements that the bank's lines do not name.
func unnamed(lines []BankLine, ours []bookedLine) []bookedLine {
	named := map[string]bool{}
	for _, l := range lines {
		for _, id := range l.entries() {
			named[id] = true
		}
	}
	var out []bookedLine
	for _, o := range ours {
		if !named[o.EntryID] {
			out = append(out, o)
		}
	}
	return out
}

const (
	// reconcileAfter is when a day is compared: what was paid before midnight is known by then.
	reconcileAfter = 2 * time.Hour
	// learnedLateDays is how long after the bank the books may have learned of a line.
	learnedLateDays = 7
	// reconcilePagesMax bounds one day of one employer: 100 pages are 20 000 lines.
	reconcilePagesMax = 100
)

// The states of a difference.
const (
	diffOpen      = "open"
	diffSettled   = "settled"   // the books have learned of it
	diffExplained = "explained" // a clerk knows why
)
