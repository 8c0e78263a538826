package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/sheet"
	"github.com/gongyi/gongyi/sim"
)

// holding are the settings of commands that open a city without serving it.
type holding struct {
	DB      string `help:"sqlite:FILE or postgres://… (GONGYI_DB)."                                             name:"db"`
	KeyFile string `help:"Key of the sealed fields; default: FILE.key beside a SQLite file (GONGYI_KEY_FILE)."`
	BlobDir string `help:"Folder of kept files; default: FILE.blobs beside a SQLite file (GONGYI_BLOB_DIR)."`
}

// openCity opens a city that is there, without an outside world and without sweeps.
func (h holding) openCity(ctx context.Context) (*app.City, config.Config, error) {
	cfg, err := settings(map[string]string{"GONGYI_DB": h.DB, "GONGYI_KEY_FILE": h.KeyFile,
		"GONGYI_BLOB_DIR": h.BlobDir}, nil)
	if err != nil {
		return nil, cfg, err
	}
	there, err := db.Open(ctx, cfg.DB,
		db.Options{ReadOnly: true, Migrations: append(app.Migrations(), sim.Extra()...)})
	if err != nil && !fault.Is(err, "db.schema_older") {
		return nil, cfg, err // a typing mistake must not found a city
	}
	if err == nil {
		there.Close()
	}
	made, err := sim.Recall(ctx, cfg.DB)
	if err != nil {
		return nil, cfg, err
	}
	var box crypt.Box = sim.Box(made.Seed)
	if !made.Made {
		if box, err = keyOf(cfg); err != nil {
			return nil, cfg, err
		}
	}
	city, err := app.Open(ctx, app.Options{URL: cfg.DB, Box: box, BlobDir: cfg.BlobDir,
		Version: version})
	return city, cfg, err
}

type importCmd struct {
	holding
	Kind   string `arg:"" help:"workers, employers or vacancies; or occupations."`
	File   string `arg:"" help:"The workbook, .xlsx; of occupations: .csv."                                           type:"path"`
	Region string `       help:"County of rows that name none, code or name; default: the city's."`
	DryRun bool   `       help:"Try every row and write nothing."`
	Out    string `       help:"Where the rows that were refused go; default: FILE-错误.xlsx."        type:"path"`
	JSON   bool   `       help:"Print one JSON object."                                           name:"json"`
}

// Run brings a file in and writes what did not go in beside it. It exits 0 when every row went in,
// 1 when some were refused, 2 when nothing could be begun.
func (c importCmd) Run(ctx context.Context, all *cli) error {
	content, err := readFile(c.File)
	if err != nil {
		return err
	}
	city, cfg, err := c.openCity(ctx)
	if err != nil {
		return err
	}
	defer city.Close()
	ctx = intake.AsOperator(ctx)
	key := "cli/" + strconv.FormatInt(clock.System{}.Now().UnixNano(), 36)
	up := intake.Upload{Keyed: deed.Key(key),
		Kind: intake.Kind(c.Kind), FileName: filepath.Base(c.File), Content: content,
		Region: c.regionOf(cfg), Lang: all.Lang}
	if c.Kind == "occupations" {
		return c.occupations(ctx, city, all.Lang, key, content)
	}
	if c.DryRun {
		return c.rehearse(ctx, city, up)
	}
	v, err := city.Intake.StartImport(ctx, up)
	if err != nil {
		return err
	}
	bar := bar("import")
	if v, err = city.Intake.Wait(ctx, v.ID, bar); err != nil {
		return err
	}
	if v.State == intake.Failed {
		return fault.New(fault.Conflict, "cmd.import_failed", "code", v.Code)
	}
	if bar != nil {
		bar(int(v.Rows), int(v.Rows))
	}
	var wrong *intake.FileView
	if v.Bad > 0 {
		back, err := city.Intake.MakeErrorSheet(ctx, intake.GetSheet{ImportID: v.ID, Lang: all.Lang})
		if err != nil {
			return err
		}
		wrong = &back
	}
	return c.tell(city.Text, all.Lang, v, "cmd.imported", map[string]any{"rows": v.Rows, "in": v.In,
		"same": v.Same, "bad": v.Bad}, wrong)
}

// regionOf is the region of rows that name none: the one given, or the city's, in six digits.
func (c importCmd) regionOf(cfg config.Config) string {
	return cmp.Or(c.Region, (cfg.Region + "0000")[:len("500000")])
}

func (c importCmd) rehearse(ctx context.Context, city *app.City, up intake.Upload) error {
	p, err := city.Intake.Rehearse(ctx, up, bar("preview"))
	if err != nil {
		return err
	}
	wrong := p.ErrorSheet
	p.ErrorSheet = nil
	return c.tell(city.Text, up.Lang, p, "cmd.rehearsed", map[string]any{"rows": p.Rows,
		"in": p.WouldIn, "same": p.WouldSame, "bad": p.Bad}, wrong)
}

// tell prints the outcome and keeps the rows that were refused.
func (c importCmd) tell(text *i18n.Book, lang string, object any, key string, args map[string]any,
	wrong *intake.FileView) error {
	out := ""
	if wrong != nil {
		if out = c.Out; out == "" {
			out = filepath.Join(filepath.Dir(c.File), wrong.FileName)
		}
		if err := os.WriteFile(out, wrong.Content, 0o600); err != nil {
			return fault.New(fault.Conflict, "cmd.write_file", "file", out).OnField("out").Because(err)
		}
	}
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(object); err != nil {
			return err
		}
	}
	fmt.Fprintln(os.Stderr, text.Say(lang, key, args))
	if wrong != nil {
		return failure{exitViolated, fault.New(fault.Invalid, "cmd.rows_refused", "bad", args["bad"],
			"file", out)}
	}
	return nil
}

// readFile reads a workbook, no more of it than a workbook may be.
func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "cmd.no_file", "file", name).OnField("file")
	}
	if err == nil && info.Size() > sheet.BytesMax {
		return nil, fault.New(fault.Invalid, "sheet.too_large", "max_mib", sheet.BytesMax>>20).
			OnField("file")
	}
	var content []byte
	if err == nil {
		content, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, fault.New(fault.Conflict, "cmd.read_file", "file", name).OnField("file").Because(err)
	}
	return content, nil
}

type exportCmd struct {
	holding
	Kind  string `arg:""             help:"workers, employers, vacancies, wages; or template."`
	Of    string `arg:"" optional:"" help:"Of a template: its kind. Of wages: the employer's id or credit code."`
	From  string `                   help:"Of wages: the first day."`
	Until string `                   help:"Of wages: the last day."`
	Clear bool   `                   help:"Of wages: numbers in clear, each in the audit log."`
	Out   string `       help:"File to write; default: the list's name in this folder." type:"path"`
}

// Run writes a list, or a template, for which no city is needed.
func (c exportCmd) Run(ctx context.Context, all *cli) error {
	file, err := c.make(intake.AsOperator(ctx), all.Lang)
	if err != nil {
		return err
	}
	out := c.Out
	if out == "" {
		out = file.FileName
	}
	if !strings.HasSuffix(out, ".xlsx") {
		out += ".xlsx"
	}
	if err := os.WriteFile(out, file.Content, 0o600); err != nil {
		return fault.New(fault.Conflict, "cmd.write_file", "file", out).OnField("out").Because(err)
	}
	_, err = fmt.Println(out)
	return err
}

func (c exportCmd) make(ctx context.Context, lang string) (intake.FileView, error) {
	if c.Kind == "template" {
		text, err := i18n.Load()
		if err != nil {
			return intake.FileView{}, err
		}
		return intake.New(intake.Deps{Text: text}).ShowTemplate(ctx,
			intake.GetTemplate{Kind: intake.Kind(c.Of), Lang: lang})
	}
	city, _, err := c.openCity(ctx)
	if err != nil {
		return intake.FileView{}, err
	}
	defer city.Close()
	if c.Kind == "wages" {
		return c.wages(ctx, city)
	}
	return city.Intake.ExportList(ctx, intake.Export{Kind: intake.Kind(c.Kind), Lang: lang})
}

// wages writes an employer's wage ledger: 国令724 art. 15.
func (c exportCmd) wages(ctx context.Context, city *app.City) (intake.FileView, error) {
	in := intake.ExportWageLedger{EmployerID: c.Of, Clear: c.Clear}
	for _, day := range []struct {
		flag, text string
		to         *civil.Date
	}{{"from", c.From, &in.From}, {"until", c.Until, &in.Until}} {
		d, err := sheet.Date(day.text)
		if err != nil {
			return intake.FileView{}, fault.As(err).OnField(day.flag)
		}
		*day.to = d
	}
	if !strings.HasPrefix(c.Of, "emp_") {
		e, err := city.People.EmployerByUSCCTx(ctx, city.DB, c.Of)
		if err != nil {
			return intake.FileView{}, err
		}
		in.EmployerID = e.ID
	}
	return city.Intake.ExportWageLedger(ctx, in)
}
