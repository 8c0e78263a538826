package match

import (
	"math"
)

// inlineSkills is how many required skills lie in the record itself; few vacancies want more.
const inlineSkills = 4

// post is a vacancy in 36 bytes; its shifts, and skills beyond inlineSkills, lie in the pool.
type post struct {
	x, y, wage, id int32
	off            uint32
	req            [inlineSkills]uint16 // number + 1; 0 is none
	need           uint16
	ageMin, ageMax uint8
	runs, more     uint8
}

func (p post) key() int32   { return p.wage }
func (p post) ident() int32 { return p.id }

const postBytes = 36

var posts = codec[post]{
	pool: func(b *block[post], p *post) []uint16 {
		return b.pool[p.off : p.off+uint32(p.runs)*runWords+uint32(p.more)]
	},
	at:    func(p *post, off uint32) { p.off = off },
	index: func(*block[post]) *index { return nil },
}

func packPost(p *Post) pooled[post] {
	pool := packRuns(p.Shifts)
	r := post{x: p.X, y: p.Y, wage: p.WageFen, id: p.ID, need: p.need(), ageMin: p.AgeMin,
		ageMax: p.AgeMax, runs: uint8(len(pool) / runWords),
		more: uint8(max(len(p.Required)-inlineSkills, 0))}
	for i, s := range p.Required {
		if i < inlineSkills {
			r.req[i] = s + 1
		} else {
			pool = append(pool, s+1)
		}
	}
	return pooled[post]{r, pool}
}

// What a worker can do about a skill. Two that are teachable are as bad as one that is out of
// reach, which is nought, so that a query begins by clearing.
const (
	has         = 2
	teachable   = 1
	unreachable = 0
)

// postQuery looks for one worker's vacancies. It is used again and again.
type postQuery struct {
	ix     *Index
	w      Weights
	sieve  sieve
	open   frontier
	views  views[post]
	found  best
	state  [SkillsMax + 1]uint8 // by skill number + 1; 0 is "none needed", which everybody has
	busy   hours
	idle   bool
	x, y   int32
	floor  int32
	reach2 float64
	lacks  uint16
	age    uint8
}

func (q *postQuery) begin(ix *Index, w *Worker, a *Ask) {
	q.ix, q.w, q.sieve, q.open = ix, a.weights(ix.weights), a.sieve(), q.open[:0]
	q.found = best{a.K, q.found.hits[:0]}
	q.x, q.y, q.floor, q.age = w.X, w.Y, w.FloorFen, w.Age
	q.reach2 = float64(w.ReachM) * float64(w.ReachM)
	q.lacks = ^w.have()
	q.busy, q.idle = hours{}, len(w.Busy) == 0
	for _, r := range w.Busy {
		q.busy.add(r)
	}
	if a.AnySkill {
		for i := range q.state {
			q.state[i] = has
		}
		return
	}
	clear(q.state[:])
	q.state[0] = has
	ix.classes.Load().taughtNear(w.X, w.Y, q.state[1:])
	for _, s := range w.Skills {
		q.state[s+1] = has
	}
}

// forget lets go of what belongs to others, so that a query that rests holds nothing.
func (q *postQuery) forget() {
	q.views.forget()
	q.sieve = sieve{}
}

func (q *postQuery) bound(near2 float64, wage int32) float64 {
	return -q.w.PointsPerKM*math.Sqrt(near2)/1000 + float64(wage)/q.w.FenPerPoint
}

// pushSquare opens a square if anybody in it can be reached at the floor or above.
func (q *postQuery) pushSquare(level int, n int32) {
	s := q.ix.posts
	wage := s.best.at(level, n)
	if wage < q.floor || wage == empty {
		return
	}
	near2 := s.g.near2(level, n, q.x, q.y)
	if near2 > q.reach2 {
		return
	}
	if b := q.bound(near2, wage); b >= q.found.bar() {
		q.open.push(open{bound: b, leaf: n, level: int8(level)})
	}
}

func (q *postQuery) run() {
	g := q.ix.posts.g
	g.each(q.x, q.y, int32(math.Sqrt(q.reach2)), func(n int32) { q.pushSquare(levels-1, n) })
	q.pushSquare(0, g.outside())
	for len(q.open) > 0 {
		o := q.open.pop()
		if o.bound < q.found.bar() {
			return
		}
		switch {
		case o.level > 0:
			for k := range int32(zoom * zoom) {
				q.pushSquare(int(o.level)-1, g.child(int(o.level), o.leaf, k))
			}
		default:
			q.look(o)
		}
	}
}

// look reads on in a square, block by block, as long as nothing else that is open promises more.
func (q *postQuery) look(o open) {
	s := q.ix.posts
	blocks := q.views.of(o, s)
	near2 := s.g.near2(0, o.leaf, q.x, q.y)
	for n := int(o.block); n < len(blocks); n++ {
		b := blocks[n]
		i := q.scan(b, int(o.from), near2)
		o.from = 0
		if i == len(b.recs) {
			continue
		}
		if wage := b.recs[i].wage; wage >= q.floor {
			if bound := q.bound(near2, wage); bound >= q.found.bar() {
				q.views.keep(&o, blocks)
				q.open.push(open{bound: bound, leaf: o.leaf, view: o.view, level: -1, block: uint16(n),
					from: uint16(i)})
			}
		}
		return
	}
}

// scan reads records until one is below what gets in, or, a few on, below what is promised
// elsewhere; it gives its place.
func (q *postQuery) scan(b *block[post], from int, near2 float64) int {
	base := -q.w.PointsPerKM * math.Sqrt(near2) / 1000
	drop, pause := q.stops(base)
	least := from + few
	for i := from; i < len(b.recs); i++ {
		p := &b.recs[i]
		if p.wage < pause && (p.wage < drop || i >= least) {
			return i
		}
		if p.need&q.lacks != 0 || q.age < p.ageMin || q.age > p.ageMax {
			continue
		}
		miss := inlineSkills*has - q.state[p.req[0]] - q.state[p.req[1]] - q.state[p.req[2]] -
			q.state[p.req[3]]
		if miss > 1 {
			continue
		}
		d2 := dist2(p.x, p.y, q.x, q.y)
		if d2 > q.reach2 || !q.fits(b, p, &miss) {
			continue
		}
		score := -q.w.PointsPerKM*math.Sqrt(d2)/1000 - q.w.PointsPerMissing*float64(miss) +
			float64(p.wage)/q.w.FenPerPoint
		if score >= q.found.bar() && q.sieve.passes(p.id, score) {
			q.found.offer(Hit{p.id, score, q.missing(b, p, miss)})
			drop, pause = q.stops(base)
		}
	}
	return len(b.recs)
}

// stops gives the wages of a square below which nobody gets in any more, and below which others
// come first.
func (q *postQuery) stops(base float64) (drop, pause int32) {
	drop = max(q.floor, keyFor(q.found.bar(), base, q.w.FenPerPoint))
	return drop, max(drop, keyFor(q.open.next(), base, q.w.FenPerPoint))
}

// fits looks at what lies in the pool: more skills, and the hours.
func (q *postQuery) fits(b *block[post], p *post, miss *uint8) bool {
	pool, runs := posts.pool(b, p), runWords*int(p.runs)
	for _, s := range pool[runs:] {
		if *miss += has - q.state[s]; *miss > 1 {
			return false
		}
	}
	return q.idle || !q.busy.meetsRuns(pool[:runs])
}

func (q *postQuery) missing(b *block[post], p *post, miss uint8) int32 {
	if miss == 0 {
		return -1
	}
	for _, s := range p.req {
		if q.state[s] != has {
			return int32(s) - 1
		}
	}
	for _, s := range posts.pool(b, p)[runWords*int(p.runs):] {
		if q.state[s] != has {
			return int32(s) - 1
		}
	}
	return -1
}
