// Command configdoc writes docs/configuration.md from the fields of internal/config. With -check it
// writes nothing and fails when the file is not what it would write.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/gongyi/gongyi/internal/config"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "docs/configuration.md", "file to write")
	check := flag.Bool("check", false, "write nothing; fail when the file is stale")
	flag.Parse()
	if err := run(*out, *check); err != nil {
		log.Fatalf("configdoc: %v", err)
	}
}

func run(out string, check bool) error {
	want := config.Markdown()
	if !check {
		return os.WriteFile(out, []byte(want), 0o644)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	if string(got) != want {
		return fmt.Errorf("%s is stale: run make generate", out)
	}
	return nil
}
