package intake

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	importsMax  = 50  // of a list
	problemsMax = 200 // of a screen; the error sheet holds all
	lookUpMax   = 512 // ids of one IN list
)

const importColumns = `id, kind, file_name, sha256, region, account_id, employer_id, state,
	code, rows, hidden, tries, created_at_ms, done_at_ms`

func scanImport(ctx context.Context, r db.Reader, query string, args ...any) (Import, error) {
	var i Import
	var created, done int64
	err := db.Row(ctx, r, []any{&i.ID, &i.Kind, &i.FileName, &i.SHA256, &i.Region, &i.AccountID,
		&i.EmployerID, &i.State, &i.Code, &i.Rows, &i.Hidden, &i.Tries, &created, &done}, query, args...)
	i.CreatedAt = clock.At(created)
	if done > 0 {
		i.DoneAt = clock.At(done)
	}
	return i, err
}

func getImport(ctx context.Context, r db.Reader, id string) (Import, error) {
	i, err := scanImport(ctx, r, `SELECT `+importColumns+` FROM imports WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		err = noImport()
	}
	return i, err
}

func noImport() error {
	return fault.New(fault.NotFound, "intake.import_not_found").OnField("import_id")
}

// nextImport gives the named import if it waits, or with "" the oldest that does; db.ErrNone when
// there is none.
func nextImport(ctx context.Context, r db.Reader, id string) (Import, error) {
	return scanImport(ctx, r, `SELECT `+importColumns+` FROM imports
		WHERE state = 'waiting' AND ($1 = '' OR id = $1) ORDER BY created_at_ms, id LIMIT 1`, id)
}

// waitingImport gives the id of the import of this file that is being worked on, "" if none.
func waitingImport(ctx context.Context, r db.Reader, i Import) (string, error) {
	var id string
	err := db.Row(ctx, r, []any{&id}, `SELECT id FROM imports WHERE sha256 = $1 AND kind = $2
		AND region = $3 AND employer_id = $4 AND state = 'waiting' ORDER BY id LIMIT 1`, i.SHA256, i.Kind,
		i.Region, i.EmployerID)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return id, err
}

func insertImport(ctx context.Context, tx *db.Tx, i Import) error {
	_, err := tx.Exec(ctx, `INSERT INTO imports(`+importColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10, 0, $11, 0)`, i.ID, i.Kind, i.FileName,
		i.SHA256, i.Region, i.AccountID, i.EmployerID, i.State, i.Rows, i.Hidden, clock.MS(i.CreatedAt))
	return err
}

func endImport(ctx context.Context, tx *db.Tx, id string, state State, code string) error {
	_, err := tx.Exec(ctx, `UPDATE imports SET state = $1, code = $2, done_at_ms = $3
		WHERE id = $4 AND state = 'waiting'`, state, code, clock.MS(tx.Now), id)
	return err
}

func setTries(ctx context.Context, tx *db.Tx, id string, tries int64) error {
	_, err := tx.Exec(ctx, `UPDATE imports SET tries = $1 WHERE id = $2 AND tries <> $1`, tries, id)
	return err
}

// newestImports lists imports of an employer; with "" those of the whole city.
func newestImports(ctx context.Context, r db.Reader, employerID string) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM imports WHERE $1 = '' OR employer_id = $1
		ORDER BY created_at_ms DESC, id DESC LIMIT $2`, employerID, importsMax)
}

func countRows(ctx context.Context, r db.Reader, id string) (in, same, bad int64, err error) {
	err = db.Row(ctx, r, []any{&in, &same, &bad}, `SELECT
		CAST(COALESCE(SUM(CASE WHEN state = 'in' THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN state = 'same' THEN 1 ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN state = 'bad' THEN 1 ELSE 0 END), 0) AS BIGINT)
		FROM import_rows WHERE import_id = $1`, id)
	return in, same, bad, err
}

// lastRow gives the last row on record; rows are written down in order, without a gap.
func lastRow(ctx context.Context, r db.Reader, id string) (int, error) {
	return db.Get[int](ctx, r, `SELECT COALESCE(MAX(n), 0) FROM import_rows WHERE import_id = $1`, id)
}

// insertRows writes down what became of rows; one that another process wrote down stays.
func insertRows(ctx context.Context, tx *db.Tx, i Import, done []result, sealed [][]byte) error {
	args := make([]any, 0, len(done)*9)
	for k, r := range done {
		code := ""
		if r.fault != nil {
			code = r.fault.Code
		}
		args = append(args, i.ID, r.n, i.Kind, r.state, r.rowKey, r.subjectKey, r.subjectID, code,
			sealed[k])
	}
	_, err := tx.ExecRows(ctx, `INSERT INTO import_rows(import_id, n, kind, state, row_key,
		subject_key, subject_id, code, fault_sealed) VALUES `, `(?,?,?,?,?,?,?,?,?)`,
		` ON CONFLICT DO NOTHING`, args)
	return err
}

// earlierRows finds the rows that went in for these subjects, of all imports.
func earlierRows(ctx context.Context, r db.Reader, k Kind, keys []string) ([]earlier, error) {
	var found []earlier
	for from := 0; from < len(keys); from += lookUpMax {
		in, args := db.InList(keys[from:min(from+lookUpMax, len(keys))], k)
		err := db.Each(ctx, r, `SELECT w.import_id, i.file_name, w.n, w.row_key, w.subject_id,
			w.subject_key, i.created_at_ms FROM import_rows w JOIN imports i ON i.id = w.import_id
			WHERE w.kind = $1 AND w.state IN ('in', 'same') AND w.subject_key IN (`+in+`)
			ORDER BY i.created_at_ms, i.id, w.n`, args, func(scan func(...any) error) error {
			var e earlier
			var created int64
			err := scan(&e.importID, &e.fileName, &e.n, &e.rowKey, &e.subjectID, &e.subjectKey, &created)
			e.createdAt = clock.At(created)
			found = append(found, e)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func eachBadRow(ctx context.Context, r db.Reader, importID string, limit int,
	fn func(n int, sealed []byte) error) error {
	return db.Each(ctx, r, `SELECT n, fault_sealed FROM import_rows
		WHERE import_id = $1 AND state = 'bad' ORDER BY n LIMIT $2`, []any{importID, limit},
		func(scan func(...any) error) error {
			var n int
			var sealed []byte
			if err := scan(&n, &sealed); err != nil {
				return err
			}
			return fn(n, sealed)
		})
}
