package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/jobs"
)

const (
	openMax  = time.Hour        // of opening a city once; for a longer migration: gongyi migrate
	startMax = 15 * time.Second // cities that take longer to open do so while the others serve
	sideMax  = 4                // cities that are checked, migrated or closed side by side
)

// openCities shows each city as soon as it is open, and keeps trying to open those whose database
// is away. A city that is set up wrongly stops the start.
func (s *server) openCities(ctx context.Context, cities []config.City) error {
	text, err := i18n.Load()
	if err != nil {
		return err
	}
	seats := make([]app.Seat, len(cities))
	for i, c := range cities {
		seats[i] = app.Seat{Name: c.Name, Hosts: c.Hosts, Path: c.Path}
	}
	face := app.NewCities(text, s.log, s.limiter, seats...)
	var h http.Handler = face
	s.handler.Store(&h)

	var keys keyring
	sites, members := make([]*site, len(cities)), make([]jobs.Member, len(cities))
	tried := make(chan error, len(cities)) // how each city's first try to open ended
	for i, c := range cities {
		sites[i] = &site{cfg: c.Config, name: c.Name, base: c.Path, claim: keys.claim(c),
			log: s.log.With("city", c.Region), limiter: s.limiter}
		if len(c.Hosts) > 0 {
			sites[i].base = ""
		}
		members[i] = jobs.Member{Name: c.Region, Turn: turnOf(ctx, c, sites[i], tried,
			func() { face.Show(i, sites[i].face) })}
	}
	life, end := context.WithCancel(ctx)
	swept := make(chan struct{})
	go func() {
		defer close(swept)
		jobs.NewPool(s.log).Run(life, members...)
	}()
	s.opened = append(s.opened, func() error {
		end()
		<-swept
		return closeAll(life, sites)
	})
	if err := firstTries(ctx, tried); err != nil {
		return err
	}
	s.announce()
	return nil
}

// turnOf is a city's turn in the pool: the one work of a city that is not open is to open.
func turnOf(ctx context.Context, c config.City, s *site, tried chan<- error, show func(),
) func(context.Context) error {
	first := true
	return func(turn context.Context) error {
		if s.city != nil {
			return s.city.Sweeps.Turn(turn, s.log)
		}
		opening, cancel := context.WithTimeout(ctx, openMax)
		defer cancel()
		err := s.open(opening)
		if err == nil {
			show()
		} else {
			err = c.Blame(err)
		}
		if first {
			first = false
			tried <- err
		}
		return err
	}
}

// firstTries waits until every city was tried, but no longer than startMax. The error is that of a
// city that no waiting will open.
func firstTries(ctx context.Context, tried <-chan error) error {
	late := time.NewTimer(startMax)
	defer late.Stop()
	for range cap(tried) {
		select {
		case err := <-tried:
			if err != nil && !passes(err) {
				return err
			}
		case <-late.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// passes tells whether a city that did not open may yet: its database is away or busy.
func passes(err error) bool {
	f := fault.As(err)
	return f != nil && f.Kind == fault.Unavailable && strings.HasPrefix(f.Code, "db.")
}

// closeAll gives the leases back and closes the cities.
func closeAll(ctx context.Context, sites []*site) error {
	errs := make([]error, len(sites))
	sideBySide(len(sites), func(i int) {
		if s := sites[i]; s.city != nil {
			s.city.Sweeps.Leave(ctx, s.log)
			errs[i] = s.close()
		}
	})
	return errors.Join(errs...)
}

// sideBySide calls fn for 0 … n-1, sideMax at a time, and waits for all.
func sideBySide(n int, fn func(int)) {
	var wg sync.WaitGroup
	places := make(chan struct{}, sideMax)
	for i := range n {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			fn(i)
		})
	}
	wg.Wait()
}

// keyring sees to it that no two cities have one key, in however many files it stands.
type keyring struct {
	mu     sync.Mutex
	owners map[string]config.City // by the key's mark
}

func (k *keyring) claim(c config.City) func(crypt.Box) error {
	return func(box crypt.Box) error {
		mark := box.Blind("cities", "which key")
		k.mu.Lock()
		defer k.mu.Unlock()
		owner, is := k.owners[mark]
		if is && owner.Line != c.Line {
			return fault.New(fault.Conflict, "cmd.same_key", "file", c.KeyFile,
				"other", owner.KeyFile).OnField("key_file")
		}
		if k.owners == nil {
			k.owners = map[string]config.City{}
		}
		k.owners[mark] = c
		return nil
	}
}
