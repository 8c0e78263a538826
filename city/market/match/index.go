package match

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// Index is the live market. Queries may run at any time, also while it changes.
type Index struct {
	grid    *grid
	weights Weights
	classes atomic.Pointer[classes]
	posts   *shelf[post]
	workers [len(layersM)]*shelf[worker]

	mu        sync.Mutex // of the writer
	taught    map[int32]Class
	postAt    []loc
	workerAt  []loc
	postPool  sync.Pool
	workerAsk sync.Pool
}

// New makes an empty market.
func New(a Area, w Weights) *Index {
	g := newGrid(a)
	ix := &Index{grid: &g, weights: w, posts: newShelf[post](&g), taught: map[int32]Class{},
		postPool:  sync.Pool{New: func() any { return &postQuery{} }},
		workerAsk: sync.Pool{New: func() any { return &workerQuery{} }}}
	for l := range ix.workers {
		ix.workers[l] = newShelf[worker](&g)
	}
	ix.classes.Store(newClasses(nil))
	return ix
}

// PostsFor gives a worker's best k vacancies, best first, appended to into. The worker need not be
// in the market.
// Errors: ErrInput for a k outside 1…KMax or a worker that cannot be.
func (ix *Index) PostsFor(w *Worker, k int, into []Hit) ([]Hit, error) {
	return ix.FindPosts(w, &Ask{K: k}, into)
}

// FindPosts is PostsFor with more to ask for.
// Errors: those of PostsFor.
func (ix *Index) FindPosts(w *Worker, a *Ask, into []Hit) ([]Hit, error) {
	if err := cmp.Or(checkK(a.K), w.check()); err != nil {
		return into, err
	}
	q := ix.postPool.Get().(*postQuery)
	defer ix.postPool.Put(q)
	defer q.forget()
	q.begin(ix, w, a)
	q.run()
	return append(into, sorted(q.found.hits)...), nil
}

// WorkersFor gives a vacancy's best k workers, best first, appended to into. The vacancy need not
// be in the market.
// Errors: ErrInput for a k outside 1…KMax or a vacancy that cannot be.
func (ix *Index) WorkersFor(p *Post, k int, into []Hit) ([]Hit, error) {
	return ix.FindWorkers(p, &Ask{K: k}, into)
}

// FindWorkers is WorkersFor with more to ask for.
// Errors: those of WorkersFor.
func (ix *Index) FindWorkers(p *Post, a *Ask, into []Hit) ([]Hit, error) {
	if err := cmp.Or(checkK(a.K), p.check()); err != nil {
		return into, err
	}
	q := ix.workerAsk.Get().(*workerQuery)
	defer ix.workerAsk.Put(q)
	defer q.forget()
	q.begin(ix, p, a)
	q.run()
	return append(into, sorted(q.found.hits)...), nil
}

func sorted(hits []Hit) []Hit {
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	})
	return hits
}

// place notes where a record of that id is; ids count from 0 without large gaps.
func place(at *[]loc, id int32, l loc) {
	for int(id) >= len(*at) {
		*at = append(*at, loc{leaf: -1})
	}
	(*at)[id] = l
}

func placed(at []loc, id int32) (loc, bool) {
	if id < 0 || int(id) >= len(at) || at[id].leaf < 0 {
		return loc{}, false
	}
	return at[id], true
}

// PutPost adds a vacancy, or changes the one of its id; the next query sees it.
// Errors: ErrInput.
func (ix *Index) PutPost(p Post) error {
	if p.ID < 0 {
		return refuse("vacancy id %d", p.ID)
	}
	if err := p.check(); err != nil {
		return err
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.removePost(p.ID)
	l := loc{ix.grid.leafOf(p.X, p.Y), p.WageFen}
	ix.posts.put(posts, l.leaf, packPost(&p))
	place(&ix.postAt, p.ID, l)
	return nil
}

// RemovePost takes a vacancy off the market; one that is not there is left alone.
func (ix *Index) RemovePost(id int32) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.removePost(id)
}

func (ix *Index) removePost(id int32) {
	if l, ok := placed(ix.postAt, id); ok {
		ix.posts.take(posts, l.leaf, l.key, id)
		ix.postAt[id].leaf = -1
	}
}

// PutWorker adds a worker, or changes the one of that id; the next query sees it.
// Errors: ErrInput.
func (ix *Index) PutWorker(w Worker) error {
	if w.ID < 0 {
		return refuse("worker id %d", w.ID)
	}
	if err := w.check(); err != nil {
		return err
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.removeWorker(w.ID)
	layer := layerOf(w.ReachM)
	leaf := ix.grid.leafOf(w.X, w.Y)
	ix.workers[layer].goesFar(w.ReachM)
	ix.workers[layer].put(workers, leaf, packWorker(&w))
	place(&ix.workerAt, w.ID, loc{leaf<<layerBits | int32(layer), w.Reliability})
	return nil
}

// layerBits is how many bits of a worker's loc name the layer.
const layerBits = 3

// RemoveWorker takes a worker off the market; one that is not there is left alone.
func (ix *Index) RemoveWorker(id int32) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.removeWorker(id)
}

func (ix *Index) removeWorker(id int32) {
	if l, ok := placed(ix.workerAt, id); ok {
		ix.workers[l.leaf&(1<<layerBits-1)].take(workers, l.leaf>>layerBits, l.key, id)
		ix.workerAt[id].leaf = -1
	}
}

// PutClass adds or changes a class.
// Errors: ErrInput.
func (ix *Index) PutClass(c Class) error {
	if c.Skill >= SkillsMax || !onPlane(c.X, c.Y) {
		return refuse("class %d teaches skill %d at %d, %d", c.ID, c.Skill, c.X, c.Y)
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.taught[c.ID] = c
	ix.classes.Store(newClasses(ix.taught))
	return nil
}

// RemoveClass takes a class away.
func (ix *Index) RemoveClass(id int32) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	delete(ix.taught, id)
	ix.classes.Store(newClasses(ix.taught))
}

// Size is what an index holds and takes.
type Size struct {
	Posts, Workers         int
	PostBytes, WorkerBytes int64
}

// Size counts records and bytes.
func (ix *Index) Size() Size {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	s := Size{Posts: ix.posts.count, PostBytes: ix.posts.bytes(postBytes) + int64(cap(ix.postAt))*8}
	for _, w := range ix.workers {
		s.Workers += w.count
		s.WorkerBytes += w.bytes(workerBytes)
	}
	s.WorkerBytes += int64(cap(ix.workerAt)) * 8
	return s
}
