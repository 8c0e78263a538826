package oversight

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

func insertMatter(ctx context.Context, tx *db.Tx, m Matter) error {
	_, err := tx.Exec(ctx, `INSERT INTO matters(id, kind, subject_id, title, words, assigner_id,
		owner_id, due_on, state, steps, at_ms, closed_ms, settled_how, settled_of,
		settled_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, 0, '', '', 0)`, m.ID, string(m.Kind),
		m.SubjectID, m.Title, m.Words, m.AssignerID, m.OwnerID, string(m.DueOn),
		string(m.State), clock.MS(m.At))
	if err != nil {
		return err
	}
	return insertStep(ctx, tx, m, 0, "assign", m.AssignerID, m.Words)
}

func insertStep(
	ctx context.Context, tx *db.Tx, m Matter, n int64, step, accountID, words string,
) error {
	_, err := tx.Exec(ctx, `INSERT INTO matter_steps(matter_id, n, step, state, account_id, words,
		at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)`, m.ID, n, step, string(m.State), accountID, words,
		clock.MS(tx.Now))
	return err
}

// updateMatter writes a step. It is guarded by the number of steps, so that of two at once one
// finds another state.
func updateMatter(
	ctx context.Context, tx *db.Tx, m Matter, step, accountID, words string,
) error {
	var closed, settled int64
	var how, of string
	if !m.ClosedAt.IsZero() {
		closed = clock.MS(m.ClosedAt)
		if m.Settled != (Settlement{}) {
			how, of, settled = m.Settled.How, m.Settled.Of, clock.MS(m.Settled.At)
		}
	}
	n, err := tx.Exec(ctx, `UPDATE matters SET state = $1, steps = steps + 1, closed_ms = $2,
		settled_how = $3, settled_of = $4, settled_ms = $5, owner_id = $6 WHERE id = $7 AND steps = $8`,
		string(m.State), closed, how, of, settled, m.OwnerID, m.ID, m.Steps)
	if err == nil && n == 0 {
		err = m.mustBe()
	}
	if err != nil {
		return err
	}
	return insertStep(ctx, tx, m, m.Steps+1, step, accountID, words)
}

func listMatters(ctx context.Context, r db.Reader, where string, args ...any) ([]Matter, error) {
	var all []Matter
	err := db.Each(ctx, r, `SELECT id, kind, subject_id, title, words, assigner_id, owner_id, due_on,
		state, steps, at_ms, closed_ms, settled_how, settled_of, settled_ms FROM matters
		WHERE `+where, args,
		func(scan func(...any) error) error {
			var m Matter
			var at, closed, settled int64
			err := scan(&m.ID, (*string)(&m.Kind), &m.SubjectID, &m.Title, &m.Words, &m.AssignerID,
				&m.OwnerID, (*string)(&m.DueOn), (*string)(&m.State), &m.Steps, &at, &closed,
				&m.Settled.How, &m.Settled.Of, &settled)
			m.At = clock.At(at)
			if closed > 0 {
				m.ClosedAt = clock.At(closed)
			}
			if settled > 0 {
				m.Settled.At = clock.At(settled)
			}
			all = append(all, m)
			return err
		})
	return all, err
}

func getMatter(ctx context.Context, r db.Reader, id string) (Matter, error) {
	all, err := listMatters(ctx, r, `id = $1`, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "oversight.not_found").OnField("matter_id")
	}
	if err != nil {
		return Matter{}, err
	}
	return all[0], nil
}

// which matters are read: closed or open ones behind a mark by the last day; an empty owner or
// subject is every one.
type which struct {
	closed         bool
	owner, subject string
	from           db.Mark
}

func findMatters(ctx context.Context, r db.Reader, w which, limit int) ([]Matter, error) {
	where := `state <> 'closed' AND due_on >= $1 AND (due_on > $1 OR id > $2)`
	order := ` ORDER BY due_on, id LIMIT $3`
	if w.closed {
		where = `state = 'closed' AND due_on <= $1 AND (due_on < $1 OR id < $2)`
		order = ` ORDER BY due_on DESC, id DESC LIMIT $3`
	}
	return listMatters(ctx, r, where+` AND (owner_id = $4 OR $4 = '')
		AND (subject_id = $5 OR $5 = '')`+order, string(civil.DateOf(clock.At(w.from.MS))), w.from.ID,
		limit, w.owner, w.subject)
}

type step struct {
	step, accountID, words string
	at                     time.Time
}

func stepsOf(ctx context.Context, r db.Reader, id string) ([]step, error) {
	var steps []step
	err := db.Each(ctx, r, `SELECT step, account_id, words, at_ms FROM matter_steps
		WHERE matter_id = $1 ORDER BY n`, []any{id}, func(scan func(...any) error) error {
		var s step
		var at int64
		err := scan(&s.step, &s.accountID, &s.words, &at)
		s.at = clock.At(at)
		steps = append(steps, s)
		return err
	})
	return steps, err
}
