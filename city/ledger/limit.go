package ledger

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// LimitKind is what lets an employer hold more than it has paid in.
type LimitKind string

// The kinds of limit.
const (
	// CreditLine is the bank's: it pays wages out of it at once, and the employer owes the bank.
	CreditLine LimitKind = "credit"
	// Guarantee is a bank guarantee or a deposit: a promise. No money is there until it is called,
	// which happens when wages wait for it, and when the employer is insolvent.
	Guarantee LimitKind = "guarantee"
)

const (
	referenceRunesMax = 100
	groundRunesMax    = 200
)

// Limit is what a clerk has granted an employer.
type Limit struct {
	EmployerID string
	Kind       LimitKind
	LimitFen   money.Fen
	UsedFen    money.Fen // drawn by holds, or owed to the bank
	CalledFen  money.Fen // asked of a guarantee's giver, and not refused
	Reference  string    // the contract or the guarantee's number
	Until      civil.Date
	GrantedBy  string
	GrantedAt  time.Time
}

// room is what may still be drawn on that day.
func (l Limit) room(day civil.Date) money.Fen {
	if l.Until < day {
		return 0
	}
	return l.LimitFen - l.UsedFen - l.CalledFen
}

// callable is what may still be called. A guarantee's giver answers for what arose while it was
// valid, so a last day that has passed does not end that.
func (l Limit) callable() money.Fen { return l.LimitFen - l.UsedFen - l.CalledFen }

// draw takes what free money does not reach from the credit line, then from the guarantee, which
// must also bear the arrears that are there.
// Faults: ledger.insufficient_funds (conflict).
func draw(short, arrears money.Fen, limits []Limit, day civil.Date) (c, g money.Fen, err error) {
	for _, l := range limits {
		switch l.Kind {
		case CreditLine:
			c = min(short, l.room(day))
		case Guarantee:
			g = min(short-c, max(l.room(day)-arrears, 0))
		}
	}
	if c+g < short {
		return 0, 0, tooLittle(short)
	}
	return c, g, nil
}

// callPause is how long a giver that has refused so many calls is left in peace: a minute, doubled
// by each refusal up to a day, so that who always refuses is not asked without end.
func callPause(refused int64) time.Duration {
	const longest = 24 * time.Hour
	pause := time.Minute
	for ; refused > 1 && pause < longest; refused-- {
		pause *= 2
	}
	return min(pause, longest)
}

func tooLittle(need money.Fen) error {
	return fault.New(fault.Conflict, "ledger.insufficient_funds", "need", need.String())
}

func isInsolvent() *fault.Error { return fault.New(fault.Conflict, "ledger.insolvent") }

// checkWords refuses text that says nothing or too much.
func checkWords(field, words string, runesMax int) (string, error) {
	words = strings.TrimSpace(words)
	if n := utf8.RuneCountInString(words); n == 0 || n > runesMax {
		return "", fault.New(fault.Invalid, "ledger.words", "max", runesMax).OnField(field)
	}
	return words, nil
}
