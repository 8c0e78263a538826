package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/sheet"
)

// rosterFile writes a roster of n people; every tenth has a wrong check character.
func rosterFile(t *testing.T, file string, n int) {
	t.Helper()
	data, err := sheet.List("名册", workerHead, func(yield func([]string, error) bool) {
		for k := range n {
			row := workerRow(k)
			if k%10 == 9 {
				row[2] = row[2][:17] + map[bool]string{true: "1", false: "0"}[row[2][17] == '0']
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// rowsOf counts rows of a table beside a running program.
func rowsOf(t *testing.T, url, table string) int64 {
	t.Helper()
	d, err := db.Open(context.Background(), url, db.Options{ReadOnly: true,
		Migrations: app.Migrations()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	n, err := db.Get[int64](context.Background(), d, `SELECT COUNT(*) FROM `+table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Goal: the program imports a file that is killed half-way as if nothing had happened: each person
// is in once, the refused rows lie beside the file, a preview changes nothing, and the same file
// once more changes nothing.
func TestImportKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	url, file := "sqlite:"+filepath.Join(dir, "city.db"), filepath.Join(dir, "roster.xlsx")
	const people = 2_000
	rosterFile(t, file, people)
	run(t, "migrate", "--db", url).exits(exitOK)
	args := []string{"import", "workers", file, "--db", url, "--region", region, "--json"}
	run(t, append(args, "--dry-run", "--out", filepath.Join(dir, "preview.xlsx"))...).exits(1)
	if n := rowsOf(t, url, "workers") + rowsOf(t, url, "imports"); n != 0 {
		t.Fatalf("a preview left %d rows", n)
	}
	p := start(t, args...)
	until(t, time.Minute, "some rows are in", func() bool {
		return !p.alive() || rowsOf(t, url, "import_rows") > 0
	})
	p.signal(syscall.SIGKILL)
	p.wait(time.Minute)
	if n := rowsOf(t, url, "import_rows"); n == people {
		t.Log("the import had ended before it was killed")
	}
	var done struct{ Rows, In, Same, Bad int64 }
	again := run(t, args...).exits(1)
	if err := json.Unmarshal([]byte(again.out.String()), &done); err != nil {
		t.Fatalf("%v: %s", err, &again.out)
	}
	if done.Rows != people || done.In+done.Same != people*9/10 || done.Bad != people/10 {
		t.Errorf("after the kill: %+v", done)
	}
	if n := rowsOf(t, url, "workers"); n != people*9/10 {
		t.Errorf("%d workers", n)
	}
	if _, err := os.Stat(filepath.Join(dir, "roster-error.xlsx")); err != nil {
		t.Errorf("the refused rows are not beside the file: %v", err)
	}
	once := run(t, args...).exits(1)
	if err := json.Unmarshal([]byte(once.out.String()), &done); err != nil || done.In != 0 ||
		done.Same != people*9/10 {
		t.Errorf("the same file once more: %+v, %v", done, err)
	}
	run(t, "check", "--db", url).exits(exitOK)
}

// exitOK is the program's exit code when all is well.
const exitOK = 0

// Goal: templates need no city; a wrong name of a city founds none; what is no workbook is said in
// one sentence.
func TestExportAndImportSentences(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	template := filepath.Join(dir, "t.xlsx")
	run(t, "export", "template", "employers", "--out", template).exits(exitOK)
	data, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	table, err := sheet.Open(data, []sheet.Column{{Key: "uscc", Title: "Credit code", Required: true},
		{Key: "name", Title: "Name", Required: true}})
	if err != nil {
		t.Fatalf("the template in English: %v", err)
	}
	table.Close()
	none := "sqlite:" + filepath.Join(dir, "none.db")
	run(t, "import", "workers", template, "--db", none).says("none.db", "[db.missing]")
	if _, err := os.Stat(filepath.Join(dir, "none.db")); err == nil {
		t.Error("a wrong name founded a city")
	}
	run(t, "import", "workers", filepath.Join(dir, "x.xlsx"), "--db", none).says("x.xlsx",
		"[cmd.no_file]")
	url := "sqlite:" + filepath.Join(dir, "city.db")
	run(t, "migrate", "--db", url).exits(exitOK)
	run(t, "import", "workers", template, "--db", url).says("[sheet.column_missing]")
	run(t, "import", "cats", template, "--db", url).says("[intake.kind_unknown]")
	text := filepath.Join(dir, "a.csv")
	if err := os.WriteFile(text, []byte("姓名"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "import", "workers", text, "--db", url).says("[sheet.not_xlsx]")
	out := filepath.Join(dir, "list.xlsx")
	run(t, "export", "workers", "--db", url, "--out", out).exits(exitOK)
	if _, err := os.Stat(out); err != nil {
		t.Error(err)
	}
}

// Goal: a new city's first director comes from the machine's console, and so does the way in for
// one who lost the second step; roles that nobody gives are refused.
func TestFirstDirector(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "city.db")
	run(t, "staff", "add", "19912345678", "王主任", "--db", url).exits(2)
	run(t, "migrate", "--db", url).exits(exitOK)
	run(t, "staff", "add", "19912345678", "王主任", "--role", "boss", "--db", url).exits(2)
	p := run(t, "staff", "add", "19912345678", "王主任", "--json", "--db", url).exits(exitOK)
	var v people.StaffView
	if err := json.Unmarshal([]byte(p.out.String()), &v); err != nil || len(v.Roles) != 1 ||
		v.Roles[0] != people.RoleDirector || v.PhoneMasked != "199****5678" {
		t.Errorf("%+v, %v", v, err)
	}
	p = run(t, "staff", "reset-second", "19912345678", "--reason", "本人到机房", "--db", url).
		exits(2)
	if !strings.Contains(p.err.String(), "people.second_off") {
		t.Errorf("nothing to reset: %s", &p.err)
	}
	run(t, "check", "--db", url).exits(exitOK)
}
