package app

import (
	"context"
	"io/fs"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
)

// Look opens a city to ask it something, beside its server if need be and without its key: nothing
// can be written, and nothing sealed be read. A simulated city stands at the last instant it lived.
// Faults: those of db.Open.
func Look(ctx context.Context, url string, extra ...fs.FS) (*City, error) {
	text, err := texts()
	if err != nil {
		return nil, err
	}
	book, err := numbers()
	if err != nil {
		return nil, err
	}
	days, err := civil.Holidays()
	if err != nil {
		return nil, err
	}
	opts := db.Options{ReadOnly: true, Migrations: append(Migrations(), extra...)}
	d, err := db.Open(ctx, url, opts)
	if err != nil {
		return nil, err
	}
	if mode, err := db.Meta(ctx, d, MetaClockMode); err == nil && mode == ModeSimulated {
		now, err := JudgedAt(ctx, d)
		d.Close()
		if err != nil {
			return nil, err
		}
		opts.Clock = clock.NewFake(now)
		if d, err = db.Open(ctx, url, opts); err != nil {
			return nil, err
		}
	}
	none, err := crypt.NewRing(crypt.KeyFromSeed(0)) // a ring that opens nothing of a city's
	if err != nil {
		d.Close()
		return nil, err
	}
	return build(d, text, book, days, Options{URL: url, Box: none}), nil
}
