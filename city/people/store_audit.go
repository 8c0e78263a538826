package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// insertAudit writes a row at the end of its subject's chain. Deeds about different people meet in
// no row; two about one person would in any case.
func insertAudit(ctx context.Context, tx *db.Tx, a audit) error {
	var n int64
	var hash string
	err := db.Row(ctx, tx, []any{&n, &hash}, `SELECT n, hash FROM audit WHERE subject = $1
		ORDER BY n DESC LIMIT 1`, a.Subject)
	if err != nil && !errors.Is(err, db.ErrNone) {
		return err
	}
	a.ID, a.AtMS = tx.ID("aud"), clock.MS(tx.Now)
	a = a.chained(n, hash)
	_, err = tx.Exec(ctx, `INSERT INTO audit(id, account_id, what, subject, reason, at_ms, n, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.ID, a.AccountID, a.What, a.Subject, a.Reason, a.AtMS, a.N, a.Hash)
	return err
}

func auditOf(ctx context.Context, r db.Reader, subject string, limit int) ([]AuditView, error) {
	type row struct {
		AccountID string `db:"account_id"`
		What      string `db:"what"`
		Reason    string `db:"reason"`
		AtMS      int64  `db:"at_ms"`
		N         int64  `db:"n"`
		Hash      string `db:"hash"`
	}
	rows, err := db.List[row](ctx, r, `SELECT account_id, what, reason, at_ms, n, hash FROM audit
		WHERE subject = $1 ORDER BY n DESC LIMIT $2`, subject, limit)
	views := make([]AuditView, len(rows))
	for i, v := range rows {
		views[i] = AuditView{AccountID: v.AccountID, What: v.What, Reason: v.Reason,
			At: clock.At(v.AtMS), N: v.N, Hash: v.Hash}
	}
	return views, err
}

// latestSeal reads the last seal; the zero seal when there is none.
func latestSeal(ctx context.Context, r db.Reader) (seal, error) {
	var s seal
	err := db.Row(ctx, r, []any{&s.N, &s.UntilMS, &s.Rows, &s.Hash},
		`SELECT n, until_ms, rows_count, hash FROM audit_seals ORDER BY n DESC LIMIT 1`)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return s, err
}

// sealAfter makes the seal of what follows another, up to an instant and of about limit rows; no
// rows: nothing to seal.
func sealAfter(
	ctx context.Context, r db.Reader, before seal, until time.Time, limit int,
) (seal, error) {
	untilMS := clock.MS(until)
	var cut int64 // the rows of one deed bear one time and are sealed together
	err := db.Row(ctx, r, []any{&cut}, `SELECT at_ms FROM audit WHERE at_ms > $1 AND at_ms <= $2
		ORDER BY at_ms, id LIMIT 1 OFFSET $3`, before.UntilMS, untilMS, limit-1)
	if err == nil {
		untilMS = cut
	} else if !errors.Is(err, db.ErrNone) {
		return seal{}, err
	}
	next := newSealing()
	err = db.Each(ctx, r, `SELECT hash FROM audit WHERE at_ms > $1 AND at_ms <= $2
		ORDER BY at_ms, id`, []any{before.UntilMS, untilMS}, func(scan func(...any) error) error {
		var hash string
		if err := scan(&hash); err != nil {
			return err
		}
		next.add(hash)
		return nil
	})
	return next.upon(before, untilMS), err
}

// insertSeal appends a seal; an error when another process was faster.
func insertSeal(ctx context.Context, tx *db.Tx, s seal) error {
	n, err := tx.Exec(ctx, `INSERT INTO audit_seals(n, until_ms, rows_count, hash, at_ms)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, s.N, s.UntilMS, s.Rows, s.Hash,
		clock.MS(tx.Now))
	if err == nil && n == 0 {
		err = fmt.Errorf("seal %d of the audit log is there already", s.N)
	}
	return err
}
