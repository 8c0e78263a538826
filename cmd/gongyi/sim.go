package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sim"
)

type simCmd struct {
	Seed      uint64  `help:"Every choice and fault comes from it."                           default:"1"`
	Days      int     `help:"Days to live."                                                   default:"14"`
	Workers   int     `help:"Workers."                                                        default:"500"`
	Employers int     `help:"Employers."                                                      default:"20"`
	Faults    float64 `help:"How often things go wrong, 0 to 1."                              default:"0.02"`
	Tick      int     `help:"How often people look up, in minutes: 5, 10 or 15."              default:"5"`
	DB        string  `help:"sqlite:FILE or postgres://…; default: a temporary SQLite file."                       name:"db"`
	From      string  `help:"First day."                                                      default:"2026-03-02"`
	Titles    string  `help:"CSV file whose first column (or job_name) holds vacancy titles."                                  type:"path"`
	Classes   bool    `help:"Hold classes, and ask for work of who was taught."`
	Resume    bool    `help:"Go on in a city that exists; seed and sizes come from it."`
	JSON      bool    `help:"Accepted for symmetry: the report is always one JSON object."                         name:"json"`
}

// titlesMax bounds what is read from a titles file.
const titlesMax = 100_000

// Run lives the days and prints the report; a broken law is the last line of standard error.
func (c simCmd) Run(ctx context.Context) error {
	from, err := civil.ParseDate(c.From)
	if err != nil {
		return fault.New(fault.Invalid, "sim.from", "from", c.From).OnField("from")
	}
	titles, err := readTitles(c.Titles)
	if err != nil {
		return err
	}
	url := c.DB
	if url == "" {
		dir, err := os.MkdirTemp("", "gongyi-sim-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		url = "sqlite:" + dir + "/city.db"
	}
	defer collectLess()()
	report, err := sim.Run(ctx, url, sim.Config{Seed: c.Seed, Days: c.Days, Workers: c.Workers,
		Employers: c.Employers, FaultsBP: int(c.Faults*10_000 + 0.5), From: from, Titles: titles,
		Tick: time.Duration(c.Tick) * time.Minute, Classes: c.Classes, Resume: c.Resume,
		Unsafe: true, Progress: bar("sim")})
	var broken *sim.Violation
	if err != nil && !errors.As(err, &broken) {
		return err
	}
	if c.DB == "" {
		report.DB = "sqlite:(temporary)"
	}
	if e := json.NewEncoder(os.Stdout).Encode(report); e != nil {
		return e
	}
	if broken != nil {
		return failure{exitViolated, broken}
	}
	return nil
}

// gcPercent is how much a made-up history's heap may grow between collections. It is small (tens of
// megabytes) and nearly all garbage: four times the usual takes a quarter of the CPU away.
const gcPercent = 400

// collectLess lets garbage lie longer until what it gives is called.
func collectLess() (restore func()) {
	was := debug.SetGCPercent(gcPercent)
	return func() { debug.SetGCPercent(was) }
}

// readTitles reads the column job_name, or the first where no header names it.
func readTitles(file string) ([]string, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fault.New(fault.NotFound, "sim.titles_file", "file", file).
			OnField("titles").
			Because(err)
	}
	defer f.Close()
	rows := csv.NewReader(f)
	rows.FieldsPerRecord = -1
	column, first := 0, true
	var titles []string
	for len(titles) < titlesMax {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "sim.titles_row", "file", file, "why", err.Error()).
				OnField("titles")
		}
		if first {
			first = false
			if i := indexOf(row, "job_name"); i >= 0 {
				column = i
				continue
			}
		}
		if column < len(row) && strings.TrimSpace(row[column]) != "" {
			titles = append(titles, strings.TrimSpace(row[column]))
		}
	}
	return titles, nil
}

func indexOf(row []string, name string) int {
	for i, cell := range row {
		if strings.TrimPrefix(strings.TrimSpace(cell), "\ufeff") == name {
			return i
		}
	}
	return -1
}

// bar shows progress on a terminal, and nothing elsewhere.
func bar(what string) func(done, total int) {
	info, err := os.Stderr.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	var shown time.Time
	return func(done, total int) {
		now := clock.System{}.Now()
		if now.Sub(shown) > 200*time.Millisecond || done == total {
			shown = now
			fmt.Fprintf(os.Stderr, "\r%s %3d%%", what, done*100/max(total, 1))
			if done == total {
				fmt.Fprintln(os.Stderr)
			}
		}
	}
}
