package assign

import (
	"errors"
	"fmt"
	"slices"
)

// ScoreMax bounds a score, so that prices fit 32 bits.
const ScoreMax = 1 << 24

// None stands for no vacancy.
const None int32 = -1

// Problem is who could work where. Worker i's choices are Posts[Start[i]:Start[i+1]], each worth
// the score at the same place; no vacancy twice.
type Problem struct {
	Heads  []int32 // by vacancy
	Start  []int32 // by worker, and one more
	Posts  []int32
	Scores []int32
}

// ErrProblem is wrapped by every refusal; the text says what is wrong.
var ErrProblem = errors.New("assign")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrProblem, fmt.Sprintf(format, args...))
}

// Check refuses a problem that makes no sense.
// Errors: ErrProblem.
func (p *Problem) Check() error {
	if len(p.Start) == 0 || p.Start[0] != 0 || len(p.Posts) != len(p.Scores) ||
		int(p.Start[len(p.Start)-1]) != len(p.Posts) {
		return refuse("%d starts for %d choices with %d scores", len(p.Start), len(p.Posts),
			len(p.Scores))
	}
	for j, h := range p.Heads {
		if h < 0 {
			return refuse("vacancy %d has %d heads", j, h)
		}
	}
	seen := make([]int32, len(p.Heads)) // worker + 1 that named it last
	for i := range p.Workers() {
		from, to := p.Start[i], p.Start[i+1]
		if from > to || int(to) > len(p.Posts) {
			return refuse("the choices of worker %d are %d to %d of %d", i, from, to, len(p.Posts))
		}
		for e := from; e < to; e++ {
			j := p.Posts[e]
			if j < 0 || int(j) >= len(p.Heads) {
				return refuse("worker %d names vacancy %d of %d", i, j, len(p.Heads))
			}
			if seen[j] == int32(i)+1 {
				return refuse("worker %d names vacancy %d twice", i, j)
			}
			seen[j] = int32(i) + 1
			if p.Scores[e] < 0 || p.Scores[e] > ScoreMax {
				return refuse("worker %d and vacancy %d score %d; 0 to %d can be", i, j, p.Scores[e],
					ScoreMax)
			}
		}
	}
	return nil
}

// Workers says how many workers there are.
func (p *Problem) Workers() int { return len(p.Start) - 1 }

// Answer is who works where, and the prices that prove how good that is.
type Answer struct {
	Choice    []int32 // by worker: the place in Posts of what they got; None
	Prices    []int64 // by vacancy, in score·PriceUnit
	Objective int64   // the sum of scores
	Bound     int64   // no sum can be higher
	Placed    int
}

// PriceUnit is into how many parts a score is divided where prices are told.
const PriceUnit = unit

// Gap is how far the answer may be from the best, as a share of the bound; 0 is proven best.
func (a *Answer) Gap() float64 {
	if a.Bound == 0 {
		return 0
	}
	return float64(a.Bound-a.Objective) / float64(a.Bound)
}

// Exact finds the best assignment and proves it.
// Errors: ErrProblem.
func Exact(p *Problem) (*Answer, error) { return solve(p, true) }

// FastGap is how far a fast answer may be from the best, at most.
const FastGap = 0.001

// Fast finds an assignment that is proven to be within FastGap, mostly in a part of the time; where
// the auction alone does not come so close, the answer is exact.
// Errors: ErrProblem.
func Fast(p *Problem) (*Answer, error) { return solve(p, false) }

func solve(p *Problem, exact bool) (*Answer, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	s := newAuction(p)
	last := int32(epsilonFast)
	if exact {
		last = epsilonExact
	}
	s.run(last)
	if a := p.answer(s.choice, s.told()); !exact && a.Gap() <= FastGap {
		return a, nil
	}
	m := newMender(p, s.choice, s.prices())
	m.run()
	return p.answer(m.choice, m.told()), nil
}

// answer adds up and proves; it trusts nothing but the choices and the prices.
func (p *Problem) answer(choice []int32, prices []int64) *Answer {
	a := &Answer{Choice: choice, Prices: prices}
	for _, e := range choice {
		if e != None {
			a.Objective += int64(p.Scores[e])
			a.Placed++
		}
	}
	a.Bound = p.Bound(prices)
	return a
}

// Bound is what no assignment can beat, shown by prices in score·PriceUnit: weak duality. Prices
// below nought count as nought.
func (p *Problem) Bound(prices []int64) int64 {
	sum := int64(0)
	for j, h := range p.Heads {
		sum += int64(h) * max(prices[j], 0)
	}
	for i := range p.Workers() {
		best := int64(0)
		for e := p.Start[i]; e < p.Start[i+1]; e++ {
			if p.Heads[p.Posts[e]] == 0 {
				continue
			}
			best = max(best, int64(p.Scores[e])*unit-max(prices[p.Posts[e]], 0))
		}
		sum += best
	}
	return sum / unit // scores are whole, so a sum between two whole numbers cannot be reached
}

// Valid tells whether a choice keeps the rules; for tests and for those who do not trust us.
func (p *Problem) Valid(choice []int32) error {
	left := slices.Clone(p.Heads)
	for i, e := range choice {
		if e == None {
			continue
		}
		if e < p.Start[i] || e >= p.Start[i+1] {
			return refuse("worker %d has the choice of another", i)
		}
		if left[p.Posts[e]]--; left[p.Posts[e]] < 0 {
			return refuse("vacancy %d has more people than heads", p.Posts[e])
		}
	}
	return nil
}
