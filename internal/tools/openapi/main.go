// Command openapi writes docs/openapi.json from the routes that app mounts. With -check it writes
// nothing and fails when the file is not what it would write. It needs no city and no database.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/gongyi/gongyi/app"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "docs/openapi.json", "file to write")
	check := flag.Bool("check", false, "write nothing; fail when the file is stale")
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
	want, err := lines(api)
	if err != nil {
		return err
	}
	if !check {
		return os.WriteFile(out, want, 0o644)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s is stale: run make generate", out)
	}
	return nil
}

// depth is how far the file is broken into lines: an operation and a schema stand on one line each,
// so that a difference can be read and the file stays small.
const depth = 3

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
