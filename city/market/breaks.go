package market

import (
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
)

// Break is a pause of a shift at a fixed time, paid or not.
type Break struct {
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
	Paid     bool      `json:"paid,omitempty"`
}

// breaksMax bounds the pauses of one shift.
const breaksMax = 8

// withBreaks gives plans whose BreakMin is the sum of their unpaid breaks, where breaks are given.
func withBreaks(plans []ShiftPlan) []ShiftPlan {
	out := make([]ShiftPlan, len(plans))
	for i, p := range plans {
		if len(p.Breaks) > 0 {
			p.BreakMin = 0
		}
		for _, b := range p.Breaks {
			if !b.Paid {
				p.BreakMin += int64(b.EndsAt.Sub(b.StartsAt) / time.Minute)
			}
		}
		out[i] = p
	}
	return out
}

// same tells whether two plans ask for the same work at the same times.
func (p ShiftPlan) same(q ShiftPlan) bool {
	return p.StartsAt.Equal(q.StartsAt) && p.EndsAt.Equal(q.EndsAt) && p.BreakMin == q.BreakMin &&
		p.Heads == q.Heads && p.Pieces == q.Pieces && slices.EqualFunc(p.Breaks, q.Breaks,
		func(x, y Break) bool {
			return x.StartsAt.Equal(y.StartsAt) && x.EndsAt.Equal(y.EndsAt) && x.Paid == y.Paid
		})
}

// checkParts refuses breaks that overlap or lie outside the shift, and a norm of pieces that is
// missing or not asked for.
// Faults: market.breaks, market.pieces (invalid).
func (p ShiftPlan) checkParts(payUnit string) error {
	if (payUnit == "piece") != (p.Pieces > 0) || p.Pieces > piecesMax {
		return fault.New(fault.Invalid, "market.pieces", "max", piecesMax).OnField("shifts.pieces")
	}
	last := p.StartsAt
	for _, b := range p.Breaks {
		if b.StartsAt.Before(last) || !b.EndsAt.After(b.StartsAt) || b.EndsAt.After(p.EndsAt) {
			return fault.New(fault.Invalid, "market.breaks", "max", breaksMax).OnField("shifts.breaks")
		}
		last = b.EndsAt
	}
	if len(p.Breaks) > breaksMax {
		return fault.New(fault.Invalid, "market.breaks", "max", breaksMax).OnField("shifts.breaks")
	}
	return nil
}

// piecesMax bounds a norm, so that a rate times pieces stays money: a typing error lies beyond.
const piecesMax = 100_000
