package sim

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
)

const (
	demoDays      = 7
	demoWorkers   = 700
	demoEmployers = 60
	demoFaultsBP  = 100
	demoCity      = "重庆市"

	// A history that was cut short goes on to the present, but no further than this: a second a day.
	resumeDaysMax = 30
)

// Box gives the keys of a made-up city: they follow from its seed, and protect nobody.
func Box(seed uint64) crypt.Box {
	ring, err := crypt.NewRing(crypt.KeyFromSeed(seed))
	if err != nil {
		panic("sim: " + err.Error()) // one key is always a ring
	}
	return ring
}

// DemoConfig is the history of the demo city: the week before today, about 2 000 placements, and
// today until now, so that whoever looks finds a city in the middle of its day.
func DemoConfig(seed uint64, now time.Time, progress func(done, total int)) Config {
	return Config{Seed: seed, Days: demoDays, Workers: demoWorkers, Employers: demoEmployers,
		FaultsBP: demoFaultsBP, From: civil.DateOf(now).AddDays(-demoDays), Until: now,
		Tick: 10 * time.Minute, Classes: true, Unsafe: true, Progress: progress}
}

// Seed makes a city with the history of cfg at url, unless it is there. A history that was cut
// short goes on to where cfg ends.
func Seed(ctx context.Context, url string, cfg Config) error {
	made, err := Recall(ctx, url)
	if err != nil || made.Complete {
		return err
	}
	if made.Made {
		cfg.Resume = true
		if cfg.Until.IsZero() {
			cfg.Until = made.end
		}
		cfg.Until = earlier(cfg.Until, made.lived.Add(resumeDaysMax*24*time.Hour))
		if !made.lived.Before(cfg.Until) {
			return nil
		}
	}
	_, err = Run(ctx, url, cfg)
	return err
}

// Made is what a database says of the simulation that made it.
type Made struct {
	Made     bool // by a simulation
	Complete bool // it has lived all its days, or been served since
	Seed     uint64
	City     string
	lived    time.Time
	end      time.Time // of what it is to live
}

// Recall reads what city, if any, a simulation has made at url.
func Recall(ctx context.Context, url string) (Made, error) {
	meta, err := readMeta(ctx, url)
	if err != nil || meta[metaSeed] == "" {
		return Made{City: "工驿", Complete: meta[app.MetaClockMode] == app.ModeReal}, err
	}
	seed, err := strconv.ParseUint(meta[metaSeed], 10, 64)
	if err != nil {
		return Made{}, fmt.Errorf("the city's seed reads %q: %w", meta[metaSeed], err)
	}
	ms, err := strconv.ParseInt(meta[metaTickMS], 10, 64)
	if err != nil {
		return Made{}, fmt.Errorf("the city's clock reads %q: %w", meta[metaTickMS], err)
	}
	end, err := endOf(meta)
	if err != nil {
		return Made{}, err
	}
	m := Made{Made: true, Seed: seed, City: demoCity, lived: clock.At(ms), end: end}
	m.Complete = meta[app.MetaClockMode] == app.ModeReal || !m.lived.Before(end)
	return m, nil
}

// endOf reads until when a city was to live.
func endOf(meta map[string]string) (time.Time, error) {
	if until := meta[metaUntilMS]; until != "" {
		ms, err := strconv.ParseInt(until, 10, 64)
		if err != nil {
			return time.Time{}, fmt.Errorf("the city's end reads %q: %w", until, err)
		}
		return clock.At(ms), nil
	}
	days, err := strconv.Atoi(meta[metaDays])
	if err != nil {
		return time.Time{}, fmt.Errorf("the city's days read %q: %w", meta[metaDays], err)
	}
	return civil.Date(meta[metaFrom]).AddDays(days).Midnight(), nil
}
