package assign

import "slices"

const (
	unit         = 16 // prices are told in sixteenths of a score
	coarse       = 80 // parts of the highest score that the first epsilon is
	sinkBy       = 3  // epsilons by which prices sink before they are bid up more finely
	epsilonFast  = unit * 4
	epsilonExact = unit / 4
	tooDear      = 1 << 30 // nobody bids so much
	stirsMax     = 12      // how often idle prices are lowered in a round
)

// bid is a worker on a head of a vacancy.
type bid struct {
	price  int32
	worker int32
}

// auction is the state between bids. A vacancy's bids are a heap, lowest first, in slots.
type auction struct {
	p      *Problem
	slot   []int32 // where a vacancy's bids begin; one more at the end
	bids   []bid
	taken  []int32 // bids of a vacancy
	price  []int32 // what a new bid must beat
	choice []int32
	queue  []int32
}

func newAuction(p *Problem) *auction {
	s := &auction{p: p, slot: make([]int32, len(p.Heads)+1), taken: make([]int32, len(p.Heads)),
		price: make([]int32, len(p.Heads)), choice: make([]int32, p.Workers()),
		queue: make([]int32, 0, p.Workers())}
	wanted := make([]int32, len(p.Heads))
	for _, j := range p.Posts {
		wanted[j]++
	}
	total := int32(0)
	for j, h := range p.Heads {
		s.slot[j] = total
		total += min(h, wanted[j]) // heads that nobody can fill need no room
	}
	s.slot[len(p.Heads)] = total
	for j := range s.price {
		if s.room(int32(j)) == 0 {
			s.price[j] = tooDear
		}
	}
	s.bids = make([]bid, total)
	return s
}

func (s *auction) room(j int32) int32 { return s.slot[j+1] - s.slot[j] }

// run holds a coarse round, which finds where prices will be, and from a little below them a fine
// one. A price that starts too high leaves heads empty and is slow to mend, so it starts too low.
// (Tried: more rounds, and rounds that keep prices, leave hundreds of such heads; one fine round
// alone takes four times the bids where people crowd.)
func (s *auction) run(last int32) {
	highest := int32(0)
	if len(s.p.Scores) > 0 {
		highest = slices.Max(s.p.Scores)
	}
	if first := highest / coarse * unit; first > last {
		s.round(first)
		for j, v := range s.price {
			if v != tooDear {
				s.price[j] = max(0, v-sinkBy*first)
			}
		}
	}
	s.round(last)
}

// round sells every head anew at the prices of the round before.
func (s *auction) round(eps int32) {
	s.queue = s.queue[:0]
	clear(s.taken)
	for i := range s.choice {
		s.choice[i] = None
		s.queue = append(s.queue, int32(i))
	}
	s.sell(eps)
	for range stirsMax {
		if !s.stir(eps) {
			return
		}
		s.sell(eps)
	}
}

// sell lets people bid until nobody without a head wants one at its price.
func (s *auction) sell(eps int32) {
	p := s.p
	for len(s.queue) > 0 {
		i := s.queue[len(s.queue)-1]
		s.queue = s.queue[:len(s.queue)-1]
		for {
			best, second, at := int32(0), int32(0), None
			from, to := p.Start[i], p.Start[i+1]
			posts, scores := p.Posts[from:to], p.Scores[from:to]
			for n, j := range posts {
				if v := scores[n]*unit - s.price[j]; v > second {
					if v > best {
						best, second, at = v, best, from+int32(n)
					} else {
						second = v
					}
				}
			}
			if at == None {
				break
			}
			j := p.Posts[at]
			out := s.place(j, bid{s.price[j] + best - second + eps, i})
			s.choice[i] = at
			if out == None {
				break
			}
			s.choice[out] = None
			i = out
		}
	}
}

// place puts a bid on a vacancy and gives the worker who loses the head for it, or None.
func (s *auction) place(j int32, b bid) int32 {
	h := s.bids[s.slot[j]:s.slot[j+1]]
	n := s.taken[j]
	if int(n) < len(h) {
		k := n
		for k > 0 && h[(k-1)/2].price > b.price {
			h[k] = h[(k-1)/2]
			k = (k - 1) / 2
		}
		h[k] = b
		s.taken[j]++
		if int(n)+1 == len(h) {
			s.price[j] = max(s.price[j], h[0].price)
		}
		return None
	}
	out := h[0].worker
	k := 0
	for {
		kid := 2*k + 1
		if kid >= len(h) {
			break
		}
		if kid+1 < len(h) && h[kid+1].price < h[kid].price {
			kid++
		}
		if h[kid].price >= b.price {
			break
		}
		h[k] = h[kid]
		k = kid
	}
	h[k] = b
	s.price[j] = h[0].price
	return out
}

// stir lowers the prices of vacancies that have heads left, to where as many people want them as
// there are heads, and lets go those who do. It tells whether anybody was.
func (s *auction) stir(eps int32) bool {
	wish := s.wishes()
	if wish == nil {
		return false
	}
	for j, w := range wish {
		if w == nil {
			continue
		}
		free := int(s.room(int32(j)) - s.taken[j])
		to := int32(0)
		if len(w) > free {
			slices.SortFunc(w, func(a, b int32) int { return int(b) - int(a) })
			to = max(w[free], 0)
		}
		s.price[j] = min(s.price[j], to)
	}
	return s.release(wish, eps)
}

// wishes gives for each vacancy with heads left and a price the amounts up to which people who are
// not on it would rather be there; nil when there is no such vacancy.
func (s *auction) wishes() [][]int32 {
	var wish [][]int32
	for j := range s.price {
		if s.price[j] > 0 && s.taken[j] < s.room(int32(j)) {
			if wish == nil {
				wish = make([][]int32, len(s.price))
			}
			wish[j] = []int32{}
		}
	}
	if wish == nil {
		return nil
	}
	for i, at := range s.choice {
		now := s.profit(at)
		for e := s.p.Start[i]; e < s.p.Start[i+1]; e++ {
			if j := s.p.Posts[e]; wish[j] != nil && e != at {
				if v := s.p.Scores[e]*unit - now; v > 0 {
					wish[j] = append(wish[j], v)
				}
			}
		}
	}
	return wish
}

func (s *auction) profit(at int32) int32 {
	if at == None {
		return 0
	}
	return max(s.p.Scores[at]*unit-s.price[s.p.Posts[at]], 0)
}

// release lets go whoever would rather be on one of the vacancies whose price fell.
func (s *auction) release(wish [][]int32, eps int32) bool {
	gone := map[int32]bool{}
	for i, at := range s.choice {
		now := s.profit(at)
		for e := s.p.Start[i]; e < s.p.Start[i+1]; e++ {
			j := s.p.Posts[e]
			if wish[j] != nil && e != at && s.p.Scores[e]*unit-s.price[j] > now+eps {
				s.queue = append(s.queue, int32(i))
				if at != None {
					gone[s.p.Posts[at]] = true
					s.choice[i] = None
				}
				break
			}
		}
	}
	for j := range gone {
		s.keepChosen(j)
	}
	return len(s.queue) > 0
}

// keepChosen drops a vacancy's bids of people who have left it. Its price stays for now.
func (s *auction) keepChosen(j int32) {
	h := s.bids[s.slot[j] : s.slot[j]+s.taken[j]]
	kept := h[:0]
	for _, b := range h {
		if at := s.choice[b.worker]; at != None && s.p.Posts[at] == j {
			kept = append(kept, b)
		}
	}
	slices.SortFunc(kept, func(a, b bid) int { return int(a.price) - int(b.price) })
	s.taken[j] = int32(len(kept))
}

// prices gives whole prices, for mending.
func (s *auction) prices() []int32 {
	out := make([]int32, len(s.price))
	for j, v := range s.price {
		out[j] = v / unit
	}
	return out
}

func (s *auction) told() []int64 {
	out := make([]int64, len(s.price))
	for j, v := range s.price {
		out[j] = int64(v)
		if s.room(int32(j)) < s.p.Heads[j] || s.taken[j] < s.room(int32(j)) {
			out[j] = 0 // a head that is left over is worth nothing
		}
	}
	return out
}
