package app

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/oversight"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// What a city says of its clock (package db, table meta).
const (
	MetaClockMode   = "clock_mode"    // ModeSimulated or ModeReal
	MetaClockLastMS = "clock_last_ms" // a simulated city's last instant
	ModeSimulated   = "simulated"
	ModeReal        = "real"
)

// Law is one slice's check.
type Law interface {
	Check(ctx context.Context, r db.Reader, now time.Time) error
}

// Laws are all checks. They need neither key nor outside world, so they also judge a copy.
func laws() []Law {
	return []Law{&people.Service{}, &ledger.Service{}, &contract.Service{}, &insurance.Service{},
		&wage.Service{}, &market.Service{}, &attendance.Service{}, &credit.Service{},
		&complaint.Service{}, &notify.Service{}, &skill.Service{}, &intake.Service{},
		&oversight.Service{}, &training.Service{}}
}

// Violations runs every law and returns the sentences of those that are broken. The error is for
// checks that could not run.
func Violations(ctx context.Context, r db.Reader, now time.Time) []string {
	var broken []string
	for _, l := range laws() {
		if err := l.Check(ctx, r, now); err != nil {
			broken = append(broken, err.Error())
		}
	}
	return broken
}

// Violations runs every law on the city, and proves of what this process keeps in memory that it is
// what the database says.
func (c *City) Violations(ctx context.Context, now time.Time) []string {
	broken := Violations(ctx, c.DB, now)
	if err := c.Market.CheckIndex(ctx); err != nil {
		broken = append(broken, err.Error())
	}
	return broken
}

// CheckURL opens a city read-only, beside a server if need be, and judges it by its own clock: a
// simulated city by the last instant it lived.
func CheckURL(ctx context.Context, url string, extra ...fs.FS) ([]string, error) {
	d, err := db.Open(ctx, url, db.Options{ReadOnly: true, Migrations: append(Migrations(), extra...)})
	if err != nil {
		return nil, err
	}
	defer d.Close()
	now, err := JudgedAt(ctx, d)
	if err != nil {
		return nil, err
	}
	return Violations(ctx, d, now), nil
}

// JudgedAt is the instant by which a city's deadlines are judged.
func JudgedAt(ctx context.Context, d *db.DB) (time.Time, error) {
	mode, err := db.Meta(ctx, d, MetaClockMode)
	if err != nil {
		return time.Time{}, err
	}
	if mode != ModeSimulated {
		return d.Now(), nil
	}
	last, err := db.Meta(ctx, d, MetaClockLastMS)
	if err != nil {
		return time.Time{}, err
	}
	ms, err := strconv.ParseInt(last, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("the city's clock reads %q: %w", last, err)
	}
	return clock.At(ms), nil
}

// SetReal says that the city lives by the machine's clock from now on.
func (c *City) SetReal(ctx context.Context) error {
	_, err := db.InTx(ctx, c.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, db.SetMetaTx(ctx, tx, MetaClockMode, ModeReal)
	})
	return err
}
