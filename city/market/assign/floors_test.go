package assign_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gongyi/gongyi/city/market/assign"
	"pgregory.net/rapid"
)

// bestFloored finds, by trying everything that can still matter, the fewest people lacking and the
// highest sum with that.
func bestFloored(p *assign.Problem, g assign.Groups) (lacking int32, sum int64) {
	type state struct{ heads, placed []int32 }
	sums := map[string]int64{}
	states := map[string]state{}
	put := func(sums map[string]int64, states map[string]state, s state, sum int64) {
		key := fmt.Sprint(s)
		if old, ok := sums[key]; !ok || sum > old {
			sums[key], states[key] = sum, s
		}
	}
	put(sums, states, state{p.Heads, make([]int32, len(g.Floors))}, 0)
	for i := range p.Workers() {
		next, nextStates := map[string]int64{}, map[string]state{}
		for key, s := range states {
			put(next, nextStates, s, sums[key])
			for e := p.Start[i]; e < p.Start[i+1]; e++ {
				if s.heads[p.Posts[e]] > 0 {
					to := state{slices.Clone(s.heads), slices.Clone(s.placed)}
					to.heads[p.Posts[e]]--
					if of := g.Of[i]; of != assign.None {
						to.placed[of]++
					}
					put(next, nextStates, to, sums[key]+int64(p.Scores[e]))
				}
			}
		}
		sums, states = next, nextStates
	}
	lacking = 1 << 30
	for key, s := range states {
		short := int32(0)
		for n, floor := range g.Floors {
			short += max(floor-s.placed[n], 0)
		}
		if short < lacking || short == lacking && sums[key] > sum {
			lacking, sum = short, sums[key]
		}
	}
	return lacking, sum
}

// Goal: with floors as few people lack as can be, then the sum is the highest; the bound says so.
func TestExactFloors(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(n int, what string) int { return rapid.IntRange(0, n-1).Draw(rt, what) }
		p := problem(draw, draw(7, "workers"), 1+draw(4, "posts"), 3,
			[]int{2, 20, 20_000}[draw(3, "scale")])
		g := assign.Groups{Floors: make([]int32, 1+draw(2, "groups"))}
		for n := range g.Floors {
			g.Floors[n] = int32(draw(4, "floor"))
		}
		for range p.Workers() {
			g.Of = append(g.Of, int32(draw(len(g.Floors)+1, "of"))-1)
		}
		f, err := assign.ExactFloors(p, g)
		if err != nil {
			rt.Fatal(err)
		}
		lacking, sum := bestFloored(p, g)
		short := int32(0)
		for n := range g.Floors {
			short += f.Lacking[n]
		}
		if short != lacking || f.Objective != sum || f.Bound != sum || p.Valid(f.Choice) != nil {
			rt.Fatalf("lacking %d, sum %d, bound %d; want %d, %d: %+v %+v", short, f.Objective, f.Bound,
				lacking, sum, p, g)
		}
		placed := make([]int32, len(g.Floors))
		for i, at := range f.Choice {
			if of := g.Of[i]; at != assign.None && of != assign.None {
				placed[of]++
			}
		}
		if !slices.Equal(placed, f.Placed) {
			rt.Fatalf("placed %v, told %v", placed, f.Placed)
		}
	})
}

// Goal: on a crowded market a floor is kept, costs what it must, and the proof closes; no floor is
// the assignment without any.
func TestFloorsOfCrowd(t *testing.T) {
	t.Parallel()
	p := crowd(1, 3000, 300)
	for j := range p.Heads {
		p.Heads[j] = (p.Heads[j] + 2) / 3 // so that many stay out
	}
	free, err := assign.Exact(p)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 3))
	of := make([]int32, p.Workers())
	members := int32(0)
	for i := range of {
		if of[i] = assign.None; r.IntN(10) == 0 {
			of[i] = 0
			members++
		}
	}
	last := free.Objective + 1
	for _, floor := range []int32{0, members * 3 / 5, members * 4 / 5} {
		f, err := assign.ExactFloors(p, assign.Groups{Of: of, Floors: []int32{floor}})
		if err != nil || f.Objective != f.Bound || f.Objective >= last ||
			f.Placed[0] < floor || p.Valid(f.Choice) != nil {
			t.Fatalf("floor %d: %d placed, sum %d, bound %d after %d, %v", floor, f.Placed[0],
				f.Objective, f.Bound, last, err)
		}
		if floor == 0 && f.Objective != free.Objective {
			t.Errorf("no floor: %d, want %d", f.Objective, free.Objective)
		}
		if f.Placed[0] > floor && f.Costs[0] != 0 {
			t.Errorf("floor %d costs %d and is exceeded by %d", floor, f.Costs[0], f.Placed[0]-floor)
		}
		last = f.Objective
	}
}

// Goal: groups that make no sense are refused in one sentence.
func TestFloorsRefused(t *testing.T) {
	t.Parallel()
	p := &assign.Problem{Heads: []int32{1}, Start: []int32{0, 1}, Posts: []int32{0},
		Scores: []int32{5}}
	for want, g := range map[string]assign.Groups{
		"assign: 0 workers have a group, of 1": {Floors: []int32{1}},
		"assign: worker 0 is in group 1 of 1":  {Of: []int32{1}, Floors: []int32{1}},
		"assign: the floor of group 0 is -1":   {Of: []int32{0}, Floors: []int32{-1}},
	} {
		_, err := assign.ExactFloors(p, g)
		if !errors.Is(err, assign.ErrProblem) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
