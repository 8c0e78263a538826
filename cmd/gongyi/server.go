package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/sandbox"
	"github.com/gongyi/gongyi/sim"
)

const (
	headerTimeout  = 10 * time.Second
	readTimeout    = time.Minute // for a whole request: nobody holds a connection by dripping
	idleTimeout    = 2 * time.Minute
	outsideTimeout = 15 * time.Second // of one call outside; a lost answer is asked for later
	sandboxPrefix  = "/sandbox"
	sandboxBase    = "http://sandbox.invalid" // nothing listens there: the sandbox is in this process
)

// server listens at once and shows progress until its city is open.
type server struct {
	cfg     config.Config
	addr    string
	note    string // behind the address
	said    sync.Once
	ln      net.Listener
	log     *slog.Logger
	handler atomic.Pointer[http.Handler]
	percent atomic.Int64
	opened  []func() error // what ends with the server, last opened first
}

func listen(cfg config.Config) (*server, error) {
	text, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		return nil, err // config lets no other words pass
	}
	ln, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return nil, fault.New(fault.Conflict, "cmd.listen", "addr", cfg.Addr).OnField("addr").
			Because(err)
	}
	s := &server{cfg: cfg, addr: ln.Addr().String(), ln: ln,
		log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))}
	progress := cockpit.Progress(text, func() int { return int(s.percent.Load()) })
	s.handler.Store(&progress)
	return s, nil
}

// announce says the address, once the city is ours: whoever is refused it needs no address.
func (s *server) announce() {
	s.said.Do(func() { fmt.Fprintf(os.Stderr, "工驿 http://%s%s\n", s.addr, s.note) })
}

// serve runs begin behind the progress page, then serves until ctx ends, and finishes what is in
// flight.
func (s *server) serve(ctx context.Context, begin func(context.Context) error) error {
	web := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*s.handler.Load()).ServeHTTP(w, r)
	}), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout}
	served := make(chan error, 1)
	go func() { served <- web.Serve(s.ln) }()
	err := begin(ctx)
	if err == nil {
		select {
		case <-ctx.Done():
		case err = <-served:
		}
	}
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	err = errors.Join(err, s.stop(web))
	if err == nil {
		fmt.Fprintln(os.Stderr, "已停止：进行中的请求都已完成。Stopped: everything in flight was finished.")
	}
	return err
}

func (s *server) stop(web *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(),
		time.Duration(s.cfg.ShutdownSeconds)*time.Second)
	defer cancel()
	err := web.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		web.Close()
		err = failure{exitViolated, fault.New(fault.Unavailable, "cmd.cut_off",
			"seconds", s.cfg.ShutdownSeconds).Because(err)}
	}
	for i := len(s.opened) - 1; i >= 0; i-- {
		err = errors.Join(err, s.opened[i]())
	}
	return err
}

// open opens the city and replaces the progress page by its face.
func (s *server) open(ctx context.Context) error {
	made, err := sim.Recall(ctx, s.cfg.DB)
	if err != nil {
		return err
	}
	w, err := s.outside(made)
	if err != nil {
		return err
	}
	city, err := app.Open(ctx,
		app.Options{URL: s.cfg.DB, Box: w.box, Outside: w.endpoints,
			BlobDir: s.cfg.BlobDir, Version: version})
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
	s.announce()
	s.show(city, w)
	swept := make(chan struct{})
	go func() {
		defer close(swept)
		city.Sweeps.Run(ctx, s.log)
	}()
	s.opened = append(s.opened, func() error { <-swept; return nil })
	return nil
}

// show mounts the city's pages and, when the outside world is a stand-in, those of it.
func (s *server) show(city *app.City, w world) {
	face := app.Face{Log: s.log, Name: w.name, Simulated: w.late != nil,
		BodyBytesMax: s.cfg.BodyBytesMax}
	mux := http.NewServeMux()
	if w.standIn != nil {
		mux.Handle(sandboxPrefix+"/", http.StripPrefix(sandboxPrefix, w.standIn))
		face.Links = []cockpit.Link{{Key: "cockpit.link.sms", URL: sandboxPrefix + "/sms/inbox"}}
		fmt.Fprintf(os.Stderr, "短信收件箱 SMS inbox: http://%s%s/sms/inbox\n", s.addr, sandboxPrefix)
	}
	mux.Handle("/", city.Web(face).Handler())
	var h http.Handler = mux
	s.handler.Store(&h)
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
// insurer and gateway are, and with GONGYI_SANDBOX the sandbox takes the places left empty.
func (s *server) outside(made sim.Made) (world, error) {
	if made.Made {
		late := sim.NewOutside()
		return world{name: made.City, box: sim.Box(made.Seed), endpoints: late.Endpoints(),
			late: late}, nil
	}
	box, err := keyOf(s.cfg)
	if err != nil {
		return world{}, err
	}
	w := world{name: region.Name(s.cfg.Region), box: box, endpoints: app.Outside{
		BankURL: s.cfg.BankURL, InsurerURL: s.cfg.InsurerURL, SMSURL: s.cfg.SMSURL,
		Client: &http.Client{Timeout: outsideTimeout}}}
	if !s.cfg.Sandbox {
		return w, nil
	}
	file := "gongyi-sandbox.jsonl"
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
