package assign

import "slices"

// Groups are people of whom a number must get a head, if that can be: Of says of each worker which
// group they are in, None for none, and Floors how many of a group are wanted.
type Groups struct {
	Of     []int32
	Floors []int32
}

// Floored is an assignment with floors. Objective, Bound and Prices are those of the scores alone.
type Floored struct {
	Answer
	Placed []int32 // by group
	// Lacking is how many more people of a group are wanted and cannot be placed, whoever else gives
	// way. It is as small as it can be in sum; then the sum of scores is as high as it can be.
	Lacking []int32
	// Costs are what one less on a floor would add to the sum, by group, in score·PriceUnit.
	Costs []int64
}

// A bonus is large enough when nobody lacks who need not; it begins small, because the auction is
// the coarser the higher scores are.
const (
	bonusFirst = 4
	bonusMore  = 8
)

// ExactFloors finds the best assignment with floors and proves it: as few people lacking as can be,
// then the highest sum. No assignment that lacks as few is worth more than Bound.
//
// How: to stay out is made a place of its own for each group, with so many heads as may stay out,
// and to be at any place is worth the same large bonus to everybody of the group. Where all of them
// are somewhere, the bonus is the same whatever they do, so the best of that problem is the best of
// this one; those who are nowhere are lacking.
// Errors: ErrProblem.
func ExactFloors(p *Problem, g Groups) (*Floored, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := g.check(p); err != nil {
		return nil, err
	}
	highest := int32(0)
	if len(p.Scores) > 0 {
		highest = slices.Max(p.Scores)
	}
	least := int32(-1) // people lacking at least; not known yet
	limit := ScoreMax - highest
	for bonus := min(bonusFirst*(highest+1), limit); ; bonus = min(bonusMore*bonus, limit) {
		f, err := g.solve(p, bonus)
		if err != nil {
			return nil, err
		}
		lacking := sum(f.Lacking)
		if lacking > 0 && least < 0 {
			bare := *p
			bare.Scores = make([]int32, len(p.Scores))
			most, err := g.solve(&bare, 1)
			if err != nil {
				return nil, err
			}
			least = sum(most.Lacking)
		}
		if lacking == 0 || lacking == least {
			return f, nil
		}
		if bonus == limit {
			return nil, refuse("scores up to %d are too wide for floors", highest)
		}
	}
}

func (g Groups) check(p *Problem) error {
	if len(g.Of) != p.Workers() {
		return refuse("%d workers have a group, of %d", len(g.Of), p.Workers())
	}
	for i, of := range g.Of {
		if of != None && (of < 0 || int(of) >= len(g.Floors)) {
			return refuse("worker %d is in group %d of %d", i, of, len(g.Floors))
		}
	}
	for n, floor := range g.Floors {
		if floor < 0 {
			return refuse("the floor of group %d is %d", n, floor)
		}
	}
	return nil
}

func sum(list []int32) int32 {
	all := int32(0)
	for _, n := range list {
		all += n
	}
	return all
}

// solve sets the problem with places to stay out, and reads its answer back.
func (g Groups) solve(p *Problem, bonus int32) (*Floored, error) {
	posts := int32(len(p.Heads))
	q := &Problem{Heads: slices.Clone(p.Heads), Start: make([]int32, 1, len(p.Start))}
	members := make([]int32, len(g.Floors))
	for _, of := range g.Of {
		if of != None {
			members[of]++
		}
	}
	for n, floor := range g.Floors {
		q.Heads = append(q.Heads, max(members[n]-floor, 0))
	}
	for i, of := range g.Of {
		from, to := p.Start[i], p.Start[i+1]
		q.Posts = append(q.Posts, p.Posts[from:to]...)
		q.Scores = append(q.Scores, p.Scores[from:to]...)
		if of != None {
			for e := len(q.Scores) - int(to-from); e < len(q.Scores); e++ {
				q.Scores[e] += bonus
			}
			q.Posts, q.Scores = append(q.Posts, posts+of), append(q.Scores, bonus)
		}
		q.Start = append(q.Start, int32(len(q.Posts)))
	}
	a, err := Exact(q)
	if err != nil {
		return nil, err
	}
	return g.read(p, q, a, members, bonus), nil
}

// read takes places to stay out, and the bonus, out of an answer.
func (g Groups) read(p, q *Problem, a *Answer, members []int32, bonus int32) *Floored {
	posts := int32(len(p.Heads))
	f := &Floored{Placed: make([]int32, len(g.Floors)), Lacking: make([]int32, len(g.Floors)),
		Costs: make([]int64, len(g.Floors))}
	f.Choice = make([]int32, p.Workers())
	somewhere := int64(0)
	for i, at := range a.Choice {
		of := g.Of[i]
		f.Choice[i] = None
		if at == None {
			continue
		}
		if of != None {
			somewhere++
		}
		if q.Posts[at] >= posts {
			continue
		}
		f.Choice[i] = p.Start[i] + at - q.Start[i]
		f.Objective += int64(p.Scores[f.Choice[i]])
		f.Answer.Placed++
		if of != None {
			f.Placed[of]++
		}
	}
	f.Prices, f.Bound = a.Prices[:posts], a.Bound-somewhere*int64(bonus)
	for n, floor := range g.Floors {
		f.Lacking[n] = max(floor-f.Placed[n], 0)
		f.Costs[n] = max(a.Prices[int(posts)+n], 0)
	}
	return f
}
