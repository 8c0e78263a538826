// Command componentgen writes the Go beside every .templ file of the tree. With -check it writes
// nothing and fails when a file is not what it would write, or has lost its source.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

func main() {
	log.SetFlags(0)
	root := flag.String("root", ".", "tree to look through")
	check := flag.Bool("check", false, "write nothing; fail when a file is stale")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		log.Fatalf("componentgen: %v", err)
	}
}

func run(root string, check bool) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root:
			return fs.SkipDir
		case strings.HasSuffix(path, ".templ"):
			return one(path, check)
		case strings.HasSuffix(path, "_templ.go"):
			return orphan(path, check)
		}
		return nil
	})
}

func one(path string, check bool) error {
	want, err := generate(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	out := goOf(path)
	got, err := os.ReadFile(out)
	if err == nil && bytes.Equal(got, want) {
		return nil
	}
	if check {
		return fmt.Errorf("%s is stale: run make generate", out)
	}
	return os.WriteFile(out, want, 0o644)
}

func goOf(path string) string { return strings.TrimSuffix(path, ".templ") + "_templ.go" }

// generate names the source by its last part only, so that the same file gives the same bytes
// wherever the tree stands.
func generate(path string) ([]byte, error) {
	file, err := parser.Parse(path)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	named := generator.WithFileName(filepath.Base(path))
	if _, err := generator.Generate(file, &b, named); err != nil {
		return nil, err
	}
	return format.Source(b.Bytes())
}

func orphan(path string, check bool) error {
	source := strings.TrimSuffix(path, "_templ.go") + ".templ"
	if _, err := os.Stat(source); err == nil {
		return nil
	}
	if check {
		return fmt.Errorf("%s has lost its source", path)
	}
	return os.Remove(path)
}
