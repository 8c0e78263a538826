package sheet

import (
	"bytes"
	"fmt"
	"iter"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Guard makes a text harmless in a spreadsheet: what could be taken for a formula gets a ' before
// it, also behind spaces, because programs trim. Clean takes it away again.
func Guard(text string) string {
	trimmed := strings.TrimLeft(text, " \u3000\u00a0")
	if trimmed == "" {
		return text
	}
	switch trimmed[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n', '|':
		return "'" + text
	}
	if strings.HasPrefix(trimmed, "＝") || strings.HasPrefix(trimmed, "＋") ||
		strings.HasPrefix(trimmed, "－") || strings.HasPrefix(trimmed, "＠") {
		return "'" + text
	}
	return text
}

// book writes one streamed sheet of text cells.
type book struct {
	file   *excelize.File
	stream *excelize.StreamWriter
	text   int // style: format @
	head   int // style: bold, format @
	row    int
}

func newBook(name string, widths []int) (*book, error) {
	b := &book{file: excelize.NewFile()}
	err := b.begin(name, widths)
	if err != nil {
		b.file.Close()
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return b, nil
}

func (b *book) begin(name string, widths []int) error {
	const asText = 49 // the built-in number format @
	if err := b.file.SetSheetName(b.file.GetSheetName(0), name); err != nil {
		return err
	}
	var err error
	if b.text, err = b.file.NewStyle(&excelize.Style{NumFmt: asText}); err != nil {
		return err
	}
	b.head, err = b.file.NewStyle(&excelize.Style{NumFmt: asText, Font: &excelize.Font{Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF7"}}})
	if err != nil {
		return err
	}
	if b.stream, err = b.file.NewStreamWriter(name); err != nil {
		return err
	}
	for i, width := range widths {
		err := b.stream.SetColWidth(i+1, i+1, min(max(float64(width), 8), 60))
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *book) add(style int, cells []string) error {
	b.row++
	at, err := excelize.CoordinatesToCellName(1, b.row)
	if err != nil {
		return fmt.Errorf("write row %d: %w", b.row, err)
	}
	values := make([]any, len(cells))
	for i, text := range cells {
		values[i] = excelize.Cell{StyleID: style, Value: Guard(text)}
	}
	if err := b.stream.SetRow(at, values); err != nil {
		return fmt.Errorf("write row %d: %w", b.row, err)
	}
	return nil
}

func (b *book) bytes() ([]byte, error) {
	defer b.file.Close()
	if err := b.stream.Flush(); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	var out bytes.Buffer
	if err := b.file.Write(&out); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return out.Bytes(), nil
}

// List writes a table of text: a header and rows.
func List(name string, header []string, rows iter.Seq2[[]string, error]) ([]byte, error) {
	widths := make([]int, len(header))
	for i, text := range header {
		widths[i] = 2*len([]rune(text)) + 6
	}
	b, err := newBook(name, widths)
	if err != nil {
		return nil, err
	}
	if err := b.add(b.head, header); err != nil {
		b.file.Close()
		return nil, err
	}
	for cells, err := range rows {
		if err == nil {
			err = b.add(b.text, cells)
		}
		if err != nil {
			b.file.Close()
			return nil, err
		}
	}
	return b.bytes()
}

// Faulty gives the sender's own table back: what stood above the rows, then only the rows of which
// wrong says something, with that in a column more. It can be mended and sent again.
func (t *Table) Faulty(title string, wrong func(n int) string) ([]byte, error) {
	var b *book
	last := 0
	for _, i := range t.at {
		last = max(last, i+1)
	}
	err := t.walk(t.Sheet, func(n int, _ bool, cells []string) error {
		if b == nil {
			var err error
			if b, err = newBook(t.Sheet, t.widths(last)); err != nil {
				return err
			}
		}
		said := ""
		switch {
		case n < t.HeaderRow:
			return b.add(b.text, padded(cells, 0))
		case n == t.HeaderRow:
			last = max(last, len(cells))
			return b.add(b.head, append(padded(cells, last), title))
		default:
			if said = wrong(n); said == "" {
				return nil
			}
		}
		return b.add(b.text, append(padded(cells, last)[:last], said))
	})
	if err != nil {
		if b != nil {
			b.file.Close()
		}
		return nil, err
	}
	if b == nil {
		return nil, fmt.Errorf("the sheet %q has no rows any more", t.Sheet)
	}
	return b.bytes()
}

func (t *Table) widths(last int) []int {
	widths := make([]int, last+1)
	for i := range widths {
		widths[i] = 16
	}
	widths[last] = 60
	return widths
}

func padded(cells []string, to int) []string {
	out := make([]string, max(len(cells), to))
	copy(out, cells)
	return out
}
