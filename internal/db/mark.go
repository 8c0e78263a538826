package db

import (
	"fmt"
	"strconv"
	"strings"
)

// Mark is a place in a list by time, the newest first: the next page begins behind the row with
// this instant and id. In SQL: at_ms <= $1 AND (at_ms < $1 OR id < $2).
type Mark struct {
	MS int64
	ID string
}

// String is the mark as a page's address holds it.
func (m Mark) String() string { return strconv.FormatInt(m.MS, 10) + "/" + m.ID }

// ParseMark reads what String wrote.
func ParseMark(text string) (Mark, error) {
	ms, id, _ := strings.Cut(text, "/")
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return Mark{}, fmt.Errorf("no mark of a page: %w", err)
	}
	return Mark{n, id}, nil
}
