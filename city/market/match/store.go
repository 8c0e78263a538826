package match

import (
	"slices"
	"sync/atomic"
)

// blockMax bounds what a change copies; more would make changes slow, fewer would make queries hop.
const blockMax = 1024

// record is what lies in a block.
type record interface {
	key() int32 // what the score likes; the best comes first
	ident() int32
}

// block is a run of records of one square, best first, with the numbers that they point to. It
// never changes: a new one takes its place.
type block[R record] struct {
	recs  []R
	pool  []uint16
	index *index // of workers by skill; nil where the block is small
}

type loc struct {
	leaf int32 // -1: not here
	key  int32
}

// shelf is one layer of records in squares. One writer at a time; readers take no lock.
type shelf[R record] struct {
	g     *grid
	best  tops
	cells []atomic.Pointer[[]*block[R]]
	count int
	far   atomic.Int32 // the farthest reach of any worker who ever lay here
}

func newShelf[R record](g *grid) *shelf[R] {
	return &shelf[R]{g: g, best: newTops(g), cells: make([]atomic.Pointer[[]*block[R]], g.leaves())}
}

// goesFar widens the circle in which queries look. It is told before the worker is put.
func (s *shelf[R]) goesFar(reachM int32) { s.far.Store(max(s.far.Load(), reachM)) }

func (s *shelf[R]) blocks(leaf int32) []*block[R] {
	if p := s.cells[leaf].Load(); p != nil {
		return *p
	}
	return nil
}

// views are the squares of which a query has read a part, as they were when it came there.
type views[R record] [][]*block[R]

// of gives a square as the query saw it first.
func (v *views[R]) of(o open, s *shelf[R]) []*block[R] {
	if o.view == 0 {
		return s.blocks(o.leaf)
	}
	return (*v)[o.view-1]
}

// keep notes what has been seen of a square for when the query comes back to it.
func (v *views[R]) keep(o *open, blocks []*block[R]) {
	if o.view == 0 {
		*v = append(*v, blocks)
		o.view = int32(len(*v))
	}
}

// forget lets go of everything, so that a query that rests holds no old blocks.
func (v *views[R]) forget() {
	clear(*v)
	*v = (*v)[:0]
}

// publish swaps a square's blocks. A best key that rises is told before, one that sinks after.
func (s *shelf[R]) publish(leaf int32, blocks []*block[R]) {
	key := int32(empty)
	if len(blocks) > 0 {
		key = blocks[0].recs[0].key()
	}
	if key > s.best.at(0, leaf) {
		s.best.set(s.g, leaf, key)
	}
	s.cells[leaf].Store(&blocks)
	if key < s.best.at(0, leaf) {
		s.best.set(s.g, leaf, key)
	}
}

// order is best key first, then lower id.
func order(aKey, aID, bKey, bID int32) int {
	switch {
	case aKey > bKey, aKey == bKey && aID < bID:
		return -1
	case aKey == bKey && aID == bID:
		return 0
	}
	return 1
}

// find gives the block and the place in it where a record is or would be.
func find[R record](blocks []*block[R], key, id int32) (int, int, bool) {
	n, _ := slices.BinarySearchFunc(blocks, key, func(b *block[R], key int32) int {
		last := b.recs[len(b.recs)-1]
		return order(last.key(), last.ident(), key, id)
	})
	if n == len(blocks) {
		if n == 0 {
			return 0, 0, false
		}
		n--
	}
	i, ok := slices.BinarySearchFunc(blocks[n].recs, key, func(r R, key int32) int {
		return order(r.key(), r.ident(), key, id)
	})
	return n, i, ok
}

// pooled is a record with the numbers that it points to.
type pooled[R record] struct {
	rec  R
	pool []uint16
}

// codec tells where a kind of record keeps its numbers.
type codec[R record] struct {
	pool  func(b *block[R], r *R) []uint16
	at    func(r *R, off uint32)
	index func(b *block[R]) *index
}

// rebuild makes a block of records that lie in others.
func (c codec[R]) rebuild(items []pooled[R]) *block[R] {
	n := 0
	for _, it := range items {
		n += len(it.pool)
	}
	b := &block[R]{recs: make([]R, len(items)), pool: make([]uint16, 0, n)}
	for i, it := range items {
		b.recs[i] = it.rec
		c.at(&b.recs[i], uint32(len(b.pool)))
		b.pool = append(b.pool, it.pool...)
	}
	b.index = c.index(b)
	return b
}

func (c codec[R]) items(b *block[R]) []pooled[R] {
	items := make([]pooled[R], len(b.recs), len(b.recs)+1)
	for i := range b.recs {
		items[i] = pooled[R]{b.recs[i], c.pool(b, &b.recs[i])}
	}
	return items
}

// put adds a record that is not there.
func (s *shelf[R]) put(c codec[R], leaf int32, it pooled[R]) {
	blocks := slices.Clone(s.blocks(leaf))
	s.count++
	n, i, _ := find(blocks, it.rec.key(), it.rec.ident())
	if len(blocks) == 0 {
		s.publish(leaf, []*block[R]{c.rebuild([]pooled[R]{it})})
		return
	}
	items := slices.Insert(c.items(blocks[n]), i, it)
	if len(items) <= blockMax {
		blocks[n] = c.rebuild(items)
	} else {
		half := len(items) / 2
		blocks[n] = c.rebuild(items[:half])
		blocks = slices.Insert(blocks, n+1, c.rebuild(items[half:]))
	}
	s.publish(leaf, blocks)
}

// take removes a record that is there.
func (s *shelf[R]) take(c codec[R], leaf, key, id int32) {
	blocks := slices.Clone(s.blocks(leaf))
	n, i, ok := find(blocks, key, id)
	if !ok {
		panic("match: a record is not where it was put")
	}
	s.count--
	if items := slices.Delete(c.items(blocks[n]), i, i+1); len(items) > 0 {
		blocks[n] = c.rebuild(items)
	} else {
		blocks = slices.Delete(blocks, n, n+1)
	}
	s.publish(leaf, blocks)
}

// blocksOf cuts records in any order into blocks.
func (c codec[R]) blocksOf(items []pooled[R]) []*block[R] {
	slices.SortFunc(items, func(a, b pooled[R]) int {
		return order(a.rec.key(), a.rec.ident(), b.rec.key(), b.rec.ident())
	})
	n := (len(items) + blockMax - 1) / blockMax
	blocks := make([]*block[R], 0, n)
	for i := range n {
		blocks = append(blocks, c.rebuild(items[len(items)*i/n:len(items)*(i+1)/n]))
	}
	return blocks
}

// bytes is what a shelf holds in memory, its empty squares included.
func (s *shelf[R]) bytes(recBytes int) int64 {
	n := int64(len(s.cells)) * 8
	for l := range s.best {
		n += int64(len(s.best[l])) * 4
	}
	for i := range s.cells {
		for _, b := range s.blocks(int32(i)) {
			n += int64(cap(b.recs)*recBytes+cap(b.pool)*2) + 64
			if b.index != nil {
				n += b.index.bytes()
			}
		}
	}
	return n
}
