package market

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/money"
)

// StartPush asks for a run now: everybody who is ready to work is looked at and, where something
// fits, told of one vacancy.
type StartPush struct {
	deed.Keyed
}

// PushRunID names a run.
type PushRunID struct {
	RunID string `json:"run_id" path:"run_id"`
}

// PushRunView is how far a run is.
type PushRunView struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"                doc:"nightly, or asked: by a person"`
	Day       civil.Date `json:"day"`
	State     string     `json:"state"               doc:"running or done"`
	People    int64      `json:"people"              doc:"ready to work, as last counted"`
	Seen      int64      `json:"seen"                doc:"looked at so far"`
	Told      int64      `json:"told"                doc:"of a vacancy"`
	Sated     int64      `json:"sated"               doc:"who had their number this week"`
	StartedAt time.Time  `json:"started_at"`
	EndedAt   time.Time  `json:"ended_at,omitzero"`
}

func (p pushRun) view() PushRunView {
	v := PushRunView{ID: p.ID, Kind: p.Kind, Day: civil.Date(p.Day), State: p.State, People: p.People,
		Seen: p.Seen, Told: p.Told, Sated: p.Sated, StartedAt: clock.At(p.StartedAtMS)}
	if p.EndedAtMS > 0 {
		v.EndedAt = clock.At(p.EndedAtMS)
	}
	return v
}

// StartPush begins a run; a sweep does the work, some hundred people a deed. Where it stands is
// kept, so a process that dies is followed by one that goes on, and nobody is told twice.
// Faults: market.push_running (conflict): one is under way.
func (s *Service) StartPush(ctx context.Context, in StartPush) (PushRunView, error) {
	if err := people.Must(ctx, people.PermPushWork, ""); err != nil {
		return PushRunView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "start_push"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (PushRunView, error) {
			p, begun, err := s.startPushTx(ctx, tx, "asked")
			if err == nil && !begun {
				err = fault.New(fault.Conflict, "market.push_running")
			}
			return p.view(), err
		})
}

func (s *Service) startPushTx(
	ctx context.Context, tx *db.Tx, kind string,
) (pushRun, bool, error) {
	rules, err := s.pushRulesOn(civil.DateOf(tx.Now))
	if err != nil {
		return pushRun{}, false, err
	}
	p := pushRun{ID: tx.ID("psr"), Kind: kind, Day: string(civil.DateOf(tx.Now)), State: "running",
		WeekMax: rules.weekMax, ByID: people.ActorOf(ctx).AccountID, StartedAtMS: clock.MS(tx.Now)}
	begun, err := insertPushRun(ctx, tx, p)
	return p, begun, err
}

// ShowPushRun shows how far a run is.
// Faults: market.push_run_not_found.
func (s *Service) ShowPushRun(ctx context.Context, in PushRunID) (PushRunView, error) {
	if err := people.Must(ctx, people.PermPushWork, ""); err != nil {
		return PushRunView{}, err
	}
	p, err := getPushRun(ctx, s.DB, in.RunID)
	if err != nil {
		return PushRunView{}, err
	}
	return p.view(), nil
}

// FindPushRuns asks for the last runs.
type FindPushRuns struct{}

// PushRuns are runs, the newest first.
type PushRuns struct {
	Runs []PushRunView `json:"runs"`
}

// FindPushRuns lists the last runs, at most listMax.
func (s *Service) FindPushRuns(ctx context.Context, _ FindPushRuns) (PushRuns, error) {
	out := PushRuns{Runs: []PushRunView{}}
	if err := people.Must(ctx, people.PermPushWork, ""); err != nil {
		return out, err
	}
	list, err := pushRunsWhere(ctx, s.DB, `ORDER BY started_at_ms DESC, id DESC LIMIT $1`, listMax)
	for _, p := range list {
		out.Runs = append(out.Runs, p.view())
	}
	return out, err
}

// MyPushes asks what a worker was told of.
type MyPushes struct {
	WorkerID string `json:"worker_id"      path:"worker_id"`
	Lang     string `json:"lang,omitempty" query:"lang"      doc:"zh-CN if left out" enum:"zh-CN,en"`
}

// PushView is a vacancy that a worker was told of, with the reasons.
type PushView struct {
	ID        string      `json:"id"`
	VacancyID string      `json:"vacancy_id"`
	ShiftID   string      `json:"shift_id"   doc:"the first that could be taken then"`
	Title     string      `json:"title"`
	At        time.Time   `json:"at"`
	Reasons   []Reason    `json:"reasons"    doc:"what spoke for it, in words"`
	Score     float64     `json:"score"`
	Price     float64     `json:"price"      doc:"how wanted its heads were, in points: the score less the price was this worker's highest"`
	Parts     []ScorePart `json:"parts"      doc:"what the score was made of"`
}

// Pushes are those of a worker, the newest first.
type Pushes struct {
	Pushes []PushView `json:"pushes"`
}

// FindPushes lists what a worker was told of by runs, and why, at most listMax.
func (s *Service) FindPushes(ctx context.Context, in MyPushes) (Pushes, error) {
	out := Pushes{Pushes: []PushView{}}
	if err := people.Must(ctx, people.PermSeeWorker, in.WorkerID); err != nil {
		return out, err
	}
	views, list, err := pushesOf(ctx, s.DB, in.WorkerID)
	if err != nil {
		return out, err
	}
	q := &question{Service: s, lang: langOf(in.Lang)}
	if err := q.setNumbers(); err != nil {
		return out, err
	}
	for i, p := range list {
		v := views[i]
		v.ID, v.VacancyID, v.ShiftID, v.At = p.ID, p.VacancyID, p.ShiftID, clock.At(p.AtMS)
		v.Score, v.Price, v.Parts = float64(p.Score)/1000, float64(p.Price)/1000, p.Parts
		v.Reasons = []Reason{
			{"way", s.Text.Say(q.lang, "market.fit.way", map[string]any{"km": km(p.DistanceM),
				"minutes": minutes(p.DistanceM, q.kmMin)})},
			{"hour", s.Text.Say(q.lang, "market.fit.hour", map[string]any{"hour": p.HourFen.String()})}}
		out.Pushes = append(out.Pushes, v)
	}
	return out, nil
}

// pusher does the runs of one process.
type pusher struct {
	mu   sync.Mutex
	plan *pushPlan
}

// PushOn does the next piece of the run that is under way: some hundred people, in one deed. It
// gives how many were looked at; 0 when nothing is left, or nothing runs.
func (s *Service) PushOn(ctx context.Context) (int, error) {
	if err := people.Must(ctx, people.PermPushWork, ""); err != nil {
		return 0, err
	}
	s.pushes.mu.Lock()
	defer s.pushes.mu.Unlock()
	run, err := runningPushRun(ctx, s.DB)
	if errors.Is(err, db.ErrNone) {
		s.pushes.plan = nil
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	plan := s.pushes.plan
	if plan == nil || plan.run.ID != run.ID || plan.run.Place != run.Place || len(plan.list) == 0 {
		if plan, err = s.planPushes(ctx, run); err != nil {
			s.pushes.plan = nil
			return 0, fmt.Errorf("push run %s: %w", run.ID, err)
		}
	}
	n := len(plan.list[:min(len(plan.list), pushPage)])
	to, err := s.pushPage(ctx, plan, n)
	if err != nil || to.ID == "" { // somebody else has moved it on: look again
		s.pushes.plan = nil
		return n, err
	}
	plan.run, plan.list = to, plan.list[n:]
	s.pushes.plan = plan
	if to.State == "done" {
		s.pushes.plan = nil
	}
	return n, nil
}

// nightly is the sweep: it begins the night's run when it is time, and does a piece of what runs.
func (s *Service) nightly(ctx context.Context, now time.Time) (int, error) {
	n, err := s.PushOn(ctx)
	if n > 0 || err != nil {
		return n, err
	}
	day := civil.DateOf(now)
	at, err := s.Policy.At("market.push_at_min", "", day)
	if err != nil || !(pushRules{}).due(now, at.Value) {
		return 0, err
	}
	if done, err := pushedOn(ctx, s.DB, day); done || err != nil {
		return 0, err
	}
	begun, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		_, begun, err := s.startPushTx(ctx, tx, "nightly")
		return begun, err
	})
	if err != nil || !begun {
		return 0, err
	}
	return s.PushOn(ctx)
}

// pushPage writes what the plan has for the next n people, and moves the run on; the run with no id
// when somebody else has. What has changed since the plan was made is asked again: whoever is no
// longer ready, or has switched recommendations off, is told nothing, nor of a shift that is full.
func (s *Service) pushPage(ctx context.Context, plan *pushPlan, n int) (pushRun, error) {
	page := plan.list[:n]
	to := plan.run
	to.Seen += int64(n)
	to.People = to.Seen + int64(plan.left-n)
	plan.left -= n
	if n > 0 {
		to.Place = page[n-1].place()
	}
	var workers, shifts []string
	for _, p := range page {
		if p.sated {
			to.Sated++
		}
		if p.offer != nil {
			workers, shifts = append(workers, p.id), append(shifts, p.offer.ShiftID)
		}
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (pushRun, error) {
		to := to
		if plan.left <= 0 {
			to.State, to.EndedAtMS = "done", clock.MS(tx.Now)
		}
		if ours, err := movePushRun(ctx, tx, plan.run, to); err != nil || !ours {
			return pushRun{}, err
		}
		ready, err := accountsReady(ctx, tx, workers, tx.Now)
		if err != nil {
			return pushRun{}, err
		}
		open, err := shiftsOpen(ctx, tx, shifts, tx.Now)
		if err != nil {
			return pushRun{}, err
		}
		told := int64(0)
		for _, p := range page {
			if p.offer == nil || ready[p.id] == "" || !open[p.offer.ShiftID] {
				continue
			}
			done, err := s.pushTx(ctx, tx, *p.offer, p.title, ready[p.id])
			if err != nil {
				return pushRun{}, err
			}
			if done {
				told++
			}
		}
		to.Told += told
		return to, addTold(ctx, tx, to.ID, told)
	})
}

// pushTx tells a worker of a vacancy, unless they have been: the row, the event and the message.
func (s *Service) pushTx(
	ctx context.Context, tx *db.Tx, p push, title, accountID string,
) (bool, error) {
	p.ID, p.AtMS = tx.ID("psh"), clock.MS(tx.Now)
	done, err := insertPush(ctx, tx, p)
	if err != nil || !done {
		return false, err
	}
	if err := feed.PutTx(ctx, tx, WorkPushed{PushID: p.ID, RunID: p.RunID, WorkerID: p.WorkerID,
		VacancyID: p.VacancyID, ShiftID: p.ShiftID, Score: p.Score, Price: p.Price,
		DistanceM: p.DistanceM, HourFen: p.HourFen}); err != nil {
		return false, err
	}
	return true, s.Notify.PutTx(ctx, tx, notify.Message{AccountID: accountID, Template: "new_work",
		Key: "new_work/" + p.ID, Args: map[string]string{"title": title, "km": km(p.DistanceM),
			"yuan": p.HourFen.String()}})
}

// pushRulesOn reads the numbers of pushes.
func (s *Service) pushRulesOn(day civil.Date) (pushRules, error) {
	var r pushRules
	for code, to := range map[string]*int64{"market.push_week_max": &r.weekMax,
		"market.push_per_head": &r.perHead, "market.push_ahead_days": &r.aheadDays,
		"market.push_wait_days": &r.waitDays} {
		n, err := s.Policy.At(code, "", day)
		if err != nil {
			return r, err
		}
		*to = n.Value
	}
	return r, nil
}

// offerOf is the push of an opening to a seeker.
func offerOf(runID string, e *entry, at *slot, sk *seeker) push {
	return push{RunID: runID, WorkerID: sk.WorkerID, VacancyID: e.VacancyID, ShiftID: at.ID,
		HourFen:   min(e.hourlyFen, money.MaxFen),
		DistanceM: geo.DistanceM(sk.LonE6, sk.LatE6, e.LonE6, e.LatE6)}
}
