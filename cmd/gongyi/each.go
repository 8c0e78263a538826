package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sim"
)

// which says on which city or cities a command works: one database, or a file of cities.
type which struct {
	DB     string `help:"sqlite:FILE or postgres://…"                      name:"db"`
	Cities string `help:"YAML or JSON file of several cities, each reported."`
	JSON   bool   `help:"Print one JSON object."                           name:"json"`
}

// cities reads the file, or makes a nameless city of the one database.
func (w which) cities() ([]config.City, error) {
	url, file := w.DB, w.Cities
	if url == "" && file == "" {
		url, file = os.Getenv("GONGYI_DB"), os.Getenv("GONGYI_CITIES")
	}
	if (url == "") == (file == "") {
		return nil, fault.New(fault.Invalid, "cmd.which_city")
	}
	if file == "" {
		return []config.City{{Config: config.Config{DB: url}}}, nil
	}
	cfg := config.Default()
	cfg.Cities = file
	return cfg.ReadCities()
}

// outcome is what came of one city.
type outcome struct {
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	OK         bool     `json:"ok"`
	Violations []string `json:"violations,omitempty"`
	Error      string   `json:"error,omitempty"` // why it could not be done
}

// each does the same to every city of the file, some side by side. It prints a line for each city
// that is well; the error has a line for each that is not, and the worst exit code: a broken law's
// before that of a city that could not be reached.
func (w which) each(lang, done string, cities []config.City,
	do func(config.City) ([]string, error)) error {
	all := make([]outcome, len(cities))
	sideBySide(len(cities), func(i int) {
		c, o := cities[i], &all[i]
		o.Code, o.Name = c.Region, c.Name
		broken, err := do(c)
		if err != nil {
			o.Error = sentence(lang, c.Blame(err))
		}
		o.Violations, o.OK = broken, err == nil && len(broken) == 0
	})
	if w.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"cities": all}); err != nil {
			return err
		}
	}
	var errs []error
	code := exitOK
	for _, o := range all {
		switch city := o.Code + " " + o.Name + ": "; {
		case o.Error != "":
			errs = append(errs, errors.New(city+o.Error))
			code = cmp.Or(code, exitCannot)
		case !o.OK:
			errs = append(errs, errors.New(city+strings.Join(o.Violations, "; ")))
			code = exitViolated
		case !w.JSON:
			if _, err := fmt.Println(city + done); err != nil {
				return err
			}
		}
	}
	if code == exitOK {
		return nil
	}
	return failure{code, errors.Join(errs...)}
}

type checkCmd struct{ which }

// Run exits 0 when every law holds, 1 when one is broken, 2 when it could not look.
func (c checkCmd) Run(ctx context.Context, all *cli) error {
	cities, err := c.cities()
	if err != nil {
		return err
	}
	check := func(c config.City) ([]string, error) {
		return app.CheckURL(ctx, c.DB, sim.Migrations)
	}
	if cities[0].File != "" {
		return c.each(all.Lang, "ok: every law holds", cities, check)
	}
	broken, err := check(cities[0])
	if err != nil {
		return err
	}
	if c.JSON {
		if broken == nil {
			broken = []string{}
		}
		err := json.NewEncoder(os.Stdout).Encode(map[string]any{"violations": broken})
		if err != nil {
			return err
		}
	}
	if len(broken) > 0 {
		return failure{exitViolated, errors.New(strings.Join(broken, "\n"))}
	}
	if !c.JSON {
		_, err = fmt.Println("ok: every law holds")
	}
	return err
}

type migrateCmd struct{ which }

// Run brings the schema up; a schema newer than the program is refused.
func (c migrateCmd) Run(ctx context.Context, all *cli) error {
	cities, err := c.cities()
	if err != nil {
		return err
	}
	const done = "ok: the schema is up to date"
	migrate := func(c config.City) ([]string, error) {
		d, err := db.Open(ctx, c.DB, db.Options{Migrations: app.Migrations(), Version: version})
		if err != nil {
			return nil, err
		}
		return nil, d.Close()
	}
	if cities[0].File != "" {
		return c.each(all.Lang, done, cities, migrate)
	}
	if _, err := migrate(cities[0]); err != nil {
		return err
	}
	return show(c.JSON, map[string]any{"ok": true}, done+"\n")
}
