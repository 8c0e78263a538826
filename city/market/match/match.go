package match

import (
	"errors"
	"fmt"
	"math"
)

// Sizes and bounds.
const (
	ClassReachM    = 10_000 // a class within it can be visited (30 minutes)
	KMax           = 100    // best k that may be asked for
	Horizon        = 1344   // quarter hours that shifts and busy hours can name: 14 days
	SkillsMax      = 4096
	RangesMax      = 64 // of one record
	ReliabilityMax = math.MaxUint16
	PlaneM         = 100_000_000 // coordinates lie between -PlaneM and PlaneM
)

// Range is a stretch of quarter hours, [From, To).
type Range struct{ From, To uint16 }

// Post is a vacancy as the engine sees it. Coordinates are metres on the city's plane.
type Post struct {
	ID             int32
	X, Y           int32
	WageFen        int32 // an hour
	Required       []uint16
	Shifts         []Range
	AgeMin, AgeMax uint8
	Night          bool
	Permits        uint8 // bits that a worker must have
}

// Worker is somebody who looks for work.
type Worker struct {
	ID          int32
	X, Y        int32
	FloorFen    int32 // an hour
	ReachM      int32
	Skills      []uint16
	Busy        []Range
	Age         uint8
	NoNight     bool
	Permits     uint8
	Reliability int32
}

// Class is where a skill is taught.
type Class struct {
	ID    int32
	X, Y  int32
	Skill uint16
}

// Hit is one answer.
type Hit struct {
	ID      int32
	Score   float64
	Missing int32 // the skill that a class must teach first; -1 for none
}

// Weights say what a score is made of: points for pay or reliability, less the way and what is
// missing.
type Weights struct {
	FenPerPoint         float64 // of hourly pay
	ReliabilityPerPoint float64
	PointsPerKM         float64
	PointsPerMissing    float64
}

// DefaultWeights are those by which answers are compared with other systems.
var DefaultWeights = Weights{FenPerPoint: 100, ReliabilityPerPoint: 50, PointsPerKM: 0.35,
	PointsPerMissing: 3}

// Ask says what is wanted of an answer, K apart all of it optional.
type Ask struct {
	K int // 1…KMax
	// After is the last answer of the page before: only what comes behind it is given.
	After *Hit
	// Keep is asked last of all, of each who fits and is good enough; who is not kept is left out, and
	// the next best takes the place. It runs within the query and must be quick.
	Keep func(id int32) bool
	// Weights in place of the index's own.
	Weights *Weights
	// AnySkill leaves out what a vacancy requires: for somebody who says nothing of themselves.
	AnySkill bool
}

// sieve is what a query asks beside the constraints.
type sieve struct {
	keep  func(id int32) bool
	after Hit
	paged bool
}

func (a *Ask) sieve() sieve {
	s := sieve{keep: a.Keep}
	if a.After != nil {
		s.after, s.paged = *a.After, true
	}
	return s
}

// passes tells whether somebody with that score, who fits, is wanted.
func (s *sieve) passes(id int32, score float64) bool {
	if s.paged && !worse(Hit{ID: id, Score: score}, s.after) {
		return false
	}
	return s.keep == nil || s.keep(id)
}

func (a *Ask) weights(own Weights) Weights {
	if a.Weights != nil {
		return *a.Weights
	}
	return own
}

// Area is the plane on which squares are kept; what lies outside is found too, only slower.
type Area struct{ MinX, MinY, MaxX, MaxY int32 }

// ErrInput is wrapped by every refusal; the text says what is wrong.
var ErrInput = errors.New("match")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInput, fmt.Sprintf(format, args...))
}

// nightBit stands among the permits: night work needs it, who refuses nights lacks it.
const nightBit = 1 << 8

func (p *Post) need() uint16 {
	if p.Night {
		return uint16(p.Permits) | nightBit
	}
	return uint16(p.Permits)
}

func (w *Worker) have() uint16 {
	if w.NoNight {
		return uint16(w.Permits)
	}
	return uint16(w.Permits) | nightBit
}

func checkSkills(skills []uint16) error {
	if len(skills) > RangesMax {
		return refuse("%d skills; at most %d", len(skills), RangesMax)
	}
	for i, s := range skills {
		if s >= SkillsMax {
			return refuse("skill %d; they count from 0 to %d", s, SkillsMax-1)
		}
		for _, earlier := range skills[:i] {
			if s == earlier {
				return refuse("skill %d is named twice", s)
			}
		}
	}
	return nil
}

func checkRanges(ranges []Range) error {
	if len(ranges) > RangesMax {
		return refuse("%d stretches of time; at most %d", len(ranges), RangesMax)
	}
	for _, r := range ranges {
		if r.From >= r.To || r.To > Horizon {
			return refuse("the stretch [%d,%d); it must be rising and end by %d", r.From, r.To, Horizon)
		}
	}
	return nil
}

func (p *Post) check() error {
	if !onPlane(p.X, p.Y) {
		return refuse("vacancy %d lies at %d, %d", p.ID, p.X, p.Y)
	}
	if p.WageFen < 0 || p.AgeMin > p.AgeMax {
		return refuse("vacancy %d: wage %d, ages %d to %d", p.ID, p.WageFen, p.AgeMin, p.AgeMax)
	}
	if err := checkSkills(p.Required); err != nil {
		return err
	}
	return checkRanges(p.Shifts)
}

func (w *Worker) check() error {
	if !onPlane(w.X, w.Y) {
		return refuse("worker %d lies at %d, %d", w.ID, w.X, w.Y)
	}
	if w.ReachM < 0 || w.ReachM > PlaneM || w.FloorFen < 0 || w.Reliability < 0 ||
		w.Reliability > ReliabilityMax {
		return refuse("worker %d: reach %d, reliability %d, floor %d", w.ID, w.ReachM, w.Reliability,
			w.FloorFen)
	}
	if err := checkSkills(w.Skills); err != nil {
		return err
	}
	return checkRanges(w.Busy)
}

func onPlane(x, y int32) bool {
	return x >= -PlaneM && x <= PlaneM && y >= -PlaneM && y <= PlaneM
}

func checkK(k int) error {
	if k < 1 || k > KMax {
		return refuse("%d answers were asked for; 1 to %d can be", k, KMax)
	}
	return nil
}

// hours is a set of quarter hours.
type hours [Horizon / 64]uint64

func (h *hours) add(r Range) {
	for w := r.From >> 6; w <= (r.To-1)>>6; w++ {
		h[w] |= maskIn(w, r)
	}
}

func (h *hours) meets(r Range) bool {
	for w := r.From >> 6; w <= (r.To-1)>>6; w++ {
		if h[w]&maskIn(w, r) != 0 {
			return true
		}
	}
	return false
}

// meetsRuns tells whether any stretch of packed runs meets the set.
func (h *hours) meetsRuns(runs []uint16) bool {
	for ; len(runs) >= runWords; runs = runs[runWords:] {
		r := Range{runs[0], runs[1]}
		for range runs[2] {
			if h.meets(r) {
				return true
			}
			r.From, r.To = r.From+daily, r.To+daily
		}
	}
	return false
}

const (
	daily    = 96 // quarter hours; most people work the same hours day by day
	runWords = 3  // from, to, days
)

// packRuns writes stretches of time as runs of the same hours on following days.
func packRuns(ranges []Range) []uint16 {
	pool := make([]uint16, 0, runWords*2)
	for i := 0; i < len(ranges); {
		r, n := ranges[i], 1
		for i+n < len(ranges) && int(ranges[i+n].From) == int(r.From)+n*daily &&
			int(ranges[i+n].To) == int(r.To)+n*daily {
			n++
		}
		pool = append(pool, r.From, r.To, uint16(n))
		i += n
	}
	return pool
}

// maskIn is the part of a range that lies in word w.
func maskIn(w uint16, r Range) uint64 {
	m := ^uint64(0)
	if from := int(r.From) - int(w)*64; from > 0 {
		m <<= from
	}
	if to := int(w)*64 + 64 - int(r.To); to > 0 {
		m &= ^uint64(0) >> to
	}
	return m
}
