package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/gongyi/gongyi/internal/fault"
)

// Bounds of what is read. A roster of 50 000 people is a file of 3 MB that unpacks to 40 MB.
const (
	BytesMax      = 32 << 20
	RowsMax       = 50_000
	unpackedMax   = 256 << 20
	partMemoryMax = 64 << 20 // a part above it is unpacked to a file of the system
	partsMax      = 2_000
	ratioMax      = 200 // unpacked to packed, of a part that is not small
	ratioFrom     = 1 << 20
	sheetsMax     = 20
	cellRunesMax  = 4_000
	columnsMax    = 400
)

// Table is the rows below a header of a workbook.
type Table struct {
	Sheet     string
	HeaderRow int // the last row of the header, from 1
	cols      []Column
	at        map[string]int
	file      *excelize.File
}

// Row is one row that is not empty.
type Row struct {
	N      int // as the spreadsheet counts
	Hidden bool
	cells  []string
	at     map[string]int
}

// Text gives a cell by its column's key, cleaned; "" where the table has no such column.
func (r Row) Text(key string) string {
	i, ok := r.at[key]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return Clean(r.cells[i])
}

// Cells gives the cells by key.
func (r Row) Cells() map[string]string {
	m := make(map[string]string, len(r.at))
	for key := range r.at {
		if text := r.Text(key); text != "" {
			m[key] = text
		}
	}
	return m
}

// Open finds the table in a workbook: the first sheet with a header that names the columns. The
// caller closes it.
// Faults (invalid): sheet.too_large, sheet.old_format, sheet.not_xlsx, sheet.macros, sheet.bomb,
// sheet.broken, sheet.no_header, sheet.column_missing, sheet.header_twice.
func Open(data []byte, cols []Column) (t *Table, err error) {
	if err := examine(data); err != nil {
		return nil, err
	}
	defer guardPanic(&err) // of the parser, on bytes that no program wrote
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true,
		UnzipSizeLimit: unpackedMax, UnzipXMLSizeLimit: partMemoryMax})
	if err != nil {
		return nil, fault.New(fault.Invalid, "sheet.broken").Because(err)
	}
	t = &Table{cols: cols, file: f}
	if err := t.find(); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

func guardPanic(err *error) {
	if p := recover(); p != nil {
		*err = fault.New(fault.Invalid, "sheet.broken").Because(fmt.Errorf("the parser: %v", p))
	}
}

// examine judges a file by its outside, before anything is unpacked.
func examine(data []byte) error {
	switch {
	case len(data) > BytesMax:
		return fault.New(fault.Invalid, "sheet.too_large", "max_mib", BytesMax>>20)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")): // OLE: .xls, .et, or a password
		return fault.New(fault.Invalid, "sheet.old_format")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fault.New(fault.Invalid, "sheet.not_xlsx").Because(err)
	}
	if len(z.File) > partsMax {
		return fault.New(fault.Invalid, "sheet.bomb")
	}
	var total uint64
	workbook := false
	for _, part := range z.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		size, packed := part.UncompressedSize64, max(part.CompressedSize64, 1)
		// The reader of archive/zip gives an error when a part is longer than it says.
		if total += size; size > unpackedMax || total > unpackedMax ||
			size > ratioFrom && size/packed > ratioMax {
			return fault.New(fault.Invalid, "sheet.bomb")
		}
		if strings.HasSuffix(name, "vbaproject.bin") || strings.Contains(name, "macrosheets/") {
			return fault.New(fault.Invalid, "sheet.macros")
		}
		workbook = workbook || strings.HasPrefix(name, "xl/workbook")
	}
	if !workbook {
		return fault.New(fault.Invalid, "sheet.not_xlsx")
	}
	return nil
}

// Close lets the file go.
func (t *Table) Close() { t.file.Close() } // only removes temporary files

// find looks through the sheets. What was wrong with the first of them is said when none fits.
func (t *Table) find() error {
	var first error
	names := t.file.GetSheetList()
	for _, name := range names[:min(len(names), sheetsMax)] {
		top, err := t.top(name)
		if err != nil {
			return err
		}
		h, err := findHeader(t.cols, top)
		if err == nil {
			t.Sheet, t.HeaderRow, t.at = name, h.row, h.at
			return nil
		}
		if first == nil || fault.Is(first, "sheet.no_header") {
			first = err
		}
	}
	if first == nil {
		return fault.New(fault.Invalid, "sheet.no_header", "titles", titles(t.cols, nil))
	}
	return first
}

func (t *Table) top(name string) ([][]string, error) {
	var top [][]string
	err := t.walk(name, func(_ int, _ bool, cells []string) error {
		top = append(top, cells)
		if len(top) >= headerRowsMax+1 {
			return errEnough
		}
		return nil
	})
	return top, err
}

var errEnough = errors.New("sheet: enough")

// walk reads a sheet row by row, empty ones too.
func (t *Table) walk(name string, fn func(n int, hidden bool, cells []string) error) (err error) {
	defer guardPanic(&err)
	rows, err := t.file.Rows(name)
	if err != nil {
		return fault.New(fault.Invalid, "sheet.broken").Because(err)
	}
	defer rows.Close()
	for n := 1; rows.Next(); n++ {
		hidden := rows.GetRowOpts().Hidden
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return fault.New(fault.Invalid, "sheet.broken").Because(err)
		}
		err = fn(n, hidden, cells[:min(len(cells), columnsMax)])
		if errors.Is(err, errEnough) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return fault.New(fault.Invalid, "sheet.broken").Because(err)
	}
	return nil
}

// Each gives the rows below the header that are not empty, and no remark below the table.
// Faults (invalid): sheet.too_many_rows, sheet.cell_long, sheet.broken, and those of fn.
func (t *Table) Each(fn func(Row) error) error {
	count := 0
	return t.walk(t.Sheet, func(n int, hidden bool, cells []string) error {
		if n <= t.HeaderRow || t.remark(cells) {
			return nil
		}
		if count++; count > RowsMax {
			return fault.New(fault.Invalid, "sheet.too_many_rows", "max", RowsMax)
		}
		for i, text := range cells {
			if len(text) > cellRunesMax && utf8.RuneCountInString(text) > cellRunesMax {
				return fault.New(fault.Invalid, "sheet.cell_long", "row", n, "column", letters(i),
					"max", cellRunesMax)
			}
		}
		return fn(Row{N: n, Hidden: hidden, cells: cells, at: t.at})
	})
}

// remarks begin the lines that offices write below a table.
var remarks = []string{"合计", "总计", "小计", "注:", "注1", "备注:", "说明:", "填表人", "填报人", "审核人",
	"制表", "负责人", "单位负责人", "填表说明"}

// remark tells whether a row holds nothing of the table: none of its columns (offices number rows
// in advance), or none of the required ones and it begins like a remark.
func (t *Table) remark(cells []string) bool {
	first, ours, required := "", false, false
	for _, c := range t.cols {
		i, ok := t.at[c.Key]
		if !ok || i >= len(cells) || Clean(cells[i]) == "" {
			continue
		}
		ours = true
		required = required || c.Required && !isRemark(cells[i])
	}
	for _, text := range cells {
		if first = Plain(text); first != "" {
			break
		}
	}
	return !ours || !required && isRemark(first)
}

func isRemark(text string) bool {
	s := Plain(text)
	for _, word := range remarks {
		if strings.HasPrefix(s, word) {
			return true
		}
	}
	return false
}
