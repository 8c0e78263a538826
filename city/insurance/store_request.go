package insurance

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

const requestColumns = `id, placement_id, worker_id, plan_id, version, consent_id, insurer, state,
	reason, attempts, premium_fen, from_ms, until_ms, asked_at_ms, next_at_ms, answer_by_ms,
	ended_at_ms`

// insertRequest tells whether the placement had none.
func insertRequest(ctx context.Context, tx *db.Tx, r Request) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO cover_requests(`+requestColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, $9, $10, $11, $12, $13, $14, 0)
		ON CONFLICT DO NOTHING`, r.ID, r.PlacementID, r.WorkerID, r.PlanID, r.Version, r.ConsentID,
		r.Insurer, string(r.State), r.PremiumFen, clock.MS(r.From), clock.MS(r.Until),
		clock.MS(r.AskedAt), clock.MS(r.NextAt), clock.MS(r.AnswerBy))
	return n == 1, err
}

// requestOf gives the request of a placement; a zero one where there is none.
func requestOf(ctx context.Context, r db.Reader, placementID string) (Request, error) {
	list, err := listRequests(ctx, r, `placement_id = $1`, placementID)
	if err != nil || len(list) == 0 {
		return Request{}, err
	}
	return list[0], nil
}

func dueRequests(ctx context.Context, r db.Reader, now time.Time) ([]Request, error) {
	return listRequests(ctx, r, `ended_at_ms = 0 AND next_at_ms <= $1 ORDER BY next_at_ms, id
		LIMIT $2`, clock.MS(now), requestsMax)
}

// deniedRequests are those that the insurer refused, or was silent on, since then.
func deniedRequests(ctx context.Context, r db.Reader, since time.Time) ([]Request, error) {
	return listRequests(ctx, r, `(state = 'refused' OR state = 'timed_out') AND ended_at_ms >= $1
		ORDER BY ended_at_ms DESC, id LIMIT $2`, clock.MS(since), listMax)
}

func deniedOf(ctx context.Context, r db.Reader, placementIDs []string) ([]Request, error) {
	in, args := db.InList(placementIDs)
	return listRequests(ctx, r, `(state = 'refused' OR state = 'timed_out')
		AND placement_id IN (`+in+`) ORDER BY id`, args...)
}

func listRequests(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]Request, error) {
	var list []Request
	err := db.Each(ctx, r, `SELECT `+requestColumns+` FROM cover_requests WHERE `+where, args,
		func(scan func(...any) error) error {
			var q Request
			err := scan(&q.ID, &q.PlacementID, &q.WorkerID, &q.PlanID, &q.Version, &q.ConsentID,
				&q.Insurer, (*string)(&q.State), &q.Reason, &q.Attempts, &q.PremiumFen, ms{&q.From},
				ms{&q.Until}, ms{&q.AskedAt}, ms{&q.NextAt}, ms{&q.AnswerBy}, ms{&q.EndedAt})
			list = append(list, q)
			return err
		})
	return list, err
}

// changeRequest stores what came of one that was read as before; false when somebody was faster.
func changeRequest(ctx context.Context, tx *db.Tx, before, after Request) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE cover_requests SET state = $1, reason = $2, attempts = $3,
		next_at_ms = $4, ended_at_ms = $5 WHERE id = $6 AND state = $7 AND next_at_ms = $8`,
		string(after.State), after.Reason, after.Attempts, clock.MS(after.NextAt),
		clock.MS(after.EndedAt), before.ID, string(before.State), clock.MS(before.NextAt))
	return n == 1, err
}

// rowOf gives a request as it is told.
func rowOf(ctx context.Context, r db.Reader, q Request) (DeclarationRow, error) {
	d := DeclarationRow{CoverID: q.ID, PlanID: q.PlanID, EffectiveAtMS: clock.MS(q.From),
		ExpiresAtMS: clock.MS(q.Until), PremiumFen: q.PremiumFen}
	err := db.Row(ctx, r, []any{&d.Person}, `SELECT person FROM insurance_consents WHERE id = $1`,
		q.ConsentID)
	return d, err
}

// told is a worker whose cover stands on a bordereau, and the day on which it began.
type told struct {
	coverID, workerID string
	day               civil.Date
}

// workersOn lists whom a bordereau is about; at most rowsMax.
func workersOn(ctx context.Context, r db.Reader, bordereauID string) ([]told, error) {
	var list []told
	err := db.Each(ctx, r, `SELECT id, worker_id, effective_at_ms FROM covers WHERE bordereau_id = $1
		ORDER BY id`, []any{bordereauID}, func(scan func(...any) error) error {
		var t told
		var at time.Time
		err := scan(&t.coverID, &t.workerID, ms{&at})
		t.day = civil.DateOf(at)
		list = append(list, t)
		return err
	})
	return list, err
}

// modeOf reads how a plan's newest version is bound.
func modeOf(ctx context.Context, r db.Reader, planID string) (string, error) {
	var mode string
	err := db.Row(ctx, r, []any{&mode}, `SELECT mode FROM insurance_plans WHERE id = $1
		ORDER BY version DESC LIMIT 1`, planID)
	if errors.Is(err, db.ErrNone) {
		err = noPlan()
	}
	return mode, err
}
