package match

import "cmp"

// AmongMax bounds how many vacancies PostsAmong takes: beyond it the squares are quicker.
const AmongMax = 4096

// PostsAmong is FindPosts in a market of these vacancies alone, the first AmongMax of them: for a
// question that few can answer, such as one with rare words.
// Errors: those of FindPosts, and ErrInput for a vacancy that cannot be.
func (ix *Index) PostsAmong(w *Worker, list []Post, a *Ask, into []Hit) ([]Hit, error) {
	if err := cmp.Or(checkK(a.K), w.check()); err != nil {
		return into, err
	}
	list = list[:min(len(list), AmongMax)]
	items := make([]pooled[post], len(list))
	for i := range list {
		if err := list[i].check(); err != nil {
			return into, err
		}
		items[i] = packPost(&list[i])
	}
	q := ix.postPool.Get().(*postQuery)
	defer ix.postPool.Put(q)
	defer q.forget()
	q.begin(ix, w, a)
	for _, b := range posts.blocksOf(items) {
		q.scan(b, 0, 0)
	}
	return append(into, sorted(q.found.hits)...), nil
}
