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
	// Ends is a hold that TakeHoldTx has taken for this entry. What the postings do not spend of it
	// goes back to its employer soon.
	Ends HoldView

	opensFor string // the employer of the hold that the entry opens
}

// HoldView is a hold as it stands.
type HoldView struct {
	ID         string // the placement
	EmployerID string
	LeftFen    money.Fen
}

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
	if n := len(e.Postings); sum != 0 || n == 0 {
		return fmt.Errorf("ledger: the %d postings of entry %s sum to %d fen", n, e.ID(), int64(sum))
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
	Failed    State = "failed" // the bank will not pay it; another payout may
)

// Payout is one instruction to the bank.
type Payout struct {
	ID         string
	LineID     string
	WorkerID   string
	EmployerID string
	AmountFen  money.Fen
	ReissueOf  string // the failed payout that this one repeats; "" for a first one
	State      State
	Attempts   int64
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
	State     State // Confirmed or Failed
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
	bankNeverSeen = "never_seen"
)

// stuck tells whether the payout has not ended and nothing will happen to it by itself.
func (p Payout) stuck() bool {
	return p.State != Confirmed && p.State != Failed && p.NextAt.Equal(Never)
}

// claimed is the payout just before the bank is called.
func (p Payout) claimed(now time.Time) Payout {
	p.State, p.NextAt = Sent, now.Add(askAfter)
	return p
}

// answered is the payout after the bank's answer, or after none. The bank's time decides whether a
// wage was in time, so it is believed only between the wish and now.
func (p Payout) answered(a Answer, now time.Time) Payout {
	switch a.State {
	case bankPaid, bankRejected:
		p.State, p.EndedAt, p.NextAt = Confirmed, between(p.WantedAt, a.At, now), Never
		if a.State == bankRejected {
			p.State, p.Reason = Failed, a.Reason
		}
		return p
	case bankAccepted:
		p.State = Sent
	case bankNeverSeen:
		p.State = Wanted
	default:
		p.State = Unknown
	}
	p.Attempts++
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

func (p Payout) entry() Entry {
	e := Entry{Kind: "payout", Source: p.ID}
	e.Move(Payable(p.LineID), Bank(p.EmployerID), p.AmountFen)
	return e
}
