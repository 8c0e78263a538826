package db

import (
	"strconv"
	"strings"

	"github.com/gongyi/gongyi/internal/fault"
)

// Mark is a place in a list that is ordered by time and id, or by another number: the next page
// begins behind the row with this instant and id. In SQL, for the newest first:
// at_ms <= $1 AND (at_ms < $1 OR id < $2).
type Mark struct {
	MS int64
	ID string
}

// String is the mark as a page's address holds it.
func (m Mark) String() string { return strconv.FormatInt(m.MS, 10) + "/" + m.ID }

// ParseMark reads what String wrote; first is where a list begins that is asked for without a mark.
// Faults: db.mark (invalid, field after).
func ParseMark(text string, first Mark) (Mark, error) {
	if text == "" {
		return first, nil
	}
	ms, id, ok := strings.Cut(text, "/")
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil || !ok {
		return first, fault.New(fault.Invalid, "db.mark").OnField("after").Because(err)
	}
	return Mark{n, id}, nil
}

// Page gives the first rows of a list, size at most, and by mark what the next page begins behind;
// "" where nothing follows. To know that, one row more than size is to be read. Never nil.
func Page[T any](rows []T, size int, mark func(T) string) ([]T, string) {
	if rows == nil {
		rows = []T{}
	}
	if len(rows) <= size {
		return rows, ""
	}
	return rows[:size], mark(rows[size-1])
}

// Walk reads the pages of a list from its beginning, until there are no more or there are most
// rows. next is behind what the rest stands; "" where the rows are all.
func Walk[T any](
	most int, read func(after string) (rows []T, next string, err error),
) (all []T, next string, err error) {
	for range most { // a page may be empty, but not each of them
		rows, behind, err := read(next)
		if err != nil {
			return nil, "", err
		}
		all, next = append(all, rows...), behind
		if next == "" || len(all) >= most {
			break
		}
	}
	return all, next, nil
}
