package db

import (
	"context"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// valuesPerStatement bounds a statement of ExecRows: modernc's SQLite finds each placeholder by
// walking the list of their names, so a statement's cost grows with the square of their number.
const valuesPerStatement = 256

// ExecRows runs before + rows + after for many rows in few statements and counts the rows changed.
// row is one row's text with ? for each value: "(?,?)" behind VALUES of an INSERT, or
// "(?,CAST(? AS BIGINT))" inside UPDATE … FROM (VALUES …) AS v, where PostgreSQL must be told the
// types and both engines name the columns column1, column2, …
// args holds the values row by row. Each statement takes a power of two of rows, so that few texts
// exist to prepare.
func (t *Tx) ExecRows(ctx context.Context, before, row, after string, args []any) (int64, error) {
	cols := strings.Count(row, "?")
	if cols == 0 || len(args)%cols != 0 {
		panic("db: ExecRows of " + before + ": values do not fill rows " + row)
	}
	var changed int64
	for len(args) > 0 {
		rows := floorPow2(max(min(len(args), valuesPerStatement)/cols, 1))
		n, err := t.Exec(ctx, before+numbered(row, rows)+after, args[:rows*cols]...)
		if err != nil {
			return 0, err
		}
		changed += n
		args = args[rows*cols:]
	}
	return changed, nil
}

func floorPow2(n int) int { return 1 << (bits.Len(uint(n)) - 1) }

// numbered repeats row with its ? numbered through.
func numbered(row string, rows int) string {
	parts := strings.Split(row, "?")
	var b strings.Builder
	k := 0
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, part := range parts {
			if j > 0 {
				k++
				b.WriteByte('$')
				b.WriteString(strconv.Itoa(k))
			}
			b.WriteString(part)
		}
	}
	return b.String()
}

// InList returns the text of an IN list of ids behind the arguments first, and all arguments. Ids
// repeat up to a power of two, so that few texts exist to prepare. There must be 1…512 ids.
func InList(ids []string, first ...any) (string, []any) {
	width := 1 << bits.Len(uint(len(ids)-1))
	args := make([]any, 0, len(first)+width)
	args = append(args, first...)
	for i := range width {
		args = append(args, ids[min(i, len(ids)-1)])
	}
	return In(len(first)+1, width), args
}

// Named is a query and the name of what it lists.
type Named struct{ Name, SQL string }

// Maps lists the rows of a query by the names of its columns, at most limit of them: for what is
// handed on and not looked at. Values are strings, int64s and bools.
func Maps(
	ctx context.Context, r Reader, limit int, q string, args ...any,
) ([]map[string]any, error) {
	rows, err := r.query(ctx, q, args)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, r.fail(fmt.Errorf("columns of %q: %w", q, err))
	}
	out := []map[string]any{}
	for len(out) < limit && rows.Next() {
		values, dests := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			dests[i] = &values[i]
		}
		if err := rows.Scan(dests...); err != nil {
			return nil, r.fail(fmt.Errorf("scan %q: %w", q, err))
		}
		row := make(map[string]any, len(names))
		for i, name := range names {
			row[name] = values[i]
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		return nil, r.fail(fmt.Errorf("read %q: %w", q, err))
	}
	return out, nil
}
