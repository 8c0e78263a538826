package market

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gongyi/gongyi/city/market/cells"
	"github.com/gongyi/gongyi/city/market/match"
	"github.com/gongyi/gongyi/city/market/search"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/region"
)

const (
	// lookEvery is how long a change waits at most for a follower whom no hint has reached.
	lookEvery = 50 * time.Millisecond
	lookAgain = time.Second // after an error
	// proveEvery is how often who follows proves law 8 of its own index.
	proveEvery = 6 * time.Hour
	// pagesMax bounds one round of catching up; what is left is for the next.
	pagesMax = 20
	// numbersSpare is how many numbers may be used up beyond those in use before everything is
	// numbered anew: a number is eight bytes that nobody gives back.
	numbersSpare = 1 << 20
	cityReachM   = 400_000 // from the middle of a plane; no city reaches farther
	gridReachM   = 250_000 // what lies beyond is found too, only slower
)

// shareVersion is that of the words by which a worker lets employers be told of them.
var shareVersion = people.PresentVersion(people.PurposeShareEmployer)

// Grading is how an employer stands, as somebody who looks for work sees it. Hidden says that
// nothing of it is shown: it stands in a public list.
type Grading struct {
	Grade  string
	Hidden bool
}

// ungraded is an employer of whom nothing is known.
var ungraded = Grading{Grade: "N"}

// entry is an opening in the index, with its number and its employer's standing.
type entry struct {
	*opening
	number int32
	boss   *atomic.Pointer[Grading]
}

// shown is a seeker in the index.
type shown struct {
	*seeker
	number int32
}

// town is the market in memory: what queries read, without a lock. See liveIndex.
type town struct {
	plane    geo.Plane
	laid     bool // the plane is; without a place in the city there is nothing on it
	index    *match.Index
	texts    *search.Index // of openings
	words    func(*opening) []string
	openings cells.Of[entry]
	seekers  cells.Of[shown]
	numberOf sync.Map // vacancy or worker → its number in its cells
	bosses   sync.Map // employer → *atomic.Pointer[Grading]
	taught   atomic.Pointer[taught]
	spots    sync.Map // region, also the larger ones around it → spot
	keys     atomic.Pointer[map[string]uint16]
	names    atomic.Pointer[[]string] // of keys, by number

	// Of the writer:
	openingsMade, seekersMade int32
	openingsLive, seekersLive int32
	classOf                   map[string]int32 // class → its number in the engine
	classesMade               int32
}

// liveIndex keeps a town as the database has it. It is built from the database and then read on by
// the change feed: an event names what is to be read again, so one that comes twice or out of order
// does no harm. One writer at a time; readers wait for nobody while somebody follows.
type liveIndex struct {
	s         *Service
	now       atomic.Pointer[town]
	following atomic.Bool

	mu     sync.Mutex // of the writer, for what follows
	at     feed.Cursor
	ahead  map[feed.Cursor]bool // events seen that an event not yet visible may come before
	day    civil.Date
	marked marks
}

// marks are what is to be read again.
type marks struct {
	vacancies, shifts, workers, employers map[string]bool
	anew                                  bool // everything: what it is found by has other names
	classes                               bool // all of them: they are few
}

func noMarks() marks {
	return marks{vacancies: map[string]bool{}, shifts: map[string]bool{}, workers: map[string]bool{},
		employers: map[string]bool{}}
}

// town gives the market as it is now: as the follower has it, or, where nobody follows (a
// simulation, a test, a command), after catching up.
func (s *Service) town(ctx context.Context) (*town, error) {
	if t := s.live.now.Load(); t != nil && s.live.following.Load() {
		return t, nil
	}
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	for {
		more, err := s.live.catchUp(ctx)
		if err != nil {
			return nil, err
		}
		if !more {
			return s.live.now.Load(), nil
		}
	}
}

// Follow keeps the market in memory fresh until ctx ends: at each hint that the feed has moved, and
// every lookEvery without one.
func (s *Service) Follow(ctx context.Context, log *slog.Logger) {
	woken := s.DB.Woken(ctx)
	defer s.live.following.Store(false)
	proved := s.DB.Now()
	for ctx.Err() == nil {
		wait := lookEvery
		if now := s.DB.Now(); now.Sub(proved) > proveEvery {
			proved = now
			s.prove(ctx, log)
		}
		s.live.mu.Lock()
		more, err := s.live.catchUp(ctx)
		s.live.mu.Unlock()
		switch {
		case err != nil && ctx.Err() == nil:
			log.Error("live index", "error", err)
			wait = lookAgain
		case err == nil:
			s.live.following.Store(true)
		}
		if more {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-woken:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// prove proves law 8, and builds the index anew where it does not hold: people are better served by
// the truth than by a halt.
func (s *Service) prove(ctx context.Context, log *slog.Logger) {
	err := s.CheckIndex(ctx)
	if err == nil || ctx.Err() != nil {
		return
	}
	log.Error("live index", "error", err)
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	if t, err := s.live.build(ctx); err == nil {
		s.live.now.Store(t)
	}
}

// catchUp builds the town, or reads again what the feed names; more says that the feed holds more.
func (l *liveIndex) catchUp(ctx context.Context) (more bool, err error) {
	t := l.now.Load()
	if t == nil || t.wasteful() || !t.laid {
		if t, err = l.build(ctx); err != nil {
			return false, err
		}
		l.now.Store(t)
	}
	if more, err = l.readFeed(ctx); err != nil {
		return false, err
	}
	if l.marked.anew {
		if t, err = l.build(ctx); err != nil {
			return false, err
		}
		l.now.Store(t)
		return true, nil
	}
	if day := civil.DateOf(l.s.DB.Now()); day != l.day {
		l.turnDay(t, day)
	}
	return more, l.apply(ctx, t)
}

func (t *town) wasteful() bool {
	return t.openingsMade-t.openingsLive > numbersSpare || t.seekersMade-t.seekersLive > numbersSpare
}

// readFeed marks what the events behind the cursor name.
func (l *liveIndex) readFeed(ctx context.Context) (bool, error) {
	from := l.at
	for range pagesMax {
		list, safe, err := feed.Glance(ctx, l.s.DB, from, feed.ReadMax)
		if err != nil {
			return false, err
		}
		for i, c := range list {
			seen := l.ahead[c.Cursor]
			if i < safe {
				delete(l.ahead, c.Cursor)
				l.at = c.Cursor
			} else {
				l.ahead[c.Cursor] = true
			}
			if seen {
				continue
			}
			if err := l.marked.read(c); err != nil {
				return false, err
			}
		}
		if len(list) < feed.ReadMax {
			return false, nil
		}
		from = list[len(list)-1].Cursor
	}
	return true, nil
}

// named are the things that an event may name.
type named struct {
	VacancyID  string `json:"vacancy_id"`
	OldID      string `json:"old_id"`
	ShiftID    string `json:"shift_id"`
	WorkerID   string `json:"worker_id"`
	EmployerID string `json:"employer_id"`
}

// read marks what an event names. Who is placed or comes to an end changes heads, hours and
// reliability; the rest says itself what it is about.
func (m *marks) read(c feed.Change) error {
	slice, _, _ := strings.Cut(c.Topic, ".")
	switch slice {
	case "training":
		m.classes = true
		return nil
	case "market", "skill", "people", "credit":
		switch c.Topic {
		case topicPushed: // many, and nothing that is found by has changed
			return nil
		case skill.TopicOccupations:
			m.anew = true
			return nil
		}
	case "attendance":
		if c.Topic != "attendance.clocked_out.v1" && c.Topic != "attendance.arrived_offline.v1" {
			return nil
		}
	default:
		return nil
	}
	var n named
	if err := json.Unmarshal(c.Payload, &n); err != nil {
		return fmt.Errorf("event %s of %s: %w", c.Topic, c.Subject, err)
	}
	note := func(to map[string]bool, id string) {
		if id != "" {
			to[id] = true
		}
	}
	if slice == "credit" {
		note(m.employers, n.EmployerID)
		return nil
	}
	note(m.workers, n.WorkerID)
	note(m.vacancies, n.VacancyID)
	note(m.vacancies, n.OldID)
	note(m.shifts, n.ShiftID)
	return nil
}

// turnDay marks what a new day changes without an event: last days that are over, grades that a
// person set for a time.
func (l *liveIndex) turnDay(t *town, day civil.Date) {
	l.day = day
	for n := range t.seekersMade {
		s := t.seekers.At(n)
		if s == nil {
			continue
		}
		over := s.Until < day || slices.ContainsFunc(s.Lapses, func(c lapse) bool {
			return c.Until < day
		})
		if over {
			l.marked.workers[s.WorkerID] = true
		}
	}
	t.bosses.Range(func(id, _ any) bool {
		l.marked.employers[id.(string)] = true
		return true
	})
}

// apply reads again what is marked, and unmarks it when that has succeeded.
func (l *liveIndex) apply(ctx context.Context, t *town) error {
	if len(l.marked.shifts) > 0 {
		ids, err := postedVacancies(ctx, l.s.DB, sorted(l.marked.shifts))
		if err != nil {
			return err
		}
		for _, id := range ids {
			l.marked.vacancies[id] = true
		}
		clear(l.marked.shifts)
	}
	if len(l.marked.vacancies) > 0 {
		if err := l.rereadOpenings(ctx, t); err != nil {
			return err
		}
	}
	if len(l.marked.workers) > 0 {
		if err := l.rereadSeekers(ctx, t); err != nil {
			return err
		}
	}
	if l.marked.classes || t.classesAged(clock.MS(l.s.DB.Now())) {
		if err := l.rereadClasses(ctx, t); err != nil {
			return err
		}
	}
	if len(l.marked.employers) == 0 {
		return nil
	}
	err := l.grade(ctx, t, sorted(l.marked.employers))
	if err == nil {
		clear(l.marked.employers)
	}
	return err
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

func (l *liveIndex) rereadOpenings(ctx context.Context, t *town) error {
	ids, now := sorted(l.marked.vacancies), l.s.DB.Now()
	found := map[string]*opening{}
	err := openingsOf(ctx, l.s.DB, ids, now, func(o *opening) { found[o.VacancyID] = o })
	if err != nil {
		return err
	}
	from, to, err := l.s.schoolHours(now)
	if err != nil {
		return err
	}
	for _, id := range ids {
		o := found[id]
		if o == nil {
			t.dropOpening(id)
			continue
		}
		o.settle(from, to)
		if _, known := t.bosses.Load(o.EmployerID); !known {
			l.marked.employers[o.EmployerID] = true
		}
		if err := t.putOpening(o); err != nil {
			return err
		}
	}
	clear(l.marked.vacancies)
	return nil
}

func (l *liveIndex) rereadSeekers(ctx context.Context, t *town) error {
	ids := sorted(l.marked.workers)
	list, err := seekersOf(ctx, l.s.DB, ids, shareVersion, l.s.DB.Now())
	if err != nil {
		return err
	}
	found := map[string]*seeker{}
	for _, s := range list {
		found[s.WorkerID] = s
	}
	for _, id := range ids {
		if s := found[id]; s == nil {
			t.dropSeeker(id)
		} else if err := t.putSeeker(s); err != nil {
			return err
		}
	}
	clear(l.marked.workers)
	return nil
}

// grade reads how employers stand.
func (l *liveIndex) grade(ctx context.Context, t *town, ids []string) error {
	if l.s.Grades == nil {
		return nil
	}
	return chunks(ids, func(part []string) error {
		got, err := l.s.Grades(ctx, l.s.DB, part)
		if err != nil {
			return err
		}
		for _, id := range part {
			g, ok := got[id]
			if !ok {
				g = ungraded
			}
			t.boss(id).Store(&g)
		}
		return nil
	})
}

// boss gives where an employer's standing is kept.
func (t *town) boss(id string) *atomic.Pointer[Grading] {
	if b, ok := t.bosses.Load(id); ok {
		return b.(*atomic.Pointer[Grading])
	}
	b := &atomic.Pointer[Grading]{}
	b.Store(&ungraded)
	t.bosses.Store(id, b)
	return b
}

// build makes a town from the database. The feed's place is asked for first: whatever happens while
// the database is read is met again.
func (l *liveIndex) build(ctx context.Context) (*town, error) {
	at, err := feed.Tail(ctx, l.s.DB)
	if err != nil {
		return nil, err
	}
	t, err := l.s.rebuild(ctx, nil)
	if err != nil {
		return nil, err
	}
	l.at, l.ahead, l.marked = at, map[feed.Cursor]bool{}, noMarks()
	l.day = civil.DateOf(l.s.DB.Now())
	t.bosses.Range(func(id, _ any) bool {
		l.marked.employers[id.(string)] = true
		return true
	})
	return t, nil
}

// rebuild reads a town from the database, on the plane of another where one is given.
func (s *Service) rebuild(ctx context.Context, on *town) (*town, error) {
	now := s.DB.Now()
	if _, _, err := s.Skills.Occupations(ctx); err != nil { // what openings are called
		return nil, err
	}
	t := &town{texts: search.New(), words: s.wordsOf, classOf: map[string]int32{}}
	t.taught.Store(taughtOf(nil))
	t.keys.Store(&map[string]uint16{})
	t.names.Store(&[]string{})
	if on != nil {
		t.plane, t.laid = on.plane, on.laid
	} else if err := t.lay(ctx, s.DB); err != nil {
		return nil, err
	}
	t.index = match.New(match.Area{MinX: -gridReachM, MinY: -gridReachM, MaxX: gridReachM,
		MaxY: gridReachM}, match.DefaultWeights)
	if !t.laid {
		return t, nil
	}
	from, to, err := s.schoolHours(now)
	if err != nil {
		return nil, err
	}
	var posts []match.Post
	var bad error
	err = openingsOf(ctx, s.DB, nil, now, func(o *opening) {
		o.settle(from, to)
		p, err := t.addOpening(o)
		bad = errors.Join(bad, err)
		t.texts.Load(p.ID, t.words(o)...)
		posts = append(posts, p)
	})
	if err = errors.Join(err, bad); err != nil {
		return nil, err
	}
	list, err := seekersOf(ctx, s.DB, nil, shareVersion, now)
	if err != nil {
		return nil, err
	}
	workers := make([]match.Worker, len(list))
	for i, seeker := range list {
		if workers[i], err = t.addSeeker(seeker); err != nil {
			return nil, err
		}
	}
	classes, err := s.loadClasses(ctx, t, now)
	if err != nil {
		return nil, err
	}
	return t, t.index.Load(posts, workers, classes)
}

// lay lays the plane around the city's first place, to the degree: every process of the city lays
// the same one, and it stays when places come.
func (t *town) lay(ctx context.Context, r db.Reader) error {
	p, err := firstPlace(ctx, r)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	const degree = 1_000_000
	whole := func(e6 int64) int64 { return (e6 + degree/2) / degree * degree }
	t.plane, t.laid = geo.NewPlane(whole(p.lonE6), whole(p.latE6)), true
	return nil
}

// key numbers a skill or certificate for the engine.
func (t *town) key(name string) (uint16, error) {
	keys := *t.keys.Load()
	if n, ok := keys[name]; ok {
		return n, nil
	}
	if len(keys) >= match.SkillsMax {
		return 0, fmt.Errorf("live index: more than %d kinds of skills", match.SkillsMax)
	}
	n := uint16(len(keys))
	keys = maps.Clone(keys)
	keys[name] = n
	names := append(slices.Clone(*t.names.Load()), name)
	t.names.Store(&names)
	t.keys.Store(&keys)
	return n, nil
}

// name gives the key behind a number of the engine, "" for none.
func (t *town) name(n int32) string {
	names := *t.names.Load()
	if n < 0 || int(n) >= len(names) {
		return ""
	}
	return names[n]
}

// numbers gives those of keys that the engine knows: what nobody requires need not be told.
func (t *town) numbers(keys []string) []uint16 {
	known := *t.keys.Load()
	list := make([]uint16, 0, len(keys))
	for _, k := range keys {
		if n, ok := known[k]; ok && !slices.Contains(list, n) && len(list) < match.RangesMax {
			list = append(list, n)
		}
	}
	return list
}

// number gives the number of a vacancy or worker, and whether it is new.
func (t *town) number(id string, made *int32) (int32, bool) {
	if n, ok := t.numberOf.Load(id); ok {
		return n.(int32), false
	}
	n := *made
	*made++
	t.numberOf.Store(id, n)
	return n, true
}

// addOpening keeps an opening and gives what the engine is to know of it.
func (t *town) addOpening(o *opening) (match.Post, error) {
	n, isNew := t.number(o.VacancyID, &t.openingsMade)
	if isNew {
		t.openingsLive++
	}
	t.move(t.openings.At(n), o)
	t.openings.Set(n, &entry{o, n, t.boss(o.EmployerID)})
	p := match.Post{ID: n, WageFen: int32(min(o.hourlyFen, math.MaxInt32)), AgeMax: math.MaxUint8}
	p.X, p.Y = t.plane.XY(o.LonE6, o.LatE6)
	for _, key := range o.Required {
		k, err := t.key(key)
		if err != nil {
			return p, err
		}
		if !slices.Contains(p.Required, k) {
			p.Required = append(p.Required, k)
		}
	}
	return p, nil
}

func (t *town) putOpening(o *opening) error {
	p, err := t.addOpening(o)
	if err != nil {
		return err
	}
	t.texts.Put(p.ID, t.words(o)...)
	return t.index.PutPost(p)
}

// wordsOf are what an opening is found by.
func (s *Service) wordsOf(o *opening) []string {
	return append([]string{o.Title, o.EmployerName, o.PlaceName, o.Address, region.Name(o.Region)},
		s.Skills.OccupationNames(o.Occupation)...)
}

func (t *town) dropOpening(id string) {
	n, ok := t.numberOf.LoadAndDelete(id)
	if !ok {
		return
	}
	t.index.RemovePost(n.(int32))
	t.texts.Remove(n.(int32))
	t.move(t.openings.At(n.(int32)), nil)
	t.openings.Set(n.(int32), nil)
	t.openingsLive--
}

// spot is where the openings of a region are: how many, and the sums of their places.
type spot struct{ n, lonE6, latE6 int64 }

// move counts an opening where it is now, and no longer where it was; nil for nowhere.
func (t *town) move(was *entry, is *opening) {
	if was != nil {
		t.count(was.opening, -1)
	}
	if is != nil {
		t.count(is, 1)
	}
}

func (t *town) count(o *opening, by int64) {
	for code := range around(o.Region) {
		t.spots.Store(code, t.spot(code).with(o, by))
	}
}

func (s spot) with(o *opening, by int64) spot {
	return spot{s.n + by, s.lonE6 + by*o.LonE6, s.latE6 + by*o.LatE6}
}

// around gives a region and the larger ones that hold it.
func around(region string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for digits := 2; digits <= len(region) && yield(region[:digits]); digits += 2 {
		}
	}
}

func (t *town) spot(region string) spot {
	if s, ok := t.spots.Load(region); ok {
		return s.(spot)
	}
	return spot{}
}

// onPlane gives a seeker as the engine knows one. Hours, age and nights are looked at in the
// seeker itself: they are about a shift, and a vacancy has many.
func (t *town) onPlane(s *seeker, n int32) match.Worker {
	w := match.Worker{ID: n, FloorFen: int32(min(s.FloorFen, math.MaxInt32)),
		ReachM: int32(s.ReachM), Skills: t.numbers(s.Skills), Reliability: int32(s.Reliability)}
	w.X, w.Y = t.plane.XY(s.LonE6, s.LatE6)
	return w
}

// addSeeker keeps a seeker and gives what the engine is to know of them.
func (t *town) addSeeker(s *seeker) (match.Worker, error) {
	for _, key := range s.Skills {
		if _, err := t.key(key); err != nil {
			return match.Worker{}, err
		}
	}
	n, isNew := t.number(s.WorkerID, &t.seekersMade)
	if isNew {
		t.seekersLive++
	}
	t.seekers.Set(n, &shown{s, n})
	return t.onPlane(s, n), nil
}

func (t *town) putSeeker(s *seeker) error {
	w, err := t.addSeeker(s)
	if err != nil {
		return err
	}
	return t.index.PutWorker(w)
}

func (t *town) dropSeeker(id string) {
	n, ok := t.numberOf.LoadAndDelete(id)
	if !ok {
		return
	}
	t.index.RemoveWorker(n.(int32))
	t.seekers.Set(n.(int32), nil)
	t.seekersLive--
}

// opening gives a vacancy that is shown, nil for another.
func (t *town) opening(vacancyID string) *entry {
	n, ok := t.numberOf.Load(vacancyID)
	if !ok {
		return nil
	}
	return t.openings.At(n.(int32))
}

// schoolHours are the minutes of a day between which a child is at school.
func (s *Service) schoolHours(now time.Time) (from, to int64, err error) {
	day := civil.DateOf(now)
	f, err := s.Policy.At("market.school_from_min", "", day)
	if err != nil {
		return 0, 0, err
	}
	u, err := s.Policy.At("market.school_to_min", "", day)
	return f.Value, u.Value, err
}

// putMoved tells who follows the market that other shifts of vacancies can be taken now.
func putMoved(ctx context.Context, tx *db.Tx, vacancyIDs ...string) error {
	for _, id := range vacancyIDs {
		if err := feed.PutTx(ctx, tx, VacancyMoved{id}); err != nil {
			return err
		}
	}
	return nil
}
