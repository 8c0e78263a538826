package skill

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/fault"
)

const (
	occupationRowsMax  = 20_000 // ten times the classification
	occupationRunesMax = 60
	definitionRunesMax = 2_000
	aliasesMax         = 200
)

// occupationColumns must stand in the first line, in any order; others are passed over.
var occupationColumns = []string{"level", "code", "name", "definition", "alias"}

// occupationRow is a row as read: an entry, or what is wrong with it.
type occupationRow struct {
	line  int
	cells []string
	entry Listed
	bad   *fault.Error
}

// readOccupations reads the classification as a CSV file in UTF-8.
// Faults: skill.occupation_file (invalid), with what is wrong.
func readOccupations(content []byte) (head []string, rows []occupationRow, err error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	refused := func(why string) error {
		return fault.New(fault.Invalid, "skill.occupation_file", "why", why).OnField("file")
	}
	if !utf8.Valid(content) {
		return nil, nil, refused("UTF-8")
	}
	if head, err = r.Read(); err != nil {
		return nil, nil, refused(err.Error())
	}
	at := map[string]int{}
	for _, name := range occupationColumns {
		if at[name] = slices.Index(head, name); at[name] < 0 {
			return nil, nil, refused("no column " + name)
		}
	}
	seen := map[string]Listed{}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return head, rows, nil
		}
		if err != nil {
			return nil, nil, refused(err.Error())
		}
		if len(rows) == occupationRowsMax {
			return nil, nil, refused("more than " + strconv.Itoa(occupationRowsMax) + " rows")
		}
		line, _ := r.FieldPos(0)
		row := occupationRow{line: line, cells: cells}
		row.read(at, len(head))
		key := row.entry.Code + "/" + strconv.Itoa(row.entry.Level)
		if old, twice := seen[key]; twice && row.bad == nil && !old.same(row.entry) {
			row.bad = badCell("code", "skill.occupation_twice")
		} else if row.bad == nil {
			seen[key] = row.entry
		}
		rows = append(rows, row)
	}
}

func badCell(field, code string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, code, args...).OnField(field)
}

// read fills a row's entry, or says what is wrong.
func (r *occupationRow) read(at map[string]int, columns int) {
	if len(r.cells) != columns {
		r.bad = badCell("code", "skill.occupation_cells", "columns", columns)
		return
	}
	cell := func(name string) string { return strings.TrimSpace(r.cells[at[name]]) }
	level, err := strconv.Atoi(cell("level"))
	e := Listed{Code: cell("code"), Level: level, Name: cell("name"), Definition: cell("definition")}
	for a := range strings.SplitSeq(cell("alias"), ",") {
		if a = strings.TrimSpace(a); a != "" && !slices.Contains(e.Aliases, a) {
			e.Aliases = append(e.Aliases, a)
		}
	}
	slices.Sort(e.Aliases)
	long := func(text string, most int) bool { return utf8.RuneCountInString(text) > most }
	switch {
	case err != nil || level < 1 || level > 4:
		r.bad = badCell("level", "skill.occupation_level")
	case !codeForm.MatchString(e.Code):
		r.bad = badCell("code", "skill.occupation_code")
	case e.Name == "" || long(e.Name, occupationRunesMax):
		r.bad = badCell("name", "skill.occupation_name", "max", occupationRunesMax)
	case long(e.Definition, definitionRunesMax):
		r.bad = badCell("definition", "skill.occupation_long", "max", definitionRunesMax)
	case len(e.Aliases) > aliasesMax || slices.ContainsFunc(e.Aliases, func(a string) bool {
		return long(a, occupationRunesMax)
	}):
		r.bad = badCell("alias", "skill.occupation_long", "max", occupationRunesMax)
	}
	r.entry = e
}
