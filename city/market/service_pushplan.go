package market

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gongyi/gongyi/city/market/assign"
	"github.com/gongyi/gongyi/city/market/match"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
)

// pushPlan is what a part of a run's people will be told, in the run's order.
type pushPlan struct {
	run  pushRun
	list []planned
	left int // people of the run that are not looked at yet, with those of list
}

// planned is somebody in a plan; offer is nil where nothing fits.
type planned struct {
	pushee
	offer *push
	title string
	sated bool
}

// planning is a plan in the making.
type planning struct {
	*Service
	*pushPlan
	town            *town
	rules           pushRules
	weights         match.Weights
	fromMS, untilMS int64
	heads           []int32 // tellings of each opening, by its number
	known           map[string][]string
	had             map[string]int64
	hits            [][]match.Hit
}

// planPushes looks at the next part of a run's people: the best vacancies of each by the engine,
// and an assignment in which no vacancy is told to more people than its share of tellings. Its
// prices say how wanted a vacancy is; each gets the one of which score less price is highest. The
// plan is the same for the same market.
func (s *Service) planPushes(ctx context.Context, run pushRun) (*pushPlan, error) {
	t, err := s.town(ctx)
	if err != nil {
		return nil, err
	}
	now := s.DB.Now()
	p := &planning{Service: s, pushPlan: &pushPlan{run: run}, town: t, fromMS: clock.MS(now),
		known: map[string][]string{}, had: map[string]int64{}}
	if p.rules, err = s.pushRulesOn(civil.DateOf(now)); err != nil {
		return nil, err
	}
	p.untilMS = clock.MS(now.AddDate(0, 0, int(p.rules.aheadDays)))
	if p.weights, err = s.weights(); err != nil {
		return nil, err
	}
	p.queue()
	if len(p.list) == 0 {
		return p.pushPlan, nil
	}
	if err := p.measure(ctx, now); err != nil {
		return nil, err
	}
	if err := p.look(ctx); err != nil {
		return nil, err
	}
	return p.pushPlan, p.assign()
}

// made says how many numbers of openings and seekers there are.
func (l *liveIndex) made() (openings, seekers int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.now.Load()
	return t.openingsMade, t.seekersMade
}

// queue lists who comes next.
func (p *planning) queue() {
	_, made := p.live.made()
	q := queueing{max: pushPart}
	for n := range made {
		sk := p.town.seekers.At(n)
		if sk == nil {
			continue
		}
		next := pushee{pushKey(p.run.Day+p.run.Kind, sk.WorkerID), sk.WorkerID, n}
		if next.place() > p.run.Place {
			q.add(next)
		}
	}
	q.cut()
	p.left = q.all
	p.list = make([]planned, len(q.list))
	for i, who := range q.list {
		p.list[i].pushee = who
	}
}

// measure reads what people know already, and how many may be told of each vacancy.
func (p *planning) measure(ctx context.Context, now time.Time) error {
	ids := make([]string, len(p.list))
	for i := range p.list {
		ids[i] = p.list[i].id
	}
	err := knownWork(ctx, p.DB, ids, now.AddDate(0, 0, -7), p.known, p.had)
	if err != nil {
		return err
	}
	told, err := toldPerVacancy(ctx, p.DB, now.AddDate(0, 0, -int(p.rules.waitDays)))
	if err != nil {
		return err
	}
	made, _ := p.live.made()
	p.heads = make([]int32, made)
	for n := range made {
		e := p.town.openings.At(n)
		if e == nil || e.boss.Load().Hidden {
			continue
		}
		free := e.soon(p.fromMS, p.untilMS)*p.rules.perHead - told[e.VacancyID]
		if free > 0 {
			dice := pushKey(p.run.ID+p.list[0].id, e.VacancyID)
			p.heads[n] = int32(min(share(free, len(p.list), p.left, dice), math.MaxInt32))
		}
	}
	return nil
}

// look asks the engine for each, on all cores.
func (p *planning) look(ctx context.Context) error {
	p.hits = make([][]match.Hit, len(p.list))
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, runtime.GOMAXPROCS(0))
	for core := range errs {
		wg.Go(func() {
			const stretch = 256
			for ctx.Err() == nil && errs[core] == nil {
				to := int(next.Add(stretch))
				for i := to - stretch; i < min(to, len(p.list)) && errs[core] == nil; i++ {
					errs[core] = p.lookFor(i)
				}
				if to >= len(p.list) {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (p *planning) lookFor(i int) error {
	who := &p.list[i]
	if who.sated = p.had[who.id] >= p.run.WeekMax; who.sated {
		return nil
	}
	sk := p.town.seekers.At(who.number)
	if sk == nil {
		return nil
	}
	w := p.town.onPlane(sk.seeker, who.number)
	known := p.known[who.id]
	hits, err := p.town.index.FindPosts(&w, &match.Ask{K: pushChoices, Weights: &p.weights,
		Keep: func(n int32) bool {
			if int(n) >= len(p.heads) || p.heads[n] == 0 {
				return false
			}
			e := p.town.openings.At(n)
			return e != nil && sk.can(e.Required) && !slices.Contains(known, e.VacancyID) &&
				e.firstFor(sk.seeker, p.fromMS, p.untilMS) != nil
		}}, nil)
	if err != nil {
		return fmt.Errorf("work for %s: %w", who.id, err)
	}
	for n, h := range hits {
		if h.Score <= 0 { // the way eats up the pay
			hits = hits[:n]
			break
		}
	}
	p.hits[i] = hits
	return nil
}

// assign gives each their vacancy.
func (p *planning) assign() error {
	problem := assign.Problem{Start: make([]int32, 1, len(p.list)+1)}
	local := make([]int32, len(p.heads)) // place in the problem, and one
	var numbers []int32
	for _, hits := range p.hits {
		for _, h := range hits {
			if local[h.ID] == 0 {
				numbers = append(numbers, h.ID)
				problem.Heads = append(problem.Heads, p.heads[h.ID])
				local[h.ID] = int32(len(numbers))
			}
			problem.Posts = append(problem.Posts, local[h.ID]-1)
			problem.Scores = append(problem.Scores, int32(min(h.Score*hundredths, assign.ScoreMax)))
		}
		problem.Start = append(problem.Start, int32(len(problem.Posts)))
	}
	answer, err := assign.Exact(&problem)
	if err != nil {
		return err
	}
	for i, at := range answer.Choice {
		if at == assign.None {
			continue
		}
		post := problem.Posts[at]
		p.offer(&p.list[i], p.hits[i][at-problem.Start[i]], answer.Prices[post])
	}
	p.hits = nil
	return nil
}

// offer notes what somebody will be told, with its reasons.
func (p *planning) offer(who *planned, h match.Hit, price int64) {
	e, sk := p.town.openings.At(h.ID), p.town.seekers.At(who.number)
	if e == nil || sk == nil {
		return
	}
	at := e.firstFor(sk.seeker, p.fromMS, p.untilMS)
	if at == nil {
		return
	}
	o := offerOf(p.run.ID, e, at, sk.seeker)
	o.Score = int64(math.Round(h.Score * 1000))
	o.Price = max(price, 0) * 1000 / (assign.PriceUnit * hundredths)
	_, o.Parts = parts(p.weights, h, float64(e.hourlyFen)/p.weights.FenPerPoint, "pay")
	who.offer, who.title = &o, e.Title
}
