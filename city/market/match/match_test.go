package match_test

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/gongyi/gongyi/city/market/match"
	"pgregory.net/rapid"
)

// market is the plain truth beside an index: everybody in maps, every answer by looking at all.
type market struct {
	posts   map[int32]match.Post
	workers map[int32]match.Worker
	classes map[int32]match.Class
}

func newMarket() *market {
	return &market{map[int32]match.Post{}, map[int32]match.Worker{}, map[int32]match.Class{}}
}

func overlap(a, b []match.Range) bool {
	for _, x := range a {
		for _, y := range b {
			if x.From < y.To && y.From < x.To {
				return true
			}
		}
	}
	return false
}

func far2(ax, ay, bx, by int32) float64 {
	dx, dy := float64(ax)-float64(bx), float64(ay)-float64(by)
	return dx*dx + dy*dy
}

// fit says whether a worker fits a vacancy, how far it is (squared) and which skill is missing.
func (m *market) fit(w match.Worker, p match.Post) (d2 float64, missing int32, ok bool) {
	const reach2 = match.ClassReachM * match.ClassReachM
	d2 = far2(w.X, w.Y, p.X, p.Y)
	if d2 > float64(w.ReachM)*float64(w.ReachM) || p.WageFen < w.FloorFen || w.Age < p.AgeMin ||
		w.Age > p.AgeMax || p.Permits&^w.Permits != 0 || p.Night && w.NoNight ||
		overlap(w.Busy, p.Shifts) {
		return 0, 0, false
	}
	missing = -1
	for _, s := range p.Required {
		if slices.Contains(w.Skills, s) {
			continue
		}
		taught := false
		for _, c := range m.classes {
			taught = taught || c.Skill == s && far2(c.X, c.Y, w.X, w.Y) <= reach2
		}
		if missing >= 0 || !taught {
			return 0, 0, false
		}
		missing = int32(s)
	}
	return d2, missing, true
}

func score(d2 float64, missing int32, points float64) float64 {
	w, miss := match.DefaultWeights, 0.0
	if missing >= 0 {
		miss = 1
	}
	return -w.PointsPerKM*math.Sqrt(d2)/1000 - w.PointsPerMissing*miss + points
}

func firstK(hits []match.Hit, k int) []match.Hit {
	slices.SortFunc(hits, func(a, b match.Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	})
	return hits[:min(k, len(hits))]
}

func (m *market) postsFor(w match.Worker, k int) []match.Hit {
	var hits []match.Hit
	for _, p := range m.posts {
		if d2, missing, ok := m.fit(w, p); ok {
			hits = append(hits, match.Hit{ID: p.ID, Missing: missing,
				Score: score(d2, missing, float64(p.WageFen)/match.DefaultWeights.FenPerPoint)})
		}
	}
	return firstK(hits, k)
}

func (m *market) workersFor(p match.Post, k int) []match.Hit {
	var hits []match.Hit
	for _, w := range m.workers {
		if d2, missing, ok := m.fit(w, p); ok {
			hits = append(hits, match.Hit{ID: w.ID, Missing: missing, Score: score(d2, missing,
				float64(w.Reliability)/match.DefaultWeights.ReliabilityPerPoint)})
		}
	}
	return firstK(hits, k)
}

// source draws numbers below n; a seed's or a shrinking test's.
type source func(n int, what string) int

func (draw source) spot(wide int) (x, y int32) {
	if draw(20, "outside") == 0 {
		return int32(draw(300_000, "x") - 150_000), int32(draw(300_000, "y") - 150_000)
	}
	return int32(draw(wide, "x") - wide/2), int32(draw(wide, "y") - wide/2)
}

func (draw source) skills(most int) []uint16 {
	var out []uint16
	for range draw(most+1, "skills") {
		if s := uint16(draw(8, "skill")); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (draw source) hours() []match.Range {
	var out []match.Range
	for range draw(4, "stretches") {
		from := uint16(draw(match.Horizon-1, "from"))
		out = append(out, match.Range{From: from,
			To: from + 1 + uint16(draw(min(200, match.Horizon-int(from)), "for"))})
	}
	return out
}

func (draw source) post(id int32, wide int) match.Post {
	p := match.Post{ID: id, WageFen: int32(1500 + 100*draw(30, "wage")), Required: draw.skills(6),
		Shifts: draw.hours(), AgeMin: uint8(16 + draw(8, "from age")),
		AgeMax: uint8(40 + draw(30, "to age")), Night: draw(5, "night") == 0,
		Permits: 1 << draw(10, "permit") & 7}
	p.X, p.Y = draw.spot(wide)
	return p
}

func (draw source) worker(id int32, wide int) match.Worker {
	w := match.Worker{ID: id, FloorFen: int32(1000 + 100*draw(20, "floor")), Skills: draw.skills(8),
		Busy: draw.hours(), Age: uint8(16 + draw(50, "age")), NoNight: draw(2, "no night") == 0,
		Permits: uint8(draw(8, "permits")), Reliability: int32(draw(1000, "reliability"))}
	w.ReachM = []int32{0, 2_000, 4_000, 7_000, 15_000, 31_000, 60_000, 200_000}[draw(8, "reach")]
	w.X, w.Y = draw.spot(wide)
	return w
}

func (draw source) class(id int32, wide int) match.Class {
	c := match.Class{ID: id, Skill: uint16(draw(8, "teaches"))}
	c.X, c.Y = draw.spot(wide)
	return c
}

var area = match.Area{MinX: -40_000, MinY: -40_000, MaxX: 40_000, MaxY: 40_000}

// change does one thing to both.
func change(t interface{ Fatal(...any) }, m *market, ix *match.Index, draw source, ids, wide int) {
	id := int32(draw(ids, "id"))
	var err error
	switch draw(9, "change") {
	case 0, 1, 2:
		p := draw.post(id, wide)
		m.posts[id], err = p, ix.PutPost(p)
	case 3:
		delete(m.posts, id)
		ix.RemovePost(id)
	case 4, 5, 6:
		w := draw.worker(id, wide)
		m.workers[id], err = w, ix.PutWorker(w)
	case 7:
		delete(m.workers, id)
		ix.RemoveWorker(id)
	case 8:
		if draw(3, "close") > 0 {
			c := draw.class(id, wide)
			m.classes[id], err = c, ix.PutClass(c)
		} else {
			delete(m.classes, id)
			ix.RemoveClass(id)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// compare asks both the same.
func compare(
	t interface{ Fatalf(string, ...any) }, m *market, ix *match.Index, draw source, wide int,
) {
	k := 1 + draw(25, "k")
	w := draw.worker(0, wide)
	got, err := ix.PostsFor(&w, k, nil)
	if want := m.postsFor(w, k); err != nil || !slices.Equal(got, want) {
		t.Fatalf("vacancies for %+v:\n got %v, %v\nwant %v", w, got, err, want)
	}
	p := draw.post(0, wide)
	got, err = ix.WorkersFor(&p, k, nil)
	if want := m.workersFor(p, k); err != nil || !slices.Equal(got, want) {
		t.Fatalf("workers for %+v:\n got %v, %v\nwant %v", p, got, err, want)
	}
}

// Goal: whatever is put, changed and taken away, every answer is the one that a look at everybody
// gives, to the last bit of the score.
func TestExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		draw := source(func(n int, what string) int { return rapid.IntRange(0, n-1).Draw(rt, what) })
		m, ix := newMarket(), match.New(area, match.DefaultWeights)
		for range rapid.IntRange(1, 60).Draw(rt, "changes") {
			change(rt, m, ix, draw, 12, 30_000)
		}
		compare(rt, m, ix, draw, 30_000)
	})
}

// Goal: the same where squares hold several blocks, loaded at once and then changed.
func TestExactCrowded(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 1))
		draw := source(func(n int, _ string) int { return r.IntN(n) })
		m, ix := newMarket(), match.New(area, match.DefaultWeights)
		var ps []match.Post
		var ws []match.Worker
		var cs []match.Class
		wide := []int{3_000, 12_000, 60_000}[seed]
		for id := range int32(6000) {
			p, w := draw.post(id, wide), draw.worker(id, wide)
			ps, ws = append(ps, p), append(ws, w)
			m.posts[id], m.workers[id] = p, w
			if id < 12 {
				cs = append(cs, draw.class(id, wide))
				m.classes[id] = cs[id]
			}
		}
		if err := ix.Load(ps, ws, cs); err != nil {
			t.Fatal(err)
		}
		for range 15 {
			compare(t, m, ix, draw, wide)
			for range 200 {
				change(t, m, ix, draw, 6500, wide)
			}
		}
		if s := ix.Size(); s.Posts != len(m.posts) || s.Workers != len(m.workers) || s.PostBytes == 0 {
			t.Errorf("size %+v, want %d and %d", s, len(m.posts), len(m.workers))
		}
	}
}

// Goal: page by page, with some not wanted, comes what the whole answer without them holds; with
// weights of one's own, and without looking at skills.
func TestAsk(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		draw := source(func(n int, what string) int { return rapid.IntRange(0, n-1).Draw(rt, what) })
		m, ix := newMarket(), match.New(area, match.DefaultWeights)
		for range rapid.IntRange(1, 60).Draw(rt, "changes") {
			change(rt, m, ix, draw, 12, 30_000)
		}
		w, p := draw.worker(0, 30_000), draw.post(0, 30_000)
		unwanted := int32(draw(12, "unwanted"))
		wanted := func(id int32) bool { return id%3 != unwanted%3 }
		drop := func(hits []match.Hit) []match.Hit {
			return slices.DeleteFunc(hits, func(h match.Hit) bool { return !wanted(h.ID) })
		}
		pages := func(ask func(*match.Ask) ([]match.Hit, error)) (all []match.Hit) {
			a := match.Ask{K: 1 + draw(3, "page"), Keep: wanted}
			for {
				page, err := ask(&a)
				if err != nil {
					rt.Fatal(err)
				}
				all = append(all, page...)
				if len(page) < a.K {
					return all
				}
				a.After = &all[len(all)-1]
			}
		}
		got := pages(func(a *match.Ask) ([]match.Hit, error) { return ix.FindPosts(&w, a, nil) })
		if want := drop(m.postsFor(w, 100)); !slices.Equal(got, want) {
			rt.Fatalf("vacancies:\n got %v\nwant %v", got, want)
		}
		var all []match.Post
		for _, p := range m.posts {
			all = append(all, p)
		}
		got = pages(func(a *match.Ask) ([]match.Hit, error) { return ix.PostsAmong(&w, all, a, nil) })
		if want := drop(m.postsFor(w, 100)); !slices.Equal(got, want) {
			rt.Fatalf("vacancies among all:\n got %v\nwant %v", got, want)
		}
		got = pages(func(a *match.Ask) ([]match.Hit, error) { return ix.FindWorkers(&p, a, nil) })
		if want := drop(m.workersFor(p, 100)); !slices.Equal(got, want) {
			rt.Fatalf("workers:\n got %v\nwant %v", got, want)
		}
		near := match.Weights{FenPerPoint: math.Inf(1), ReliabilityPerPoint: 1, PointsPerKM: 1}
		got, err := ix.FindPosts(&w, &match.Ask{K: 100, Weights: &near, AnySkill: true}, nil)
		var want []match.Hit
		for _, p := range m.posts {
			p.Required = nil
			if d2, _, ok := m.fit(w, p); ok {
				want = append(want, match.Hit{ID: p.ID, Missing: -1, Score: -math.Sqrt(d2) / 1000})
			}
		}
		if want = firstK(want, 100); err != nil || !slices.Equal(got, want) {
			rt.Fatalf("by distance:\n got %v, %v\nwant %v", got, err, want)
		}
	})
}

// Goal: queries run while the market changes: nobody is answered twice, or by somebody who does not
// fit, and a change is seen by the next query. The race detector watches.
func TestWhileChanging(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	draw := source(func(n int, _ string) int { return r.IntN(n) })
	m, ix := newMarket(), match.New(area, match.DefaultWeights)
	for range 3000 {
		change(t, m, ix, draw, 2000, 20_000)
	}
	stop := make(chan bool)
	var readers sync.WaitGroup
	for n := range 3 {
		readers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(n), 8))
			draw := source(func(n int, _ string) int { return r.IntN(n) })
			for {
				select {
				case <-stop:
					return
				default:
				}
				w, p := draw.worker(0, 20_000), draw.post(0, 20_000)
				a, errA := ix.PostsFor(&w, 20, nil)
				b, errB := ix.WorkersFor(&p, 50, nil)
				if err := errors.Join(errA, errB); err != nil {
					t.Error(err)
				}
				once(t, a)
				once(t, b)
			}
		})
	}
	for range 1000 {
		change(t, m, ix, draw, 2000, 20_000)
	}
	close(stop)
	readers.Wait()
	for range 20 {
		compare(t, m, ix, draw, 20_000)
	}
}

// Goal: who moves from square to square, up and down in each, while others ask, is answered once.
func TestWhileMoving(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	ix := match.New(area, match.DefaultWeights)
	move := func(id int32) {
		x := int32(r.IntN(5)) * 5_000
		err := errors.Join(
			ix.PutPost(match.Post{ID: id, X: x, WageFen: int32(2000 + r.IntN(1000)), AgeMax: 99}),
			ix.PutWorker(match.Worker{ID: id, X: x, ReachM: 50_000, Reliability: int32(r.IntN(1000))}))
		if err != nil {
			t.Error(err)
		}
	}
	const moving = 80
	for id := range int32(moving) {
		move(id)
	}
	stop := make(chan bool)
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				posts, errA := ix.PostsFor(&match.Worker{ReachM: 50_000}, match.KMax, nil)
				workers, errB := ix.WorkersFor(&match.Post{WageFen: 3000, AgeMax: 99}, match.KMax, nil)
				if err := errors.Join(errA, errB); err != nil {
					t.Error(err)
				}
				once(t, posts)
				once(t, workers)
			}
		})
	}
	for range 20_000 {
		move(int32(r.IntN(moving)))
	}
	close(stop)
	readers.Wait()
}

func once(t *testing.T, hits []match.Hit) {
	t.Helper()
	seen := map[int32]bool{}
	for _, h := range hits {
		if seen[h.ID] {
			t.Errorf("%d is answered twice", h.ID)
		}
		seen[h.ID] = true
	}
}

// Goal: what cannot be is refused in one sentence.
func TestRefused(t *testing.T) {
	t.Parallel()
	ix := match.New(area, match.DefaultWeights)
	many := make([]match.Range, match.RangesMax+1)
	for i := range many {
		many[i] = match.Range{From: uint16(i), To: uint16(i + 1)}
	}
	const far = 2_000_000_000
	empty := []match.Range{{From: 5, To: 5}}
	lost := []match.Worker{{ID: 9, Y: far}}
	for _, c := range []struct {
		err  error
		want string
	}{
		{ix.PutPost(match.Post{ID: -1}), "vacancy id -1"},
		{ix.PutWorker(match.Worker{ID: -1}), "worker id -1"},
		{ix.PutPost(match.Post{Required: []uint16{3, 1, 3}}), "skill 3 is named twice"},
		{ix.PutWorker(match.Worker{Skills: []uint16{4096}}), "skill 4096; they count from 0 to 4095"},
		{ix.PutPost(match.Post{Shifts: many}), "65 stretches of time; at most 64"},
		{ix.PutWorker(match.Worker{Busy: empty}),
			"the stretch [5,5); it must be rising and end by 1344"},
		{ix.PutWorker(match.Worker{ReachM: -1}), "worker 0: reach -1, reliability 0, floor 0"},
		{ix.PutPost(match.Post{AgeMin: 3, AgeMax: 2}), "vacancy 0: wage 0, ages 3 to 2"},
		{ix.PutClass(match.Class{X: far}), "class 0 teaches skill 0 at 2000000000, 0"},
		{ix.PutPost(match.Post{X: -far}), "vacancy 0 lies at -2000000000, 0"},
		{ix.PutWorker(match.Worker{Y: far}), "worker 0 lies at 0, 2000000000"},
		{ix.Load(nil, lost, nil), "worker 9 lies at 0, 2000000000"},
	} {
		if !errors.Is(c.err, match.ErrInput) || c.err.Error() != "match: "+c.want {
			t.Errorf("got %v, want %s", c.err, c.want)
		}
	}
	for _, k := range []int{0, -1, match.KMax + 1} {
		_, errA := ix.PostsFor(&match.Worker{}, k, nil)
		_, errB := ix.WorkersFor(&match.Post{}, k, nil)
		want := fmt.Sprintf("match: %d answers were asked for; 1 to 100 can be", k)
		if errA == nil || errA.Error() != want || errB == nil || errB.Error() != want {
			t.Errorf("k %d: %v, %v", k, errA, errB)
		}
	}
	if s := ix.Size(); s.Posts != 0 || s.Workers != 0 {
		t.Errorf("something of it was kept: %+v", s)
	}
}

// world is a market of a size that fits a cache, for the benchmarks.
func world(b *testing.B) (*match.Index, source) {
	b.Helper()
	r := rand.New(rand.NewPCG(3, 3))
	draw := source(func(n int, _ string) int { return r.IntN(n) })
	var ps []match.Post
	var ws []match.Worker
	var cs []match.Class
	for id := range int32(50_000) {
		ps, ws = append(ps, draw.post(id, 60_000)), append(ws, draw.worker(id, 60_000))
		if id < 200 {
			cs = append(cs, draw.class(id, 60_000))
		}
	}
	ix := match.New(area, match.DefaultWeights)
	if err := ix.Load(ps, ws, cs); err != nil {
		b.Fatal(err)
	}
	return ix, draw
}

func BenchmarkPostsFor(b *testing.B) {
	ix, draw := world(b)
	w := draw.worker(0, 60_000)
	var hits []match.Hit
	b.ReportAllocs()
	for b.Loop() {
		hits, _ = ix.PostsFor(&w, 20, hits[:0])
	}
}

func BenchmarkWorkersFor(b *testing.B) {
	ix, draw := world(b)
	p := draw.post(0, 60_000)
	var hits []match.Hit
	b.ReportAllocs()
	for b.Loop() {
		hits, _ = ix.WorkersFor(&p, 50, hits[:0])
	}
}
