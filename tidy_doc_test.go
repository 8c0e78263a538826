package gongyi

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/gongyi/gongyi/internal/i18n"
)

// exportedDocs wants a sentence on every exported name of a package that others may import.
func exportedDocs(tr *tree, report report) {
	for _, f := range tr.goFiles() {
		if f.test() || f.generated() || f.Go.Name.Name == "main" {
			continue
		}
		for _, d := range f.Go.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) {
					checkDoc(tr, f, d.Pos(), d.Name.Name, d.Doc, true, report)
				}
			case *ast.GenDecl:
				genDocs(tr, f, d, report)
			}
		}
	}
}

func genDocs(tr *tree, f *file, d *ast.GenDecl, report report) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			doc := s.Doc
			if doc == nil && len(d.Specs) == 1 {
				doc = d.Doc
			}
			if s.Name.IsExported() {
				checkDoc(tr, f, s.Pos(), s.Name.Name, doc, true, report)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if !name.IsExported() || s.Comment != nil {
					continue
				}
				doc := s.Doc
				if doc == nil {
					doc = d.Doc // one sentence may speak for a group
				}
				checkDoc(tr, f, s.Pos(), name.Name, doc, false, report)
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// sentenceEnd also takes a last line that is drawn or indented, not told.
var sentenceEnd = regexp.MustCompile(`[.!?:。！？][)”"]?$|\n[ \t]+[^\n]*$`)

func checkDoc(tr *tree, f *file, at token.Pos, name string, doc *ast.CommentGroup, named bool,
	report report) {
	if doc == nil || strings.TrimSpace(doc.Text()) == "" {
		report(f.path, tr.line(at), "%s has no comment", name)
		return
	}
	text := strings.TrimSpace(doc.Text())
	words := strings.Fields(text)
	if slices.Contains([]string{"A", "An", "The"}, words[0]) && len(words) > 1 {
		words = words[1:]
	}
	if named && strings.TrimRight(words[0], ":,") != name {
		report(f.path, tr.line(at), "the comment of %s does not begin with its name", name)
	}
	if !sentenceEnd.MatchString(text) {
		report(f.path, tr.line(at), "the comment of %s is no sentence", name)
	}
}

// faultTexts wants a sentence in both languages for every code of a fault, with no placeholder that
// the fault leaves open.
func faultTexts(tr *tree, book *i18n.Book, report report) {
	byDir := map[string][]*file{}
	for _, f := range tr.goFiles() {
		if !f.test() {
			byDir[f.dir()] = append(byDir[f.dir()], f)
		}
	}
	for _, files := range byDir {
		s := faultScan{tr: tr, book: book, report: report, consts: map[string]string{},
			forwards: map[string]int{}, fields: map[string][]ast.Expr{}}
		for _, f := range files {
			s.readValues(f)
		}
		for _, f := range files {
			s.scan(f, s.made)
		}
		for _, f := range files {
			s.scan(f, s.forwarded)
		}
	}
}

// faultScan reads one package. forwards are functions that take a code as their nth argument and
// hand it to fault.New: their callers name the codes. A code kept in a struct's field is read where
// the struct is made.
type faultScan struct {
	tr       *tree
	book     *i18n.Book
	report   report
	consts   map[string]string
	forwards map[string]int
	fields   map[string][]ast.Expr // values of "name: value" in composite literals
}

func (s *faultScan) readValues(f *file) {
	ast.Inspect(f.Go, func(n ast.Node) bool {
		if kv, ok := n.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				s.fields[key.Name] = append(s.fields[key.Name], kv.Value)
			}
		}
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if i < len(spec.Values) {
				if text, ok := literal(spec.Values[i]); ok {
					s.consts[name.Name] = text
				}
			}
		}
		return true
	})
}

type visit func(f *file, fn *ast.FuncDecl, imports map[string]string, n ast.Node)

func (s *faultScan) scan(f *file, v visit) {
	imports := importsOf(f.Go)
	for _, d := range f.Go.Decls {
		fn, _ := d.(*ast.FuncDecl)
		ast.Inspect(d, func(n ast.Node) bool {
			if n != nil {
				v(f, fn, imports, n)
			}
			return true
		})
	}
}

const faultPackage = module + "internal/fault"

// made looks at fault.New(kind, code, args…) and fault.Error{Code: code}.
func (s *faultScan) made(f *file, fn *ast.FuncDecl, imports map[string]string, n ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpr:
		pkg, name := selected(imports, n.Fun)
		if pkg != faultPackage || name != "New" || len(n.Args) < 2 {
			return
		}
		if i := paramIndex(fn, n.Args[1]); i >= 0 {
			s.forwards[fn.Name.Name] = i
			return
		}
		s.code(f, n.Args[1], argNames(n))
	case *ast.CompositeLit:
		if pkg, name := selected(imports, n.Type); pkg != faultPackage || name != "Error" {
			return
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Code" {
					s.code(f, kv.Value, nil)
				}
			}
		}
	}
}

// forwarded looks at the callers of forwards.
func (s *faultScan) forwarded(f *file, _ *ast.FuncDecl, _ map[string]string, n ast.Node) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return
	}
	name := ""
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		name = fun.Name
	case *ast.SelectorExpr:
		name = fun.Sel.Name
	}
	if i, ok := s.forwards[name]; ok && i < len(call.Args) {
		s.code(f, call.Args[i], nil)
	}
}

// paramIndex tells which parameter of fn the expression is, -1 for none.
func paramIndex(fn *ast.FuncDecl, e ast.Expr) int {
	id, ok := e.(*ast.Ident)
	if !ok || fn == nil {
		return -1
	}
	i := 0
	for _, p := range fn.Type.Params.List {
		for _, name := range p.Names {
			if name.Name == id.Name {
				return i
			}
			i++
		}
	}
	return -1
}

// argNames gives the placeholders that a fault fills; nil when that cannot be read from the call.
func argNames(call *ast.CallExpr) []string {
	if call.Ellipsis.IsValid() {
		return nil
	}
	names := []string{"field", "request_id"} // internal/web fills these in every sentence
	for i := 2; i < len(call.Args); i += 2 {
		name, ok := literal(call.Args[i])
		if !ok {
			return nil
		}
		names = append(names, name)
	}
	return names
}

func (s *faultScan) code(f *file, e ast.Expr, filled []string) {
	line := s.tr.line(e.Pos())
	if sel, isField := e.(*ast.SelectorExpr); isField {
		for _, v := range s.fields[sel.Sel.Name] {
			if _, ok := literal(v); ok {
				s.code(f, v, nil)
			}
		}
		if len(s.fields[sel.Sel.Name]) > 0 {
			return
		}
	}
	code, ok := literal(e)
	if id, isName := e.(*ast.Ident); isName && !ok {
		code, ok = s.consts[id.Name]
	}
	if !ok {
		s.report(f.path, line, "a fault's code must be a literal where it is made")
		return
	}
	for _, lang := range i18n.Languages() {
		if !s.book.Has(lang, code) {
			s.report(f.path, line, "%s has no sentence in %s", code, lang)
		}
	}
	for _, p := range s.book.Placeholders(code) {
		if filled != nil && !slices.Contains(filled, p) {
			s.report(f.path, line, "the sentence of %s wants {%s}", code, p)
		}
	}
}
