package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

const (
	headerBytesMax = 64 << 10
	headerTimeout  = 10 * time.Second
	readTimeout    = time.Minute // for a whole request: nobody holds a connection by dripping
	idleTimeout    = 2 * time.Minute
)

// server listens at once and shows progress until its city is open.
type server struct {
	cfg     config.Config
	addr    string
	note    string // behind the address
	said    sync.Once
	ln      net.Listener
	log     *slog.Logger
	limiter *web.Limiter // of all cities of the process
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
		limiter: web.NewLimiter(web.Limits{Codes: cfg.RateCodes, Reads: cfg.RateReads,
			Writes: cfg.RateWrites, Proxies: cfg.Networks()}),
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
	ending := make(chan struct{}) // streams would be in flight for ever
	front := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*s.handler.Load()).ServeHTTP(w, r)
	}), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: headerBytesMax,
		BaseContext: func(net.Listener) context.Context {
			return web.WithEnd(context.Background(), ending)
		}}
	front.RegisterOnShutdown(func() { close(ending) })
	served := make(chan error, 1)
	go func() { served <- front.Serve(s.ln) }()
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
	err = errors.Join(err, s.stop(front))
	if err == nil {
		fmt.Fprintln(os.Stderr, "已停止：进行中的请求都已完成。Stopped: everything in flight was finished.")
	}
	return err
}

func (s *server) stop(front *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(),
		time.Duration(s.cfg.ShutdownSeconds)*time.Second)
	defer cancel()
	err := front.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		front.Close()
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
	one := &site{cfg: s.cfg, log: s.log, limiter: s.limiter}
	if err := one.open(ctx); err != nil {
		return err
	}
	s.handler.Store(&one.face)
	s.announce() // only now: who reads the address may ask at once
	if one.inbox != "" {
		fmt.Fprintf(os.Stderr, "短信收件箱 SMS inbox: http://%s%s\n", s.addr, one.inbox)
	}
	life, end := context.WithCancel(ctx)
	swept := make(chan struct{})
	go func() {
		defer close(swept)
		one.city.Sweeps.Run(life, s.log)
	}()
	s.opened = append(s.opened, one.close, func() error {
		end()
		<-swept
		return nil
	})
	return nil
}
