package wage

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/money"
)

// Split is what became of a placement's line when its employer disputed a part of it. An id is ""
// where nothing is undisputed.
type Split struct {
	UndisputedID string
	DisputedID   string
}

// DisputeTx says that the employer finds only cmd earned, where more was accrued: the line is
// reversed, and two stand in its place. The first pays what nobody disputes, confirmed by that very
// word; the other waits for UpholdTx or ConcedeTx. Nothing to dispute gives a zero Split.
// Faults: wage.below_paid (conflict) when more is paid, or on its way; policy.unknown (conflict).
// Must run in the transaction that records the employer's word; takes ledger.Lane.
func (s *Service) DisputeTx(ctx context.Context, tx *db.Tx, cmd AccrueCmd) (Split, error) {
	if err := cmd.check(); err != nil {
		return Split{}, err
	}
	lines, err := linesOf(ctx, tx, cmd.PlacementID)
	if err != nil {
		return Split{}, err
	}
	undisputed := cmd.earned()
	c, err := correct(lines, undisputed)
	if err != nil || len(c.reverse) == 0 {
		return Split{}, err
	}
	whole := c.reverse[len(c.reverse)-1]
	if undisputed >= whole.GrossFen {
		return Split{}, nil
	}
	for _, l := range c.reverse {
		if err := s.reverseTx(ctx, tx, l, cmd.Source); err != nil {
			return Split{}, err
		}
	}
	n := int64(len(lines) + 1)
	split := Split{UndisputedID: c.last}
	if undisputed > c.earlier {
		if split.UndisputedID, _, err = s.writeTx(ctx, tx, cmd, n, c.earlier); err != nil {
			return Split{}, err
		}
		err := confirm(ctx, tx, []string{split.UndisputedID}, people.ActorOf(ctx).AccountID)
		if err != nil {
			return Split{}, err
		}
		n++
	}
	split.DisputedID, err = s.writeDisputedTx(ctx, tx, whole, n, undisputed)
	return split, err
}

// writeDisputedTx writes the rest of a reversed line, which waits.
func (s *Service) writeDisputedTx(
	ctx context.Context, tx *db.Tx, whole Line, n int64, earlier money.Fen,
) (string, error) {
	l := whole
	l.ID, l.N, l.EarlierFen, l.AmountFen = tx.ID("wln"), n, earlier, whole.GrossFen-earlier
	l.State, l.NextAt, l.AccruedAt = Disputed, never, tx.Now
	_, err := s.writeLineTx(ctx, tx, l)
	return l.ID, err
}

// UpholdTx ends a dispute in the worker's favour: the line is paid at once. One that is not
// disputed is left alone.
// Faults: wage.line_not_found.
func (s *Service) UpholdTx(ctx context.Context, tx *db.Tx, lineID, by string) error {
	l, err := getLine(ctx, tx, lineID)
	if err != nil || l.State != Disputed {
		return err
	}
	return confirm(ctx, tx, []string{l.ID}, by)
}

// ConcedeTx ends a dispute in the employer's favour, by the worker's word: the line is reversed.
// Faults: wage.line_not_found, wage.below_paid (conflict).
func (s *Service) ConcedeTx(ctx context.Context, tx *db.Tx, lineID, source string) error {
	return s.ReverseTx(ctx, tx, lineID, source)
}
