package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/sandbox"
	"github.com/gongyi/gongyi/sim"
)

const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	shutdownTime  = 10 * time.Second // then what is still in flight is cut off
	sandboxPrefix = "/sandbox"
)

type serveFlags struct {
	Addr    string `help:"Address to listen on." default:"127.0.0.1:8080" env:"GONGYI_ADDR"`
	Verbose bool   `help:"Log every request."`
}

type demoCmd struct {
	serveFlags
	DB   string `help:"sqlite:FILE or postgres://…" name:"db" default:"sqlite:gongyi-demo.db" env:"GONGYI_DB"`
	Seed uint64 `help:"Of the made-up people."                default:"50"`
}

// Run makes the demo city if it is absent, showing how far it is, then serves it.
func (c demoCmd) Run(ctx context.Context, all *cli) error {
	s, err := listen(c.serveFlags)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "工驿 http://%s  (演示城市 demo city, db %s)\n", s.addr, c.DB)
	return s.serve(ctx, func(ctx context.Context) error {
		err := sim.Seed(ctx, c.DB, sim.DemoConfig(c.Seed, func(done, total int) {
			s.percent.Store(int64(done * 100 / max(total, 1)))
		}))
		if err != nil {
			return err
		}
		return s.open(ctx, c.DB, "", app.Outside{})
	})
}

type serveCmd struct {
	serveFlags
	DB         string `help:"sqlite:FILE or postgres://…"                       name:"db" default:"sqlite:gongyi.db"      env:"GONGYI_DB"`
	KeyFile    string `help:"Key file; default: FILE.key beside a SQLite file."                                           env:"GONGYI_KEY_FILE"`
	BankURL    string `help:"Where the bank is reached."                                  default:"http://127.0.0.1:8090" env:"GONGYI_BANK_URL"`
	InsurerURL string `help:"Where the insurer is reached."                               default:"http://127.0.0.1:8090" env:"GONGYI_INSURER_URL"`
	SMSURL     string `help:"Where the SMS gateway is reached."                           default:"http://127.0.0.1:8090" env:"GONGYI_SMS_URL"`
}

// outsideTimeout bounds one call to bank, insurer or SMS gateway; a lost answer is asked for later.
const outsideTimeout = 15 * time.Second

// Run serves a city. A made-up city brings its own outside world and key.
func (c serveCmd) Run(ctx context.Context, all *cli) error {
	s, err := listen(c.serveFlags)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "工驿 http://%s\n", s.addr)
	return s.serve(ctx, func(ctx context.Context) error {
		return s.open(ctx, c.DB, c.KeyFile, app.Outside{BankURL: c.BankURL, InsurerURL: c.InsurerURL,
			SMSURL: c.SMSURL, Client: &http.Client{Timeout: outsideTimeout}})
	})
}

// server listens at once and shows progress until its city is open.
type server struct {
	addr    string
	ln      net.Listener
	log     *slog.Logger
	handler atomic.Pointer[http.Handler]
	percent atomic.Int64
	city    *app.City
	swept   chan struct{} // closed when the sweeps have stopped
}

func listen(f serveFlags) (*server, error) {
	text, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", f.Addr)
	if err != nil {
		return nil, fault.New(fault.Conflict, "cmd.listen", "addr", f.Addr).OnField("addr").Because(err)
	}
	level := slog.LevelInfo
	if f.Verbose {
		level = slog.LevelDebug
	}
	s := &server{addr: ln.Addr().String(), ln: ln, swept: make(chan struct{}),
		log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))}
	progress := cockpit.Progress(text, func() int { return int(s.percent.Load()) })
	s.handler.Store(&progress)
	return s, nil
}

// serve runs begin behind the progress page, then serves until ctx ends, and finishes what is in
// flight within shutdownTime.
func (s *server) serve(ctx context.Context, begin func(context.Context) error) error {
	web := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*s.handler.Load()).ServeHTTP(w, r)
	}), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout}
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
	return errors.Join(err, s.stop(web))
}

func (s *server) stop(web *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	err := web.Shutdown(ctx)
	if s.city != nil {
		<-s.swept
		if e := s.city.Close(); err == nil {
			err = e
		}
	}
	if err == nil {
		fmt.Fprintln(os.Stderr, "已停止：进行中的请求都已完成。Stopped: everything in flight was finished.")
	}
	return err
}

// open opens the city and replaces the progress page by its face.
func (s *server) open(ctx context.Context, url, keyFile string, out app.Outside) error {
	demo, err := sim.Recall(ctx, url)
	if err != nil {
		return err
	}
	var box crypt.Box
	var late *sim.Outside
	if demo.Made {
		box, late = sim.Box(demo.Seed), sim.NewOutside()
		out = late.Endpoints()
	} else if box, err = keyOf(url, keyFile); err != nil {
		return err
	}
	if s.city, err = app.Open(
		ctx,
		app.Options{URL: url, Box: box, Outside: out, Version: version},
	); err != nil {
		close(s.swept)
		return err
	}
	face := app.Face{Log: s.log, Name: demo.City, Simulated: demo.Made}
	mux := http.NewServeMux()
	if demo.Made {
		outside, err := late.Begin(ctx, s.city.DB, sandbox.Options{Box: box})
		if err != nil {
			return err
		}
		mux.Handle(sandboxPrefix+"/", http.StripPrefix(sandboxPrefix, outside))
		face.Links = []cockpit.Link{{Key: "cockpit.link.sms", URL: sandboxPrefix + "/sms/inbox"}}
		fmt.Fprintf(os.Stderr, "短信收件箱 SMS inbox: http://%s%s/sms/inbox\n", s.addr, sandboxPrefix)
	}
	if err := s.city.SetReal(ctx); err != nil {
		return err
	}
	mux.Handle("/", s.city.Web(face).Handler())
	var h http.Handler = mux
	s.handler.Store(&h)
	go func() {
		defer close(s.swept)
		s.city.Sweeps.Run(ctx, s.log)
	}()
	return nil
}

// keyOf finds the key of a real city: named, or beside its SQLite file.
func keyOf(url, keyFile string) (crypt.Box, error) {
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok && keyFile == "" {
		keyFile = file + ".key"
	}
	if keyFile == "" {
		return nil, fault.New(fault.Invalid, "cmd.key_file").OnField("key-file")
	}
	keys, err := crypt.LoadOrMakeKeyFile(keyFile)
	if err != nil {
		return nil, err
	}
	return crypt.NewRing(keys...)
}
