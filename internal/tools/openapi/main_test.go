package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/app"
)

// Goal: -check passes right after writing, fails after any change, and itself changes nothing.
func TestRun(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "openapi")
	file := filepath.Join(dir, "people.json")
	if err := run(dir, true); err == nil {
		t.Error("a missing folder passed the check")
	}
	for range 2 {
		if err := run(dir, false); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(dir, true); err != nil {
		t.Errorf("fresh files: %v", err)
	}
	if err := os.WriteFile(file, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, true); err == nil || !strings.Contains(err.Error(), "stale") {
		t.Errorf("a stale file: %v", err)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "{}" {
		t.Errorf("the check wrote %q, %v", got, err)
	}
	if err := os.Rename(file, filepath.Join(dir, "nobody.json")); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, true); err == nil {
		t.Error("a file of no slice in the place of another passed the check")
	}
}

// Goal: the description in the repository is the one that the routes give.
func TestFresh(t *testing.T) {
	t.Parallel()
	if err := run("../../../docs/openapi", true); err != nil {
		t.Error(err)
	}
}

// Goal: the description is one that a client's generator can follow: every operation has a name of
// its own, every parameter of a path is declared, and every reference leads somewhere.
func TestWhole(t *testing.T) {
	t.Parallel()
	text, err := app.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Parameters  []struct{ Name, In string }
			Responses   map[string]any
		}
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || len(doc.Paths) == 0 {
		t.Fatalf("OpenAPI %q with %d paths", doc.OpenAPI, len(doc.Paths))
	}
	names := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.OperationID == "" || names[op.OperationID] {
				t.Errorf("%s %s has the name %q, empty or taken", method, path, op.OperationID)
			}
			names[op.OperationID] = true
			declared := 0
			for _, p := range op.Parameters {
				if p.In == "path" && strings.Contains(path, "{"+p.Name+"}") {
					declared++
				}
			}
			if n := strings.Count(path, "{"); declared != n {
				t.Errorf("%s %s declares %d of %d path parameters", method, path, declared, n)
			}
			if op.Responses["200"] == nil || op.Responses["default"] == nil {
				t.Errorf("%s %s says nothing of its answers", method, path)
			}
		}
	}
	refs := strings.Split(string(text), `"$ref": "#/components/schemas/`)[1:]
	if len(refs) < len(doc.Paths) {
		t.Errorf("%d references for %d paths: are they written otherwise?", len(refs), len(doc.Paths))
	}
	for _, part := range refs {
		if name, _, _ := strings.Cut(part, `"`); doc.Components.Schemas[name] == nil {
			t.Errorf("there is no schema %s", name)
		}
	}
}
