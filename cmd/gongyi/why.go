package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sim"
)

type whyCmd struct {
	Worker  string `help:"Id of the worker, wrk_…."                    required:""`
	Vacancy string `help:"Id of the vacancy, vac_…."                   required:""`
	DB      string `help:"sqlite:FILE or postgres://… (GONGYI_DB)."    name:"db"`
	JSON    bool   `help:"Print one JSON object."                      name:"json"`
}

// Run tells why a worker is or is not shown a vacancy, beside a running server if need be. It exits
// 0 with either answer.
func (c whyCmd) Run(ctx context.Context, all *cli) error {
	url := cmp.Or(c.DB, os.Getenv("GONGYI_DB"), config.Default().DB)
	if url == "" {
		return fault.New(fault.Invalid, "cmd.which_city")
	}
	city, err := app.Look(ctx, url, sim.Migrations)
	if err != nil {
		return err
	}
	defer city.Close()
	why, err := city.Market.ExplainWork(people.AsSystem(ctx, "why"), market.WhyShown{
		WorkerID: c.Worker, VacancyID: c.Vacancy, Lang: all.Lang})
	if err != nil {
		return err
	}
	return show(c.JSON, why, whyText(why))
}

// whyText is the answer as lines: a tick or a cross before each condition.
func whyText(w market.Why) string {
	var b strings.Builder
	fmt.Fprintln(&b, w.Words)
	for _, c := range w.Checks {
		mark := "✗"
		if c.Holds {
			mark = "✓"
		}
		fmt.Fprintln(&b, mark, c.Words)
	}
	for _, p := range w.Parts {
		fmt.Fprintf(&b, "  %+.2f %s\n", p.Points, p.Code)
	}
	return b.String()
}
