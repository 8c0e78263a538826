package ledger

import (
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/money"
)

// Unclaimed is a credit that did not plainly say whose it is. It is no entry of the books until it
// has an employer: they mirror employers' money, and this is nobody's yet.
type Unclaimed struct {
	ID         string
	CreditID   string // the bank's
	Reference  string // what who paid wrote
	AmountFen  money.Fen
	At         time.Time // the bank's
	EmployerID string    // "" until it is known whose it is, and for good when it was sent back
	Words      string    // how one knows; "" where the reference said it
	EndedBy    string
	EndedAt    time.Time // zero while it waits
}

// entry is the deposit that the credit becomes.
func (u Unclaimed) entry() Entry { return deposit(u.CreditID, u.EmployerID, u.AmountFen) }

// deposit is the entry of a credit that an employer has paid in.
func deposit(creditID, employerID string, amount money.Fen) Entry {
	e := Entry{Kind: "deposit", Source: creditID}
	e.Move(Bank(employerID), Available(employerID), amount)
	return e
}

// among gives the bank's line of the credit, if it is one of the lines.
func (u Unclaimed) among(lines []BankLine) []BankLine {
	i := slices.IndexFunc(lines, func(l BankLine) bool { return l.Key == u.CreditID })
	if i < 0 {
		return nil
	}
	return lines[i : i+1]
}
