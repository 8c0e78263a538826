package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sandbox"
)

type configCmd struct {
	JSON bool `help:"Print one JSON object." name:"json"`
}

// Run prints every setting with what is set in the environment.
func (c configCmd) Run() error {
	cfg, err := config.Read(config.Environ(os.Environ()))
	if err != nil {
		return err
	}
	return show(c.JSON, cfg.Values(), cfg.Table())
}

type sandboxCmd struct {
	Addr    string `help:"Address to listen on."                             default:"127.0.0.1:8090"`
	Journal string `help:"File in which bank, insurer and gateway remember." default:"gongyi-sandbox.jsonl" type:"path"`
}

// sandboxStop bounds how long the stand-in finishes what is in flight.
const sandboxStop = 10 * time.Second

// Run serves the outside world until it is told to stop.
func (c sandboxCmd) Run(ctx context.Context) error {
	journal, err := sandbox.OpenFileJournal(c.Journal)
	if err != nil {
		return err
	}
	defer journal.Close()
	box, err := sandbox.New(sandbox.Options{Journal: journal})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fault.New(fault.Conflict, "cmd.listen", "addr", c.Addr).OnField("addr").Because(err)
	}
	fmt.Fprintf(os.Stderr, "sandbox http://%s\n", ln.Addr())
	web := &http.Server{Handler: box, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout}
	served := make(chan error, 1)
	go func() { served <- web.Serve(ln) }()
	select {
	case err = <-served:
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.Background(), sandboxStop)
	defer cancel()
	return errors.Join(err, web.Shutdown(stop))
}
