package sandbox

// recent is a map that remembers at least its newest n keys and at most twice as many: when the
// young half is full it becomes the old half, and the old half is forgotten.
type recent[V any] struct {
	n          int
	young, old map[string]V
}

func newRecent[V any](n int) recent[V] {
	return recent[V]{n: n, young: map[string]V{}, old: map[string]V{}}
}

func (m *recent[V]) get(key string) (V, bool) {
	v, ok := m.young[key]
	if !ok {
		v, ok = m.old[key]
	}
	return v, ok
}

func (m *recent[V]) put(key string, v V) {
	if _, ok := m.young[key]; !ok && len(m.young) >= m.n {
		m.young, m.old = map[string]V{}, m.young
	}
	m.young[key] = v
}
