package wall

import (
	"bytes"
	"compress/zlib"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/signintech/gopdf"

	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/ui"
)

// report is a day with more digits than any city will have.
func report() cockpit.Daily {
	d := cockpit.Daily{City: "重庆市", Simulated: true, Date: "2026-03-05",
		AsOf: time.Date(2026, 3, 5, 16, 0, 0, 0, time.UTC)}
	for _, c := range [][2]string{{"M02", "vacancies"}, {"M02", "heads"}, {"M04", ""},
		{"M03", "matched"}, {"C01", "contracts"}, {"C02", "starts"}, {"C02", ""},
		{"wage.paid", "fen"}, {"wage.paid", "lines"}, {"W01", ""}, {"W01", "p50"}, {"W01", "p95"},
		{"W01", "late"}, {"W01", "late_fen"}, {"complaint.received", ""}} {
		d.Lines = append(d.Lines, cockpit.DayLine{
			Indicator: cockpit.Indicator{Code: c[0], Part: c[1], Value: "12,345,678.90"},
			Before:    "12 小时 30 分", Change: "+12.3%", WeekAgo: "98,765,432.10",
			WeekChange: "−3.2 个百分点"})
	}
	d.Lines[1].Change, d.Lines[2].WeekAgo = "±0%", "—"
	return d
}

// Goal: the report is a PDF of one page of A4, in both languages and with the longest figures; its
// text can be read back, and it is the same file every time.
func TestPrinted(t *testing.T) {
	t.Parallel()
	book, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages() {
		ctx := ui.With(t.Context(), ui.Look{Lang: lang, Text: book})
		d := report()
		file, err := printed(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		again, err := printed(ctx, d)
		if err != nil || !bytes.Equal(file, again) {
			t.Errorf("%s: a second file of the same report differs, %v", lang, err)
		}
		text, low := readBack(t, file)
		if low < sheetMargin {
			t.Errorf("%s: the last line stands at %.0f points, in the margin", lang, low)
		}
		for _, want := range []string{ui.Say(ctx, "wall.daily.title", "city", d.City),
			summary(ctx, d), ui.Say(ctx, "cockpit.demo_why"), lineName(ctx, d.Lines[14]),
			"12,345,678.90", "98,765,432.10", "12 小时 30 分", "+12.3%", "−3.2 个百分点", "±0%",
			"2026-03-06 00:00"} {
			if !strings.Contains(text, strings.ReplaceAll(want, " ", "")) {
				t.Errorf("%s: the file does not say %q:\n%s", lang, want, text)
			}
		}
		if strings.ContainsRune(text, glyphNone) {
			t.Errorf("%s: the font lacks a character:\n%s", lang, text)
		}
	}
}

// Goal: the font has every character of the product's sentences, of the regions' names and of
// figures. If it does not: go run ./internal/tools/fontgen.
func TestFontHasEveryCharacter(t *testing.T) {
	t.Parallel()
	font, err := fontNoto()
	if err != nil {
		t.Fatal(err)
	}
	lacks := ""
	pdf := gopdf.GoPdf{}
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	if err := pdf.AddTTFFontDataWithOption("noto", font, gopdf.TtfOption{
		OnGlyphNotFound: func(r rune) {
			if unicode.IsGraphic(r) {
				lacks += string(r)
			}
		},
		OnGlyphNotFoundSubstitute: func(rune) rune { return glyphNone }}); err != nil {
		t.Fatal(err)
	}
	if err := pdf.SetFont("noto", "", 10); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	all.WriteString("−±—") // the signs of figures, city/cockpit
	below := []string{""}
	for len(below) > 0 {
		all.WriteString(region.Name(below[0]))
		below = append(below[1:], region.Children(below[0])...)
	}
	files, err := filepath.Glob("../../internal/i18n/text/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no texts", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	if _, err := pdf.MeasureTextWidth(all.String()); err != nil || lacks != "" {
		t.Errorf("the font lacks %q, %v", lacks, err)
	}
	if _, err := pdf.MeasureTextWidth("𠀀"); err != nil || lacks != "𠀀" {
		t.Errorf("a character that the font lacks goes unseen: %q, %v", lacks, err)
	}
}

// Goal: a text breaks where Chinese and English may be broken.
func TestPieces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"到账率 95%；逾期":       "到|账|率 |95%；|逾|期",
		"paid in 3 weeks":  "paid |in |3 |weeks",
		"截至（北京）。":          "截|至|（北|京）。",
		"12,345.90 元、3 笔。": "12,345.90 |元、|3 |笔。",
	} {
		if got := strings.Join(pieces(text), "|"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

var (
	pdfObject  = regexp.MustCompile(`(?s)\d+ 0 obj(.*?)endobj`)
	pdfRange   = regexp.MustCompile(`<(\w{4})><\w{4}><(\w{4})>`)
	pdfShown   = regexp.MustCompile(`(?s)([\d.]+) TD.*?\[(.*?)\] ?TJ`)
	pdfStrings = regexp.MustCompile(`<(\w*)>`)
)

// readBack gives what a file of one page says, by the characters that it itself names, without
// spaces, and how far above the page's foot its lowest line stands.
func readBack(t *testing.T, file []byte) (text string, low float64) {
	t.Helper()
	var streams []string
	pages := 0
	for _, o := range pdfObject.FindAllSubmatch(file, -1) {
		head, body, has := bytes.Cut(o[1], []byte("stream\n"))
		if regexp.MustCompile(`/Type /Page\s`).Match(head) {
			pages++
		}
		if !has {
			continue
		}
		if z, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
			if body, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		streams = append(streams, string(body))
	}
	if pages != 1 || !bytes.HasPrefix(file, []byte("%PDF-")) ||
		!bytes.Contains(file, []byte("/MediaBox [ 0 0 595.00 842.00 ]")) {
		t.Fatalf("%d pages, or not of A4", pages)
	}
	named := map[string]rune{}
	for _, s := range streams {
		if strings.Contains(s, "begincmap") {
			for _, m := range pdfRange.FindAllStringSubmatch(s, -1) {
				code, err := strconv.ParseUint(m[2], 16, 16)
				if err != nil {
					t.Fatal(err)
				}
				named[m[1]] = rune(code)
			}
		}
	}
	low = 842
	var b strings.Builder
	for _, s := range streams {
		for _, m := range pdfShown.FindAllStringSubmatch(s, -1) {
			y, err := strconv.ParseFloat(m[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			low = min(low, y)
			for _, glyphs := range pdfStrings.FindAllStringSubmatch(m[2], -1) {
				for i := 0; i+4 <= len(glyphs[1]); i += 4 {
					b.WriteRune(named[strings.ToUpper(glyphs[1][i:i+4])])
				}
			}
		}
	}
	return strings.ReplaceAll(b.String(), " ", ""), low
}
