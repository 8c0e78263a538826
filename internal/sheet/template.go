package sheet

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// Template is an empty workbook that people fill in.
type Template struct {
	Name    string // of the sheet
	Title   string // above the header
	Columns []Column
	Help    string   // name of the sheet of explanations
	Heads   []string // of the explanations: column, required, what to write
	Words   Words
	Notes   []string // below the explanations
}

// Words are what a template says of its columns.
type Words struct{ Required, Optional, Auto, PickOne, PickTitle string }

// rowsReady is how many rows of a template are formatted, and may be filled in when it is locked.
const rowsReady = 2_000

// Bytes writes the template: every column text (@), required ones marked, drop-downs for choices,
// columns that are worked out locked, and a sheet that explains.
func (t Template) Bytes() ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if err := t.write(f); err != nil {
		return nil, fmt.Errorf("write template: %w", err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		return nil, fmt.Errorf("write template: %w", err)
	}
	return out.Bytes(), nil
}

const (
	titleRow  = 1
	headerRow = 2
	asText    = 49 // the built-in number format @
)

func (t Template) write(f *excelize.File) error {
	if err := f.SetSheetName(f.GetSheetName(0), t.Name); err != nil {
		return err
	}
	if err := f.SetCellStr(t.Name, "A1", t.Title); err != nil {
		return err
	}
	if n := len(t.Columns); n > 1 {
		if err := f.MergeCell(t.Name, "A1", letters(n-1)+"1"); err != nil {
			return err
		}
	}
	for i, c := range t.Columns {
		if err := t.column(f, i, c); err != nil {
			return err
		}
	}
	err := f.SetPanes(t.Name, &excelize.Panes{Freeze: true, YSplit: headerRow,
		TopLeftCell: fmt.Sprintf("A%d", headerRow+1), ActivePane: "bottomLeft"})
	if err != nil {
		return err
	}
	err = f.ProtectSheet(t.Name, &excelize.SheetProtectionOptions{FormatColumns: true,
		FormatRows: true, InsertRows: true, DeleteRows: true, Sort: true, AutoFilter: true,
		SelectLockedCells: true, SelectUnlockedCells: true})
	if err != nil {
		return err
	}
	return t.explain(f)
}

func (t Template) column(f *excelize.File, i int, c Column) error {
	head, err := f.NewStyle(&excelize.Style{NumFmt: asText, Font: &excelize.Font{Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill(c)}}})
	if err != nil {
		return err
	}
	body, err := f.NewStyle(&excelize.Style{NumFmt: asText,
		Protection: &excelize.Protection{Locked: c.Auto}})
	if err != nil {
		return err
	}
	col := letters(i)
	cell := fmt.Sprintf("%s%d", col, headerRow)
	first, last := fmt.Sprintf("%s%d", col, headerRow+1),
		fmt.Sprintf("%s%d", col, headerRow+rowsReady)
	if err := f.SetColStyle(t.Name, col, body); err != nil {
		return err
	}
	if err := f.SetColWidth(t.Name, col, col, 18); err != nil {
		return err
	}
	title := c.Title
	if c.Required {
		title += "*"
	}
	if err := f.SetCellStr(t.Name, cell, title); err != nil {
		return err
	}
	if err := f.SetCellStyle(t.Name, cell, cell, head); err != nil {
		return err
	}
	if len(c.Choices) == 0 {
		return nil
	}
	list := excelize.NewDataValidation(true)
	list.Sqref = first + ":" + last
	list.SetError(excelize.DataValidationErrorStyleStop, t.Words.PickTitle, t.Words.PickOne)
	if err := list.SetDropList(firstWords(c.Choices)); err != nil {
		return err
	}
	return f.AddDataValidation(t.Name, list)
}

// fill colours a header: red for required, grey for worked out, blue for the rest.
func fill(c Column) string {
	switch {
	case c.Auto:
		return "D9D9D9"
	case c.Required:
		return "F8CBAD"
	}
	return "DDEBF7"
}

func (t Template) explain(f *excelize.File) error {
	if _, err := f.NewSheet(t.Help); err != nil {
		return err
	}
	rows := [][]string{t.Heads}
	for _, c := range t.Columns {
		need := t.Words.Optional
		if c.Required {
			need = t.Words.Required
		}
		if c.Auto {
			need = t.Words.Auto
		}
		rows = append(rows, []string{c.Title, need, c.Note})
	}
	rows = append(rows, nil)
	for _, note := range t.Notes {
		rows = append(rows, []string{note})
	}
	for i, cells := range rows {
		for j, text := range cells {
			if err := f.SetCellStr(t.Help, fmt.Sprintf("%s%d", letters(j), i+1), text); err != nil {
				return err
			}
		}
	}
	if err := f.SetColWidth(t.Help, "A", "B", 18); err != nil {
		return err
	}
	return f.SetColWidth(t.Help, "C", "C", 70)
}
