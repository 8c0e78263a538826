package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/money"
)

// Account names where money stands: its kind, a slash and its owner's id.
type Account string

// Available is what the employer is free to use.
func Available(employerID string) Account { return Account("employer/" + employerID) }

// Hold is what is frozen for a placement.
func Hold(placementID string) Account { return Account("hold/" + placementID) }

// Payable is what a worker is owed for one wage line.
func Payable(lineID string) Account { return Account("payable/" + lineID) }

// Rest is what is left of a placement's hold that has ended, until it is the employer's again.
func Rest(placementID string) Account { return Account("rest/" + placementID) }

// Premium is what an insurer is owed.
func Premium(insurer string) Account { return Account("premium/" + insurer) }

// Bank mirrors the employer's sub-account: its balance is minus the money there.
func Bank(employerID string) Account { return Account("bank/" + employerID) }

// Refunding is what is on its way to the employer's own account by one payout.
func Refunding(payoutID string) Account { return Account("refund/" + payoutID) }

// Drawn is what holds have taken from one of the employer's limits: zero or less.
func Drawn(k LimitKind, employerID string) Account { return Account(string(k) + "/" + employerID) }

// Arrears is what the employer owes beyond its money: zero or less.
func Arrears(employerID string) Account { return Account("arrears/" + employerID) }

func (a Account) split() (kind, owner string) {
	kind, owner, _ = strings.Cut(string(a), "/")
	return kind, owner
}

// kept tells whether the account's balance has a row.
func (a Account) kept() bool {
	kind, _ := a.split()
	return kind == "employer" || kind == "hold"
}

// Posting changes one account.
type Posting struct {
	Account   Account
	AmountFen money.Fen
}

// Entry is one movement of money. Kind and Source say what caused it ("deposit", the bank's
// credit id) and are its identity: the same pair is written once.
type Entry struct {
	Kind     string
	Source   string
	Postings []Posting
	// EmployerID is on whose statement the entry stands; "" where an account or Ends tells.
	EmployerID string
	// Ends is a hold that TakeHoldTx has taken for this entry. What the postings do not spend of it
	// goes back to its employer soon.
	Ends HoldView

	opensFor string    // the employer of the hold that the entry opens
	backed   money.Fen // of the hold that the entry opens, by a guarantee
}

// employer tells on whose statement the entry stands.
func (e Entry) employer() string {
	for _, p := range e.Postings {
		switch kind, owner := p.Account.split(); kind {
		case "employer", "bank", "arrears", string(CreditLine), string(Guarantee):
			return owner
		}
	}
	return cmp.Or(e.EmployerID, e.Ends.EmployerID)
}

// HoldView is a hold as it stands.
type HoldView struct {
	ID         string // the placement
	EmployerID string
	LeftFen    money.Fen
	BackedFen  money.Fen // of which a guarantee stands in: no money is there
}

// CashFen is what can be spent of the hold. A guarantee that stands in for the rest pays only when
// it is called.
func (h HoldView) CashFen() money.Fen { return max(h.LeftFen-h.BackedFen, 0) }

// ID names the entry by what caused it.
func (e Entry) ID() string { return e.Kind + "/" + e.Source }

// Move adds a movement from one account to another; none for zero.
func (e *Entry) Move(from, to Account, amount money.Fen) {
	e.add(from, -amount)
	e.add(to, amount)
}

// add changes an account, in one posting however often.
func (e *Entry) add(a Account, amount money.Fen) {
	if amount == 0 {
		return
	}
	i := slices.IndexFunc(e.Postings, func(p Posting) bool { return p.Account == a })
	if i < 0 {
		e.Postings = append(e.Postings, Posting{a, amount})
	} else if e.Postings[i].AmountFen += amount; e.Postings[i].AmountFen == 0 {
		e.Postings = slices.Delete(e.Postings, i, i+1)
	}
}

// rest gives what the entry leaves of the hold that it ends.
func (e Entry) rest() money.Fen {
	left := e.Ends.LeftFen
	for _, p := range e.Postings {
		if p.Account == Hold(e.Ends.ID) {
			left += p.AmountFen
		}
	}
	return left
}

// check refuses what only a programmer can do wrong.
func (e Entry) check() error {
	if e.Kind == "" || e.Source == "" {
		return fmt.Errorf("ledger: an entry without kind or source")
	}
	var sum money.Fen
	for i, p := range e.Postings {
		if kind, owner := p.Account.split(); kind == "" || owner == "" {
			return fmt.Errorf("ledger: entry %s names account %q", e.ID(), p.Account)
		}
		if slices.ContainsFunc(e.Postings[:i], func(q Posting) bool { return q.Account == p.Account }) {
			return fmt.Errorf("ledger: entry %s posts to %s twice", e.ID(), p.Account)
		}
		if p.AmountFen == 0 || p.AmountFen > money.MaxFen || p.AmountFen < -money.MaxFen {
			return fmt.Errorf("ledger: entry %s posts %d fen", e.ID(), int64(p.AmountFen))
		}
		sum += p.AmountFen
	}
	if e.rest() < 0 {
		return fmt.Errorf("ledger: entry %s spends more than is left of hold %s", e.ID(), e.Ends.ID)
	}
	if n := len(e.Postings); sum != 0 || n == 0 && e.rest() == 0 {
		return fmt.Errorf("ledger: the %d postings of entry %s sum to %d fen", n, e.ID(), int64(sum))
	}
	if e.employer() == "" {
		return fmt.Errorf("ledger: entry %s is on nobody's statement", e.ID())
	}
	return nil
}

// changes gives what the entry does to the kept balances, in order of account: everyone who changes
// several rows takes them in this order, so nobody waits in a circle. The hold that it ends has no
// row any more.
func (e Entry) changes() []Posting {
	var kept []Posting
	for _, p := range e.Postings {
		if p.Account.kept() && (e.Ends.ID == "" || p.Account != Hold(e.Ends.ID)) {
			kept = append(kept, p)
		}
	}
	slices.SortFunc(kept, func(a, b Posting) int { return cmp.Compare(a.Account, b.Account) })
	return kept
}

// State is where a payout stands; see the drawing in doc.go.
type State string

// The states of a payout.
const (
	Wanted    State = "wanted"
	Sent      State = "sent"    // handed to the bank, or about to be: asked about before anything else
	Unknown   State = "unknown" // the answer was lost
	Confirmed State = "confirmed"
	Failed    State = "failed"   // the bank will not pay it; another payout may
	Returned  State = "returned" // paid, and days later the money came back; another payout may
)

// Kind is what a payout is for.
type Kind string

// The kinds of payout.
const (
	Wage   Kind = "wage"   // to a worker's card
	Refund Kind = "refund" // unspent funds, to the employer's own account
	Call   Kind = "call"   // of a guarantee: from its giver to the employer's sub-account
)

// Payout is one instruction to the bank.
type Payout struct {
	ID         string
	Kind       Kind
	LineID     string // of a wage; any other payout's own id
	WorkerID   string // of a wage
	EmployerID string
	AmountFen  money.Fen
	ReissueOf  string // the failed payout that this one repeats; "" for a first one
	State      State
	Attempts   int64     // calls to the bank whose end is on record
	NextAt     time.Time // when a sweep may touch it again
	Reason     string    // why it failed, as a fault code or in the bank's words
	WantedAt   time.Time
	EndedAt    time.Time // the bank's time of payment or refusal
}

// Settlement tells the payout's owner how it ended.
type Settlement struct {
	PayoutID  string
	LineID    string
	AmountFen money.Fen
	State     State // Confirmed, Failed or Returned
	Reason    string
	At        time.Time // the bank's time
}

const (
	attemptsMax = 60 // over a day at waitMax: then a person looks at it
	waitFirst   = 30 * time.Second
	waitMax     = 30 * time.Minute
	askAfter    = time.Minute // the answer to a call that is still under way comes first
)

// Never is when nothing will happen by itself.
var Never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Answer is what the bank says of one payout.
type Answer struct {
	Key    string // the payout's id
	State  string
	Reason string
	At     time.Time
}

// What the bank says; anything else counts as no answer.
const (
	bankAccepted  = "accepted"
	bankPaid      = "paid"
	bankRejected  = "rejected"
	bankReturned  = "returned" // it was paid, and came back
	bankNeverSeen = "never_seen"
)

// stuck tells whether the payout has not ended and nothing will happen to it by itself.
func (p Payout) stuck() bool {
	return !p.ended() && p.NextAt.Equal(Never)
}

// ended tells whether the bank has said its last word, as far as one can know.
func (p Payout) ended() bool {
	return p.State == Confirmed || p.State == Failed || p.State == Returned
}

// claimed is the payout just before the bank is called.
func (p Payout) claimed(now time.Time) Payout {
	p.State, p.NextAt = Sent, now.Add(askAfter)
	return p
}

// refused is the payout that the bank is not called about, because it could not pay it.
func (p Payout) refused(code string, now time.Time) Payout {
	p.State, p.Reason, p.EndedAt, p.NextAt = Failed, code, now, Never
	return p
}

// answered is the payout after the bank's answer, or after none. The bank's time decides whether a
// wage was in time, so it is believed only between the wish and now.
func (p Payout) answered(a Answer, now time.Time) Payout {
	p.Attempts++
	switch a.State {
	case bankPaid, bankRejected, bankReturned:
		p.State, p.EndedAt, p.NextAt = Confirmed, between(p.WantedAt, a.At, now), Never
		switch a.State {
		case bankRejected:
			p.State, p.Reason = Failed, a.Reason
		case bankReturned:
			p.State, p.Reason = Returned, a.Reason
			if p.Kind == Call { // it goes from one account of the bank to another
				p.State = Failed
			}
		}
		return p
	case bankAccepted:
		p.State = Sent
	case bankNeverSeen:
		p.State = Wanted
	default:
		p.State = Unknown
	}
	p.NextAt = now.Add(wait(p.Attempts))
	if p.Attempts >= attemptsMax {
		p.NextAt = Never
	}
	return p
}

func between(low, t, high time.Time) time.Time {
	switch {
	case t.Before(low):
		return low
	case t.After(high):
		return high
	}
	return t
}

// wait doubles from waitFirst to waitMax.
func wait(attempts int64) time.Duration {
	d := waitFirst
	for ; attempts > 1 && d < waitMax; attempts-- {
		d *= 2
	}
	return min(d, waitMax)
}

func (p Payout) settlement() Settlement {
	return Settlement{PayoutID: p.ID, LineID: p.LineID, AmountFen: p.AmountFen, State: p.State,
		Reason: p.Reason, At: p.EndedAt}
}

// entry is the movement at the bank.
func (p Payout) entry() Entry {
	e := Entry{Kind: "payout", Source: p.ID}
	switch p.Kind {
	case Refund:
		e.Kind = "refund"
		e.Move(Refunding(p.ID), Bank(p.EmployerID), p.AmountFen)
	case Call:
		e.Kind = "call"
		e.Move(Bank(p.EmployerID), Rest(p.ID), p.AmountFen)
	default:
		e.Move(Payable(p.LineID), Bank(p.EmployerID), p.AmountFen)
	}
	return e
}

// back is the entry of money that has come back: it was returned, or a refund has failed. A wage is
// owed again; all other money goes to the employer as a rest.
func (p Payout) back() Entry {
	e := Entry{Kind: "return", Source: p.ID, EmployerID: p.EmployerID}
	switch {
	case p.Kind == Wage:
		e.Move(Bank(p.EmployerID), Payable(p.LineID), p.AmountFen)
	case p.State == Failed:
		e.Kind = "refund_back"
		e.Move(Refunding(p.ID), Rest(p.ID), p.AmountFen)
	default:
		e.Move(Bank(p.EmployerID), Rest(p.ID), p.AmountFen)
	}
	return e
}

// booked is what a payout that has just ended leaves in the books: its entries, and whether they
// leave a rest on its way to the employer.
func (p Payout) booked() (entries []Entry, rest bool) {
	switch {
	case p.State == Confirmed:
		return []Entry{p.entry()}, p.Kind == Call
	case p.State == Returned:
		return []Entry{p.entry(), p.back()}, p.Kind != Wage
	case p.Kind == Refund:
		return []Entry{p.back()}, true
	}
	return nil, false
}
