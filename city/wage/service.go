package wage

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

// Deps are what wages stand on.
type Deps struct {
	DB     *db.DB
	Policy *policy.Book
	Ledger *ledger.Service
	People *people.Service
	Notify Notifier
}

// Notifier tells people; notify.Service is one.
type Notifier interface {
	PutTx(ctx context.Context, tx *db.Tx, m notify.Message) error
}

// Service is the wages.
type Service struct{ Deps }

// New returns the wages. The ledger's Deps.Settled must be this service's SettledTx.
func New(d Deps) *Service { return &Service{d} }

// Lane is the lane of an employer's money: deeds that hold or correct for a busy employer take it.
func Lane(employerID string) db.Option { return ledger.Lane(employerID) }

// HoldCmd freezes what a placement will cost.
type HoldCmd struct {
	PlacementID string
	EmployerID  string
	WageFen     money.Fen
	PremiumFen  money.Fen
}

// HoldTx freezes the employer's money for a placement; the same again changes nothing. Deeds that
// hold for a busy employer take ledger.Lane.
// Faults: wage.insufficient_funds (conflict).
func (s *Service) HoldTx(ctx context.Context, tx *db.Tx, cmd HoldCmd) error {
	need := cmd.WageFen + cmd.PremiumFen
	err := s.Ledger.HoldTx(ctx, tx, ledger.HoldCmd{ID: cmd.PlacementID, EmployerID: cmd.EmployerID,
		AmountFen: need})
	if fault.Is(err, "ledger.insufficient_funds") {
		return fault.New(fault.Conflict, "wage.insufficient_funds", "need", need.String())
	}
	return err
}

// HeldTx refuses a placement for which no money is held: nobody works unfunded.
// Faults: wage.not_held (conflict).
func (s *Service) HeldTx(ctx context.Context, r db.Reader, placementID string) error {
	_, err := s.Ledger.GetHoldTx(ctx, r, placementID)
	if fault.Is(err, "ledger.no_hold") {
		return fault.New(fault.Conflict, "wage.not_held")
	}
	return err
}

// ReleaseTx gives a placement's hold back at once: it was cancelled, or nobody came. A placement
// without one is left alone. After AccrueTx it is not needed: the rest comes back by itself. Takes
// ledger.Lane.
func (s *Service) ReleaseTx(ctx context.Context, tx *db.Tx, placementID string) error {
	return s.Ledger.ReleaseTx(ctx, tx, placementID)
}

// AccrueTx turns the work of a placement into a line, paid within 24 hours of EndAt. Its money
// comes from the hold, which ends, then from free funds, then from arrears. Work worth nothing
// makes no line and releases the hold. Gives: the line's id; the same again for the same Source.
// Faults: wage.already_accrued (conflict) when the placement has a line of another source;
// policy.unknown (conflict).
// Must run in the transaction that records the end of the work.
func (s *Service) AccrueTx(ctx context.Context, tx *db.Tx, cmd AccrueCmd) (string, error) {
	if err := cmd.check(); err != nil {
		return "", err
	}
	if cmd.earned() == 0 {
		return "", s.ReleaseTx(ctx, tx, cmd.PlacementID)
	}
	id, isNew, err := s.writeTx(ctx, tx, cmd, 1, 0)
	if err != nil || isNew {
		return id, err
	}
	lines, err := linesOf(ctx, tx, cmd.PlacementID)
	if err != nil {
		return "", err
	}
	for _, l := range lines {
		if l.Source == cmd.Source {
			return l.ID, nil
		}
	}
	for _, l := range lines {
		if l.State != Reversed {
			return "", fault.New(fault.Conflict, "wage.already_accrued")
		}
	}
	id, _, err = s.writeTx(ctx, tx, cmd, int64(len(lines)+1), 0)
	return id, err
}

// CorrectTx says anew what a placement has earned in all: cmd is the corrected work. Lines that no
// payout has taken up are reversed, unless the correction only adds and the employer lacks the
// money for that; one new line carries what the others do not pay. Gives: the new
// line's id, or the newest line's where nothing is to be added, or "" where nothing was earned.
// The same again for the same Source.
// Faults: wage.below_paid (conflict); policy.unknown (conflict).
// Must run in the transaction that records the correction; takes ledger.Lane.
func (s *Service) CorrectTx(ctx context.Context, tx *db.Tx, cmd AccrueCmd) (string, error) {
	if err := cmd.check(); err != nil {
		return "", err
	}
	lines, err := linesOf(ctx, tx, cmd.PlacementID)
	if err != nil {
		return "", err
	}
	for _, l := range lines {
		if l.Source == cmd.Source {
			return l.ID, nil
		}
	}
	c, err := correct(lines, cmd.earned())
	if err == nil {
		c, err = s.sparedTx(ctx, tx, cmd, c)
	}
	if err != nil {
		return "", err
	}
	for _, l := range c.reverse {
		if err := s.reverseTx(ctx, tx, l, cmd.Source); err != nil {
			return "", err
		}
	}
	if cmd.earned() == c.earlier {
		return c.last, nil
	}
	id, _, err := s.writeTx(ctx, tx, cmd, int64(len(lines)+1), c.earlier)
	return id, err
}

// sparedTx leaves lines alone where a correction adds what the employer has no money for: the day's
// wage must not wait for the minutes on top of it.
func (s *Service) sparedTx(
	ctx context.Context, tx *db.Tx, cmd AccrueCmd, c correction,
) (correction, error) {
	stands, ok := c.standing()
	if !ok || cmd.earned() <= stands.earlier {
		return c, nil
	}
	free, err := s.Ledger.BalanceTx(ctx, tx, ledger.Available(cmd.EmployerID))
	if err != nil || free >= cmd.earned()-stands.earlier {
		return c, err
	}
	return stands, nil
}

// ReverseTx takes back a line that no payout has taken up; its money is the employer's again. A
// line that is reversed is left alone.
// Faults: wage.line_not_found; wage.below_paid (conflict) for a line that is paid or on its way.
func (s *Service) ReverseTx(ctx context.Context, tx *db.Tx, lineID, source string) error {
	l, err := getLine(ctx, tx, lineID)
	switch {
	case err != nil:
		return err
	case l.State == Reversed:
		return nil
	case l.sent():
		return belowPaid(l.AmountFen)
	}
	return s.reverseTx(ctx, tx, l, source)
}

func (s *Service) reverseTx(ctx context.Context, tx *db.Tx, l Line, source string) error {
	if err := reverse(ctx, tx, l.ID); err != nil {
		return err
	}
	e := ledger.Entry{Kind: "reversal", Source: l.ID}
	e.Move(ledger.Payable(l.ID), ledger.Available(l.EmployerID), l.AmountFen-l.UnfundedFen)
	e.Move(ledger.Payable(l.ID), ledger.Arrears(l.EmployerID), l.UnfundedFen)
	if _, err := s.Ledger.PostTx(ctx, tx, e); err != nil {
		return err
	}
	return feed.PutTx(ctx, tx, LineReversed{about(l), source})
}

// writeTx writes a placement's n-th line and its entry. It tells whether there was none of that
// number.
func (s *Service) writeTx(
	ctx context.Context, tx *db.Tx, cmd AccrueCmd, n int64, earlier money.Fen,
) (string, bool, error) {
	lim, err := s.limits(cmd.Region, civil.DateOf(cmd.StartAt))
	if err != nil {
		return "", false, err
	}
	l := cmd.line(tx.ID("wln"), n, earlier, lim, tx.Now)
	isNew, err := s.writeLineTx(ctx, tx, l)
	if err != nil || !isNew {
		return "", false, err
	}
	return l.ID, true, nil
}

// writeLineTx funds and writes a line, its entry and its event. It tells whether the placement had
// none of that number.
func (s *Service) writeLineTx(ctx context.Context, tx *db.Tx, l Line) (bool, error) {
	hold, from, err := s.fundTx(ctx, tx, l)
	if err != nil {
		return false, err
	}
	l.UnfundedFen = from.arrears
	isNew, err := insertLine(ctx, tx, l)
	if err == nil && !isNew && hold.ID != "" {
		err = fmt.Errorf("wage: placement %s has a line and a hold", l.PlacementID)
	}
	if err != nil || !isNew {
		return false, err
	}
	e := ledger.Entry{Kind: "accrual", Source: l.ID, Ends: hold}
	e.Move(ledger.Hold(l.PlacementID), ledger.Payable(l.ID), from.hold)
	e.Move(ledger.Available(l.EmployerID), ledger.Payable(l.ID), from.free)
	e.Move(ledger.Arrears(l.EmployerID), ledger.Payable(l.ID), from.arrears)
	if _, err := s.Ledger.PostTx(ctx, tx, e); err != nil {
		return false, err
	}
	return true, feed.PutTx(ctx, tx, LineAccrued{about(l), l.WorkedMin, l.UnfundedFen, l.DueAt})
}

// fundTx takes the placement's hold, if it has one, and finds the money for a line. The employer's
// balance, which many want at once, is only read when the hold does not reach.
func (s *Service) fundTx(ctx context.Context, tx *db.Tx, l Line) (ledger.HoldView, funding, error) {
	hold, err := s.Ledger.TakeHoldTx(ctx, tx, l.PlacementID)
	if err != nil && !fault.Is(err, "ledger.no_hold") {
		return hold, funding{}, err
	}
	free := money.Fen(0)
	if hold.CashFen() < l.AmountFen {
		if free, err = s.Ledger.BalanceTx(ctx, tx, ledger.Available(l.EmployerID)); err != nil {
			return hold, funding{}, err
		}
	}
	return hold, fund(l.AmountFen, hold.CashFen(), free), nil
}

func (s *Service) limits(region string, day civil.Date) (limits, error) {
	var lim limits
	for _, q := range []struct {
		code string
		to   *time.Duration
	}{
		{"wage.auto_confirm_min", &lim.confirm}, {"wage.pay_within_min", &lim.pay},
		{"wage.late_warn_min", &lim.warn},
	} {
		n, err := s.Policy.At(q.code, region, day)
		if err != nil {
			return lim, err
		}
		*q.to = time.Duration(n.Value) * time.Minute
	}
	return lim, nil
}

// ConfirmTx confirms those of the lines that wait for it and says how many.
func (s *Service) ConfirmTx(
	ctx context.Context, tx *db.Tx, lineIDs []string, by string,
) (int, error) {
	lines, err := linesIn(ctx, tx, lineIDs)
	if err != nil {
		return 0, err
	}
	return confirmTx(ctx, tx, lines, by)
}

func confirmTx(ctx context.Context, tx *db.Tx, lines []Line, by string) (int, error) {
	var ids []string
	for _, l := range lines {
		if l.State == Accrued {
			ids = append(ids, l.ID)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return len(ids), confirm(ctx, tx, ids, by)
}

// Funds is an employer's money at a glance.
type Funds struct {
	AvailableFen money.Fen `json:"available_fen" doc:"free to use"`
	HeldFen      money.Fen `json:"held_fen" doc:"frozen for placements"`
	OwedFen      money.Fen `json:"owed_fen" doc:"wages earned and not yet paid"`
	ArrearsFen   money.Fen `json:"arrears_fen" doc:"of which no money is there"`
}

// FundsTx gives an employer's money.
func (s *Service) FundsTx(ctx context.Context, r db.Reader, employerID string) (Funds, error) {
	var f Funds
	var err error
	if f.AvailableFen, err = s.Ledger.BalanceTx(ctx, r, ledger.Available(employerID)); err != nil {
		return f, err
	}
	if f.HeldFen, err = s.Ledger.HeldTx(ctx, r, employerID); err != nil {
		return f, err
	}
	arrears, err := s.Ledger.BalanceTx(ctx, r, ledger.Arrears(employerID))
	if err != nil {
		return f, err
	}
	f.ArrearsFen = -arrears
	f.OwedFen, err = owedByEmployer(ctx, r, employerID)
	return f, err
}

// Totals are the three sides of law 3, each from its own rows: accrued = paid + held.
type Totals struct {
	AccruedFen money.Fen // wage lines, net of reversals
	PaidFen    money.Fen // confirmed by the bank
	HeldFen    money.Fen // owed, by the postings
}

// Totals adds up the city's wages since its first day.
func (s *Service) Totals(ctx context.Context, r db.Reader) (Totals, error) {
	var t Totals
	var err error
	if t.AccruedFen, err = accruedFen(ctx, r); err != nil {
		return t, err
	}
	t.PaidFen, t.HeldFen, err = s.Ledger.WagesTx(ctx, r)
	return t, err
}

// Punctuality counts the lines whose 24 hours had passed by then: all, arrived in time, late, and
// late with a warning. Reversed lines do not count.
func (s *Service) Punctuality(
	ctx context.Context, r db.Reader, until time.Time,
) (due, within24h, late, lateWarned int64, err error) {
	return punctuality(ctx, r, until)
}
