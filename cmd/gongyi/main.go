// Command gongyi runs a city's work relay station: demo, serve, check, sim, bench, sandbox.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

// version is set by the build: -ldflags "-X main.version=v1.2.3".
var version = "dev"

// Exit codes.
const (
	exitOK       = 0
	exitViolated = 1 // a law is broken, or the work failed
	exitCannot   = 2 // could not run: wrong words, no such city
)

type cli struct {
	Lang string `help:"Language of messages: zh-CN or en." default:"zh-CN" enum:"zh-CN,en" env:"GONGYI_LANG"`

	Demo    demoCmd    `cmd:"" help:"Make the demo city if absent and serve it."`
	Serve   serveCmd   `cmd:"" help:"Serve a city."`
	Check   checkCmd   `cmd:"" help:"Run every law on a city's data, read-only."`
	Import  importCmd  `cmd:"" help:"Bring a workbook of workers, employers or vacancies in."`
	Export  exportCmd  `cmd:"" help:"Write a list, or a template to fill in, as a workbook."`
	Why     whyCmd     `cmd:"" help:"Tell why a worker is or is not shown a vacancy."`
	Push    pushCmd    `cmd:"" help:"Tell everybody who is ready to work of a vacancy that fits, now."`
	Staff   staffCmd   `cmd:"" help:"Give a new city its first director; let somebody in who lost the second step."`
	Sim     simCmd     `cmd:"" help:"Live some days of a made-up city through the real services."`
	Bench   benchCmd   `cmd:"" help:"Measure."`
	Sandbox sandboxCmd `cmd:"" help:"Stand in for bank, insurer and SMS gateway, with faults on demand."`
	Backup  backupCmd  `cmd:"" help:"Copy a city into a new file, beside its server if need be."`
	Migrate migrateCmd `cmd:"" help:"Bring a city's schema up to this program."`
	Config  configCmd  `cmd:"" help:"Print every setting with its default, unit and bound."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// failure carries an exit code to main.
type failure struct {
	code int
	err  error
}

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

func main() {
	os.Exit(run())
}

func run() int {
	var c cli
	parser, err := kong.New(&c, kong.Name("gongyi"),
		kong.Description("工驿 gōngyì — from a vacancy to wages in the account within 24 hours."))
	if err != nil {
		panic(err) // the declaration above is wrong
	}
	args := os.Args[1:]
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := parser.Parse(args)
	if err != nil {
		say(wantedLang(args), fault.New(fault.Invalid, "cmd.usage", "why", err.Error()))
		return exitCannot
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait
	kctx.BindTo(ctx, (*context.Context)(nil))
	err = kctx.Run(&c)
	if err == nil {
		return exitOK
	}
	say(c.Lang, err)
	var f failure
	if errors.As(err, &f) {
		return f.code
	}
	return exitCannot
}

// wantedLang finds the language of someone whose other words could not be read.
func wantedLang(args []string) string {
	lang := os.Getenv("GONGYI_LANG")
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--lang="); ok {
			lang = value
		} else if arg == "--lang" && i+1 < len(args) {
			lang = args[i+1]
		}
	}
	return i18n.Match(lang)
}

// say writes one sentence for people on standard error.
func say(lang string, err error) {
	fmt.Fprintln(os.Stderr, sentence(lang, err))
}

func sentence(lang string, err error) string {
	f := fault.As(err)
	if f == nil {
		return err.Error()
	}
	book, loadErr := i18n.Load()
	if loadErr != nil {
		return err.Error()
	}
	text := book.Say(lang, f.Code, f.Args)
	if f.Field != "" && !strings.Contains(text, f.Field) {
		text = f.Field + ": " + text
	}
	var at *config.At
	if errors.As(err, &at) {
		text = at.Where() + ": " + text
	}
	return text + " [" + f.Code + "]"
}

type versionCmd struct {
	JSON bool `help:"Print one JSON object." name:"json"`
}

// Run prints the version.
func (c versionCmd) Run() error {
	return show(c.JSON, map[string]any{"version": version}, "gongyi "+version+"\n")
}

// show prints one JSON object, or the text.
func show(asJSON bool, object any, text string) error {
	if asJSON {
		return json.NewEncoder(os.Stdout).Encode(object)
	}
	_, err := fmt.Print(text)
	return err
}
