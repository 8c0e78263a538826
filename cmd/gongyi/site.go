package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/face/wall"
	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/sandbox"
	"github.com/gongyi/gongyi/sim"
)

const (
	outsideTimeout = 15 * time.Second // of one call outside; a lost answer is asked for later
	sandboxPrefix  = "/sandbox"
	sandboxBase    = "http://sandbox.invalid" // nothing listens there: the sandbox is in this process
)

// site is a city of this process and the world around it.
type site struct {
	cfg   config.Config
	base  string // before its paths, "/cq"; "" when it has a host of its own
	name  string // "" for the made-up city's, or that of its region
	log   *slog.Logger
	claim func(crypt.Box) error // refuses a key that another city has

	limiter *web.Limiter

	city   *app.City // nil until it is open
	face   http.Handler
	inbox  string         // path at which the stand-in of the SMS gateway shows what it got
	opened []func() error // what ends with the site, last opened first
}

// open opens the city and mounts its face. After an error nothing is left open.
func (s *site) open(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			_ = s.close() // the first error says more
		}
	}()
	made, err := sim.Recall(ctx, s.cfg.DB)
	if err != nil {
		return err
	}
	w, err := s.outside(made)
	if err != nil {
		return err
	}
	city, err := app.Open(ctx,
		app.Options{URL: s.cfg.DB, Box: w.box, Outside: w.endpoints, BlobDir: s.cfg.BlobDir,
			Version: version})
	if err != nil {
		return err
	}
	s.opened = append(s.opened, city.Close)
	if w.late != nil {
		if w.standIn, err = w.late.Begin(ctx, city.DB, sandbox.Options{Box: w.box}); err != nil {
			return err
		}
	}
	if err := city.SetReal(ctx); err != nil {
		return err
	}
	s.opened = append(s.opened, follow(city, s.log))
	if err := s.mount(city, w); err != nil {
		return err
	}
	s.city = city
	return nil
}

// follow keeps what the city holds in memory fresh until the function it gives is called.
func follow(city *app.City, log *slog.Logger) func() error {
	life, end := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		city.Market.Follow(life, log)
	}()
	return func() error {
		end()
		<-ended
		return nil
	}
}

// close ends what open began.
func (s *site) close() error {
	var err error
	for i := len(s.opened) - 1; i >= 0; i-- {
		err = errors.Join(err, s.opened[i]())
	}
	s.opened = nil
	return err
}

// mount makes the city's pages and, when the outside world is a stand-in, those of it.
func (s *site) mount(city *app.City, w world) error {
	face := app.Face{Log: s.log, Name: cmp.Or(s.name, w.name), Region: s.cfg.Region,
		Hotline:     s.cfg.Hotline,
		BankAccount: s.cfg.BankAccount,
		MapURL:      s.cfg.MapURL,
		Tiles: app.Tiles{URL: s.cfg.TilesURL, Note: s.cfg.TilesNote,
			GCJ02: s.cfg.TilesDatum == "gcj02"},
		Simulated:    w.late != nil,
		BodyBytesMax: s.cfg.BodyBytesMax, Base: s.base, Limiter: s.limiter}
	if name := s.cfg.Map; name != "" {
		text, err := os.ReadFile(name)
		if err == nil {
			face.Map, err = wall.ReadMap(text)
		}
		if err != nil {
			return fault.New(fault.Invalid, "cmd.map", "file", name).OnField("map").Because(err)
		}
	}
	if w.late != nil || w.standIn != nil {
		face.BankAccount = cmp.Or(face.BankAccount, sandbox.Account)
	}
	mux := http.NewServeMux()
	if w.standIn != nil {
		mux.Handle(sandboxPrefix+"/", http.StripPrefix(sandboxPrefix, w.standIn))
		s.inbox = sandboxPrefix + "/sms/inbox"
		// Relative: it is right below whatever path the city stands.
		face.Links = []wall.Link{{Key: "cockpit.link.sms", URL: s.inbox[1:]}}
	}
	if w.late != nil {
		face.Logins, face.Inbox = sim.LoginsOf(city), s.inbox
	}
	mux.Handle("/", city.Web(face).Handler())
	s.face = mux
	return nil
}

// world is what a city needs from around it.
type world struct {
	name      string
	box       crypt.Box
	endpoints app.Outside
	standIn   http.Handler // bank, insurer and gateway in this process; nil: they are elsewhere
	late      *sim.Outside // of a made-up city: begins when the city is open
}

// outside finds the world of a city. A made-up city keeps its own; a real one is told where bank,
// insurer and gateway are, and with a sandbox that takes the places left empty.
func (s *site) outside(made sim.Made) (world, error) {
	if made.Made {
		late := sim.NewOutside()
		return world{name: made.City, box: sim.Box(made.Seed), endpoints: late.Endpoints(),
			late: late}, nil
	}
	box, err := keyOf(s.cfg)
	if err != nil {
		return world{}, err
	}
	if s.claim != nil {
		if err := s.claim(box); err != nil {
			return world{}, err
		}
	}
	w := world{name: region.Name(s.cfg.Region), box: box, endpoints: app.Outside{
		BankURL: s.cfg.BankURL, InsurerURL: s.cfg.InsurerURL, SMSURL: s.cfg.SMSURL,
		WeChatURL: s.cfg.WechatURL, NumberURL: s.cfg.NumberURL,
		Client: &http.Client{Timeout: outsideTimeout}}}
	if !s.cfg.Sandbox {
		return w, nil
	}
	file := "gongyi-sandbox.jsonl"
	if s.base != "" || s.name != "" { // several cities: each its own
		file = "gongyi-sandbox-" + s.cfg.Region + ".jsonl"
	}
	if db, ok := strings.CutPrefix(s.cfg.DB, "sqlite:"); ok {
		file = db + ".sandbox.jsonl"
	}
	journal, err := sandbox.OpenFileJournal(file)
	if err != nil {
		return world{}, err
	}
	s.opened = append(s.opened, journal.Close)
	standIn, err := sandbox.New(sandbox.Options{Journal: journal, Box: box})
	if err != nil {
		return world{}, err
	}
	o := &w.endpoints
	o.BankURL, o.InsurerURL = cmp.Or(o.BankURL, sandboxBase), cmp.Or(o.InsurerURL, sandboxBase)
	o.SMSURL = cmp.Or(o.SMSURL, sandboxBase)
	o.WeChatURL = cmp.Or(o.WeChatURL, sandboxBase+"/wechat")
	o.NumberURL = cmp.Or(o.NumberURL, sandboxBase)
	o.Client.Transport = inside{sandbox.Transport(standIn)}
	w.standIn = standIn
	return w, nil
}

// inside takes calls to the sandbox within this process, and all others to the network.
type inside struct{ standIn http.RoundTripper }

// RoundTrip chooses by the host.
func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	if "http://"+r.URL.Host == sandboxBase {
		return i.standIn.RoundTrip(r)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// keyOf finds the key of a real city: named, or beside its SQLite file.
func keyOf(cfg config.Config) (crypt.Box, error) {
	name := cfg.KeyFile
	if file, ok := strings.CutPrefix(cfg.DB, "sqlite:"); ok && name == "" {
		name = file + ".key"
	}
	if name == "" {
		return nil, fault.New(fault.Invalid, "cmd.key_file").OnField("key-file")
	}
	keys, err := crypt.LoadOrMakeKeyFile(name)
	if err != nil {
		return nil, err
	}
	return crypt.NewRing(keys...)
}
