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

// best finds the highest sum by trying everything that can still matter: worker by worker, the best
// for every state of heads left.
func best(p *assign.Problem) int64 {
	sums := map[string]int64{fmt.Sprint(p.Heads): 0}
	left := map[string][]int32{fmt.Sprint(p.Heads): p.Heads}
	for i := range p.Workers() {
		next, heads := map[string]int64{}, map[string][]int32{}
		put := func(h []int32, sum int64) {
			key := fmt.Sprint(h)
			if old, ok := next[key]; !ok || sum > old {
				next[key], heads[key] = sum, h
			}
		}
		for key, sum := range sums {
			put(left[key], sum)
			for e := p.Start[i]; e < p.Start[i+1]; e++ {
				if left[key][p.Posts[e]] > 0 {
					h := slices.Clone(left[key])
					h[p.Posts[e]]--
					put(h, sum+int64(p.Scores[e]))
				}
			}
		}
		sums, left = next, heads
	}
	top := int64(0)
	for _, sum := range sums {
		top = max(top, sum)
	}
	return top
}

func problem(draw func(n int, what string) int, workers, posts, heads, score int) *assign.Problem {
	p := &assign.Problem{Start: []int32{0}}
	for range posts {
		p.Heads = append(p.Heads, int32(draw(heads+1, "heads")))
	}
	for range workers {
		for j := range posts {
			if draw(3, "wants") > 0 {
				p.Posts = append(p.Posts, int32(j))
				p.Scores = append(p.Scores, int32(draw(score+1, "score")))
			}
		}
		p.Start = append(p.Start, int32(len(p.Posts)))
	}
	return p
}

// Goal: the exact answer is the best there is, keeps the rules, and its prices prove it.
func TestExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(n int, what string) int { return rapid.IntRange(0, n-1).Draw(rt, what) }
		p := problem(draw, draw(7, "workers"), 1+draw(5, "posts"), 3,
			[]int{2, 20, 20_000}[draw(3, "scale")])
		a, err := assign.Exact(p)
		if err != nil {
			rt.Fatal(err)
		}
		if want := best(p); a.Objective != want || a.Bound != want || a.Gap() != 0 {
			rt.Fatalf("sum %d, bound %d, want %d: %+v", a.Objective, a.Bound, want, p)
		}
		if err := p.Valid(a.Choice); err != nil {
			rt.Fatal(err)
		}
		f, err := assign.Fast(p)
		if err != nil || p.Valid(f.Choice) != nil || f.Objective > a.Objective ||
			f.Bound < a.Objective {
			rt.Fatalf("fast %d ≤ %d ≤ %d, %v", f.Objective, a.Objective, f.Bound, err)
		}
	})
}

// crowd is a market in which people prefer the same few vacancies, as markets are.
func crowd(seed uint64, workers, posts int) *assign.Problem {
	r := rand.New(rand.NewPCG(seed, 2))
	p := &assign.Problem{Start: []int32{0}}
	fame := make([]int32, posts)
	for j := range fame {
		fame[j] = int32(r.IntN(3000))
		p.Heads = append(p.Heads, 1+int32(r.IntN(2*workers/posts)))
	}
	for range workers {
		seen := map[int]bool{}
		for range 12 {
			j := min(int(r.ExpFloat64()*float64(posts)/4), posts-1)
			if !seen[j] {
				seen[j] = true
				p.Posts = append(p.Posts, int32(j))
				p.Scores = append(p.Scores, 10_000+fame[j]+int32(r.IntN(2000)))
			}
		}
		p.Start = append(p.Start, int32(len(p.Posts)))
	}
	return p
}

// Goal: on crowded markets of a realistic shape the proof closes, the fast way comes within a
// thousandth, and the same problem gets the same answer.
func TestCrowd(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		p := crowd(seed, 3000, []int{60, 300, 1000, 3000}[seed])
		a, err := assign.Exact(p)
		if err != nil || a.Objective != a.Bound || p.Valid(a.Choice) != nil {
			t.Fatalf("seed %d: sum %d, bound %d, %v", seed, a.Objective, a.Bound, err)
		}
		f, err := assign.Fast(p)
		if err != nil || f.Gap() > assign.FastGap || p.Valid(f.Choice) != nil {
			t.Errorf("seed %d: fast within %f, %v", seed, f.Gap(), err)
		}
		again, err := assign.Exact(p)
		if err != nil || !slices.Equal(a.Choice, again.Choice) {
			t.Errorf("seed %d: another answer to the same problem, %v", seed, err)
		}
	}
}

// Goal: a bound holds for any prices, and a problem that makes no sense is refused in one sentence.
func TestRefused(t *testing.T) {
	t.Parallel()
	p := &assign.Problem{Heads: []int32{1, 1}, Start: []int32{0, 2, 3}, Posts: []int32{0, 1, 0},
		Scores: []int32{5, 3, 4}}
	for _, prices := range [][]int64{{0, 0}, {1, 0}, {32, 0}, {1 << 40, 1 << 40}, {-5, -5}} {
		if got := p.Bound(prices); got < best(p) {
			t.Errorf("prices %v: bound %d below the best, %d", prices, got, best(p))
		}
	}
	for want, change := range map[string]func(p *assign.Problem){
		"vacancy 1 has -1 heads": func(p *assign.Problem) { p.Heads[1] = -1 },
		"2 starts for 3 choices with 3 scores": func(p *assign.Problem) {
			p.Start = p.Start[:2]
		},
		"worker 0 names vacancy 2 of 2":  func(p *assign.Problem) { p.Posts[1] = 2 },
		"worker 0 names vacancy 0 twice": func(p *assign.Problem) { p.Posts[1] = 0 },
		"worker 1 and vacancy 0 score -4; 0 to 16777216 can be": func(p *assign.Problem) {
			p.Scores[2] = -4
		},
		"the choices of worker 0 are 0 to 9 of 3": func(p *assign.Problem) { p.Start[1] = 9 },
	} {
		q := &assign.Problem{Heads: slices.Clone(p.Heads), Start: slices.Clone(p.Start),
			Posts: slices.Clone(p.Posts), Scores: slices.Clone(p.Scores)}
		change(q)
		_, errExact := assign.Exact(q)
		_, errFast := assign.Fast(q)
		for _, err := range []error{errExact, errFast} {
			if !errors.Is(err, assign.ErrProblem) || err.Error() != "assign: "+want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	}
}
