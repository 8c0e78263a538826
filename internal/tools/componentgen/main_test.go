package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Goal: what is generated is fresh after a run; a changed source and one taken away are found.
func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source, out := filepath.Join(dir, "a.templ"), filepath.Join(dir, "a_templ.go")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("package a\n\ntempl Hello(name string) {\n\t<p>{ name }</p>\n}\n")
	if err := run(dir, true); err == nil {
		t.Error("a file that is not there is called fresh")
	}
	if err := run(dir, false); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, true); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(text), "func Hello(name string) templ.Component") {
		t.Errorf("%v: %s", err, text)
	}
	write("package a\n\ntempl Bye(name string) {\n\t<p>{ name }</p>\n}\n")
	if err := run(dir, true); err == nil {
		t.Error("a changed source is not found")
	}
	write("package a\n\ntempl Bye(name string) {\n\t<p>{ name }\n}\n")
	if err := run(dir, false); err == nil || !strings.Contains(err.Error(), "a.templ") {
		t.Errorf("a tag left open: %v", err)
	}
	if err := os.Remove(source); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, true); err == nil {
		t.Error("an orphan is not found")
	}
	if err := run(dir, false); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Error("an orphan stays")
	}
}
