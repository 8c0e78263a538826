package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Goal: -check passes right after writing, fails after any change, and itself changes nothing.
func TestRun(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := run(file, true); err == nil {
		t.Error("a missing file passed the check")
	}
	if err := run(file, false); err != nil {
		t.Fatal(err)
	}
	if err := run(file, true); err != nil {
		t.Errorf("a fresh file: %v", err)
	}
	if err := os.WriteFile(file, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(file, true); err == nil || !strings.Contains(err.Error(), "stale") {
		t.Errorf("a stale file: %v", err)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "{}" {
		t.Errorf("the check wrote %q, %v", got, err)
	}
}

// Goal: the page in the repository is the one that the routes give.
func TestFresh(t *testing.T) {
	t.Parallel()
	if err := run("../../../docs/openapi.json", true); err != nil {
		t.Error(err)
	}
}

// Goal: the description is one that a client's generator can follow: every operation has a name of
// its own, every parameter of a path is declared, and every reference leads somewhere.
func TestWhole(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/openapi.json")
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
	for _, part := range strings.Split(string(text), `"$ref": "#/components/schemas/`)[1:] {
		if name, _, _ := strings.Cut(part, `"`); doc.Components.Schemas[name] == nil {
			t.Errorf("there is no schema %s", name)
		}
	}
}
