package gongyi

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The tables of docs/architecture.md are the rules; this file only reads them.
const (
	archPage     = "docs/architecture.md"
	floorsTitle  = "## Floors"
	rolesTitle   = "## Files of a slice"
	modulesTitle = "## Third-party modules"
)

// floor is a row of the floors table.
type floor struct {
	path   string // without a slash at the end
	number int    // -1 for none
	line   int
	may    []string
}

// arch is the three tables.
type arch struct {
	floors  map[string]*floor
	modules map[string][]string // module → directories
	roles   map[string][]string // file name → words of the last column
}

// row is one table row with its place.
type row struct {
	cells []string
	line  int
}

// tableUnder gives the rows, without head and rule, of the first table under a heading.
func tableUnder(text, heading string) ([]row, error) {
	var rows []row
	in := false
	for i, line := range strings.Split(text, "\n") {
		switch {
		case line == heading:
			in = true
		case in && strings.HasPrefix(line, "|"):
			rows = append(rows, row{strings.Split(strings.Trim(line, "| "), " | "), i + 1})
		case in && len(rows) > 0:
			return rows[min(2, len(rows)):], nil
		}
	}
	if len(rows) < 3 {
		return nil, fmt.Errorf("%s has no table under %q", archPage, heading)
	}
	return rows[2:], nil
}

// words cuts a cell at its commas and strips the backquotes.
func words(cell string) []string {
	var out []string
	for w := range strings.SplitSeq(cell, ",") {
		w = strings.TrimSuffix(strings.Trim(strings.TrimSpace(w), "`"), "/")
		if w != "" && w != "–" {
			out = append(out, w)
		}
	}
	return out
}

func readArch(text string) (*arch, error) {
	a := &arch{floors: map[string]*floor{}, modules: map[string][]string{},
		roles: map[string][]string{}}
	floors, err := tableUnder(text, floorsTitle)
	if err != nil {
		return nil, err
	}
	for _, r := range floors {
		if len(r.cells) != 4 {
			return nil, fmt.Errorf("%s:%d: a row of the floors has 4 cells", archPage, r.line)
		}
		f := &floor{path: words(r.cells[1])[0], line: r.line, may: words(r.cells[3]), number: -1}
		if n, err := strconv.Atoi(r.cells[0]); err == nil {
			f.number = n
		}
		a.floors[f.path] = f
	}
	roles, err := tableUnder(text, rolesTitle)
	if err != nil {
		return nil, err
	}
	for _, r := range roles {
		a.roles[words(r.cells[0])[0]] = words(r.cells[len(r.cells)-1])
	}
	modules, err := tableUnder(text, modulesTitle)
	if err != nil {
		return nil, err
	}
	for _, r := range modules {
		a.modules[words(r.cells[0])[0]] = words(r.cells[1])
	}
	return a, nil
}

// resolve gives the package that a word of the last column means in a row.
func (a *arch) resolve(in *floor, word string) (string, bool) {
	for _, prefix := range []string{"internal/", "city/", ""} {
		if prefix == "internal/" && !strings.HasPrefix(in.path, "internal/") {
			continue
		}
		if _, ok := a.floors[prefix+word]; ok {
			return prefix + word, true
		}
	}
	return "", false
}

// slice gives "city/wage" for city/wage and what lies below it, "" elsewhere.
func slice(dir string) string {
	if parts := strings.Split(dir, "/"); parts[0] == "city" && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return ""
}

func below(dir string) bool { return slice(dir) != "" && slice(dir) != dir }

// allows tells whether a package may import another of ours.
func (a *arch) allows(from *floor, to string, inTest bool) bool {
	target := a.floors[to]
	if target == nil {
		return false
	}
	lower := from.number >= 0 && target.number >= 0 && target.number < from.number
	toPlumbing := strings.HasPrefix(to, "internal/") && !strings.HasPrefix(to, "internal/tools/") &&
		to != "internal/db/dbtest"
	switch {
	case to == from.path: // an external test of the package itself
		return inTest
	case inTest && (lower || to == "sandbox" || strings.HasPrefix(to, "internal/")):
		return true
	case below(to) && (slice(to) == from.path || from.number >= 7):
		return true // an algorithm: its slice, and those who drive or measure it; others must name it
	case below(from.path) && !below(to):
		return to == "internal/geo" || to == "internal/money"
	case toPlumbing && !strings.HasPrefix(from.path, "internal/"):
		return true
	}
	for _, word := range from.may {
		switch p, _ := a.resolve(from, word); {
		case p == to:
			return true
		case word == "all slices" && slice(to) == to && to != "":
			return true
		case word == "all below" && lower:
			return true
		}
	}
	return false
}

// floorRule: every import points down the floors.
func (a *arch) floorRule(tr *tree, report report) {
	for _, f := range tr.goFiles() {
		from := a.floors[f.dir()]
		for _, i := range f.Go.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			to, ours := strings.CutPrefix(p, module)
			if !ours {
				continue
			}
			switch line := tr.line(i.Pos()); {
			case f.dir() == "." && strings.HasPrefix(to, "internal/"): // the tests of the house
			case from == nil:
				report(f.path, line, "%s has no row among the floors", f.dir())
			case !a.allows(from, to, f.test()):
				report(f.path, line, "%s may not import %s", f.dir(), to)
			}
		}
	}
}

// guarded are the parts of the standard library that reach outside the program.
var guarded = []string{"database/sql", "log", "net", "os", "syscall", "unsafe", "plugin"}

func inStd(p string) bool {
	if p == "net/url" || p == "net/netip" || p == "log/slog" { // they only read text, or are handed in
		return true
	}
	return !slices.ContainsFunc(guarded, func(g string) bool {
		return p == g || strings.HasPrefix(p, g+"/")
	})
}

// roleOf gives the words of the row that a file of a slice falls under, and the row's name.
func (a *arch) roleOf(f *file) (string, []string) {
	base := strings.TrimSuffix(path.Base(f.path), ".go")
	base, _, _ = strings.Cut(base, "_")
	if may, ok := a.roles[base+".go"]; ok && base != path.Base(f.dir()) {
		return base + ".go", may
	}
	return "<slice>.go", a.roles["<slice>.go"]
}

// roleRule: a slice's file sees what its name says.
func (a *arch) roleRule(tr *tree, report report) {
	for _, f := range tr.goFiles() {
		if slice(f.dir()) != f.dir() || f.dir() == "." || f.test() {
			continue
		}
		role, may := a.roleOf(f)
		for _, i := range f.Go.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			to, ours := strings.CutPrefix(p, module)
			ok := true
			switch {
			case ours && strings.HasPrefix(to, "internal/"):
				ok = slices.Contains(may, strings.TrimPrefix(to, "internal/"))
			case ours:
				ok = slices.Contains(may, "lower slices") // which ones, the floors say
			case !strings.Contains(p, "."): // third-party modules have a table of their own
				ok = slices.Contains(may, p) || slices.Contains(may, "std") && inStd(p)
			}
			if !ok {
				report(f.path, tr.line(i.Pos()), "a %s may not import %s", role, p)
			}
		}
	}
}

// sqlPlaceRule: statements stand where the table of files says.
func (a *arch) sqlPlaceRule(tr *tree, report report) {
	for _, f := range tr.goFiles() {
		if slice(f.dir()) == "" || f.test() {
			continue
		}
		role, _ := a.roleOf(f)
		if role == "store.go" || role == "invariants.go" || role == "gauges.go" {
			continue
		}
		ast.Inspect(f.Go, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok {
				if text, ok := literal(l); ok && statement.MatchString(text) {
					report(f.path, tr.line(n.Pos()), "a %s may not hold SQL", role)
				}
			}
			return true
		})
	}
}

// moduleRule: a third-party module is imported behind its one door.
func (a *arch) moduleRule(tr *tree, report report) {
	for _, f := range tr.goFiles() {
		for _, i := range f.Go.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			domain, _, _ := strings.Cut(p, "/")
			if strings.HasPrefix(p+"/", module) || !strings.Contains(domain, ".") {
				continue
			}
			if f.test() && (strings.HasPrefix(p, "github.com/google/go-cmp/") || p == "pgregory.net/rapid") {
				continue
			}
			if !a.moduleAllowed(p, f.dir()) {
				report(f.path, tr.line(i.Pos()), "%s may not import %s", f.dir(), p)
			}
		}
	}
}

func (a *arch) moduleAllowed(p, dir string) bool {
	for name, dirs := range a.modules {
		if (p == name || strings.HasPrefix(p, name+"/")) && slices.Contains(dirs, dir) {
			return true
		}
	}
	return false
}

// tableRule: the floors table is sound in itself and says what is there.
func (a *arch) tableRule(tr *tree, report report) {
	there := map[string]bool{}
	for _, f := range tr.goFiles() {
		if !f.test() {
			there[f.dir()] = true
		}
	}
	for _, f := range a.floors {
		if !there[f.path] {
			report(archPage, f.line, "there is no package %s", f.path)
		}
		for _, word := range f.may {
			if word == "all slices" || word == "all below" {
				continue
			}
			to, ok := a.resolve(f, word)
			if !ok {
				report(archPage, f.line, "%s: there is no row for %s", f.path, word)
				continue
			}
			if n := a.floors[to].number; f.number >= 0 && n >= f.number {
				report(archPage, f.line, "%s on floor %d may not import %s on floor %d", f.path,
					f.number, to, n)
			}
		}
	}
}

func (a *arch) rules() []rule {
	return []rule{
		{"floors", a.floorRule},
		{"modules", a.moduleRule},
		{"roles", a.roleRule},
		{"sql-place", a.sqlPlaceRule},
	}
}

func archOf(t *testing.T, file string) *arch {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	a, err := readArch(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Goal: every import and every statement stands where docs/architecture.md says, and the page tells
// of the packages that are there.
func TestArch(t *testing.T) {
	t.Parallel()
	tr, a := repository(t), archOf(t, archPage)
	for _, r := range append(a.rules(), rule{"table", a.tableRule}) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.holds(t, tr)
		})
	}
}

// Goal: each rule blames its broken fixture, and only where it is broken. The fixtures have a page
// of their own, so that a new floor does not change what they prove.
func TestArchBlames(t *testing.T) {
	t.Parallel()
	a := archOf(t, broken+"architecture.md")
	table := archOf(t, broken+"table/docs/architecture.md")
	for _, r := range append(a.rules(), rule{"table", table.tableRule}) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.proves(t, os.DirFS(broken+r.name))
		})
	}
}
