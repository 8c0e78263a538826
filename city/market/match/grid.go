package match

import (
	"math"
	"sync/atomic"
)

const (
	leafM  = 4096 // side of a square
	zoom   = 4    // a square of a coarser level has zoom·zoom of the finer
	levels = 3    // leaves, 8 km, 32 km
	empty  = -1   // the best of a square in which nobody is
)

// grid is the geometry: squares in rows, level 0 the finest. One leaf more than there are squares
// holds what lies outside.
type grid struct {
	x0, y0 int32
	nx, ny [levels]int32
	side   [levels]int32
}

func newGrid(a Area) grid {
	g := grid{x0: a.MinX, y0: a.MinY}
	side := int32(leafM)
	for range levels - 1 {
		side *= zoom
	}
	wide := func(lo, hi int32) int32 { return int32((int64(hi)-int64(lo))/int64(side)) + 1 }
	nx, ny := wide(a.MinX, a.MaxX), wide(a.MinY, a.MaxY)
	for l := levels - 1; l >= 0; l-- {
		g.nx[l], g.ny[l], g.side[l] = nx, ny, side
		nx, ny, side = nx*zoom, ny*zoom, side/zoom
	}
	return g
}

func (g *grid) leaves() int32 { return g.nx[0]*g.ny[0] + 1 }

func (g *grid) outside() int32 { return g.nx[0] * g.ny[0] }

func (g *grid) leafOf(x, y int32) int32 {
	dx, dy := int64(x)-int64(g.x0), int64(y)-int64(g.y0)
	if dx < 0 || dy < 0 || dx >= int64(g.nx[0])*leafM || dy >= int64(g.ny[0])*leafM {
		return g.outside()
	}
	return int32(dy/leafM)*g.nx[0] + int32(dx/leafM)
}

// corner gives a square's lowest x and y.
func (g *grid) corner(level int, n int32) (x, y int32) {
	return g.x0 + n%g.nx[level]*g.side[level], g.y0 + n/g.nx[level]*g.side[level]
}

func gap(v, lo, side int32) float64 {
	switch {
	case v < lo:
		return float64(lo) - float64(v)
	case v >= lo+side:
		return float64(v) - float64(lo+side-1)
	}
	return 0
}

// near2 is the square of the least distance between a point and a whole-metre point of a square.
func (g *grid) near2(level int, n, x, y int32) float64 {
	if level == 0 && n == g.outside() {
		return 0
	}
	cx, cy := g.corner(level, n)
	dx, dy := gap(x, cx, g.side[level]), gap(y, cy, g.side[level])
	return dx*dx + dy*dy
}

// parent gives the square of the next coarser level.
func (g *grid) parent(level int, n int32) int32 {
	return n/g.nx[level]/zoom*g.nx[level+1] + n%g.nx[level]/zoom
}

// child gives the k-th of the zoom·zoom finer squares.
func (g *grid) child(level int, n int32, k int32) int32 {
	x, y := n%g.nx[level], n/g.nx[level]
	return (y*zoom+k/zoom)*g.nx[level-1] + x*zoom + k%zoom
}

func dist2(ax, ay, bx, by int32) float64 {
	dx, dy := float64(ax)-float64(bx), float64(ay)-float64(by)
	return dx*dx + dy*dy
}

// tops is the best key of every square of every level; it is read without a lock.
type tops [levels][]int32

func newTops(g *grid) tops {
	var t tops
	for l := range levels {
		n := g.nx[l] * g.ny[l]
		if l == 0 {
			n = g.leaves()
		}
		t[l] = make([]int32, n)
		for i := range t[l] {
			t[l][i] = empty
		}
	}
	return t
}

func (t *tops) at(level int, n int32) int32 { return atomic.LoadInt32(&t[level][n]) }

// set changes a leaf's best key and those above it. One writer at a time.
func (t *tops) set(g *grid, leaf, key int32) {
	atomic.StoreInt32(&t[0][leaf], key)
	if leaf == g.outside() {
		return
	}
	for l, n := 0, leaf; l < levels-1; l++ {
		n = g.parent(l, n)
		best := int32(empty)
		for k := range int32(zoom * zoom) {
			best = max(best, t[l][g.child(l+1, n, k)])
		}
		atomic.StoreInt32(&t[l+1][n], best)
	}
}

// open is a square or a block that a query has yet to look into.
type open struct {
	bound float64
	leaf  int32 // the square's number on its level
	view  int32 // of the square, when a part of it has been read; 0: none yet
	level int8  // -1: a block, from a record on
	layer int8
	block uint16
	from  uint16
}

// frontier is a heap of what is open, best bound first.
type frontier []open

func (f *frontier) push(o open) {
	h := append(*f, o)
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if h[up].bound >= o.bound {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = o
	*f = h
}

func (f *frontier) pop() open {
	h := *f
	first, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*f = h
	if len(h) == 0 {
		return first
	}
	i := 0
	for {
		kid := 2*i + 1
		if kid >= len(h) {
			break
		}
		if kid+1 < len(h) && h[kid+1].bound > h[kid].bound {
			kid++
		}
		if h[kid].bound <= last.bound {
			break
		}
		h[i] = h[kid]
		i = kid
	}
	h[i] = last
	return first
}

// next is the best bound that is still open; -Inf when nothing is.
func (f frontier) next() float64 {
	if len(f) == 0 {
		return math.Inf(-1)
	}
	return f[0].bound
}

// few is how many records a query reads before another square may come first, so that two squares
// do not take turns record by record.
const few = 16

// keyFor is a key below which a record of a square misses a score. It is a little low: the exact
// bound is asked for when such a record is met.
func keyFor(score, base, perPoint float64) int32 {
	if score <= base { // also where perPoint is infinite, so that the key counts for nothing
		return 0
	}
	return int32(min(max((score-base)*perPoint-1, 0), math.MaxInt32))
}

// best keeps the k best hits as a heap whose first is the worst of them.
type best struct {
	k    int
	hits []Hit
}

func worse(a, b Hit) bool { return a.Score < b.Score || a.Score == b.Score && a.ID > b.ID }

// bar is the score below which nobody gets in.
func (b *best) bar() float64 {
	if len(b.hits) < b.k {
		return math.Inf(-1)
	}
	return b.hits[0].Score
}

// offer takes a hit in if it is good enough. Who is in already stays as first seen: a record that
// moves while a query runs may be met twice.
func (b *best) offer(h Hit) {
	for i := range b.hits {
		if b.hits[i].ID == h.ID {
			return
		}
	}
	if len(b.hits) < b.k {
		b.hits = append(b.hits, h)
		i := len(b.hits) - 1
		for i > 0 && worse(h, b.hits[(i-1)/2]) {
			b.hits[i] = b.hits[(i-1)/2]
			i = (i - 1) / 2
		}
		b.hits[i] = h
		return
	}
	if worse(h, b.hits[0]) {
		return
	}
	i := 0
	for {
		kid := 2*i + 1
		if kid >= b.k {
			break
		}
		if kid+1 < b.k && worse(b.hits[kid+1], b.hits[kid]) {
			kid++
		}
		if !worse(b.hits[kid], h) {
			break
		}
		b.hits[i] = b.hits[kid]
		i = kid
	}
	b.hits[i] = h
}

// each visits the coarsest squares that a circle may touch.
func (g *grid) each(x, y, radius int32, visit func(n int32)) {
	const l = levels - 1
	at := func(v, lo, n int32) int32 {
		return min(max(int32((int64(v)-int64(lo))/int64(g.side[l])), 0), n-1)
	}
	for cy := at(y-radius-1, g.y0, g.ny[l]); cy <= at(y+radius+1, g.y0, g.ny[l]); cy++ {
		for cx := at(x-radius-1, g.x0, g.nx[l]); cx <= at(x+radius+1, g.x0, g.nx[l]); cx++ {
			visit(cy*g.nx[l] + cx)
		}
	}
}
