package people

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

type consentRow struct {
	N       int64  `db:"n"`
	Purpose string `db:"purpose"`
	Version string `db:"version"`
	Given   bool   `db:"given"`
	AtMS    int64  `db:"at_ms"`
}

func (c consentRow) view(workerID string) ConsentView {
	return ConsentView{WorkerID: workerID, Purpose: Purpose(c.Purpose), Version: c.Version,
		Given: c.Given, At: clock.At(c.AtMS)}
}

func (c consentRow) answer() answer {
	return answer{Said: c.N > 0, Given: c.Given, Version: c.Version, At: clock.At(c.AtMS)}
}

func insertConsent(ctx context.Context, tx *db.Tx, n int64, byID string, c ConsentView) error {
	_, err := tx.Exec(ctx, `INSERT INTO consents(worker_id, purpose, n, version, given, by_id, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, c.WorkerID, c.Purpose, n, c.Version, c.Given, byID,
		clock.MS(c.At))
	return err
}

// latestConsent reads what holds for a purpose; a consent not given when nothing was ever said.
func latestConsent(
	ctx context.Context, r db.Reader, workerID string, p Purpose,
) (consentRow, error) {
	row := consentRow{Purpose: string(p)}
	err := db.Row(ctx, r, []any{&row.N, &row.Version, &row.Given, &row.AtMS},
		`SELECT n, version, given, at_ms FROM consents
		WHERE worker_id = $1 AND purpose = $2 ORDER BY n DESC LIMIT 1`, workerID, p)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return row, err
}

// consentsOf lists what holds for each purpose that a worker has ever answered.
func consentsOf(ctx context.Context, r db.Reader, workerID string) ([]ConsentView, error) {
	rows, err := db.List[consentRow](ctx, r, `SELECT n, purpose, version, given, at_ms
		FROM consents c WHERE worker_id = $1 AND n = (SELECT MAX(n) FROM consents m
		WHERE m.worker_id = c.worker_id AND m.purpose = c.purpose) ORDER BY purpose`, workerID)
	views := make([]ConsentView, len(rows))
	for i, row := range rows {
		views[i] = row.view(workerID)
	}
	return views, err
}

// keptWords are the words of a version as they were shown.
type keptWords struct {
	purpose         Purpose
	version, zh, en string
}

// keepWords writes the words of a version the first time that somebody agrees to it. The words of
// a version never change: a test pins them.
func keepWords(ctx context.Context, tx *db.Tx, w keptWords) error {
	_, err := tx.Exec(ctx, `INSERT INTO consent_texts(purpose, version, zh, en, hash, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (purpose, version) DO NOTHING`, w.purpose,
		w.version, w.zh, w.en, consentHash(w.purpose, w.version, w.zh, w.en), clock.MS(tx.Now))
	return err
}

type nameRow struct {
	ID      string `db:"id"`
	Name    string `db:"name"`
	N       int64  `db:"n"`
	Version string `db:"version"`
	Given   bool   `db:"given"`
}

// namesOf reads names, each with what the worker last said to a purpose.
func namesOf(
	ctx context.Context, r db.Reader, workerIDs []string, p Purpose,
) ([]nameRow, error) {
	args := []any{p}
	for _, id := range workerIDs {
		args = append(args, id)
	}
	return db.List[nameRow](ctx, r, `SELECT w.id, w.name, COALESCE(c.n, 0) AS n,
		COALESCE(c.version, '') AS version, COALESCE(c.given, FALSE) AS given FROM workers w
		LEFT JOIN consents c ON c.worker_id = w.id AND c.purpose = $1 AND c.n = (SELECT MAX(m.n)
			FROM consents m WHERE m.worker_id = w.id AND m.purpose = $1)
		WHERE w.id IN (`+db.In(2, len(workerIDs))+`)`, args...)
}
