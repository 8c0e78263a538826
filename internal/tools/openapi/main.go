// Command openapi writes docs/openapi.json from the routes that app mounts. With -check it writes
// nothing and fails when the file is not what it would write. It needs no city and no database.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"

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
	want, err := app.OpenAPI()
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
