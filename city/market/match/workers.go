package match

import (
	"math"
	"slices"
)

// worker is somebody in 40 bytes; skills, then busy hours, lie in the pool.
type worker struct {
	sig                    uint64 // of the skills: a missing bit is a missing skill
	x, y, id, floor, reach int32
	off                    uint32
	have, rel              uint16
	age, skills, runs      uint8
}

func (w worker) key() int32   { return int32(w.rel) }
func (w worker) ident() int32 { return w.id }

const workerBytes = 40

var workers = codec[worker]{
	pool: func(b *block[worker], w *worker) []uint16 {
		return b.pool[w.off : w.off+uint32(w.skills)+uint32(w.runs)*runWords]
	},
	at:    func(w *worker, off uint32) { w.off = off },
	index: indexBySkill,
}

func packWorker(w *Worker) pooled[worker] {
	runs := packRuns(w.Busy)
	r := worker{x: w.X, y: w.Y, id: w.ID, floor: w.FloorFen, reach: w.ReachM,
		rel: uint16(w.Reliability), have: w.have(), age: w.Age,
		skills: uint8(len(w.Skills)), runs: uint8(len(runs) / runWords)}
	for _, s := range w.Skills {
		r.sig |= bit(s)
	}
	return pooled[worker]{r, slices.Concat(w.Skills, runs)}
}

func bit(skill uint16) uint64 { return 1 << (skill * 40503 >> 10) }

// layersM are how far the workers of a layer go at most.
var layersM = [...]int32{4_000, 8_000, 16_000, 32_000, math.MaxInt32}

func layerOf(reachM int32) int {
	for l, most := range layersM {
		if reachM <= most {
			return l
		}
	}
	return len(layersM) - 1
}

// index lists a block's records by skill.
type index struct {
	skills []uint16 // rising
	starts []uint16 // where a skill's records begin; one more at the end
	recs   []uint16
}

func (x *index) bytes() int64 {
	return int64(cap(x.skills)+cap(x.starts)+cap(x.recs))*2 + 72
}

// indexMin is below how many records a block is read whole.
const indexMin = 48

func indexBySkill(b *block[worker]) *index {
	if len(b.recs) < indexMin {
		return nil
	}
	pairs := make([]uint32, 0, 5*len(b.recs))
	for i := range b.recs {
		w := &b.recs[i]
		for _, s := range b.pool[w.off : w.off+uint32(w.skills)] {
			pairs = append(pairs, uint32(s)<<16|uint32(i))
		}
	}
	if len(pairs) > math.MaxUint16 {
		return nil
	}
	slices.Sort(pairs)
	distinct := 0
	for i, p := range pairs {
		if i == 0 || p>>16 != pairs[i-1]>>16 {
			distinct++
		}
	}
	x := &index{skills: make([]uint16, 0, distinct), starts: make([]uint16, 0, distinct+1),
		recs: make([]uint16, len(pairs))}
	for i, p := range pairs {
		if i == 0 || p>>16 != pairs[i-1]>>16 {
			x.skills = append(x.skills, uint16(p>>16))
			x.starts = append(x.starts, uint16(i))
		}
		x.recs[i] = uint16(p)
	}
	x.starts = append(x.starts, uint16(len(pairs)))
	return x
}

func (x *index) of(skill uint16) []uint16 {
	i, ok := slices.BinarySearch(x.skills, skill)
	if !ok {
		return nil
	}
	return x.recs[x.starts[i]:x.starts[i+1]]
}

// wanted is one required skill in a query.
type wanted struct {
	skill  uint16
	bit    uint64
	points []point // where it is taught
	leaf   int32   // for which the next two hold
	reach  int
	near   []point
}

// workerQuery looks for one vacancy's workers. It is used again and again.
type workerQuery struct {
	ix     *Index
	w      Weights
	sieve  sieve
	open   frontier
	views  views[worker]
	found  best
	want   []wanted
	hours  hours
	shifts bool
	x, y   int32
	wage   int32
	need   uint16
	ageMin uint8
	ageMax uint8
}

func (q *workerQuery) begin(ix *Index, p *Post, a *Ask) {
	q.ix, q.w, q.sieve, q.open = ix, a.weights(ix.weights), a.sieve(), q.open[:0]
	q.found = best{a.K, q.found.hits[:0]}
	q.x, q.y, q.wage, q.need = p.X, p.Y, p.WageFen, p.need()
	q.ageMin, q.ageMax = p.AgeMin, p.AgeMax
	q.hours, q.shifts = hours{}, len(p.Shifts) > 0
	for _, r := range p.Shifts {
		q.hours.add(r)
	}
	taught := ix.classes.Load()
	for len(q.want) < len(p.Required) {
		q.want = append(q.want, wanted{})
	}
	q.want = q.want[:len(p.Required)]
	for i, s := range p.Required {
		q.want[i] = wanted{skill: s, bit: bit(s), points: taught.of(s), leaf: -1,
			near: q.want[i].near[:0]}
	}
}

// forget lets go of what belongs to others, so that a query that rests holds nothing.
func (q *workerQuery) forget() {
	q.views.forget()
	q.sieve = sieve{}
}

func (q *workerQuery) bound(near2 float64, rel int32) float64 {
	return -q.w.PointsPerKM*math.Sqrt(near2)/1000 + float64(rel)/q.w.ReliabilityPerPoint
}

func (q *workerQuery) pushSquare(layer, level int, n int32) {
	s := q.ix.workers[layer]
	rel := s.best.at(level, n)
	if rel == empty {
		return
	}
	near2 := s.g.near2(level, n, q.x, q.y)
	if far := float64(s.far.Load()); near2 > far*far {
		return
	}
	if b := q.bound(near2, rel); b >= q.found.bar() {
		q.open.push(open{bound: b, leaf: n, level: int8(level), layer: int8(layer)})
	}
}

func (q *workerQuery) run() {
	for layer, s := range q.ix.workers {
		g := s.g
		g.each(q.x, q.y, s.far.Load(), func(n int32) {
			q.pushSquare(layer, levels-1, n)
		})
		q.pushSquare(layer, 0, g.outside())
	}
	for len(q.open) > 0 {
		o := q.open.pop()
		if o.bound < q.found.bar() {
			return
		}
		if o.level > 0 {
			g := q.ix.workers[o.layer].g
			for k := range int32(zoom * zoom) {
				q.pushSquare(int(o.layer), int(o.level)-1, g.child(int(o.level), o.leaf, k))
			}
			continue
		}
		q.look(o)
	}
}

// look reads one block of a square, or what is left of it, and opens the rest.
func (q *workerQuery) look(o open) {
	s := q.ix.workers[o.layer]
	blocks := q.views.of(o, s)
	n := int(o.block)
	if n >= len(blocks) {
		return
	}
	b := blocks[n]
	near2 := s.g.near2(0, o.leaf, q.x, q.y)
	i := len(b.recs)
	if lists, ok := q.lists(b, o.leaf); ok {
		q.scanLists(b, o.leaf, lists, near2)
	} else {
		i = q.scan(b, o.leaf, int(o.from), near2)
	}
	if i == len(b.recs) {
		n, i = n+1, 0
	}
	if n == len(blocks) {
		return
	}
	if bound := q.bound(near2, int32(blocks[n].recs[i].rel)); bound >= q.found.bar() {
		q.views.keep(&o, blocks)
		q.open.push(open{bound: bound, leaf: o.leaf, view: o.view, level: -1, layer: o.layer,
			block: uint16(n), from: uint16(i)})
	}
}

// reachOf tells to whom of a square a wanted skill is taught.
func (q *workerQuery) reachOf(w *wanted, leaf int32) int {
	if w.leaf != leaf {
		w.leaf = leaf
		w.reach, w.near = reachIn(q.ix.grid, leaf, w.points, w.near[:0])
	}
	return w.reach
}

// lists gives the records of a block among which all who fit must be: who may lack one skill has
// one of any two. It says no where the whole block must be read.
func (q *workerQuery) lists(b *block[worker], leaf int32) ([2][]uint16, bool) {
	var out [2][]uint16
	if b.index == nil || len(q.want) == 0 {
		return out, false
	}
	anyTaught := false
	for i := range q.want {
		anyTaught = anyTaught || q.reachOf(&q.want[i], leaf) != toNone
	}
	if len(q.want) == 1 && anyTaught {
		return out, false
	}
	short := [2]int{len(b.recs) + 1, len(b.recs) + 1}
	for i := range q.want {
		l := b.index.of(q.want[i].skill)
		switch {
		case len(l) < short[0]:
			out[1], short[1] = out[0], short[0]
			out[0], short[0] = l, len(l)
		case len(l) < short[1]:
			out[1], short[1] = l, len(l)
		}
	}
	if !anyTaught { // nothing may be missing: the shortest list holds all
		out[1] = nil
	}
	return out, true
}

// scanLists reads the records of two lists, each once.
func (q *workerQuery) scanLists(b *block[worker], leaf int32, lists [2][]uint16, near2 float64) {
	one, two := lists[0], lists[1]
	for len(one) > 0 || len(two) > 0 {
		var i uint16
		switch {
		case len(two) == 0 || len(one) > 0 && one[0] < two[0]:
			i, one = one[0], one[1:]
		case len(one) == 0 || two[0] < one[0]:
			i, two = two[0], two[1:]
		default:
			i, one, two = one[0], one[1:], two[1:]
		}
		if w := &b.recs[i]; q.admits(w) {
			if q.bound(near2, int32(w.rel)) < q.found.bar() {
				return
			}
			q.weigh(b, w, leaf)
		}
	}
}

// scan reads records in order until one promises less than what else is open; it gives its place.
func (q *workerQuery) scan(b *block[worker], leaf int32, from int, near2 float64) int {
	base := -q.w.PointsPerKM * math.Sqrt(near2) / 1000
	drop, pause := q.stops(base)
	least := from + few
	for i := from; i < len(b.recs); i++ {
		w := &b.recs[i]
		if rel := int32(w.rel); rel < pause && (rel < drop || i >= least) {
			return i
		}
		if q.admits(w) && q.weigh(b, w, leaf) {
			drop, pause = q.stops(base)
		}
	}
	return len(b.recs)
}

// stops gives the reliabilities of a square below which nobody gets in any more, and below which
// others come first.
func (q *workerQuery) stops(base float64) (drop, pause int32) {
	drop = keyFor(q.found.bar(), base, q.w.ReliabilityPerPoint)
	return drop, max(drop, keyFor(q.open.next(), base, q.w.ReliabilityPerPoint))
}

// admits is what a record answers by itself.
func (q *workerQuery) admits(w *worker) bool {
	return w.floor <= q.wage && q.need&^w.have == 0 && w.age >= q.ageMin && w.age <= q.ageMax
}

// weigh looks at the rest, and takes the worker in if they fit and are good enough.
func (q *workerQuery) weigh(b *block[worker], w *worker, leaf int32) bool {
	d2 := dist2(w.x, w.y, q.x, q.y)
	if reach := float64(w.reach); d2 > reach*reach {
		return false
	}
	pool := workers.pool(b, w)
	missing := int32(-1)
	for i := range q.want {
		s := &q.want[i]
		if w.sig&s.bit != 0 && slices.Contains(pool[:w.skills], s.skill) {
			continue
		}
		if missing >= 0 || !q.canLearn(s, w, leaf) {
			return false
		}
		missing = int32(s.skill)
	}
	miss := 0.0
	if missing >= 0 {
		miss = 1
	}
	score := -q.w.PointsPerKM*math.Sqrt(d2)/1000 - q.w.PointsPerMissing*miss +
		float64(w.rel)/q.w.ReliabilityPerPoint
	if score < q.found.bar() || q.shifts && q.hours.meetsRuns(pool[w.skills:]) ||
		!q.sieve.passes(w.id, score) {
		return false
	}
	q.found.offer(Hit{w.id, score, missing})
	return true
}

func (q *workerQuery) canLearn(s *wanted, w *worker, leaf int32) bool {
	switch q.reachOf(s, leaf) {
	case toAll:
		return true
	case toNone:
		return false
	}
	return within(s.near, w.x, w.y)
}
