package ledger

import (
	"context"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// pullCredits mirrors what employers have paid in. The cursor moves in the deed that posts, and the
// bank's id is the entry's source: a page read twice is posted once. A credit that names nobody is
// put where the bureau sees it, and stops nobody else's.
func (s *Service) pullCredits(ctx context.Context, _ time.Time) (int, error) {
	from, err := cursor(ctx, s.DB)
	if err != nil {
		return 0, err
	}
	page, err := s.Bank.Credits(ctx, from, batch)
	if fault.Is(err, "ledger.bank_unavailable") {
		return 0, nil // the next turn asks again from the same place
	}
	if err != nil || len(page) == 0 {
		return 0, err
	}
	references := make([]string, len(page))
	for i, c := range page {
		references[i] = c.Account
	}
	owners, err := s.Register.EmployersNamedTx(ctx, s.DB, references)
	if err != nil {
		return 0, err
	}
	var lanes []db.Option
	for _, e := range owners {
		lanes = append(lanes, Lane(e.ID))
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (int, error) {
		moved, err := moveCursor(ctx, tx, from, page[len(page)-1].N)
		if err != nil || !moved { // another process was here
			return 0, err
		}
		return len(page), s.creditsTx(ctx, tx, page, owners)
	}, lanes...)
}

// creditsTx books a page of credits. One that the books have under its id, or that waits for an
// employer, is passed over.
func (s *Service) creditsTx(
	ctx context.Context, tx *db.Tx, page []Credit, owners map[string]people.Employer,
) error {
	got := sortOut(page, owners)
	for _, c := range got.back {
		if err := s.returnTx(ctx, tx, c); err != nil {
			return err
		}
	}
	known, err := knownCredits(ctx, tx, got.ids)
	if err != nil {
		return err
	}
	for _, u := range got.apart {
		if slices.Contains(known, u.CreditID) {
			continue
		}
		if u.ID = tx.ID("crd"); u.EmployerID != "" {
			u.EndedBy, u.EndedAt = people.ActorOf(ctx).AccountID, tx.Now
		}
		if err := insertUnclaimed(ctx, tx, u); err != nil {
			return err
		}
	}
	return s.postBatch(ctx, tx, slices.DeleteFunc(got.deposits, func(e Entry) bool {
		return slices.Contains(known, e.Source)
	}))
}

// sorted is a page of credits by what becomes of them.
type sorted struct {
	ids      []string    // of all but returns
	back     []Credit    // returns of payouts
	deposits []Entry     // of those that have an employer
	apart    []Unclaimed // whose reference is not plainly an employer's
}

// sortOut tells whose the credits are; owners are the employers whom references name. Of credits
// with one id the first counts.
func sortOut(page []Credit, owners map[string]people.Employer) sorted {
	var out sorted
	for _, c := range page {
		if c.Returns != "" {
			out.back = append(out.back, c)
			continue
		}
		if slices.Contains(out.ids, c.ID) {
			continue
		}
		out.ids = append(out.ids, c.ID)
		e := owners[c.Account]
		u := Unclaimed{CreditID: c.ID, Reference: c.Account, AmountFen: c.AmountFen, At: c.At,
			EmployerID: e.ID}
		if e.ID != "" {
			out.deposits = append(out.deposits, u.entry())
		}
		if e.ID == "" || c.Account != e.ID && c.Account != e.USCC {
			out.apart = append(out.apart, u)
		}
	}
	return out
}

// returnTx takes back a payout whose money came back days after the bank had paid it: a closed
// account, a name that does not fit the card. A payout whose end is not known yet is left to the
// question that is asked about it, whose answer is the same; a return of something that was never
// paid is left to the reconciliation, which shows it to a clerk.
func (s *Service) returnTx(ctx context.Context, tx *db.Tx, c Credit) error {
	payouts, err := payoutsIn(ctx, tx, []string{c.Returns}, Confirmed)
	if err != nil || len(payouts) == 0 || payouts[0].AmountFen != c.AmountFen ||
		payouts[0].Kind == Call {
		return err
	}
	p := payouts[0]
	p.State, p.Reason = Returned, c.Reason
	if err := changePayouts(ctx, tx, []Payout{p}); err != nil {
		return err
	}
	if err := insertEntries(ctx, tx, []Entry{p.back()}); err != nil {
		return err
	}
	if p.Kind != Wage {
		return insertRest(ctx, tx, HoldView{ID: p.ID, EmployerID: p.EmployerID}, p.AmountFen)
	}
	return s.Settled(ctx, tx, []Settlement{p.settlement()})
}
