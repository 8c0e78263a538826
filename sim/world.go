package sim

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/blob"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/ident"
	"github.com/gongyi/gongyi/sandbox"
)

// What the simulation says of itself in the city's meta table.
const (
	metaSeed      = "sim_seed"
	metaFrom      = "sim_from"
	metaDays      = "sim_days"
	metaUntilMS   = "sim_until_ms" // where the life ends within a day
	metaWorkers   = "sim_workers"
	metaEmployers = "sim_employers"
	metaFaults    = "sim_faults_bp"
	metaRuns      = "sim_runs"
	metaTitles    = "sim_titles_read"
	metaTickMS    = "sim_tick_ms"
	metaStruck    = "sim_faults_struck"
)

// bankLateBy is how much later the bank pays a delayed line: what it gets after the evening's last
// settlement it pays the next morning.
const bankLateBy = 14 * time.Hour

// world is a city, the people in it and the powers around it.
type world struct {
	dice
	cfg     Config
	city    *app.City
	clk     *clock.Fake
	outside *sandbox.Server
	start   time.Time // of this run
	lived   time.Time
	day     int // since the city began
	deeds   int64
	refused map[string]int64
	struck  map[string]int64 // faults of the outside, by call and kind, since the city began

	struckMore bool // since it was last written

	planID      string
	planVersion int64
	strictID    string             // a plan that the insurer must confirm
	listed      []market.ShiftView // what can be found in this tick
	listedAt    time.Time
	byID        map[string]int // worker number by id

	clerk     actor
	workers   []actor // index = number; the zero actor has not registered yet
	employers []actor
	tried     map[string]int                       // at the gate, by placement
	asked     map[string]time.Time                 // when a sign code was last asked for, by contract
	signed    map[string]attendance.OfflineArrival // by placement
}

// actor is somebody who does things.
type actor struct {
	N                                                int
	AccountID, WorkerID, EmployerID, PlaceID, Region string
	Phone                                            string

	gone bool // has closed the account
}

// known tells somebody who has come and not left.
func (a actor) known() bool { return a.AccountID != "" && !a.gone }

// as puts the actor in the context, as authentication would.
func (a actor) as(ctx context.Context) context.Context {
	who := people.Actor{AccountID: a.AccountID, WorkerID: a.WorkerID, EmployerID: a.EmployerID}
	switch {
	case a.WorkerID != "":
		who.Roles = []people.Role{people.RoleWorker}
	case a.EmployerID != "":
		who.Roles = []people.Role{people.RoleEmployer}
	default:
		who.Roles = []people.Role{people.RoleClerk}
	}
	return people.WithActor(ctx, who)
}

func open(ctx context.Context, url string, cfg Config) (*world, error) {
	if cfg.Tick == 0 {
		cfg.Tick = tickDefault
	}
	w := &world{cfg: cfg, refused: map[string]int64{}, struck: map[string]int64{},
		tried: map[string]int{},
		asked: map[string]time.Time{}, signed: map[string]attendance.OfflineArrival{},
		byID: map[string]int{}}
	if err := w.recall(ctx, url); err != nil {
		return nil, err
	}
	w.dice = dice{w.cfg.Seed}
	runs, err := w.openCity(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := w.begin(ctx, runs); err != nil {
		w.city.Close()
		return nil, err
	}
	return w, nil
}

// recall learns from the database what city it holds: none for a new life, one for a resumed one.
func (w *world) recall(ctx context.Context, url string) error {
	old, err := readMeta(ctx, url)
	if err != nil {
		return err
	}
	_, there := old[metaSeed]
	switch {
	case !w.cfg.Resume && old != nil && (there || old[app.MetaClockMode] != ""):
		return fault.New(fault.Conflict, "sim.not_empty").OnField("db")
	case !w.cfg.Resume:
		w.start = w.cfg.From.Midnight()
		w.clk = clock.NewFake(w.start)
		return w.cfg.Validate()
	case !there:
		return fault.New(fault.NotFound, "sim.no_city").OnField("db")
	}
	var lastMS, tickMS int64
	for _, f := range []struct {
		key string
		to  func(uint64)
	}{
		{metaSeed, func(v uint64) { w.cfg.Seed = v }},
		{metaWorkers, func(v uint64) { w.cfg.Workers = int(v) }},
		{metaEmployers, func(v uint64) { w.cfg.Employers = int(v) }},
		{metaFaults, func(v uint64) { w.cfg.FaultsBP = int(v) }},
		{app.MetaClockLastMS, func(v uint64) { lastMS = int64(v) }},
		{metaTickMS, func(v uint64) { tickMS = int64(v) }},
	} {
		v, err := strconv.ParseUint(old[f.key], 10, 63)
		if err != nil {
			return fmt.Errorf("the city's %s reads %q: %w", f.key, old[f.key], err)
		}
		f.to(v)
	}
	if err := json.Unmarshal([]byte(cmp.Or(old[metaStruck], "{}")), &w.struck); err != nil {
		return fmt.Errorf("the city's %s: %w", metaStruck, err)
	}
	w.cfg.From = civil.Date(old[metaFrom])
	w.start = clock.At(tickMS).Add(w.cfg.Tick)
	w.clk = clock.NewFake(later(w.start, clock.At(lastMS)))
	return w.cfg.Validate()
}

// openCity opens the city on a fake clock, with the outside world in this process. Ids and codes
// come from the seed and from how often the city was opened, so that none comes twice.
func (w *world) openCity(ctx context.Context, url string) (int, error) {
	old, err := readMeta(ctx, url)
	if err != nil {
		return 0, err
	}
	runs, _ := strconv.Atoi(old[metaRuns]) // 0 for a new city
	mix := mix(w.cfg.Seed + uint64(runs)*0x9e3779b97f4a7c15)
	codes := rand.New(rand.NewPCG(mix, 1))
	road := NewOutside()
	w.city, err = app.Open(ctx, app.Options{URL: url, Clock: w.clk, IDs: ident.Seeded(mix),
		Box: Box(w.cfg.Seed), Outside: road.Endpoints(),
		NewCode:    func() string { return fmt.Sprintf("%06d", codes.IntN(1_000_000)) },
		Migrations: Extra(), Unsafe: w.cfg.Unsafe, Version: "sim", BlobDir: blob.InMemory,
		ImportRows: 1})
	if err != nil {
		return 0, err
	}
	w.outside, err = road.Begin(ctx, w.city.DB, sandbox.Options{Clock: w.clk, Faults: w.faults,
		Box: Box(w.cfg.Seed), LateBy: bankLateBy})
	if err != nil {
		w.city.Close()
	}
	return runs, err
}

func (w *world) begin(ctx context.Context, runs int) error {
	days := w.cfg.Days + int(w.start.Sub(w.cfg.From.Midnight())/(24*time.Hour))
	values := map[string]string{metaRuns: strconv.Itoa(runs + 1), metaDays: strconv.Itoa(days)}
	if !w.cfg.Until.IsZero() {
		values[metaUntilMS] = strconv.FormatInt(clock.MS(w.end()), 10)
	}
	if !w.cfg.Resume {
		values[app.MetaClockMode] = app.ModeSimulated
		values[app.MetaClockLastMS] = strconv.FormatInt(clock.MS(w.start), 10)
		values[metaTickMS] = strconv.FormatInt(clock.MS(w.start.Add(-w.cfg.Tick)), 10)
		values[metaSeed] = strconv.FormatUint(w.cfg.Seed, 10)
		values[metaFrom] = string(w.cfg.From)
		values[metaWorkers] = strconv.Itoa(w.cfg.Workers)
		values[metaEmployers] = strconv.Itoa(w.cfg.Employers)
		values[metaFaults] = strconv.Itoa(w.cfg.FaultsBP)
		values[metaTitles] = strconv.Itoa(len(w.cfg.Titles))
	}
	if err := w.setMeta(ctx, values); err != nil {
		return err
	}
	w.workers = make([]actor, w.cfg.Workers)
	w.employers = make([]actor, w.cfg.Employers)
	err := eachActor(ctx, w.city.DB, func(kind string, a actor) {
		switch {
		case kind == "worker" && a.N < len(w.workers):
			w.workers[a.N] = a
		case kind == "employer" && a.N < len(w.employers):
			w.employers[a.N] = a
		case kind == "clerk":
			w.clerk = a
		}
	})
	if err != nil {
		return err
	}
	return w.rememberGone(ctx)
}

// readMeta reads the meta table of a database that may not exist yet; nil when there is none.
func readMeta(ctx context.Context, url string) (map[string]string, error) {
	d, err := db.Open(
		ctx,
		url,
		db.Options{ReadOnly: true, Migrations: append(app.Migrations(), Extra()...)},
	)
	if fault.Is(err, "db.missing") || fault.Is(err, "db.no_city") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return allMeta(ctx, d)
}
