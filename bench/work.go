package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/sim"
)

// WorkConfig says how large the city is in which work is looked for, and how hard.
type WorkConfig struct {
	URL       string // an empty database
	Workers   int
	Vacancies int
	ReadsPerS int // sent on time, whether or not the last was answered
	PerS      int // changes a second
	Seconds   int
}

// WorkRun is what looking for work costs while the market changes.
type WorkRun struct {
	Engine    string  `json:"engine"`
	Workers   int     `json:"workers"`
	Vacancies int     `json:"vacancies"`
	LoadS     float64 `json:"load_s"`  // rows into the database
	BuildS    float64 `json:"build_s"` // the index from the database
	IndexMB   float64 `json:"index_mb"`
	RSSMB     float64 `json:"rss_mb"` // the most that the process held
	PerMW     float64 `json:"index_mb_per_million_workers"`

	Reads    Latency   `json:"reads"`
	Kinds    []Latency `json:"kinds"` // of reads
	Changes  Latency   `json:"changes"`
	Delay    Latency   `json:"delay"` // from a vacancy's commit until a read shows it
	CPUCores float64   `json:"cpu_cores"`
}

// Latency is how long something took, from when it was due.
type Latency struct {
	Name  string  `json:"name"`
	N     int     `json:"n"`
	PerS  float64 `json:"per_s"`
	P50MS float64 `json:"p50_ms"`
	P99MS float64 `json:"p99_ms"`
	MaxMS float64 `json:"max_ms"`
	took  []time.Duration
}

func (l *Latency) sum(wall time.Duration) {
	slices.Sort(l.took)
	if l.N = len(l.took); l.N == 0 {
		return
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	l.PerS = float64(l.N) / wall.Seconds()
	l.P50MS, l.P99MS = ms(l.took[l.N/2]), ms(l.took[l.N*99/100])
	l.MaxMS = ms(l.took[l.N-1])
}

const (
	seekersN     = 100 // workers with a session, who ask for themselves
	probeEvery   = 4   // vacancies published, for one that is watched for
	probeMax     = 10 * time.Second
	probeAgain   = 2 * time.Millisecond
	cityHalfE6   = 450_000 // half of the city's width in millionths of a degree
	publishEvery = 5       // changes, for one vacancy published
	askers       = 256     // requests under way at once, at most
)

var workKinds = []string{"near", "words", "personal", "region"}

var workWords = []string{"分拣", "焊工", "保洁", "fjy", "江北", "叉车", "baoan", "餐厅"}

// workWorld is a large city under way.
type workWorld struct {
	*cast
	face   http.Handler
	tokens []string
	rows   crowdRows
	cfg    WorkConfig
}

// Work loads a large city in bulk, then asks for work through its face while people and vacancies
// change, and watches for new vacancies to show.
func Work(ctx context.Context, cfg WorkConfig) (WorkRun, error) {
	w, err := openCast(ctx, cfg.URL)
	if err != nil {
		return WorkRun{}, err
	}
	defer w.city.Close()
	c := &workWorld{cast: w, cfg: cfg, rows: newCrowdRows(cfg, w.clk.Now())}
	r := WorkRun{Engine: w.city.DB.Engine(), Workers: cfg.Workers, Vacancies: cfg.Vacancies}
	watch := clock.Start()
	if err := c.rows.load(ctx, w.city.DB); err != nil {
		return r, err
	}
	r.LoadS = watch.Elapsed().Seconds()
	before := heapMB()
	watch = clock.Start()
	life, end := context.WithCancel(ctx)
	defer end()
	if _, err := w.city.Market.FindWork(life, market.FindWork{LonE6: placeLonE6,
		LatE6: placeLatE6}); err != nil {
		return r, err
	}
	r.BuildS = watch.Elapsed().Seconds()
	r.IndexMB = heapMB() - before
	r.PerMW = r.IndexMB * 1e6 / float64(cfg.Workers)
	if err := errors.Join(c.found(ctx), c.enter(ctx), c.sites(ctx)); err != nil {
		return r, err
	}
	var following sync.WaitGroup
	following.Go(func() { w.city.Market.Follow(life, slog.New(slog.DiscardHandler)) })
	defer following.Wait()
	defer end()
	c.face = w.city.Web(app.Face{Log: slog.New(slog.DiscardHandler), BodyBytesMax: 1 << 20,
		Name: "测速城", Region: region}).Handler()
	err = c.run(ctx, &r)
	r.RSSMB = peakMB()
	return r, err
}

// heapMB is what lives on the heap.
func heapMB() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// enter registers the workers who ask for themselves, and logs them in.
func (c *workWorld) enter(ctx context.Context) error {
	for n := range seekersN {
		who := c.cfg.Workers + n
		name, idNumber, phone, _ := sim.MadeUp(benchSeed, who, region)
		v, err := c.city.People.RegisterWorker(c.clerk.ctx(ctx), people.RegisterWorker{
			Keyed: c.setUpKey("seeker", who), Name: name, IDNumber: idNumber, Region: region,
			Phone: phone})
		if err != nil {
			return err
		}
		if err := c.ready(ctx, v.ID, uint64(n), fmt.Sprint("enter/", n)); err != nil {
			return err
		}
		_, err = c.city.People.RequestCode(ctx, people.RequestCode{
			Keyed: c.setUpKey("ask/"+phone, 0), Phone: phone})
		if err != nil {
			return err
		}
		s, err := c.city.People.LogIn(ctx, people.LogIn{Phone: phone, Code: benchCode})
		if err != nil {
			return err
		}
		c.tokens = append(c.tokens, s.Token)
	}
	return nil
}

// ready lets a worker say from where and for how much they work.
func (c *workWorld) ready(ctx context.Context, workerID string, seed uint64, key string) error {
	lon, lat := somewhere(rand.New(rand.NewPCG(seed, 77)))
	_, err := c.city.Market.SetAvailability(c.clerk.ctx(ctx), market.SetAvailability{
		Keyed: c.setUpKey(key, 0), WorkerID: workerID, LonE6: lon, LatE6: lat,
		ReachM:   int64(3_000 + seed%20*1_000),
		FloorFen: money.Fen(1_500 + seed%15*50), Open: true})
	return err
}

// run sends reads and changes when they are due, for so many seconds.
func (c *workWorld) run(ctx context.Context, r *WorkRun) error {
	r.Kinds = make([]Latency, len(workKinds))
	for i, kind := range workKinds {
		r.Kinds[i].Name = kind
	}
	r.Reads.Name, r.Changes.Name, r.Delay.Name = "reads", "changes", "delay"
	var mu sync.Mutex
	note := func(d time.Duration, to ...*Latency) {
		mu.Lock()
		defer mu.Unlock()
		for _, l := range to {
			l.took = append(l.took, d)
		}
	}
	first := onceError{}
	cpu, watch := cpuTime(), clock.Start()
	var all sync.WaitGroup
	all.Go(func() {
		paced(c.cfg.ReadsPerS, c.cfg.Seconds, askers, func(i int, late func() time.Duration) {
			first.set(c.read(i))
			note(late(), &r.Reads, &r.Kinds[i%len(workKinds)])
		})
	})
	all.Go(func() {
		paced(c.cfg.PerS, c.cfg.Seconds, askers, func(i int, late func() time.Duration) {
			title, err := c.change(ctx, i)
			first.set(err)
			seen := clock.Start()
			note(late(), &r.Changes)
			if title == "" || err != nil {
				return
			}
			if first.set(c.watchFor(c.siteOf(i), title)) {
				note(seen.Elapsed(), &r.Delay)
			}
		})
	})
	all.Wait()
	wall := watch.Elapsed()
	r.CPUCores = (cpuTime() - cpu).Seconds() / wall.Seconds()
	for _, l := range []*Latency{&r.Reads, &r.Changes, &r.Delay} {
		l.sum(wall)
	}
	for i := range r.Kinds {
		r.Kinds[i].sum(wall)
	}
	return first.err()
}

// onceError keeps the first error of many.
type onceError struct{ v atomic.Pointer[error] }

func (o *onceError) set(err error) bool {
	if err != nil {
		o.v.CompareAndSwap(nil, &err)
	}
	return err == nil
}

func (o *onceError) err() error {
	if p := o.v.Load(); p != nil {
		return *p
	}
	return nil
}

// paced calls do so many times a second, each when it is due, also while others are under way; late
// says how long ago it was due.
func paced(perS, seconds, most int, do func(i int, late func() time.Duration)) {
	var wg sync.WaitGroup
	room := make(chan struct{}, most)
	watch, tick := clock.Start(), time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for i := range perS * seconds {
		due := time.Duration(i) * time.Second / time.Duration(perS)
		for watch.Elapsed() < due {
			<-tick.C
		}
		room <- struct{}{}
		wg.Go(func() {
			do(i, func() time.Duration { return watch.Elapsed() - due })
			<-room
		})
	}
	wg.Wait()
}

// read asks for work as the i-th reader.
func (c *workWorld) read(i int) error {
	r := rand.New(rand.NewPCG(uint64(i), 5))
	lon, lat := somewhere(r)
	q := url.Values{"lon_e6": {fmt.Sprint(lon)}, "lat_e6": {fmt.Sprint(lat)}}
	token := ""
	switch workKinds[i%len(workKinds)] {
	case "words":
		q.Set("q", workWords[r.IntN(len(workWords))])
	case "personal":
		q, token = url.Values{}, c.tokens[r.IntN(len(c.tokens))]
	case "region":
		q = url.Values{"region": {region}, "child_friendly": {"true"}}
	}
	_, err := c.ask(q, token)
	return err
}

// ask sends one request through the city's face.
func (c *workWorld) ask(q url.Values, token string) (string, error) {
	path := web.Prefix + "/work?" + q.Encode()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	c.face.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		return "", err
	}
	if w.Code != http.StatusOK {
		return "", fmt.Errorf("GET %s: %d %s", path, w.Code, body)
	}
	return string(body), nil
}

// change does the i-th change: a worker says when they work or what they can, or a vacancy comes.
// It gives the title of a vacancy that is to be watched for.
func (c *workWorld) change(ctx context.Context, i int) (title string, err error) {
	r := rand.New(rand.NewPCG(uint64(i), 9))
	worker := crowdWorker(r.IntN(c.cfg.Workers))
	switch {
	case i%publishEvery == 0:
		title = fmt.Sprintf("探针%07d", i)
		e, placeID := c.employers[i%len(c.employers)], ""
		if i/publishEvery%probeEvery == 0 {
			placeID = siteID(c.siteOf(i))
		} else {
			title, placeID = fmt.Sprintf("理货员%07d", i), e.placeID
		}
		from := c.clk.Now().Add(30 * time.Hour)
		_, err = c.city.Market.PublishVacancy(e.ctx(ctx), market.Publish{
			Keyed: c.setUpKey("work", i), EmployerID: e.employerID, PlaceID: placeID,
			Settlement: market.Platform, WorkType: "part_time", Title: title, Content: "按单理货。",
			Occupation: "4-02-06-01", PayUnit: "hour", RateFen: money.Fen(2000 + r.IntN(2000)),
			PlanID: c.planID, Hire: "instant",
			Shifts: []market.ShiftPlan{{StartsAt: from, EndsAt: from.Add(4 * time.Hour), Heads: 3}}})
		if i/publishEvery%probeEvery != 0 {
			title = ""
		}
	case i%publishEvery == 1:
		_, err = c.city.Skills.AddSkill(c.clerk.ctx(ctx), skill.AddSkill{
			Keyed: c.setUpKey("skill", i), WorkerID: worker,
			Skill: c.rows.skills[r.IntN(len(c.rows.skills))]})
	default:
		err = c.ready(ctx, worker, r.Uint64()>>1, fmt.Sprint("ready/", i))
	}
	return title, err
}

// sites makes places beyond the city's edge, 200 m from one another: a question that looks 100 m
// far around one is cheap, so that watching does not slow what it watches.
func (c *workWorld) sites(ctx context.Context) error {
	n := c.cfg.PerS*c.cfg.Seconds/(publishEvery*probeEvery) + 1
	t := insertion{`places(id, kind, employer_id, name, address, region, lon_e6, lat_e6, radius_m,
		qr_key, created_at_ms)`, `(?, 'workplace', ?, '探针', '城外1号', '500103', ?, ?, 100, ?, 0)`, n,
		func(n int, _ *rand.Rand) []any {
			lon, lat := sitePoint(n)
			e := c.employers[n*publishEvery*probeEvery%len(c.employers)]
			return []any{siteID(n), e.employerID, lon, lat, []byte{1}}
		}}
	return t.load(ctx, c.city.DB)
}

func siteID(n int) string { return fmt.Sprintf("plc_site%06d", n) }

func sitePoint(n int) (lonE6, latE6 int64) {
	const apart, row = 2_000, 200
	return placeLonE6 + cityHalfE6 + 50_000 + int64(n%row)*apart,
		placeLatE6 - cityHalfE6 + int64(n/row)*apart
}

// siteOf is the site of the i-th change, which publishes a vacancy that is watched for.
func (c *workWorld) siteOf(i int) int { return i / (publishEvery * probeEvery) }

var errUnseen = errors.New("a vacancy does not show")

// watchFor looks at a site until a vacancy shows there.
func (c *workWorld) watchFor(site int, title string) error {
	lon, lat := sitePoint(site)
	q := url.Values{"lon_e6": {fmt.Sprint(lon)}, "lat_e6": {fmt.Sprint(lat)}, "reach_m": {"100"}}
	watch, tick := clock.Start(), time.NewTicker(probeAgain)
	defer tick.Stop()
	for watch.Elapsed() < probeMax {
		body, err := c.ask(q, "")
		if err != nil {
			return err
		}
		if strings.Contains(body, `"`+title+`"`) {
			return nil
		}
		<-tick.C
	}
	return fmt.Errorf("%w: %s after %s", errUnseen, title, probeMax)
}
