// Command openapi writes the API's description into docs/openapi, a file for each slice, from the
// routes that app mounts. With -check it writes nothing and fails when a file is not what it would
// write. It needs no city and no database.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gongyi/gongyi/app"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "docs/openapi", "folder to write")
	check := flag.Bool("check", false, "write nothing; fail when a file is stale")
	flag.Parse()
	if err := run(*out, *check); err != nil {
		log.Fatalf("openapi: %v", err)
	}
}

func run(out string, check bool) error {
	api, err := app.OpenAPI()
	if err != nil {
		return err
	}
	want, err := split(api)
	if err != nil {
		return err
	}
	have, err := filepath.Glob(filepath.Join(out, "*.json"))
	if err != nil {
		return err
	}
	if !check {
		return replace(out, have, want)
	}
	if len(have) != len(want) {
		return fmt.Errorf("%s has %d files, not %d: run make generate", out, len(have), len(want))
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			return err
		}
		if !bytes.Equal(got, text) {
			return fmt.Errorf("%s is stale: run make generate", filepath.Join(out, name))
		}
	}
	return nil
}

func replace(out string, have []string, want map[string][]byte) error {
	for _, file := range have {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	errs := []error{os.MkdirAll(out, 0o755)}
	for name, text := range want {
		errs = append(errs, os.WriteFile(filepath.Join(out, name), text, 0o644))
	}
	return errors.Join(errs...)
}

// commonFile holds what belongs to no slice.
const commonFile = "common"

type object = map[string]json.RawMessage

// part is the share of one file in the description.
type part struct {
	Paths   object `json:"paths,omitempty"`
	Schemas object `json:"schemas,omitempty"`
}

// split sorts paths by their tag and schemas by the slice their name begins with: together, one
// file would be too large to be read.
func split(api []byte) (map[string][]byte, error) {
	var doc struct {
		Paths      map[string]map[string]struct{ Tags []string }
		Components struct{ Schemas object }
	}
	var paths struct{ Paths object }
	if err := errors.Join(json.Unmarshal(api, &doc), json.Unmarshal(api, &paths)); err != nil {
		return nil, err
	}
	parts := map[string]part{}
	of := func(slice string) part {
		if _, ok := parts[slice]; !ok {
			parts[slice] = part{object{}, object{}}
		}
		return parts[slice]
	}
	for path, methods := range doc.Paths {
		for _, op := range methods {
			of(op.Tags[0]).Paths[path] = paths.Paths[path]
		}
	}
	for name, schema := range doc.Components.Schemas {
		slice := commonFile
		for tag := range parts {
			if strings.HasPrefix(strings.ToLower(name), tag) {
				slice = tag
			}
		}
		of(slice).Schemas[name] = schema
	}
	files := map[string][]byte{}
	for slice, p := range parts {
		text, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		if files[slice+".json"], err = lines(text); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// depth is how far the file is broken into lines: an operation and a schema stand on one line each,
// so that a difference can be read and the file stays small.
const depth = 2

// lines sets a JSON object with a line for each of its inner objects down to depth.
func lines(doc []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := write(&b, doc, 0); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func write(b *bytes.Buffer, value json.RawMessage, level int) error {
	var object map[string]json.RawMessage
	if level == depth || json.Unmarshal(value, &object) != nil || len(object) == 0 {
		return json.Compact(b, value)
	}
	indent := strings.Repeat(" ", level+1)
	b.WriteByte('{')
	for i, key := range slices.Sorted(maps.Keys(object)) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "\n%s%q: ", indent, key)
		if err := write(b, object[key], level+1); err != nil {
			return err
		}
	}
	fmt.Fprintf(b, "\n%s}", indent[1:])
	return nil
}
