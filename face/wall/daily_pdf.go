package wall

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"

	"github.com/signintech/gopdf"

	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/ui"
)

const pdfType = "application/pdf"

//go:embed font/NotoSansSC.ttf.gz
var fontPacked []byte

// fontNoto is the font's file, unpacked when the first report is asked for.
var fontNoto = sync.OnceValues(func() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(fontPacked))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
})

// Of a sheet of A4 upright, in points: its margins of 2 cm, as in the document for Word.
const (
	sheetMargin = 56.7
	sheetRight  = 595.28 - sheetMargin
	cellPad     = 4.0
	lineHeight  = 1.45 // of the size of the letters
	glyphNone   = '□'  // drawn for what the font lacks
	fontName    = "NotoSansSC"
)

// cellWidth is that of a column, as in the document for Word.
func cellWidth(column int) float64 { return float64(columnWidths[column]) / 20 }

// sheet is a page that is written from the top down. The first error stays.
type sheet struct {
	pdf  gopdf.GoPdf
	y    float64
	size float64
	err  error
}

// printed writes the report as a PDF of one page. The same report gives the same bytes.
func printed(ctx context.Context, d cockpit.Daily) ([]byte, error) {
	font, err := fontNoto()
	if err != nil {
		return nil, fmt.Errorf("unpack the font: %w", err)
	}
	s := &sheet{y: sheetMargin}
	s.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	title := ui.Say(ctx, "wall.daily.title", "city", d.City)
	s.pdf.SetInfo(gopdf.PdfInfo{Title: title + " " + string(d.Date), Producer: "Gongyi"})
	s.do(s.pdf.AddTTFFontDataWithOption(fontName, font, gopdf.TtfOption{
		OnGlyphNotFoundSubstitute: func(rune) rune { return glyphNone }}))
	s.pdf.AddPage()
	s.paragraph(title, 19, true)
	s.paragraph(ui.Say(ctx, "wall.daily.of", "date", d.Date, "weekday", weekday(ctx, d.Date)),
		12, true)
	if d.Simulated {
		s.paragraph(ui.Say(ctx, "cockpit.demo")+": "+ui.Say(ctx, "cockpit.demo_why"), 9, true)
	}
	s.y += 6
	s.paragraph(summary(ctx, d), 12, false)
	s.y += 6
	s.row(true, ui.Say(ctx, "wall.daily.figure"), string(d.Date), ui.Say(ctx, "wall.daily.before"),
		ui.Say(ctx, "wall.daily.change"), ui.Say(ctx, "wall.daily.week"),
		ui.Say(ctx, "wall.daily.change"))
	for _, l := range d.Lines {
		s.row(false, lineName(ctx, l), l.Value, l.Before, l.Change, l.WeekAgo, l.WeekChange)
	}
	s.y += 8
	s.paragraph(ui.Say(ctx, "wall.daily.foot", "at", d.AsOf.In(civil.Zone).Format("2006-01-02 15:04")),
		9, false)
	if s.err != nil {
		return nil, fmt.Errorf("draw the report: %w", s.err)
	}
	return s.pdf.GetBytesPdfReturnErr()
}

func (s *sheet) do(err error) {
	if s.err == nil && err != nil {
		s.err = err
	}
}

func (s *sheet) letters(size float64) {
	s.size = size
	s.do(s.pdf.SetFont(fontName, "", size))
}

func (s *sheet) width(words string) float64 {
	w, err := s.pdf.MeasureTextWidth(words)
	s.do(err)
	return w
}

// write puts words on the line at y; those not to the left end at x.
func (s *sheet) write(words string, x, y float64, left bool) {
	if !left {
		x -= s.width(words)
	}
	s.pdf.SetXY(x, y)
	s.do(s.pdf.Cell(nil, words))
}

// paragraph writes words over the page's width.
func (s *sheet) paragraph(words string, size float64, centred bool) {
	s.letters(size)
	for _, line := range s.lines(words, sheetRight-sheetMargin) {
		x := sheetMargin
		if centred {
			x = (sheetMargin + sheetRight - s.width(line)) / 2
		}
		s.write(line, x, s.y, true)
		s.y += size * lineHeight
	}
	s.y += size / 3
}

// row draws a row of the table; its first cell is to the left, the others to the right.
func (s *sheet) row(head bool, cells ...string) {
	s.letters(10)
	texts, most := make([][]string, len(cells)), 1
	for i, words := range cells {
		texts[i] = s.lines(words, cellWidth(i)-2*cellPad)
		most = max(most, len(texts[i]))
	}
	height := float64(most)*s.size*lineHeight + cellPad
	if head {
		s.pdf.SetFillColor(235, 238, 242)
		s.pdf.RectFromUpperLeftWithStyle(sheetMargin, s.y, sheetRight-sheetMargin, height, "F")
		s.pdf.SetFillColor(0, 0, 0)
	}
	s.pdf.SetLineWidth(0.5)
	s.pdf.SetStrokeColor(128, 128, 128)
	x := sheetMargin
	for i, lines := range texts {
		w := cellWidth(i)
		s.pdf.RectFromUpperLeftWithStyle(x, s.y, w, height, "D")
		for n, line := range lines {
			at := x + w - cellPad
			if i == 0 {
				at = x + cellPad
			}
			s.write(line, at, s.y+cellPad+float64(n)*s.size*lineHeight, i == 0)
		}
		x += w
	}
	s.y += height
}

// lines breaks words where Chinese and English may be broken, so that each line fits into width.
func (s *sheet) lines(words string, width float64) []string {
	var out []string
	line := ""
	for _, p := range pieces(words) {
		if line != "" && s.width(line+strings.TrimRight(p, " ")) > width {
			out, line = append(out, strings.TrimRight(line, " ")), ""
		}
		line += p
	}
	return append(out, strings.TrimRight(line, " "))
}

// pieces cuts a text into what stays together: a word with the space behind it, a character, and
// with either the marks that may not begin a line.
func pieces(words string) []string {
	var out []string
	word, opened := false, false // the last piece is a word that goes on, or ends with an open bracket
	for _, r := range words {
		wide := unicode.Is(unicode.Han, r)
		closes := strings.ContainsRune("，。；：、！？）》」％”’", r)
		switch {
		case len(out) > 0 && (closes || r == ' ' || opened || word && !wide):
			out[len(out)-1] += string(r)
		default:
			out = append(out, string(r))
		}
		opened = r == '（' || r == '《'
		word = !wide && !closes && r != ' '
	}
	return out
}
