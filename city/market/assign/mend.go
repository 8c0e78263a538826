package assign

// mender raises prices along chains of workers until nobody prefers another place. The places are
// the vacancies and, as the last, being left out, which has heads for all.
type mender struct {
	p      *Problem
	choice []int32
	price  []int32 // of a place; whole
	here   [][]int32
	at     []int32 // a worker's place in here
	parent []int32 // the place from which the last rise came
	by     []int32 // the worker who would move along, or None for a head
	queue  []int32
	queued []bool
	out    int32
}

func newMender(p *Problem, choice []int32, prices []int32) *mender {
	n := len(p.Heads)
	m := &mender{p: p, choice: choice, price: append(prices, 0), here: make([][]int32, n+1),
		at: make([]int32, len(choice)), parent: make([]int32, n+1), by: make([]int32, n+1),
		queued: make([]bool, n+1), out: int32(n)}
	counts := make([]int32, n+1)
	for i := range choice {
		counts[m.placeOf(int32(i))]++
	}
	flat, next := make([]int32, len(choice)), int32(0)
	for j, c := range counts {
		m.here[j] = flat[next : next : next+c]
		next += c
	}
	for i := range choice {
		m.join(int32(i), m.placeOf(int32(i)))
	}
	for j := range m.parent {
		m.parent[j], m.by[j] = None, None
	}
	return m
}

func (m *mender) placeOf(i int32) int32 {
	if at := m.choice[i]; at != None {
		return m.p.Posts[at]
	}
	return m.out
}

func (m *mender) join(i, j int32) {
	m.at[i] = int32(len(m.here[j]))
	m.here[j] = append(m.here[j], i)
}

func (m *mender) leave(i, j int32) {
	h := m.here[j]
	last := h[len(h)-1]
	h[m.at[i]], m.at[last] = last, m.at[i]
	m.here[j] = h[:len(h)-1]
}

func (m *mender) spare(j int32) bool { return j != m.out && len(m.here[j]) < int(m.p.Heads[j]) }

func (m *mender) run() {
	for j := range m.price {
		m.ask(int32(j))
	}
	for n := 0; n < len(m.queue); n++ {
		j := m.queue[n]
		m.queued[j] = false
		m.look(j)
		if n > len(m.price) && 2*n > len(m.queue) { // forget what is done with
			m.queue = append(m.queue[:0], m.queue[n+1:]...)
			n = -1
		}
	}
}

func (m *mender) ask(j int32) {
	if !m.queued[j] {
		m.queued[j] = true
		m.queue = append(m.queue, j)
	}
}

// look raises the prices of the places that somebody here would rather have.
func (m *mender) look(j int32) {
	base := m.price[j]
	if m.spare(j) && m.price[m.out] < base && m.raise(m.out, j, None, base) {
		return
	}
	if j == m.out {
		for k := range m.out {
			if m.price[k] < base && m.raise(k, j, None, base) {
				return
			}
		}
	}
	for n := 0; n < len(m.here[j]); n++ {
		i := m.here[j][n]
		now := base
		if at := m.choice[i]; at != None {
			now -= m.p.Scores[at]
			if m.price[m.out] < now && m.raise(m.out, j, i, now) {
				return
			}
		}
		for e := m.p.Start[i]; e < m.p.Start[i+1]; e++ {
			k := m.p.Posts[e]
			if want := now + m.p.Scores[e]; m.price[k] < want && k != j && m.p.Heads[k] > 0 &&
				m.raise(k, j, i, want) {
				return
			}
		}
	}
}

// raise lifts a price. Where the chain of rises closes, it is a gain: it is made, and raise says
// so.
func (m *mender) raise(k, from, by, to int32) bool {
	for up := from; up != None; up = m.parent[up] {
		if up == k {
			m.gain(k, from, by)
			return true
		}
	}
	m.price[k], m.parent[k], m.by[k] = to, from, by
	m.ask(k)
	return false
}

// gain moves the workers of a closed chain one place on.
func (m *mender) gain(k, from, by int32) {
	type move struct{ worker, from, to int32 }
	var moves []move
	to := k
	for {
		moves = append(moves, move{by, from, to})
		if from == k {
			break
		}
		to, from, by = from, m.parent[from], m.by[from]
	}
	for _, v := range moves {
		if v.worker != None {
			m.leave(v.worker, v.from)
			m.choice[v.worker] = m.edge(v.worker, v.to)
			m.join(v.worker, v.to)
			m.forget(v.worker)
		}
		m.parent[v.to] = None
		m.ask(v.to)
	}
}

// forget cuts the chains in which a worker was to leave the place where they no longer are.
func (m *mender) forget(i int32) {
	for e := m.p.Start[i]; e < m.p.Start[i+1]; e++ {
		if j := m.p.Posts[e]; m.by[j] == i {
			m.parent[j], m.by[j] = None, None
		}
	}
	if m.by[m.out] == i {
		m.parent[m.out], m.by[m.out] = None, None
	}
}

func (m *mender) edge(i, j int32) int32 {
	if j == m.out {
		return None
	}
	for e := m.p.Start[i]; ; e++ {
		if m.p.Posts[e] == j {
			return e
		}
	}
}

// told gives the prices in parts, counted from what being left out is worth.
func (m *mender) told() []int64 {
	out := make([]int64, m.out)
	for j := range out {
		out[j] = int64(m.price[j]-m.price[m.out]) * unit
	}
	return out
}
