package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/georgysavva/scany/v2/sqlscan"
)

// ErrNone is what Get returns when no row matches; the store gives it its meaning.
var ErrNone = errors.New("db: no row")

// Reader reads: a *DB outside a deed, a *Tx inside one.
type Reader interface {
	query(ctx context.Context, q string, args []any) (*sql.Rows, error)
	fail(err error) error
}

// Get scans the one row of a query into a T (a scalar, or a struct with `db` tags).
// It returns ErrNone when there is none; more than one row is an error.
func Get[T any](ctx context.Context, r Reader, q string, args ...any) (T, error) {
	var v T
	rows, err := r.query(ctx, q, args)
	if err != nil {
		return v, err
	}
	err = sqlscan.ScanOne(&v, rows)
	if sqlscan.NotFound(err) {
		return v, ErrNone
	}
	if err != nil {
		return v, r.fail(fmt.Errorf("scan %q: %w", q, err))
	}
	return v, nil
}

// List scans all rows of a query; the query bounds itself by LIMIT or by what it counts.
func List[T any](ctx context.Context, r Reader, q string, args ...any) ([]T, error) {
	rows, err := r.query(ctx, q, args)
	if err != nil {
		return nil, err
	}
	var vs []T
	if err := sqlscan.ScanAll(&vs, rows); err != nil {
		return nil, r.fail(fmt.Errorf("scan %q: %w", q, err))
	}
	return vs, nil
}

// Row scans one row into dests in column order: Get without reflection, for hot deeds.
// It returns ErrNone when there is none.
func Row(ctx context.Context, r Reader, dests []any, q string, args ...any) error {
	rows, err := r.query(ctx, q, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return r.fail(fmt.Errorf("read %q: %w", q, err))
		}
		return ErrNone
	}
	if err := rows.Scan(dests...); err != nil {
		return r.fail(fmt.Errorf("scan %q: %w", q, err))
	}
	if err := rows.Close(); err != nil {
		return r.fail(fmt.Errorf("read %q: %w", q, err))
	}
	return nil
}

// Each calls fn for every row of a query without holding them all; scan reads columns in order.
func Each(ctx context.Context, r Reader, q string, args []any,
	fn func(scan func(...any) error) error) error {
	rows, err := r.query(ctx, q, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return r.fail(fmt.Errorf("read %q: %w", q, err))
	}
	return nil
}

func (d *DB) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	if inDeed(ctx) {
		panic("db: a reader inside a deed; read through its Tx")
	}
	if d.dialect == postgres {
		rows, err := d.pool.QueryContext(ctx, q, args...)
		if err != nil {
			return nil, fmt.Errorf("query %q: %w", q, meaning(err))
		}
		return rows, nil
	}
	s, err := d.prepared(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", q, err)
	}
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("query %q: %w", q, err)
	}
	return rows, nil
}

func (d *DB) fail(err error) error { return err }

// prepared keeps one statement a text; SQLite spends most of a small read on parsing it.
func (d *DB) prepared(ctx context.Context, q string) (*sql.Stmt, error) {
	d.stmtMu.RLock()
	s := d.stmts[q]
	d.stmtMu.RUnlock()
	if s != nil {
		return s, nil
	}
	s, err := d.pool.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	d.stmtMu.Lock()
	defer d.stmtMu.Unlock()
	if old := d.stmts[q]; old != nil {
		s.Close()
		return old, nil
	}
	if len(d.stmts) < stmtsMax {
		d.stmts[q] = s
	} // beyond the bound a text is prepared each time; the statement closes with the pool
	return s, nil
}
