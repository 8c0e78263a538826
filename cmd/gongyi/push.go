package main

import (
	"context"
	"strconv"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

type pushCmd struct {
	holding
	JSON bool `help:"Print one JSON object." name:"json"`
}

// Run tells everybody who is ready to work of a vacancy that fits, or goes on with a run that was
// cut short. The messages go out when the city is served, outside the quiet hours.
func (c pushCmd) Run(ctx context.Context, all *cli) error {
	city, _, err := c.openCity(ctx)
	if err != nil {
		return err
	}
	defer city.Close()
	ctx = people.AsSystem(ctx, "push")
	key := "cli/" + strconv.FormatInt(clock.System{}.Now().UnixNano(), 36)
	run, err := city.Market.StartPush(ctx, market.StartPush{Keyed: deed.Key(key)})
	if fault.Is(err, "market.push_running") {
		var runs market.PushRuns
		if runs, err = city.Market.FindPushRuns(ctx, market.FindPushRuns{}); err == nil {
			run = runs.Runs[0]
		}
	}
	if err != nil {
		return err
	}
	bar := bar("push")
	for run.State == "running" {
		if _, err := city.Market.PushOn(ctx); err != nil {
			return err
		}
		run, err = city.Market.ShowPushRun(ctx, market.PushRunID{RunID: run.ID})
		if err != nil {
			return err
		}
		if bar != nil {
			bar(int(run.Seen), int(run.People))
		}
	}
	return show(c.JSON, run, city.Text.Say(all.Lang, "cmd.pushed", map[string]any{"seen": run.Seen,
		"told": run.Told, "sated": run.Sated})+"\n")
}
