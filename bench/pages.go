package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/sim"
)

// PagesConfig says how large the city is and how hard its pages are asked.
type PagesConfig struct {
	URL       string // an empty database
	Workers   int
	Vacancies int
	PerS      int // requests a second, sent on time whether or not the last was answered
	Seconds   int
}

// PagesRun is what the pages of a city weigh and how long they take.
type PagesRun struct {
	Engine    string     `json:"engine"`
	Workers   int        `json:"workers"`
	Vacancies int        `json:"vacancies"`
	PerS      int        `json:"per_s"`
	SetUpMS   int64      `json:"set_up_ms"`
	All       PageCost   `json:"all"` // the heaviest page; the time of all requests
	Pages     []PageCost `json:"pages"`
}

// PageCost is one page: its weight as sent (gzip), that of a first visit with all its assets, and
// the time from when the request was due to the last byte.
type PageCost struct {
	Role    people.Role `json:"role,omitempty"`
	Path    string      `json:"path,omitempty"`
	KB      float64     `json:"kb"`
	FirstKB float64     `json:"first_kb"`
	N       int         `json:"n"`
	P50MS   float64     `json:"p50_ms"`
	P99MS   float64     `json:"p99_ms"`
	took    []time.Duration
}

const (
	hiredN    = 200 // workers with a shift behind them, who are the readers
	spreadE6  = 150_000
	waitMax   = 10 * time.Second
	placesPer = 5
)

var assetLink = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`)

// page is what a role asks for; {shift} stands for one of the open shifts, {near} for where she is.
type page struct {
	role people.Role // "": a visitor
	path string
}

var pages = []page{
	{"", "/"}, {"", "/?{near}"}, {"", "/?q=lhy"}, {"", "/shifts/{shift}"}, {"", "/login"},
	{"", "/cockpit"},
	{people.RoleWorker, "/?{near}"}, {people.RoleWorker, "/shifts/{shift}"},
	{people.RoleWorker, "/schedule"}, {people.RoleWorker, "/wages"}, {people.RoleWorker, "/me"},
	{people.RoleWorker, "/me/card"}, {people.RoleWorker, "/me/consents"},
	{people.RoleWorker, "/me/messages"},
	{people.RoleEmployer, "/e"}, {people.RoleEmployer, "/e/shifts"},
	{people.RoleEmployer, "/e/vacancies"}, {people.RoleEmployer, "/e/hours"},
	{people.RoleEmployer, "/e/money"}, {people.RoleEmployer, "/e/credit"},
	{people.RoleClerk, "/g"}, {people.RoleClerk, "/g/employers"}, {people.RoleClerk, "/g/vacancies"},
	{people.RoleClerk, "/g/wages"}, {people.RoleClerk, "/g/complaints"},
	{people.RoleDirector, "/g"}, {people.RoleDirector, "/cockpit"},
}

// Pages measures every page worth asking for, over loopback, by an open loop of requests: a page
// that is late does not slow the next one down, it makes it wait.
func Pages(ctx context.Context, cfg PagesConfig) (PagesRun, error) {
	watch := clock.Start()
	w, err := newLoopWorld(ctx, cfg.URL)
	if err != nil {
		return PagesRun{}, err
	}
	defer w.city.Close()
	p := pagesWorld{loopWorld: w, sessions: map[people.Role][]string{"": {""}}}
	if err := p.build(ctx, cfg); err != nil {
		return PagesRun{}, err
	}
	life, end := context.WithCancel(ctx)
	var following sync.WaitGroup
	following.Go(func() { w.city.Market.Follow(life, slog.New(slog.DiscardHandler)) })
	defer following.Wait()
	defer end()
	base, shut, err := p.serve()
	if err != nil {
		return PagesRun{}, err
	}
	defer shut()
	r := PagesRun{Engine: w.city.DB.Engine(), Workers: cfg.Workers, Vacancies: cfg.Vacancies,
		PerS: cfg.PerS, SetUpMS: watch.Elapsed().Milliseconds()}
	r.Pages, err = p.ask(ctx, base, cfg)
	for _, c := range r.Pages {
		r.All.KB, r.All.FirstKB = max(r.All.KB, c.KB), max(r.All.FirstKB, c.FirstKB)
		r.All.took = append(r.All.took, c.took...)
	}
	r.All.sum()
	return r, err
}

// pagesWorld is a city with readers: a session or more of each role, and shifts to look at.
type pagesWorld struct {
	*loopWorld
	sessions map[people.Role][]string
	shifts   []string
}

// build makes the crowd, its vacancies, some histories and the readers.
func (p *pagesWorld) build(ctx context.Context, cfg PagesConfig) error {
	hired := min(hiredN, cfg.Workers)
	if _, err := p.measure(ctx, LoopConfig{Placements: hired}, setUpWith); err != nil {
		return err
	}
	if err := p.crowd(ctx, hired, cfg.Workers); err != nil {
		return err
	}
	if err := p.openings(ctx, cfg.Vacancies); err != nil {
		return err
	}
	if err := p.city.Sweeps.RunDue(ctx, p.clk.Now()); err != nil {
		return err
	}
	return p.logEverybodyIn(ctx)
}

// crowd registers workers who only look.
func (p *pagesWorld) crowd(ctx context.Context, from, to int) error {
	return each(from, to, func(n int) error {
		name, idNumber, phone, _ := sim.MadeUp(benchSeed, n, region)
		_, err := p.city.People.RegisterWorker(p.clerk.ctx(ctx), people.RegisterWorker{
			Keyed: p.setUpKey("worker", n), Name: name, IDNumber: idNumber, Region: region, Phone: phone})
		return err
	})
}

// openings publishes vacancies at places spread over the city.
func (p *pagesWorld) openings(ctx context.Context, n int) error {
	places := make([]string, len(p.employers)*placesPer)
	for i := range places {
		e := p.employers[i%len(p.employers)]
		v, err := p.city.Stations.CreatePlace(e.ctx(ctx), station.CreatePlace{
			Keyed: p.setUpKey("site", i), EmployerID: e.employerID, Kind: "workplace",
			Name: fmt.Sprintf("%d号门店", i+1), Address: fmt.Sprintf("江北大道%d号", i+1), Region: region,
			LonE6:   placeLonE6 + int64(i*7919%(2*spreadE6)) - spreadE6,
			LatE6:   placeLatE6 + int64(i*104729%(2*spreadE6)) - spreadE6,
			RadiusM: 300})
		if err != nil {
			return err
		}
		places[i] = v.ID
	}
	p.shifts = make([]string, n)
	from := p.clk.Now().Add(26 * time.Hour)
	return each(0, n, func(i int) error {
		e := p.employers[i%len(p.employers)]
		v, err := p.city.Market.PublishVacancy(e.ctx(ctx), market.Publish{
			Keyed: p.setUpKey("open", i), EmployerID: e.employerID, PlaceID: places[i%len(places)],
			Settlement: market.Platform, WorkType: "part_time", Title: fmt.Sprintf("理货员%d组", i),
			Content: "按单理货，轻体力。", Occupation: "4-02-06-01", PayUnit: "hour",
			RateFen: money.Fen(2000 + i%20*50), PlanID: p.planID, Hire: "instant",
			Shifts: []market.ShiftPlan{{StartsAt: from, EndsAt: from.Add(4 * time.Hour), Heads: 3}}})
		if err == nil {
			p.shifts[i] = v.ShiftIDs[0]
		}
		return err
	})
}

// logEverybodyIn opens the sessions: workers with a history, an employer and the bureau.
func (p *pagesWorld) logEverybodyIn(ctx context.Context) error {
	phones := map[people.Role][]string{people.RoleEmployer: {employerPhone(0)}}
	for n := range min(hiredN, len(p.workers)) {
		_, _, phone, _ := sim.MadeUp(benchSeed, n, region)
		phones[people.RoleWorker] = append(phones[people.RoleWorker], phone)
	}
	for i, role := range []people.Role{people.RoleClerk, people.RoleDirector} {
		phone := fmt.Sprintf("1997%07d", i)
		_, err := p.city.People.CreateStaff(people.AsSystem(ctx, "bench"), people.CreateStaff{
			Keyed: p.setUpKey("staff", i), Phone: phone, Name: "职员", Roles: []people.Role{role}})
		if err != nil {
			return err
		}
		phones[role] = []string{phone}
	}
	for role, list := range phones {
		for _, phone := range list {
			token, err := p.token(ctx, phone)
			if err != nil {
				return fmt.Errorf("log %s in: %w", role, err)
			}
			p.sessions[role] = append(p.sessions[role], token)
		}
	}
	return nil
}

func (p *pagesWorld) token(ctx context.Context, phone string) (string, error) {
	_, err := p.city.People.RequestCode(ctx, people.RequestCode{
		Keyed: p.setUpKey("again/"+phone, 0), Phone: phone})
	if err != nil {
		return "", err
	}
	s, err := p.city.People.LogIn(ctx, people.LogIn{Phone: phone, Code: benchCode})
	return s.Token, err
}

// serve opens the city's face on loopback.
func (p *pagesWorld) serve() (base string, shut func(), err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	face := p.city.Web(app.Face{Log: slog.New(slog.DiscardHandler), BodyBytesMax: 1 << 20,
		Name: "测速城", Region: region})
	front := &http.Server{ReadHeaderTimeout: waitMax, Handler: face.Handler()}
	go front.Serve(ln)
	return "http://" + ln.Addr().String(), func() { front.Close() }, nil
}

// ask weighs each page once, then sends the requests when they are due.
func (p *pagesWorld) ask(ctx context.Context, base string, cfg PagesConfig) ([]PageCost, error) {
	client := &http.Client{Timeout: waitMax, Transport: &http.Transport{DisableCompression: true,
		MaxIdleConnsPerHost: cfg.PerS},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	costs := make([]PageCost, len(pages))
	for i, q := range pages {
		body, kb, err := p.fetch(ctx, client, base, q, 0)
		if err != nil {
			return nil, err
		}
		costs[i] = PageCost{Role: q.role, Path: q.path, KB: kb, FirstKB: kb}
		for _, asset := range linked(body) {
			_, kb, err := p.fetch(ctx, client, base, page{path: asset}, 0)
			if err != nil {
				return nil, err
			}
			costs[i].FirstKB += kb
		}
	}
	return costs, p.load(cfg, costs, func(q page, i int) error {
		_, _, err := p.fetch(ctx, client, base, q, i)
		return err
	})
}

// load asks for the pages in turn, each request when it is due, and notes how late its end was.
func (p *pagesWorld) load(cfg PagesConfig, costs []PageCost, fetch func(page, int) error) error {
	n := cfg.PerS * cfg.Seconds
	took, errs := make([]time.Duration, n), make([]error, n)
	paced(cfg.PerS, cfg.Seconds, n, func(i int, late func() time.Duration) {
		errs[i] = fetch(pages[i%len(pages)], i/len(pages))
		took[i] = late()
	})
	for i, err := range errs {
		if err != nil {
			return err
		}
		c := &costs[i%len(costs)]
		c.took = append(c.took, took[i])
	}
	for i := range costs {
		costs[i].sum()
	}
	return nil
}

// fetch asks for a page as the i-th of its role; kb is what went over the wire.
func (p *pagesWorld) fetch(ctx context.Context, client *http.Client, base string, q page, i int,
) (body []byte, kb float64, err error) {
	near := fmt.Sprintf("lon_e6=%d&lat_e6=%d&order=near", placeLonE6+i*7919%spreadE6,
		placeLatE6+i*104729%spreadE6)
	path := strings.NewReplacer("{near}", near, "{shift}", p.shifts[i%len(p.shifts)]).Replace(q.path)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		return nil, 0, err
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Encoding", "gzip")
	if tokens := p.sessions[q.role]; tokens[i%len(tokens)] != "" {
		r.AddCookie(&http.Cookie{Name: web.SessionCookie, Value: tokens[i%len(tokens)]})
	}
	res, err := client.Do(r)
	if err != nil {
		return nil, 0, err
	}
	defer res.Body.Close()
	sent, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, 0, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, 0, fmt.Errorf("%s for %q: %s", path, q.role, res.Status)
	}
	body = sent
	if res.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(sent))
		if err != nil {
			return nil, 0, err
		}
		if body, err = io.ReadAll(z); err != nil {
			return nil, 0, err
		}
	}
	return body, float64(len(sent)) / 1000, nil
}

// linked gives the assets that a page brings along, each once.
func linked(body []byte) []string {
	var out []string
	for _, m := range assetLink.FindAllSubmatch(body, -1) {
		if path := string(m[1]); !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	return out
}

func (c *PageCost) sum() {
	slices.Sort(c.took)
	c.KB, c.FirstKB = math.Round(c.KB*10)/10, math.Round(c.FirstKB*10)/10
	c.N = len(c.took)
	if c.N > 0 {
		c.P50MS = float64(c.took[c.N/2].Microseconds()) / 1000
		c.P99MS = float64(c.took[c.N*99/100].Microseconds()) / 1000
	}
}
