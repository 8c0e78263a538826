package ledger

import (
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/money"
)

// Sides are what an employer's money is, each the sum of some accounts. They add up: what is at the
// bank, and what is owed to the bank or by a guarantee, is free, held, owed or on its way back.
type Sides struct {
	FreeFen    money.Fen `json:"free_fen" doc:"可用: free to use"`
	HeldFen    money.Fen `json:"held_fen" doc:"冻结: frozen for placements, or coming back from one"`
	OwedFen    money.Fen `json:"owed_fen" doc:"应付工资: wages accrued and not paid"`
	PremiumFen money.Fen `json:"premium_fen" doc:"保费: given to insurers in all"`
	RefundFen  money.Fen `json:"refund_fen" doc:"退款中: on its way to the employer's own account"`
	BankFen    money.Fen `json:"bank_fen" doc:"银行余额: at the bank; below zero: on its credit line"`
	ArrearsFen money.Fen `json:"arrears_fen" doc:"欠薪: wages for which no money is there"`
	DrawnFen   money.Fen `json:"drawn_fen" doc:"已用额度: drawn from credit line and guarantee"`
}

// side gives the side to which an account's kind belongs, and whether the account counts against
// it.
func (s *Sides) side(kind string) (to *money.Fen, against bool) {
	switch kind {
	case "employer":
		return &s.FreeFen, false
	case "hold", "rest":
		return &s.HeldFen, false
	case "payable":
		return &s.OwedFen, false
	case "premium":
		return &s.PremiumFen, false
	case "refund":
		return &s.RefundFen, false
	case "bank":
		return &s.BankFen, true
	case "arrears":
		return &s.ArrearsFen, true
	}
	return &s.DrawnFen, true
}

// add counts what was posted to accounts of a kind.
func (s *Sides) add(kind string, amount money.Fen) {
	to, against := s.side(kind)
	if against {
		amount = -amount
	}
	*to += amount
}

// plus adds side by side.
func (s Sides) plus(t Sides) Sides {
	return Sides{s.FreeFen + t.FreeFen, s.HeldFen + t.HeldFen, s.OwedFen + t.OwedFen,
		s.PremiumFen + t.PremiumFen, s.RefundFen + t.RefundFen, s.BankFen + t.BankFen,
		s.ArrearsFen + t.ArrearsFen, s.DrawnFen + t.DrawnFen}
}

// StatementLine is an entry as it stands on the employer's statement: what it was for and what it
// changed.
type StatementLine struct {
	ID   string    `json:"id"`
	What string    `json:"what" enum:"deposit,hold,release,premium,accrual,reversal,arrears,payout,return,refund_wanted,refund,refund_back,call,repay" doc:"what it was for"`
	Of   string    `json:"of" doc:"placement, wage line, payout or the bank's number"`
	At   time.Time `json:"at"`
	Sides
}

// whats are kinds of entry that a statement calls by another word.
var whats = map[string]string{"rest": "release"}

func lineOf(entryID string, at time.Time) StatementLine {
	kind, source, _ := strings.Cut(entryID, "/")
	if word, ok := whats[kind]; ok {
		kind = word
	}
	return StatementLine{ID: entryID, What: kind, Of: source, At: at}
}

// place is where a page of a statement begins: behind an entry. It is written "<ms>/<entry>".
type place struct {
	atMS    int64
	entryID string
}

// period reads the days of a statement: from is the first, until the last, both counted; left out
// they are the month up to today.
// Faults: civil.days (invalid).
func period(from, until, today civil.Date) (civil.Date, civil.Date, error) {
	return civil.Days(from, until, today, daysDefault)
}

const daysDefault = 31
