// Command fontgen makes face/wall's font: Noto Sans SC, cut down to the characters that a report
// may hold. These are printable ASCII, the 3 755 usual characters of GB 2312, the names of
// all regions, all sentences of the product and the signs of figures. It fetches the font with npm
// (or takes -package FILE.tgz), checks its digest, and cuts with pyftsubset (fonttools 4).
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
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
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/gongyi/gongyi/internal/region"
)

const (
	packageName   = "@expo-google-fonts/noto-sans-sc@0.4.3"
	packageFile   = "expo-google-fonts-noto-sans-sc-0.4.3.tgz"
	packageSHA256 = "0d69d0f4971d2ff574e3d93cbc218dc950bf3f3f8f8e2c008d97687ed53aee59"
	fontFile      = "package/400Regular/NotoSansSC_400Regular.ttf"
	fontBytesMax  = 16 << 20
	signs         = "−±—" // of figures: no sentence need have them
	missing       = '□'   // stands for a character that the font lacks
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "face/wall/font/NotoSansSC.ttf.gz", "file to write")
	file := flag.String("package", "", "the package as a file, instead of asking npm for it")
	texts := flag.String("texts", "internal/i18n/text/*.yaml", "files whose characters are kept")
	flag.Parse()
	if err := run(*file, *texts, *out); err != nil {
		log.Fatalf("fontgen: %v", err)
	}
}

func run(file, texts, out string) error {
	dir, err := os.MkdirTemp("", "fontgen")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if file == "" {
		npm := exec.Command("npm", "pack", "--silent", packageName)
		npm.Dir, npm.Stderr = dir, os.Stderr
		if err := npm.Run(); err != nil {
			return fmt.Errorf("npm pack %s: %w", packageName, err)
		}
		file = filepath.Join(dir, packageFile)
	}
	whole, err := font(file)
	if err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	kept, err := characters(texts)
	if err != nil {
		return err
	}
	from, list := filepath.Join(dir, "whole.ttf"), filepath.Join(dir, "characters.txt")
	to := filepath.Join(dir, "cut.ttf")
	if err := errors.Join(os.WriteFile(from, whole, 0o600),
		os.WriteFile(list, []byte(string(kept)), 0o600)); err != nil {
		return err
	}
	cut := exec.Command("pyftsubset", from, "--text-file="+list, "--output-file="+to,
		"--no-hinting", "--layout-features=", "--drop-tables+=GSUB,GPOS,GDEF,BASE,vhea,vmtx,STAT",
		"--name-IDs=0,1,2,4,6,13,14")
	cut.Stderr = os.Stderr
	if err := cut.Run(); err != nil {
		return fmt.Errorf("pyftsubset: %w", err)
	}
	small, err := os.ReadFile(to)
	if err != nil {
		return err
	}
	return write(out, small)
}

// font takes the font out of the package.
func font(file string) ([]byte, error) {
	tgz, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(tgz); hex.EncodeToString(sum[:]) != packageSHA256 {
		return nil, fmt.Errorf("it is not %s: its SHA-256 is %x", packageName, sum)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(tgz))
	if err != nil {
		return nil, err
	}
	for t := tar.NewReader(unzipped); ; {
		h, err := t.Next()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", fontFile, err)
		}
		if h.Name == fontFile {
			return io.ReadAll(io.LimitReader(t, fontBytesMax))
		}
	}
}

// characters gives what the font keeps, in order.
func characters(texts string) ([]rune, error) {
	kept := map[rune]bool{missing: true}
	keep := func(s string) {
		for _, r := range s {
			kept[r] = kept[r] || unicode.IsGraphic(r)
		}
	}
	keep(signs)
	for r := ' '; r <= '~'; r++ {
		kept[r] = true
	}
	usual := simplifiedchinese.GBK.NewDecoder()
	for row := byte(0xB0); row <= 0xD7; row++ { // GB 2312, first level: rows 16 to 55
		for col := byte(0xA1); col <= 0xFE; col++ {
			s, err := usual.Bytes([]byte{row, col})
			if err != nil {
				return nil, err
			}
			if row < 0xD7 || col <= 0xF9 { // the last five places are empty
				keep(string(s))
			}
		}
	}
	below := []string{""}
	for len(below) > 0 {
		keep(region.Name(below[0]))
		below = append(below[1:], region.Children(below[0])...)
	}
	files, err := filepath.Glob(texts)
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no texts at %s: %w", texts, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		keep(string(text))
	}
	list := make([]rune, 0, len(kept))
	for r, ok := range kept {
		if ok {
			list = append(list, r)
		}
	}
	slices.Sort(list)
	return list, nil
}

func write(out string, font []byte) error {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(font); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}
