package cockpit

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/gauge"
	"github.com/gongyi/gongyi/internal/i18n"
)

const (
	// watchersMax bounds who watches at once: walls and desks of a bureau, not a city.
	watchersMax = 200
	// liveEvery bounds how often the city is asked: a wall that moves each second moves enough.
	liveEvery = time.Second
	// liveLook is after how long it is asked without a hint: one may be lost, and midnight has none.
	liveLook = 15 * time.Second
)

// Now is what is counted live, at an instant.
type Now struct {
	Day     civil.Date  `json:"day"`
	At      time.Time   `json:"at"`
	Figures []Indicator `json:"figures"`
}

// live tells watchers what is counted live. One goroutine asks the city while somebody watches;
// each watcher has room for one reading, the newest, so that nobody waits for a slow one.
type live struct {
	mu       sync.Mutex
	watchers map[chan Now]string // to their language
	end      context.CancelFunc  // of the goroutine
	last     []gauge.Value       // nil before the first
	at       time.Time
}

// Watch gives what is counted live, first as it is and then whenever it has changed, until ctx
// ends. What a watcher does not take in time is replaced by what is newer. Anyone may watch: it is
// the city's sum and names nobody.
// Faults: cockpit.watched (unavailable) when too many do.
func (s *Service) Watch(ctx context.Context, lang string) (<-chan Now, error) {
	if lang == "" {
		lang = i18n.Chinese
	}
	l := &s.live
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.watchers) >= watchersMax {
		return nil, fault.New(fault.Unavailable, "cockpit.watched")
	}
	if l.watchers == nil {
		l.watchers = map[chan Now]string{}
	}
	c := make(chan Now, 1)
	l.watchers[c] = lang
	if l.last != nil {
		c <- s.now(lang)
	}
	context.AfterFunc(ctx, func() { l.leave(c) })
	if l.end == nil {
		var life context.Context
		life, l.end = context.WithCancel(context.Background())
		go s.ticks(life)
	}
	return c, nil
}

// leave ends the goroutine with the last watcher.
func (l *live) leave(c chan Now) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.watchers, c)
	if len(l.watchers) == 0 && l.end != nil {
		l.end()
		l.end, l.last = nil, nil
	}
}

// ticks asks at each hint that something was done, and now and then without one. An error is met
// again at the next turn: a watcher keeps what it has.
func (s *Service) ticks(ctx context.Context) {
	woken := s.deps.DB.Woken(ctx)
	for {
		now := s.deps.DB.Now()
		if values, err := s.today(ctx, now); err == nil {
			s.tell(ctx, values, now)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(liveEvery):
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-time.After(liveLook):
		}
	}
}

// tell hands a reading to every watcher that has not had it.
func (s *Service) tell(ctx context.Context, values []gauge.Value, now time.Time) {
	l := &s.live
	l.mu.Lock()
	defer l.mu.Unlock()
	same := l.last != nil && slices.Equal(values, l.last) &&
		civil.DateOf(now) == civil.DateOf(l.at)
	if ctx.Err() != nil || same {
		return
	}
	l.last, l.at = values, now
	for c, lang := range l.watchers {
		select {
		case <-c: // an older one that was not taken
		default:
		}
		c <- s.now(lang) // there is room: nobody else writes
	}
}

// now is the last reading in words. The caller holds the lock.
func (s *Service) now(lang string) Now {
	day := civil.DateOf(s.live.at)
	n := Now{Day: day, At: s.live.at, Figures: make([]Indicator, 0, len(s.live.last))}
	for _, g := range s.live.last {
		n.Figures = append(n.Figures, s.say(lang, g, Period{day, day}))
	}
	return n
}
