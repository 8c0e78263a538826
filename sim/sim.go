package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	tickDefault  = 5 * time.Minute
	tickLeast    = 5  // minutes: people do nothing oftener
	tickMost     = 15 // who is not looked at within a quarter of an hour has gone by
	workersMax   = 200_000
	employersMax = 5_000
	daysMax      = 3_660
)

// Config says which life a city is to live.
type Config struct {
	Seed      uint64
	Days      int
	Workers   int
	Employers int
	FaultsBP  int // how often things go wrong, per 10 000; people err in proportion
	From      civil.Date
	Until     time.Time     // the life ends at this instant; zero: when Days whole days are over
	Titles    []string      // vacancy titles from outside; empty: the simulation's own
	Resume    bool          // go on in a city that exists; seed and sizes come from it
	Tick      time.Duration // how often people look up; 0 is tickDefault
	Classes   bool          // classes are held, and work asks for what they teach
	Unsafe    bool          // no fsync: history that can be made again; kill -9 loses nothing
	ReturnsPM int           // payments of a million that come back days later; 0 is returnsPM
	Progress  func(done, total int)
}

// Validate refuses sizes that make no city.
func (c Config) Validate() error {
	for _, b := range []struct {
		field    string
		v, least int
		most     int
	}{{"days", c.Days, 1, daysMax}, {"workers", c.Workers, 1, workersMax},
		{"employers", c.Employers, 1, employersMax}, {"faults", c.FaultsBP, 0, 10_000},
		{"tick", int(c.Tick / time.Minute), tickLeast, tickMost}} {
		if b.v < b.least || b.v > b.most {
			return fault.New(fault.Invalid, "sim.size", "least", b.least, "most", b.most).OnField(b.field)
		}
	}
	return nil
}

// Run lives cfg.Days days in the city at url and reports. The report is given also when a law is
// broken; then the error is a *Violation.
func Run(ctx context.Context, url string, cfg Config) (Report, error) {
	watch := clock.Start()
	w, err := open(ctx, url, cfg)
	if err != nil {
		return Report{}, err
	}
	defer w.city.Close()
	broken, err := w.live(ctx)
	if err != nil {
		return Report{}, err
	}
	report, err := w.report(ctx, url)
	if err != nil {
		return Report{}, err
	}
	report.LawViolations = int64(len(broken))
	report.ElapsedMS = watch.Elapsed().Milliseconds()
	report.DeedsPerS = w.deeds * 1000 / max(report.ElapsedMS, 1)
	if len(broken) > 0 {
		return report, &Violation{Day: w.day, Seed: w.cfg.Seed, Sentences: broken}
	}
	return report, nil
}

// Violation says which laws a simulated city broke, on which day, and the seed that shows it again.
type Violation struct {
	Day       int
	Seed      uint64
	Sentences []string
}

// Error is one sentence, the first broken law.
func (v *Violation) Error() string {
	return fmt.Sprintf("on day %d of seed %d: %s", v.Day, v.Seed, v.Sentences[0])
}

// live runs the days; it stops at the first day on which a law is broken.
func (w *world) live(ctx context.Context) ([]string, error) {
	end := w.end()
	total := int((end.Sub(w.start) + w.cfg.Tick - 1) / w.cfg.Tick)
	work := context.WithoutCancel(ctx) // a Ctrl-C waits for the tick's end
	for n := 0; ; n++ {
		at := earlier(w.start.Add(time.Duration(n)*w.cfg.Tick), end)
		w.clk.Set(later(at, w.clk.Now()))
		w.day = int(at.Sub(w.cfg.From.Midnight()) / (24 * time.Hour))
		if at.Before(end) {
			if err := w.act(work, at); err != nil {
				return nil, fmt.Errorf("day %d, %s: %w", w.day, at.In(civil.Zone).Format("15:04"), err)
			}
		}
		if err := w.city.Sweeps.RunDue(work, w.clk.Now()); err != nil {
			return nil, err
		}
		if err := w.saveClock(work, at); err != nil {
			return nil, err
		}
		if minuteOf(at) == 0 || !at.Before(end) {
			broken := w.city.Violations(work, w.clk.Now())
			untrue, err := w.toldOnce(work)
			if err != nil || len(broken)+len(untrue) > 0 {
				return append(broken, untrue...), err
			}
		}
		if w.cfg.Progress != nil {
			w.cfg.Progress(min(n, total), total)
		}
		if !at.Before(end) {
			return nil, nil
		}
		if ctx.Err() != nil {
			return nil, fault.New(fault.Unavailable, "sim.stopped", "day", w.day).Because(ctx.Err())
		}
	}
}

// end is when this run has lived all it was to live.
func (w *world) end() time.Time {
	if !w.cfg.Until.IsZero() {
		return later(w.start, w.cfg.Until)
	}
	return w.start.Add(time.Duration(w.cfg.Days) * 24 * time.Hour)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// saveClock notes how far the city has lived; check judges by it and resume goes on from it.
func (w *world) saveClock(ctx context.Context, at time.Time) error {
	w.lived = at
	values := map[string]string{
		app.MetaClockLastMS: strconv.FormatInt(clock.MS(later(at, w.clk.Now())), 10),
		metaTickMS:          strconv.FormatInt(clock.MS(at), 10)}
	if w.struckMore {
		b, err := json.Marshal(w.struck)
		if err != nil {
			return fmt.Errorf("count faults: %w", err)
		}
		values[metaStruck], w.struckMore = string(b), false
	}
	return w.setMeta(ctx, values)
}

func (w *world) setMeta(ctx context.Context, values map[string]string) error {
	_, err := db.InTx(ctx, w.city.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		for k, v := range values {
			if err := db.SetMetaTx(ctx, tx, k, v); err != nil {
				return false, err
			}
		}
		return true, nil
	})
	return err
}

// did counts a deed, moves the clock by a moment, and passes on errors that are not the world's
// way: a refusal is part of life, an internal error is not.
func (w *world) did(err error) (bool, error) {
	w.clk.Add(time.Duration(moment) * time.Millisecond)
	w.deeds++
	if err == nil {
		return true, nil
	}
	var f *fault.Error
	if errors.As(err, &f) && f.Kind != fault.Internal {
		w.refused[f.Code]++
		return false, nil
	}
	return false, err
}

// moment is how long a deed takes on the city's clock. A busy tick may run over into the next; the
// clock never goes back.
const moment = 3
