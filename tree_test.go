package gongyi

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/gongyi/gongyi/"

// broken is where fixtures stand that break a rule on purpose, one folder per rule.
const broken = "testdata/broken/"

var update = flag.Bool("update", false, "rewrite what the broken fixtures must be blamed for")

// tree is the source as the tests of the house see it.
type tree struct {
	fset  *token.FileSet
	files []*file // in order of path
}

// file is one file of it; Go and text are only there for files small enough to be source.
type file struct {
	path string
	size int64
	text string
	Go   *ast.File // nil for other languages
}

func (f *file) dir() string     { return path.Dir(f.path) }
func (f *file) test() bool      { return strings.HasSuffix(f.path, "_test.go") }
func (f *file) lines() []string { return strings.Split(f.text, "\n") }

func (f *file) generated() bool { return f.Go != nil && ast.IsGenerated(f.Go) }

// sourceBytesMax is far above 800 lines of 100 columns.
const sourceBytesMax = 1 << 20

func loadTree(t *testing.T, fsys fs.FS, paths []string) *tree {
	t.Helper()
	tr := &tree{fset: token.NewFileSet()}
	for _, p := range slices.Sorted(slices.Values(paths)) {
		info, err := fs.Stat(fsys, p)
		if err != nil || info.IsDir() {
			continue // deleted but not yet committed
		}
		f := &file{path: p, size: info.Size()}
		tr.files = append(tr.files, f)
		if f.size > sourceBytesMax {
			continue
		}
		text, err := fs.ReadFile(fsys, p)
		if err != nil {
			t.Fatal(err)
		}
		f.text = string(text)
		if strings.HasSuffix(p, ".go") {
			mode := parser.ParseComments | parser.SkipObjectResolution
			if f.Go, err = parser.ParseFile(tr.fset, p, text, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	return tr
}

// repository is the tree that would be committed: what git tracks or would add. Without git (an
// unpacked archive) it is every file.
func repository(t *testing.T) *tree {
	t.Helper()
	out, err := exec.Command("git", "ls-files", "-z", "--cached", "--others",
		"--exclude-standard").Output()
	var paths []string
	if err == nil {
		paths = strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
	} else {
		paths = walk(t, os.DirFS("."))
	}
	paths = slices.DeleteFunc(paths, func(p string) bool { return strings.HasPrefix(p, broken) })
	if len(paths) < 20 {
		t.Fatalf("found only %d files: the tests of the house would pass in vain", len(paths))
	}
	return loadTree(t, os.DirFS("."), paths)
}

func walk(t *testing.T, fsys fs.FS) []string {
	t.Helper()
	var paths []string
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p == ".git" {
				return fs.SkipDir
			}
			return nil
		}
		paths = append(paths, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// report takes one finding of a rule.
type report func(path string, line int, format string, args ...any)

// rule is one habit of the house, held by a function that reports who breaks it.
type rule struct {
	name string
	find func(*tree, report)
}

// findings runs a rule and gives "path:line: what" of each, in order, each once.
func (r rule) findings(tr *tree) []string {
	type place struct {
		path string
		line int
		text string
	}
	found := map[place]bool{}
	r.find(tr, func(path string, line int, format string, args ...any) {
		found[place{path, line, fmt.Sprintf(format, args...)}] = true
	})
	var out []string
	for _, p := range slices.SortedFunc(maps.Keys(found), func(a, b place) int {
		if c := strings.Compare(a.path, b.path); c != 0 {
			return c
		}
		if a.line != b.line {
			return a.line - b.line
		}
		return strings.Compare(a.text, b.text)
	}) {
		out = append(out, p.path+":"+strconv.Itoa(p.line)+": "+p.text)
	}
	return out
}

// holds fails for every finding in the tree.
func (r rule) holds(t *testing.T, tr *tree) {
	t.Helper()
	for _, f := range r.findings(tr) {
		t.Errorf("%s: %s", r.name, f)
	}
}

// proves runs the rule on its broken fixture: it must report exactly the lines of want.txt there,
// and at least one, so that no rule can hold by seeing nothing.
func (r rule) proves(t *testing.T, fsys fs.FS) {
	t.Helper()
	paths := slices.DeleteFunc(walk(t, fsys), func(p string) bool { return p == "want.txt" })
	got := strings.Join(r.findings(loadTree(t, fsys, paths)), "\n") + "\n"
	want, err := fs.ReadFile(fsys, "want.txt")
	if _, made := fsys.(fstest.MapFS); *update && !made {
		want, err = []byte(got), os.WriteFile(broken+r.name+"/want.txt", []byte(got), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(want)) == 0 {
		t.Errorf("%s: its fixture breaks nothing", r.name)
	}
	if got != string(want) {
		t.Errorf("%s: its fixture is blamed for\n%s\nand should be blamed for\n%s", r.name, got, want)
	}
}

func (tr *tree) line(pos token.Pos) int { return tr.fset.Position(pos).Line }

// literal gives the value of a string literal.
func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// importsOf maps the names under which a file knows its imports to their paths.
func importsOf(f *ast.File) map[string]string {
	names := map[string]string{}
	for _, i := range f.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		name := path.Base(p)
		if i.Name != nil {
			name = i.Name.Name
		}
		names[name] = p
	}
	return names
}

// selected gives package path and name of an expression such as time.Now; "" for anything else.
func selected(imports map[string]string, e ast.Expr) (pkg, name string) {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok || imports[x.Name] == "" {
		return "", ""
	}
	return imports[x.Name], sel.Sel.Name
}
