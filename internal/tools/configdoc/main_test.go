package main

import (
	"os"
	"path/filepath"
	"testing"
)

// Goal: -check passes right after writing, fails after any change, and itself changes nothing.
func TestRun(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "configuration.md")
	if err := run(file, true); err == nil {
		t.Error("a missing file passed the check")
	}
	if err := run(file, false); err != nil {
		t.Fatal(err)
	}
	if err := run(file, true); err != nil {
		t.Errorf("a fresh file: %v", err)
	}
	if err := os.WriteFile(file, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(file, true); err == nil {
		t.Error("a stale file passed the check")
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "old" {
		t.Errorf("the check wrote %q, %v", got, err)
	}
}

// Goal: the page in the repository is the one that the fields give.
func TestFresh(t *testing.T) {
	t.Parallel()
	if err := run("../../../docs/configuration.md", true); err != nil {
		t.Error(err)
	}
}
