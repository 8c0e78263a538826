package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/i18n"
)

// occupations brings the classification of occupations in.
func (c importCmd) occupations(
	ctx context.Context, city *app.City, lang, key string, content []byte,
) error {
	v, err := city.Skills.ImportOccupations(ctx, skill.ImportOccupations{Keyed: deed.Key(key),
		Content: content, DryRun: c.DryRun})
	if err != nil {
		return err
	}
	args := map[string]any{"rows": v.Rows, "in": v.New + v.Changed, "same": v.Same, "bad": len(v.Bad)}
	words := "cmd.imported"
	if c.DryRun {
		words = "cmd.rehearsed"
	}
	var wrong *intake.FileView
	if len(v.Bad) > 0 {
		file, err := badOccupations(city.Text, lang, v)
		if err != nil {
			return err
		}
		base := strings.TrimSuffix(filepath.Base(c.File), filepath.Ext(c.File))
		wrong = &intake.FileView{FileName: base + "-错误.csv", Content: file}
	}
	return c.tell(city.Text, lang, v, words, args, wrong)
}

// badOccupations is the rows that were refused, with the reason in the last column.
func badOccupations(text *i18n.Book, lang string, v skill.ImportedOccupations) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff") // so that a spreadsheet reads it as UTF-8
	w := csv.NewWriter(&b)
	rows := [][]string{append(slices.Clone(v.Columns), "why")}
	for _, bad := range v.Bad {
		row := make([]string, len(v.Columns)+1)
		copy(row, bad.Cells[:min(len(bad.Cells), len(v.Columns))])
		row[len(v.Columns)] = fmt.Sprintf("%d/%s: %s", bad.Line, bad.Field,
			text.Say(lang, bad.Code, bad.Args))
		rows = append(rows, row)
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}
