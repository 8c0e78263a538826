package wage

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/internal/db"
)

// Over says that nothing is owed of a wage any more: by which entry of the books, and since when.
type Over struct {
	State State // Paid or Reversed
	Entry string
	At    time.Time
}

// OverTx tells which of the lines are over: paid, or reversed and what took their place paid too.
// A payment that came back makes its line owed again. At most 500 lines.
func (s *Service) OverTx(
	ctx context.Context, r db.Reader, lineIDs []string,
) (map[string]Over, error) {
	out := map[string]Over{}
	if len(lineIDs) == 0 {
		return out, nil
	}
	lines, err := linesBeside(ctx, r, lineIDs)
	if err != nil {
		return nil, err
	}
	byPlacement, byID := map[string][]Line{}, map[string]Line{}
	for _, l := range lines {
		byPlacement[l.PlacementID] = append(byPlacement[l.PlacementID], l)
		byID[l.ID] = l
	}
	for _, id := range lineIDs {
		l, ok := byID[id]
		if !ok {
			continue
		}
		o, ok := l.over(byPlacement[l.PlacementID])
		if ok && o.State == Reversed {
			if o.At, err = s.Ledger.BookedAtTx(ctx, r, o.Entry); err != nil {
				return nil, err
			}
		}
		if ok {
			out[id] = o
		}
	}
	return out, nil
}

// over judges a line by those of its placement.
func (l Line) over(all []Line) (Over, bool) {
	last := l
	if l.State == Reversed {
		for _, other := range all {
			switch {
			case other.N <= l.N || other.State == Reversed:
			case other.State != Paid:
				return Over{}, false
			case last.State == Reversed || other.PaidAt.After(last.PaidAt):
				last = other
			}
		}
	}
	switch last.State {
	case Paid:
		return Over{Paid, payoutOf(last), last.PaidAt}, true
	case Reversed:
		return Over{Reversed, ledger.Entry{Kind: "reversal", Source: l.ID}.ID(), time.Time{}}, true
	}
	return Over{}, false
}
