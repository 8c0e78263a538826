package gongyi

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/i18n"
)

const (
	functionLinesMax = 70
	fileLinesMax     = 800
	columnsMax       = 100
	blobBytesMax     = 256 << 10
)

// tidyRules are the habits of CONTRIBUTING.md that a machine can hold.
func tidyRules(t *testing.T) []rule {
	t.Helper()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return []rule{
		{"blob", blobs},
		{"clock", clocks},
		{"columns", columns},
		{"exported-doc", exportedDocs},
		{"fault-text", func(tr *tree, r report) { faultTexts(tr, text, r) }},
		{"file-length", fileLengths},
		{"fixme", fixmes},
		{"float-money", floatMoney},
		{"function-length", functionLengths},
		{"package-doc", packageDocs},
		{"print", prints},
		{"sql", sqlWords},
	}
}

// Goal: the repository keeps every habit.
func TestTidy(t *testing.T) {
	t.Parallel()
	tr := repository(t)
	for _, r := range tidyRules(t) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.holds(t, tr)
		})
	}
}

// Goal: each rule blames its broken fixture, and only where it is broken.
func TestTidyBlames(t *testing.T) {
	t.Parallel()
	for _, r := range tidyRules(t) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			if r.name == "blob" { // no such blob may stand in the repository, so it is made here
				big := &fstest.MapFile{Data: make([]byte, blobBytesMax+1)}
				r.proves(t, fstest.MapFS{"data/big.bin": big, "ui/vendor/known.js": big,
					"ui/vendor/unknown.js":     big,
					"data/fits.bin":            &fstest.MapFile{Data: make([]byte, blobBytesMax)},
					"ui/vendor/THIRD_PARTY.md": &fstest.MapFile{Data: []byte("known.js: MIT")},
					"want.txt": &fstest.MapFile{Data: []byte(
						"data/big.bin:1: 262145 bytes, at most 262144\n" +
							"ui/vendor/unknown.js:1: 262145 bytes, at most 262144\n")}})
				return
			}
			r.proves(t, os.DirFS(broken+r.name))
		})
	}
}

// blobs lets a large file stand only where a THIRD_PARTY.md beside or above it names it.
func blobs(tr *tree, report report) {
	licences := map[string]string{}
	for _, f := range tr.files {
		if path.Base(f.path) == "THIRD_PARTY.md" {
			licences[f.dir()] = f.text
		}
	}
	for _, f := range tr.files {
		if f.size <= blobBytesMax {
			continue
		}
		named := false
		for dir := f.dir(); dir != "." && !named; dir = path.Dir(dir) {
			named = strings.Contains(licences[dir], path.Base(f.path))
		}
		if !named {
			report(f.path, 1, "%d bytes, at most %d", f.size, blobBytesMax)
		}
	}
}

func clocks(tr *tree, report report) {
	for _, f := range tr.goFiles() {
		if f.dir() == "internal/clock" {
			continue
		}
		imports := importsOf(f.Go)
		ast.Inspect(f.Go, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				pkg, name := selected(imports, e)
				if pkg == "time" && slices.Contains([]string{"Now", "Since", "Until"}, name) {
					report(f.path, tr.line(n.Pos()), "time.%s: the time comes from internal/clock", name)
				}
			}
			return true
		})
	}
}

func (tr *tree) goFiles() []*file {
	return slices.DeleteFunc(slices.Clone(tr.files), func(f *file) bool { return f.Go == nil })
}

// columns counts characters, a tab as one. A struct tag cannot be wrapped, so it does not count.
func columns(tr *tree, report report) {
	for _, f := range tr.goFiles() {
		if f.generated() {
			continue
		}
		tagged := map[int]int{} // line → columns of the tag
		ast.Inspect(f.Go, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok && field.Tag != nil {
				tagged[tr.line(field.Tag.Pos())] = utf8.RuneCountInString(field.Tag.Value)
			}
			return true
		})
		for i, line := range f.lines() {
			if n := utf8.RuneCountInString(line); n-tagged[i+1] > columnsMax {
				report(f.path, i+1, "%d columns, at most %d", n, columnsMax)
			}
		}
	}
}

func fileLengths(tr *tree, report report) {
	for _, f := range tr.goFiles() {
		if n := strings.Count(f.text, "\n"); n > fileLinesMax && !f.generated() {
			report(f.path, n, "%d lines, at most %d", n, fileLinesMax)
		}
	}
}

func functionLengths(tr *tree, report report) {
	for _, f := range tr.goFiles() {
		if f.test() || f.generated() {
			continue
		}
		for _, d := range f.Go.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			first, last := tr.line(fn.Pos()), tr.line(fn.End())
			if n := last - first + 1; n > functionLinesMax {
				report(f.path, first, "%s has %d lines, at most %d", fn.Name.Name, n, functionLinesMax)
			}
		}
	}
}

// fixmes looks at source, not at pages about it. The word is put together here, or this file
// would be blamed.
func fixmes(tr *tree, report report) {
	word := "FIX" + "ME"
	for _, f := range tr.files {
		if path.Ext(f.path) == ".md" || f.text == "" {
			continue
		}
		for i, line := range f.lines() {
			if strings.Contains(line, word) {
				report(f.path, i+1, "%s may not land: mend it, or TODO(#issue)", word)
			}
		}
	}
}

// floatMoney: where money is counted, nothing may be a fraction.
func floatMoney(tr *tree, report report) {
	for _, f := range tr.goFiles() {
		switch f.dir() {
		case "internal/money", "city/ledger", "city/wage":
		default:
			continue
		}
		imports := importsOf(f.Go)
		ast.Inspect(f.Go, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if n.Name == "float32" || n.Name == "float64" {
					report(f.path, tr.line(n.Pos()), "%s near money", n.Name)
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT {
					report(f.path, tr.line(n.Pos()), "%s near money", n.Value)
				}
			case *ast.SelectorExpr:
				if pkg, name := selected(imports, n); strings.Contains(name, "Float") && pkg != "" {
					report(f.path, tr.line(n.Pos()), "%s.%s near money", path.Base(pkg), name)
				}
			}
			return true
		})
	}
}

func packageDocs(tr *tree, report report) {
	first, documented := map[string]*file{}, map[string]bool{}
	for _, f := range tr.goFiles() {
		if f.test() {
			continue
		}
		if first[f.dir()] == nil {
			first[f.dir()] = f
		}
		word := "Package " + f.Go.Name.Name + " "
		if f.Go.Name.Name == "main" {
			word = "Command " + path.Base(f.dir()) + " "
		}
		if f.Go.Doc != nil && strings.HasPrefix(f.Go.Doc.Text(), word) {
			documented[f.dir()] = true
		}
	}
	for dir, f := range first {
		if !documented[dir] {
			report(f.path, 1, "the package has no comment that begins with its name")
		}
	}
}

// prints: output is the matter of commands; everything else returns or logs.
func prints(tr *tree, report report) {
	for _, f := range tr.goFiles() {
		if strings.HasPrefix(f.path, "cmd/") || strings.HasPrefix(f.path, "internal/tools/") {
			continue
		}
		imports := importsOf(f.Go)
		ast.Inspect(f.Go, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			pkg, name := selected(imports, call.Fun)
			if pkg == "fmt" && strings.HasPrefix(name, "Print") {
				report(f.path, tr.line(n.Pos()), "fmt.%s outside of a command", name)
			}
			if id, ok := call.Fun.(*ast.Ident); ok && (id.Name == "print" || id.Name == "println") {
				report(f.path, tr.line(n.Pos()), "%s outside of a command", id.Name)
			}
			return true
		})
	}
}

// statement recognises SQL in a Go literal.
var statement = regexp.MustCompile(
	`^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE|ALTER)\s`)

// badSQL holds what the two engines do differently, or what hides a bug.
var badSQL = []struct {
	words *regexp.Regexp
	why   string
}{
	{regexp.MustCompile(`(?i)\bSELECT\s+(\w+\.)?\*|,\s*\w+\.\*`), "name the columns"},
	{regexp.MustCompile(`(?i)\bI?LIKE\b`), "LIKE compares letters differently on the two engines"},
	{regexp.MustCompile(`(?i)\bDEFERRABLE\b`), "it passes RELEASE and kills the COMMIT"},
	{regexp.MustCompile(`(?i)\bON\s+DELETE\b`), "nothing is deleted behind a slice's back"},
	{regexp.MustCompile(`(?i)\bFOR\s+UPDATE\b`), "use a lane"},
	{regexp.MustCompile(`(?i)\bAVG\s*\(`), "AVG gives a fraction: divide in Go"},
	{regexp.MustCompile(`(?i)\bNOW\s*\(|\bCURRENT_(TIMESTAMP|DATE|TIME)\b`), "the time is tx.Now"},
	{regexp.MustCompile(`(?i)\b(TIMESTAMP(TZ)?|JSONB?|NUMERIC|DECIMAL|REAL|DOUBLE|FLOAT|SERIAL|DATE|` +
		`VARCHAR)\b`), "types are TEXT, BIGINT, INTEGER, BOOLEAN, BYTEA"},
}

// sqlWords reads migrations and the literals of Go that are statements. internal/ may know the
// engines; a slice may not.
func sqlWords(tr *tree, report report) {
	check := func(f *file, line int, text string) {
		for _, bad := range badSQL {
			for _, at := range bad.words.FindAllStringIndex(text, -1) {
				report(f.path, line+strings.Count(text[:at[0]], "\n"), "%q: %s",
					strings.TrimSpace(text[at[0]:at[1]]), bad.why)
			}
		}
	}
	for _, f := range tr.files {
		if strings.HasPrefix(f.path, "internal/") && !strings.Contains(f.path, "/testdata/") {
			continue
		}
		if path.Ext(f.path) == ".sql" {
			check(f, 1, sqlComment.ReplaceAllString(f.text, ""))
		}
		if f.Go == nil || f.test() {
			continue
		}
		ast.Inspect(f.Go, func(n ast.Node) bool {
			if e, ok := n.(*ast.BasicLit); ok {
				if text, ok := literal(e); ok && statement.MatchString(text) {
					check(f, tr.line(n.Pos()), text)
				}
			}
			return true
		})
	}
}

var sqlComment = regexp.MustCompile(`--[^\n]*`)
