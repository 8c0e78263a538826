package market

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/market/match"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/geo"
)

// lessonsShown is how many classes are named for a missing skill; more are a list of its own.
const lessonsShown = 3

// Classes lists the classes in which a seat can be taken, and a worker's seats; training.Service
// does.
type Classes interface {
	OpenTx(ctx context.Context, r db.Reader, now time.Time) ([]training.Taught, error)
	EnrolmentsTx(
		ctx context.Context, r db.Reader, workerID, lang string,
	) (training.Enrolments, error)
}

// taught is the classes of a town by id. It never changes: a new one takes its place.
type taught struct {
	list     []training.Taught
	bySkill  map[string][]training.Taught
	closesMS int64 // when the first of them closes, which no event tells
}

func taughtOf(list []training.Taught) *taught {
	k := &taught{list: slices.Clone(list), bySkill: map[string][]training.Taught{},
		closesMS: math.MaxInt64}
	slices.SortFunc(k.list, func(a, b training.Taught) int { return cmp.Compare(a.ID, b.ID) })
	for _, c := range k.list {
		k.bySkill[c.Skill] = append(k.bySkill[c.Skill], c)
		k.closesMS = min(k.closesMS, clock.MS(c.ClosesAt))
	}
	return k
}

// same tells whether two towns teach the same, whatever has closed by now.
func (k *taught) same(o *taught, now time.Time) bool {
	open := func(list []training.Taught) []training.Taught {
		return slices.DeleteFunc(slices.Clone(list), func(c training.Taught) bool {
			return !c.ClosesAt.After(now)
		})
	}
	return slices.Equal(open(k.list), open(o.list))
}

// alike tells whether two towns know the same classes, however many seats are left.
func (k *taught) alike(o *taught) bool {
	return slices.EqualFunc(k.list, o.list, func(a, b training.Taught) bool { return a.ID == b.ID })
}

// openClasses reads them from the database.
func (s *Service) openClasses(ctx context.Context, now time.Time) (*taught, error) {
	if s.Classes == nil {
		return taughtOf(nil), nil
	}
	list, err := s.Classes.OpenTx(ctx, s.DB, now)
	return taughtOf(list), err
}

// addClass numbers a class and gives what the engine is to know of it.
func (t *town) addClass(c training.Taught) (match.Class, error) {
	k := match.Class{ID: t.classesMade}
	t.classesMade++
	t.classOf[c.ID] = k.ID
	k.X, k.Y = t.plane.XY(c.LonE6, c.LatE6)
	var err error
	k.Skill, err = t.key(c.Skill)
	return k, err
}

// loadClasses gives what the engine is to know of all of them, for a town that is being built.
func (s *Service) loadClasses(
	ctx context.Context, t *town, now time.Time,
) ([]match.Class, error) {
	k, err := s.openClasses(ctx, now)
	if err != nil {
		return nil, err
	}
	list := make([]match.Class, len(k.list))
	for i, c := range k.list {
		if list[i], err = t.addClass(c); err != nil {
			return nil, err
		}
	}
	t.taught.Store(k)
	return list, nil
}

// rereadClasses reads all of them again: they are few, and an enrolment changes only how many seats
// are left. The engine hears of those that came and went.
func (l *liveIndex) rereadClasses(ctx context.Context, t *town) error {
	k, err := l.s.openClasses(ctx, l.s.DB.Now())
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(k.list))
	for _, c := range k.list {
		there[c.ID] = true
		if _, known := t.classOf[c.ID]; known {
			continue
		}
		put, err := t.addClass(c)
		if err == nil {
			err = t.index.PutClass(put)
		}
		if err != nil {
			return err
		}
	}
	for id, n := range t.classOf {
		if !there[id] {
			t.index.RemoveClass(n)
			delete(t.classOf, id)
		}
	}
	t.taught.Store(k)
	l.marked.classes = false
	return nil
}

// classesAged tells whether a class has closed since they were read.
func (t *town) classesAged(nowMS int64) bool {
	return t.taught.Load().closesMS <= nowMS
}

// taughtNear lists the classes that teach a skill within reach of a point, as the engine reckons,
// the nearest first.
func (t *town) taughtNear(skill string, at point) []training.Taught {
	x, y := t.plane.XY(at.lonE6, at.latE6)
	away := func(c training.Taught) float64 {
		cx, cy := t.plane.XY(c.LonE6, c.LatE6)
		return math.Hypot(float64(cx)-float64(x), float64(cy)-float64(y))
	}
	var near []training.Taught
	for _, c := range t.taught.Load().bySkill[skill] {
		if away(c) <= match.ClassReachM {
			near = append(near, c)
		}
	}
	slices.SortFunc(near, func(a, b training.Taught) int {
		return cmp.Or(cmp.Compare(away(a), away(b)), a.StartsAt.Compare(b.StartsAt),
			cmp.Compare(a.ID, b.ID))
	})
	return near
}

// lessons shows them to somebody who asks from there.
func (q *question) lessons(t *town, skill string) []Lesson {
	near := t.taughtNear(skill, q.at)
	var list []Lesson
	for _, c := range near[:min(len(near), lessonsShown)] {
		away := geo.DistanceM(q.at.lonE6, q.at.latE6, c.LonE6, c.LatE6)
		list = append(list, Lesson{ClassID: c.ID, Title: c.Title, PlaceID: c.PlaceID,
			PlaceName: c.PlaceName, DistanceM: away, MinutesAway: minutes(away, q.kmMin),
			StartsAt: c.StartsAt, ClosesAt: c.ClosesAt, SeatsLeft: c.SeatsLeft, FeeFen: c.FeeFen})
	}
	return list
}

// can tells whether a seeker has all that is required now: who could learn it is not asked to work.
func (s *seeker) can(required []string) bool {
	return !slices.ContainsFunc(required, func(key string) bool {
		_, holds := slices.BinarySearch(s.Skills, key)
		return !holds
	})
}

// lacking gives what somebody lacks, each with where it is taught.
func (q *question) lacking(t *town, keys []string) []Requirement {
	list := make([]Requirement, len(keys))
	for i, key := range keys {
		list[i] = q.requirement(key)
		list[i].Learn = q.lessons(t, key)
	}
	return list
}

// ClassSeat is a worker's seat in a class, as a schedule and a shared calendar show it: no person
// and no money.
type ClassSeat struct {
	EnrolmentID string             `json:"enrolment_id"`
	ClassID     string             `json:"class_id"`
	Title       string             `json:"title"`
	PlaceName   string             `json:"place_name"`
	Address     string             `json:"address"`
	LonE6       int64              `json:"lon_e6"`
	LatE6       int64              `json:"lat_e6"`
	Standing    training.Standing  `json:"standing" enum:"enrolled,called_off,passed,failed"`
	Sessions    []training.Session `json:"sessions" doc:"that end after the time asked for"`
}

// seatsIn lists the classes of a worker with sessions that end after a time, the soonest first.
func (s *Service) seatsIn(
	ctx context.Context, r db.Reader, workerID string, from time.Time,
) ([]ClassSeat, error) {
	if s.Classes == nil {
		return nil, nil
	}
	all, err := s.Classes.EnrolmentsTx(ctx, r, workerID, "")
	var list []ClassSeat
	for _, e := range all.Enrolments {
		seat := ClassSeat{EnrolmentID: e.ID, ClassID: e.Class.ID, Title: e.Class.Title,
			PlaceName: e.Class.PlaceName, Address: e.Class.Address, LonE6: e.Class.LonE6,
			LatE6: e.Class.LatE6, Standing: e.Standing}
		for _, one := range e.Class.Sessions {
			if one.EndsAt.After(from) {
				seat.Sessions = append(seat.Sessions, one)
			}
		}
		if e.Standing != training.Withdrawn && len(seat.Sessions) > 0 {
			list = append(list, seat)
		}
	}
	slices.SortStableFunc(list, func(a, b ClassSeat) int {
		return a.Sessions[0].StartsAt.Compare(b.Sessions[0].StartsAt)
	})
	return list, err
}
