package match

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Load fills an empty market at once; much faster than putting records one by one.
// Errors: ErrInput, and nothing is loaded.
func (ix *Index) Load(ps []Post, ws []Worker, cs []Class) error {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	for i := range ps {
		if err := ps[i].check(); err != nil {
			return err
		}
	}
	for i := range ws {
		if err := ws[i].check(); err != nil {
			return err
		}
	}
	for _, c := range cs {
		if c.Skill >= SkillsMax || !onPlane(c.X, c.Y) {
			return refuse("class %d teaches skill %d at %d, %d", c.ID, c.Skill, c.X, c.Y)
		}
	}
	for _, c := range cs {
		ix.taught[c.ID] = c
	}
	ix.classes.Store(newClasses(ix.taught))
	byLeaf := group(int(ix.grid.leaves()), len(ps), func(i int) int32 {
		return ix.grid.leafOf(ps[i].X, ps[i].Y)
	})
	fill(ix.posts, posts, byLeaf, func(i int32) pooled[post] { return packPost(&ps[i]) })
	for i := range ps {
		place(&ix.postAt, ps[i].ID, loc{ix.grid.leafOf(ps[i].X, ps[i].Y), ps[i].WageFen})
	}
	for layer := range ix.workers {
		byLeaf := group(int(ix.grid.leaves()), len(ws), func(i int) int32 {
			if layerOf(ws[i].ReachM) != layer {
				return -1
			}
			ix.workers[layer].goesFar(ws[i].ReachM)
			return ix.grid.leafOf(ws[i].X, ws[i].Y)
		})
		fill(ix.workers[layer], workers, byLeaf, func(i int32) pooled[worker] {
			return packWorker(&ws[i])
		})
	}
	for i := range ws {
		place(&ix.workerAt, ws[i].ID, loc{ix.grid.leafOf(ws[i].X, ws[i].Y)<<layerBits |
			int32(layerOf(ws[i].ReachM)), ws[i].Reliability})
	}
	return nil
}

// group sorts numbers by their leaf; -1 leaves one out.
func group(leaves, n int, leafOf func(i int) int32) [][]int32 {
	counts := make([]int32, leaves)
	total := 0
	for i := range n {
		if l := leafOf(i); l >= 0 {
			counts[l]++
			total++
		}
	}
	flat := make([]int32, total)
	out := make([][]int32, leaves)
	next := 0
	for l, c := range counts {
		out[l] = flat[next : next : next+int(c)]
		next += int(c)
	}
	for i := range n {
		if l := leafOf(i); l >= 0 {
			out[l] = append(out[l], int32(i))
		}
	}
	return out
}

// fill builds squares on all processors. The coarse levels are told at the end.
func fill[R record](s *shelf[R], c codec[R], byLeaf [][]int32, pack func(i int32) pooled[R]) {
	var next atomic.Int64
	var wg sync.WaitGroup
	built := make([][]*block[R], len(byLeaf))
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				leaf := int(next.Add(1)) - 1
				if leaf >= len(byLeaf) {
					return
				}
				if len(byLeaf[leaf]) == 0 {
					continue
				}
				items := make([]pooled[R], len(byLeaf[leaf]))
				for k, i := range byLeaf[leaf] {
					items[k] = pack(i)
				}
				built[leaf] = c.blocksOf(items)
			}
		})
	}
	wg.Wait()
	for leaf, blocks := range built {
		if len(blocks) > 0 {
			s.count += len(byLeaf[leaf])
			s.publish(int32(leaf), blocks)
		}
	}
}

// ByPlace orders n people square by square, so that whoever asks for all of them finds the next
// one's neighbourhood already at hand.
func (ix *Index) ByPlace(n int, at func(i int) (x, y int32)) []int32 {
	byLeaf := group(int(ix.grid.leaves()), n, func(i int) int32 { return ix.grid.leafOf(at(i)) })
	return slices.Concat(byLeaf...)
}
