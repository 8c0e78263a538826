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
)

// Box gives the keys of a made-up city: they follow from its seed, and protect nobody.
func Box(seed uint64) crypt.Box {
	ring, err := crypt.NewRing(crypt.KeyFromSeed(seed))
	if err != nil {
		panic("sim: " + err.Error()) // one key is always a ring
	}
	return ring
}

// DemoConfig is the history of the demo city: the week before today, about 2 000 placements.
func DemoConfig(seed uint64, progress func(done, total int)) Config {
	return Config{Seed: seed, Days: demoDays, Workers: demoWorkers, Employers: demoEmployers,
		FaultsBP: demoFaultsBP, From: civil.DateOf(clock.System{}.Now()).AddDays(-demoDays),
		Tick: 10 * time.Minute, Unsafe: true, Progress: progress}
}

// Seed makes a city with the history of cfg at url, unless it is there. A history that was cut
// short goes on to its end.
func Seed(ctx context.Context, url string, cfg Config) error {
	made, err := Recall(ctx, url)
	if err != nil || made.Complete {
		return err
	}
	if made.Made {
		cfg.Resume = true
		cfg.Days = made.daysLeft(cfg.Days)
	}
	if cfg.Days == 0 {
		return nil
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
	from     civil.Date
	lived    time.Time
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
	days, err := strconv.Atoi(meta[metaDays])
	if err != nil {
		return Made{}, fmt.Errorf("the city's days read %q: %w", meta[metaDays], err)
	}
	m := Made{
		Made:  true,
		Seed:  seed,
		City:  demoCity,
		from:  civil.Date(meta[metaFrom]),
		lived: clock.At(ms),
	}
	m.Complete = meta[app.MetaClockMode] == app.ModeReal ||
		!m.lived.Before(m.from.AddDays(days).Midnight())
	return m, nil
}

// daysLeft is how many whole days are missing.
func (m Made) daysLeft(days int) int {
	left := m.from.AddDays(days).Midnight().Sub(m.lived)
	return max(0, int(left/(24*time.Hour)))
}
