package desk

import (
	"fmt"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/ui"
)

// workbookRows is how many rows of a list a workbook holds: more is an export's, not a list's.
const workbookRows = 10_000

// fill reads a list that an operation gives in parts: the part that the address asks for, or all of
// them where the list is taken as a workbook. read gives a part and behind what the next begins. It
// is asked for words only where the list seeks, and only when not all of it is on the page:
// otherwise the page itself finds them, in more columns.
func (v *visit) fill(
	l *listing, read func(after, words string) (rows []row, next string, err error),
) error {
	l.parted = true
	words := ""
	part := func(after string) ([]row, string, error) {
		rows, next, err := read(after, words)
		if err == nil && l.seeks && words == "" && (next != "" || after != "") {
			if words = v.Form.Get(l.name + "q"); words != "" {
				rows, next, err = read(after, words)
			}
		}
		return rows, next, err
	}
	var err error
	if v.taken(*l) {
		l.rows, l.next, err = db.Walk(workbookRows, part)
	} else {
		l.rows, l.next, err = part(v.after(*l))
	}
	return err
}

// after is behind what the shown part of a list begins; "" for the first.
func (v *visit) after(l listing) string { return v.Form.Get(l.name + "after") }

// parts says of a list that is shown in parts what sees only this one, and leads to the others:
// with what is sought, chosen and kept.
func (v *visit) parts(l listing, out *ui.List) {
	after := v.after(l)
	if !l.parted || l.next == "" && after == "" {
		return
	}
	query, name := v.query(l), l.name+"after"
	if after != "" {
		out.First = ui.Address(l.path, query, name, "")
	}
	if l.next != "" {
		out.Next = ui.Address(l.path, query, name, l.next)
	}
	switch {
	case l.bare:
	case l.seeks:
		out.Note = v.say("desk.list.part_seeks")
	default:
		out.Note = v.say("desk.list.part")
	}
}

// numbered says how many of a list there are; "+" where others follow.
func numbered(n int, next string) string {
	if next != "" {
		return fmt.Sprint(n) + "+"
	}
	return fmt.Sprint(n)
}
