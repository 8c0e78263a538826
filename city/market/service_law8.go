package market

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gongyi/gongyi/city/market/match"
	"github.com/gongyi/gongyi/internal/clock"
)

const (
	// agreeTries bounds how often a difference is looked at again: what changed while it was read is
	// equal the next time.
	agreeTries = 5
	// probesMax is how many questions both indexes are asked.
	probesMax = 64
)

// CheckIndex proves law 8: what queries read in this process equals what is built anew from the
// database. It runs beside queries and changes.
func (s *Service) CheckIndex(ctx context.Context) error {
	t, err := s.town(ctx)
	if err != nil {
		return err
	}
	fresh, err := s.rebuild(ctx, t)
	if err != nil {
		return err
	}
	openings, seekers := s.live.made()
	odd := t.differs(fresh, openings, seekers, s.DB.Now())
	odd.classes = !t.taught.Load().same(fresh.taught.Load(), s.DB.Now())
	for range agreeTries {
		if odd.empty() {
			return cmp.Or(s.sameAnswers(t, fresh), s.live.sameSpots(t))
		}
		if odd, err = s.stillOdd(ctx, t, odd); err != nil {
			return err
		}
		fresh = nil // it has aged
	}
	if odd.empty() {
		return nil
	}
	if odd.classes {
		return fmt.Errorf("law 8: the index differs from the database in the classes it knows")
	}
	return fmt.Errorf("law 8: the index differs from the database in vacancies %s and workers %s",
		strings.Join(sorted(odd.vacancies), ", "), strings.Join(sorted(odd.workers), ", "))
}

func (m marks) empty() bool {
	return len(m.vacancies)+len(m.workers)+len(m.employers) == 0 && !m.classes
}

// differs names what a town, of so many numbers while its writer goes on, and one at rest show
// differently.
func (t *town) differs(o *town, openings, seekers int32, now time.Time) marks {
	odd := noMarks()
	one := func(a, b *town, openings, seekers int32) {
		for n := range openings {
			if e := a.openings.At(n); e != nil && !sameOpening(e, b.opening(e.VacancyID), now) {
				odd.vacancies[e.VacancyID] = true
			}
		}
		for n := range seekers {
			if w := a.seekers.At(n); w != nil && !sameSeeker(w.seeker, b.seeker(w.WorkerID), now) {
				odd.workers[w.WorkerID] = true
			}
		}
	}
	one(t, o, openings, seekers)
	one(o, t, o.openingsMade, o.seekersMade)
	return odd
}

// sameOpening takes one whose shifts have all begun for none: nobody is shown it.
func sameOpening(a, b *entry, now time.Time) bool {
	begun := func(e *entry) bool { return e == nil || len(e.after(now)) == 0 }
	if begun(a) || begun(b) {
		return begun(a) && begun(b)
	}
	return a.same(b.opening, now)
}

func sameSeeker(a, b *seeker, now time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.same(b, now)
}

// seeker gives a worker who is ready to work, nil for another.
func (t *town) seeker(workerID string) *seeker {
	n, ok := t.numberOf.Load(workerID)
	if !ok {
		return nil
	}
	if s := t.seekers.At(n.(int32)); s != nil {
		return s.seeker
	}
	return nil
}

// stillOdd catches up and reads what differed again.
func (s *Service) stillOdd(ctx context.Context, t *town, odd marks) (marks, error) {
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	if _, err := s.live.catchUp(ctx); err != nil {
		return odd, err
	}
	now, left := s.DB.Now(), noMarks()
	found := map[string]*opening{}
	ids := sorted(odd.vacancies)
	err := openingsOf(ctx, s.DB, ids, now, func(o *opening) { found[o.VacancyID] = o })
	if err != nil {
		return odd, err
	}
	for _, id := range ids {
		var e *entry
		if o := found[id]; o != nil {
			e = &entry{opening: o}
		}
		if !sameOpening(t.opening(id), e, now) {
			left.vacancies[id] = true
		}
	}
	ids = sorted(odd.workers)
	list, err := seekersOf(ctx, s.DB, ids, shareVersion, now)
	if err != nil {
		return odd, err
	}
	for _, id := range ids {
		i := slices.IndexFunc(list, func(w *seeker) bool { return w.WorkerID == id })
		var w *seeker
		if i >= 0 {
			w = list[i]
		}
		if !sameSeeker(t.seeker(id), w, now) {
			left.workers[id] = true
		}
	}
	classes, err := s.openClasses(ctx, now)
	if err != nil {
		return odd, err
	}
	left.classes = !t.taught.Load().same(classes, now)
	return left, nil
}

// sameSpots counts again where openings are.
func (l *liveIndex) sameSpots(t *town) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	want := map[string]spot{}
	for n := range t.openingsMade {
		if e := t.openings.At(n); e != nil {
			for code := range around(e.Region) {
				want[code] = want[code].with(e.opening, 1)
			}
		}
	}
	var odd error
	t.spots.Range(func(code, s any) bool {
		if s != want[code.(string)] {
			odd = fmt.Errorf("law 8: region %s is counted %v, its vacancies are %v", code, s,
				want[code.(string)])
		}
		delete(want, code.(string))
		return odd == nil
	})
	if odd == nil && len(want) > 0 {
		odd = fmt.Errorf("law 8: regions without a count: %v", want)
	}
	return odd
}

// sameAnswers asks both engines the same questions: the records may agree and the engine be behind.
// Nothing to compare with is agreement.
func (s *Service) sameAnswers(t, fresh *town) error {
	if fresh == nil || !t.laid {
		return nil
	}
	kinds := []bool{true, false}
	if !t.taught.Load().alike(fresh.taught.Load()) { // one has just closed, and is about to be dropped
		kinds = kinds[:1]
	}
	step := max(fresh.openingsMade/probesMax, 1)
	now := clock.MS(s.DB.Now())
	for n := int32(0); n < fresh.openingsMade; n += step {
		e := fresh.openings.At(n)
		if e == nil {
			continue
		}
		for _, anySkill := range kinds {
			got, want := t.near(e, now, anySkill), fresh.near(e, now, anySkill)
			if !slices.Equal(got, want) {
				return fmt.Errorf("law 8: around vacancy %s the index answers %v, the database %v",
					e.VacancyID, got, want)
			}
		}
	}
	return nil
}

// near is the openings around one, by distance and name, but for those as far as the last one: all,
// or what somebody without any skill can do, or could learn.
func (t *town) near(e *entry, nowMS int64, anySkill bool) []string {
	w := match.Worker{ReachM: reachDefaultM}
	w.X, w.Y = t.plane.XY(e.LonE6, e.LatE6)
	hits, err := t.index.FindPosts(&w, &match.Ask{K: match.KMax, AnySkill: anySkill,
		Weights: &match.Weights{FenPerPoint: 1, PointsPerKM: 1}, Keep: func(n int32) bool {
			o := t.openings.At(n)
			return o != nil && slices.ContainsFunc(o.Slots, func(s slot) bool { return s.StartMS > nowMS })
		}}, nil)
	if err != nil {
		return []string{err.Error()}
	}
	var list []string
	for _, h := range hits {
		if o := t.openings.At(h.ID); o != nil && (len(hits) < match.KMax ||
			h.Score > hits[len(hits)-1].Score) {
			list = append(list, fmt.Sprintf("%.6f %s", h.Score, o.VacancyID))
		}
	}
	slices.Sort(list)
	return list
}
