package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gongyi/gongyi/bench"
	"github.com/gongyi/gongyi/internal/fault"
)

type benchCmd struct {
	Loop   benchLoopCmd   `cmd:"" help:"The main loop: accept, sign, clock in, clock out, pay."`
	Ledger benchLedgerCmd `cmd:"" help:"Double entry alone: hold and spend."`
	Assign benchAssignCmd `cmd:"" help:"The best assignment of workers to vacancies, proven."`
	Match  benchMatchCmd  `cmd:"" help:"The match engine on a world of files."`
	Work   benchWorkCmd   `cmd:"" help:"Looking for work in a large city whose market changes."`
	Pages  benchPagesCmd  `cmd:"" help:"The pages: their weight, and how long they take in a large city."`
}

type benchFlags struct {
	DB      []string `help:"Empty databases, one a run; default: a temporary SQLite file." name:"db"`
	Clients []int    `help:"Numbers of clients."                                                       default:"1,8,32"`
	JSON    bool     `help:"Print one JSON object."                                        name:"json"`
}

type benchLoopCmd struct {
	benchFlags
	Placements int  `help:"Placements a run."      default:"1000"`
	Hot        bool `help:"All with one employer."`
}

type benchLedgerCmd struct {
	benchFlags
	Entries int  `help:"Entries a run."         default:"5000"`
	Hot     bool `help:"All from one employer."`
}

// Run measures the main loop on each database.
func (c benchLoopCmd) Run(ctx context.Context) error {
	return measure(c.benchFlags, func(url string) ([]bench.LoopRun, error) {
		return bench.Loop(
			ctx,
			url,
			bench.LoopConfig{Clients: c.Clients, Placements: c.Placements, Hot: c.Hot},
		)
	}, func(r bench.LoopRun) {
		for _, p := range append(r.Phases, r.All) {
			line(r.Engine, r.Clients, p)
		}
	})
}

// Run measures the ledger on each database.
func (c benchLedgerCmd) Run(ctx context.Context) error {
	return measure(c.benchFlags, func(url string) ([]bench.LedgerRun, error) {
		return bench.Ledger(
			ctx,
			url,
			bench.LedgerConfig{Clients: c.Clients, Entries: c.Entries, Hot: c.Hot},
		)
	}, func(r bench.LedgerRun) {
		line(r.Engine, r.Clients, r.Hold)
		line(r.Engine, r.Clients, r.Spend)
	})
}

// measure runs on every database and prints a table, or one JSON object.
func measure[R any](f benchFlags, run func(url string) ([]R, error), show func(R)) error {
	var all []R
	err := onEach(f.DB, func(url string) error {
		runs, err := run(url)
		all = append(all, runs...)
		return err
	})
	if err != nil {
		return err
	}
	if f.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"runs": all})
	}
	fmt.Printf("%-9s %7s %-10s %7s %8s %9s %9s %9s\n", "engine", "clients", "deed", "n", "per s",
		"p50 µs", "p99 µs", "CPU µs")
	for _, r := range all {
		show(r)
	}
	return nil
}

// onEach runs on every database; where none is named, on a SQLite file that is gone afterwards.
func onEach(urls []string, run func(url string) error) error {
	if len(urls) == 0 {
		dir, err := os.MkdirTemp("", "gongyi-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		urls = []string{"sqlite:" + filepath.Join(dir, "bench.db")}
	}
	for _, url := range urls {
		if err := run(url); err != nil {
			return failure{exitViolated, err}
		}
	}
	return nil
}

func line(engine string, clients int, p bench.Phase) {
	fmt.Printf("%-9s %7d %-10s %7d %8d %9d %9d %9d\n", engine, clients, p.Deed, p.N, p.PerS,
		p.P50US, p.P99US, p.CPUUS)
}

type benchPagesCmd struct {
	DB        []string `help:"Empty databases, one a run; default: a temporary SQLite file." name:"db"`
	Workers   int      `help:"Workers in the city."                                           default:"100000"`
	Vacancies int      `help:"Open vacancies."                                                default:"5000"`
	PerS      int      `help:"Requests a second."                                   name:"per-s" default:"200"`
	Seconds   int      `help:"How long."                                                      default:"60"`
	JSON      bool     `help:"Print one JSON object."                               name:"json"`
}

// Run measures the pages.
func (c benchPagesCmd) Run(ctx context.Context) error {
	for field, n := range map[string]int{"workers": c.Workers, "vacancies": c.Vacancies,
		"per-s": c.PerS, "seconds": c.Seconds} {
		if n < 1 || n > askedMax {
			return fault.New(fault.Invalid, "sim.size", "least", 1, "most", askedMax).OnField(field)
		}
	}
	return onEach(c.DB, func(url string) error {
		r, err := bench.Pages(ctx, bench.PagesConfig{URL: url, Workers: c.Workers,
			Vacancies: c.Vacancies, PerS: c.PerS, Seconds: c.Seconds})
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(r)
		}
		fmt.Printf("%-9s %-22s %8s %9s %6s %8s %8s\n", "who", "page", "kB", "first kB", "n", "p50 ms",
			"p99 ms")
		for _, p := range append(r.Pages, r.All) {
			fmt.Printf("%-9s %-22s %8.1f %9.1f %6d %8.1f %8.1f\n", p.Role, p.Path, p.KB, p.FirstKB, p.N,
				p.P50MS, p.P99MS)
		}
		return nil
	})
}

type benchMatchCmd struct {
	Posts   string `help:"Vacancies, tab-separated."                                     required:"" type:"path"`
	Workers string `help:"Workers, tab-separated."                                       required:"" type:"path"`
	Classes string `help:"Classes, tab-separated."                                       required:"" type:"path"`
	Queries int    `help:"Queries for workers; half as many for vacancies."                                      default:"2000"`
	Stride  int    `help:"Between queried rows; 0: 997 for workers, 1009 for vacancies."                         default:"0"`
	Changes int    `help:"Changes that are measured."                                                            default:"3000"`
	OutW2P  string `help:"File for the answers to workers."                                          type:"path"                name:"out-w2p"`
	OutP2W  string `help:"File for the answers to vacancies."                                        type:"path"                name:"out-p2w"`
	JSON    bool   `help:"Print one JSON object."                                                                               name:"json"`
}

const askedMax = 1_000_000

// Run measures the match engine.
func (c benchMatchCmd) Run(ctx context.Context) error {
	for field, n := range map[string]int{"queries": c.Queries, "changes": c.Changes} {
		if n < 1 || n > askedMax {
			return fault.New(fault.Invalid, "sim.size", "least", 1, "most", askedMax).OnField(field)
		}
	}
	r, err := bench.Match(ctx, bench.MatchConfig{Posts: c.Posts, Workers: c.Workers,
		Classes: c.Classes, Queries: c.Queries, Stride: c.Stride, Changes: c.Changes,
		OutW2P: c.OutW2P, OutP2W: c.OutP2W})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	fmt.Printf("%d vacancies, %d workers, %d classes: built in %.1f s, %.0f MB (%.0f B a vacancy, "+
		"%.0f B a worker)\nworker → %d vacancies: p50 %.1f µs, p99 %.1f µs\nvacancy → workers: "+
		"p50 %.0f µs, p99 %.0f µs\nall workers: %.0f a second\na change: p50 %.0f µs, p99 %.0f µs\n",
		r.Posts, r.Workers, r.Classes, r.BuildS, r.MB, r.BytesPerPost, r.BytesPerWorker, 20, r.W2PP50,
		r.W2PP99, r.P2WP50, r.P2WP99, r.BatchWorkersPS, r.ChangeP50, r.ChangeP99)
	return nil
}

type benchAssignCmd struct {
	Files []string `arg:"" help:"Problems (BMAT)."                        name:"file" type:"path"`
	Fast  bool     `help:"Proven close, in a part of the time."`
	JSON  bool     `help:"Print one JSON object a file."                  name:"json"`
}

// Run measures the assignment.
func (c benchAssignCmd) Run() error {
	for _, file := range c.Files {
		r, err := bench.Assign(file, c.Fast)
		if err != nil {
			return err
		}
		if c.JSON {
			err = json.NewEncoder(os.Stdout).Encode(r)
		} else {
			_, err = fmt.Fprintf(os.Stdout, "%s: %d workers, %d vacancies, %d choices: %d placed, sum %d, "+
				"at most %d possible (gap %.6f %%), %.2f s, CPU %.2f s, %.0f MB\n", file, r.Workers, r.Posts,
				r.Edges, r.Placed, r.Objective, r.Bound, 100*r.Gap, r.WallS, r.CPUS, r.PeakMB)
		}
		if err != nil {
			return fmt.Errorf("print the measurement: %w", err)
		}
	}
	return nil
}

type benchWorkCmd struct {
	DB        []string `help:"Empty databases, one a run; default: a temporary SQLite file." name:"db"`
	Workers   int      `help:"Workers who are ready to work."                                           default:"1000000"`
	Vacancies int      `help:"Vacancies, of two shifts each."                                           default:"300000"`
	Reads     int      `help:"Reads a second."                                                          default:"200"`
	PerS      int      `help:"Changes a second."                                           name:"per-s" default:"500"`
	Seconds   int      `help:"How long."                                                                default:"20"`
	JSON      bool     `help:"Print one JSON object."                                      name:"json"`
}

// Run measures GET /api/v1/work.
func (c benchWorkCmd) Run(ctx context.Context) error {
	const workersMost = 10_000_000
	for field, n := range map[string]int{"workers": c.Workers, "vacancies": c.Vacancies,
		"reads": c.Reads, "per-s": c.PerS, "seconds": c.Seconds} {
		if n < 1 || n > workersMost {
			return fault.New(fault.Invalid, "sim.size", "least", 1, "most", workersMost).OnField(field)
		}
	}
	return onEach(c.DB, func(url string) error {
		r, err := bench.Work(ctx, bench.WorkConfig{URL: url, Workers: c.Workers,
			Vacancies: c.Vacancies, ReadsPerS: c.Reads, PerS: c.PerS, Seconds: c.Seconds})
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(r)
		}
		fmt.Printf("%d vacancies, %d workers on %s: loaded in %.0f s, indexed in %.1f s, %.0f MB; "+
			"process %.0f MB, %.2f cores\n", r.Vacancies, r.Workers, r.Engine, r.LoadS, r.BuildS, r.IndexMB,
			r.RSSMB, r.CPUCores)
		fmt.Printf("%-10s %7s %8s %8s %8s %8s\n", "what", "n", "per s", "p50 ms", "p99 ms", "max ms")
		for _, l := range append([]bench.Latency{r.Reads, r.Changes, r.Delay}, r.Kinds...) {
			fmt.Printf("%-10s %7d %8.0f %8.2f %8.2f %8.2f\n", l.Name, l.N, l.PerS, l.P50MS, l.P99MS,
				l.MaxMS)
		}
		return nil
	})
}
