package main

import (
	"context"
	"strconv"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/deed"
)

type staffCmd struct {
	Add         staffAddCmd    `cmd:"" help:"Give the city's roles to a phone: a new city's first director."`
	ResetSecond resetSecondCmd `cmd:"" help:"Take the second step off an account: its phone and recovery codes are lost."`
}

type staffAddCmd struct {
	holding
	Phone string        `arg:"" help:"Mobile number by which the person logs in."`
	Name  string        `arg:"" help:"The person's name, as colleagues see it."`
	Role  []people.Role `help:"director, clerk, auditor or station; more than one with commas." default:"director"`
	JSON  bool          `help:"Print one JSON object."                                          name:"json"`
}

// Run gives the roles. A new city has nobody who could give any; from its first director on, the
// page of people does.
func (c staffAddCmd) Run(ctx context.Context, all *cli) error {
	city, _, err := c.openCity(ctx)
	if err != nil {
		return err
	}
	defer city.Close()
	v, err := city.People.CreateStaff(people.AsSystem(ctx, console), people.CreateStaff{
		Keyed: consoleKey(), Phone: c.Phone, Name: c.Name, Roles: c.Role})
	if err != nil {
		return err
	}
	return show(c.JSON, v, city.Text.Say(all.Lang, "cmd.staff_added",
		map[string]any{"name": v.Name, "phone": v.PhoneMasked})+"\n")
}

type resetSecondCmd struct {
	holding
	Phone  string `arg:"" help:"Mobile number by which the person logs in."`
	Reason string `       help:"How you know that it is them."              required:""`
	JSON   bool   `       help:"Print one JSON object."                     name:"json"`
}

// Run takes the second step off. A running server tells the phone.
func (c resetSecondCmd) Run(ctx context.Context, all *cli) error {
	city, _, err := c.openCity(ctx)
	if err != nil {
		return err
	}
	defer city.Close()
	v, err := city.People.ResetSecond(people.AsSystem(ctx, console), people.ResetSecond{
		Keyed: consoleKey(), Phone: c.Phone, Reason: c.Reason})
	if err != nil {
		return err
	}
	return show(c.JSON, v, city.Text.Say(all.Lang, "cmd.second_reset",
		map[string]any{"phone": v.PhoneMasked})+"\n")
}

// console is who acts, in the audit log, when somebody at the machine does.
const console = "console"

// consoleKey is a deed's key: what is typed twice is meant twice.
func consoleKey() deed.Keyed {
	return deed.Key("cli/" + strconv.FormatInt(clock.System{}.Now().UnixNano(), 36))
}
