package sim

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

func allMeta(ctx context.Context, r db.Reader) (map[string]string, error) {
	all := map[string]string{}
	err := db.Each(
		ctx,
		r,
		`SELECT key, value FROM meta ORDER BY key`,
		nil,
		func(scan func(...any) error) error {
			var k, v string
			err := scan(&k, &v)
			all[k] = v
			return err
		},
	)
	return all, err
}

func insertActor(ctx context.Context, tx *db.Tx, kind string, a actor) error {
	_, err := tx.Exec(
		ctx,
		`INSERT INTO sim_actors(kind, n, account_id, worker_id, employer_id, place_id,
		region, phone) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		kind,
		a.N,
		a.AccountID,
		a.WorkerID,
		a.EmployerID,
		a.PlaceID,
		a.Region,
		a.Phone,
	)
	return err
}

func eachActor(ctx context.Context, r db.Reader, fn func(kind string, a actor)) error {
	return db.Each(ctx, r, `SELECT kind, n, account_id, worker_id, employer_id, place_id, region, phone
		FROM sim_actors ORDER BY kind, n`, nil, func(scan func(...any) error) error {
		var kind string
		var a actor
		err := scan(
			&kind,
			&a.N,
			&a.AccountID,
			&a.WorkerID,
			&a.EmployerID,
			&a.PlaceID,
			&a.Region,
			&a.Phone,
		)
		fn(kind, a)
		return err
	})
}

func insertOutside(ctx context.Context, tx *db.Tx, n int64, kind, key, body string) error {
	_, err := tx.Exec(ctx, `INSERT INTO sim_outside(n, kind, key, body) VALUES ($1, $2, $3, $4)`,
		n, kind, key, body)
	return err
}

func eachOutside(
	ctx context.Context,
	r db.Reader,
	fn func(kind, key, body string) error,
) (int64, error) {
	var last int64
	err := db.Each(ctx, r, `SELECT n, kind, key, body FROM sim_outside ORDER BY n`, nil,
		func(scan func(...any) error) error {
			var kind, key, body string
			if err := scan(&last, &kind, &key, &body); err != nil {
				return err
			}
			return fn(kind, key, body)
		})
	return last, err
}

// task is something that waits for a worker or an employer to do.
type task struct {
	ID, PlacementID, ShiftID, WorkerID, EmployerID, PlaceID string
	StartsAt, EndsAt, At                                    time.Time
	Forgotten                                               bool
}

// tasks reads rows of (id, placement, shift, worker, employer, place, starts, ends, at).
func tasks(ctx context.Context, r db.Reader, q string, args ...any) ([]task, error) {
	var out []task
	err := db.Each(ctx, r, q, args, func(scan func(...any) error) error {
		var t task
		var starts, ends, at int64
		err := scan(&t.ID, &t.PlacementID, &t.ShiftID, &t.WorkerID, &t.EmployerID, &t.PlaceID,
			&starts, &ends, &at)
		t.StartsAt, t.EndsAt, t.At = clock.At(starts), clock.At(ends), clock.At(at)
		out = append(out, t)
		return err
	})
	return out, err
}

// unsigned lists drafted contracts of placements that may still be worked, or, where the employer
// settles, have begun with the one-month clock running. In place of the place stands who settles.
// Both halves begin at the few placements that can be meant, not at all contracts (on SQLite, CROSS
// JOIN keeps the order in which tables are named).
func unsigned(ctx context.Context, r db.Reader) ([]task, error) {
	return tasks(ctx, r, `SELECT c.id, p.id AS placement, p.shift_id, p.worker_id, p.employer_id,
		v.settlement, p.starts_at_ms, p.ends_at_ms, p.accepted_at_ms AS accepted
		FROM placements p JOIN contracts c ON c.placement_id = p.id AND c.state = 'drafted'
		JOIN vacancies v ON v.id = p.vacancy_id WHERE p.state = 'accepted' AND p.starts_at_ms > 0
		UNION ALL SELECT c.id, p.id, p.shift_id, p.worker_id, p.employer_id,
		v.settlement, p.starts_at_ms, p.ends_at_ms, p.accepted_at_ms
		FROM contract_clocks k CROSS JOIN contracts c CROSS JOIN placements p CROSS JOIN vacancies v
		WHERE k.state <> 'signed' AND c.placement_id = k.placement_id AND c.state = 'drafted'
		AND p.id = k.placement_id AND p.state IN ('started', 'done') AND v.id = p.vacancy_id
		ORDER BY accepted, placement`)
}

// offered lists offers that wait for their worker.
func offered(ctx context.Context, r db.Reader, now time.Time) ([]task, error) {
	return tasks(
		ctx,
		r,
		`SELECT id, id, shift_id, worker_id, employer_id, '', starts_at_ms, ends_at_ms,
		made_at_ms FROM placements WHERE state = 'offered' AND starts_at_ms > $1
		ORDER BY made_at_ms, id`,
		clock.MS(now),
	)
}

// expected lists accepted placements whose shift begins between two instants.
func expected(ctx context.Context, r db.Reader, from, to time.Time) ([]task, error) {
	return tasks(ctx, r, `SELECT p.id, p.id, p.shift_id, p.worker_id, p.employer_id, v.place_id,
		p.starts_at_ms, p.ends_at_ms, p.accepted_at_ms
		FROM placements p JOIN vacancies v ON v.id = p.vacancy_id WHERE p.state = 'accepted'
		AND p.starts_at_ms >= $1 AND p.starts_at_ms < $2 ORDER BY p.starts_at_ms, p.id`,
		clock.MS(from), clock.MS(to))
}

// came lists accepted placements whose shift began between two instants and whose worker is not on
// record as having come.
func came(ctx context.Context, r db.Reader, from, to time.Time) ([]task, error) {
	return tasks(ctx, r, `SELECT p.id, p.id, p.shift_id, p.worker_id, p.employer_id, v.place_id,
		p.starts_at_ms, p.ends_at_ms, p.accepted_at_ms
		FROM placements p JOIN vacancies v ON v.id = p.vacancy_id AND v.settlement = 'platform'
		WHERE p.state = 'accepted' AND p.starts_at_ms > $1 AND p.starts_at_ms <= $2
		AND NOT EXISTS (SELECT 1 FROM timesheets t WHERE t.placement_id = p.id)
		ORDER BY p.starts_at_ms, p.id`, clock.MS(from), clock.MS(to))
}

// deviceOf gives the phone of a worker.
func deviceOf(ctx context.Context, r db.Reader, workerID string) (string, error) {
	return db.Get[string](ctx, r, `SELECT id FROM device_keys WHERE worker_id = $1 AND ended_ms = 0
		ORDER BY id LIMIT 1`, workerID)
}

// reoffered lists heads of running shifts that wait for somebody to step in: one row for each offer
// by name, and one without a worker where anybody may.
func reoffered(ctx context.Context, r db.Reader, now time.Time) ([]task, error) {
	return tasks(ctx, r, `SELECT r.id, r.placement_id, r.shift_id, COALESCE(o.worker_id, ''),
		r.employer_id, '', s.starts_at_ms, s.ends_at_ms, r.at_ms
		FROM replacements r JOIN shifts s ON s.id = r.shift_id
		LEFT JOIN placements o ON o.shift_id = r.shift_id AND o.state = 'offered'
			AND o.made_at_ms = r.at_ms
		WHERE r.filled_by = '' AND s.state = 'open' AND s.taken < s.heads AND s.ends_at_ms > $1
		AND (r.offers = 0 OR o.id IS NOT NULL) ORDER BY r.id, o.id`,
		clock.MS(now.Add(90*time.Minute)))
}

// pieceNorm gives how many pieces a shift asks for; 0 where it is not paid by the piece.
func pieceNorm(ctx context.Context, r db.Reader, shiftID string) (int64, error) {
	return db.Get[int64](ctx, r, `SELECT pieces FROM shifts WHERE id = $1`, shiftID)
}

// proposals lists what employers said of hours and workers have not answered.
func proposals(ctx context.Context, r db.Reader) ([]task, error) {
	return tasks(ctx, r, `SELECT id, placement_id, '', worker_id, employer_id, '', started_at_ms,
		ended_at_ms, asked_at_ms FROM corrections WHERE state = 'asked' AND asked_by = 'employer'
		ORDER BY asked_at_ms, id`)
}

// working lists who is at work.
func working(ctx context.Context, r db.Reader) ([]task, error) {
	return tasks(ctx, r, `SELECT p.id, p.id, p.shift_id, p.worker_id, p.employer_id, v.place_id,
		p.starts_at_ms, p.ends_at_ms, t.started_at_ms
		FROM timesheets t JOIN placements p ON p.id = t.placement_id
		JOIN vacancies v ON v.id = p.vacancy_id WHERE t.state = 'started'
		ORDER BY p.ends_at_ms, p.id`)
}

// gone lists work that ended between two instants and has no correction yet.
func gone(ctx context.Context, r db.Reader, from, to time.Time) ([]task, error) {
	return tasks(ctx, r, `SELECT p.id, p.id, p.shift_id, p.worker_id, p.employer_id,
		CASE WHEN t.forgotten THEN 'forgotten' ELSE '' END, t.started_at_ms, t.ended_at_ms, p.ends_at_ms
		FROM timesheets t JOIN placements p ON p.id = t.placement_id
		WHERE t.state = 'ended' AND t.ends_at_ms >= $1 AND t.ends_at_ms < $2 AND NOT EXISTS
		(SELECT 1 FROM corrections c WHERE c.placement_id = t.placement_id)
		ORDER BY t.ends_at_ms, p.id`, clock.MS(from), clock.MS(to))
}

// upcoming lists open shifts with people on them that begin between two instants.
func upcoming(ctx context.Context, r db.Reader, from, to time.Time) ([]task, error) {
	return tasks(
		ctx,
		r,
		`SELECT id, '', id, '', employer_id, '', starts_at_ms, ends_at_ms, 0 FROM shifts
		WHERE state = 'open' AND starts_at_ms >= $1 AND starts_at_ms < $2 ORDER BY starts_at_ms, id`,
		clock.MS(from),
		clock.MS(to),
	)
}

// newestShifts lists the employer's open shifts to come that are filled by offer and have no offers
// yet.
func newestShifts(
	ctx context.Context,
	r db.Reader,
	employerID string,
	now time.Time,
) ([]task, error) {
	return tasks(ctx, r, `SELECT s.id, '', s.id, '', s.employer_id, '', s.starts_at_ms, s.ends_at_ms, 0
		FROM shifts s JOIN vacancies v ON v.id = s.vacancy_id WHERE s.employer_id = $1
		AND v.hire = 'offer' AND v.settlement = 'platform' AND s.state = 'open' AND s.starts_at_ms > $2
		AND NOT EXISTS (SELECT 1 FROM placements p WHERE p.shift_id = s.id)
		ORDER BY s.starts_at_ms, s.id`, employerID, clock.MS(now))
}

// unconfirmed lists the wage lines of an employer that wait for its word.
func unconfirmed(ctx context.Context, r db.Reader, employerID string) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM wage_lines WHERE employer_id = $1
		AND state = 'accrued' ORDER BY id LIMIT 200`, employerID)
}

// refusedPayees lists workers whose last payout the bank refused.
func refusedPayees(ctx context.Context, r db.Reader) ([]string, error) {
	return db.List[string](ctx, r, `SELECT DISTINCT worker_id FROM payouts p
		WHERE kind = 'wage' AND (state = 'failed' OR state = 'returned')
		AND NOT EXISTS (SELECT 1 FROM payouts q WHERE q.reissue_of = p.id) ORDER BY worker_id`)
}

// leftWorkers lists those whose accounts are closed.
func leftWorkers(ctx context.Context, r db.Reader) ([]string, error) {
	return db.List[string](ctx, r, `SELECT worker_id FROM closures ORDER BY worker_id`)
}

// toldWrongly counts text messages without a message, messages said to be delivered by SMS that the
// gateway never got, and subscribe messages beyond the attempts.
func toldWrongly(ctx context.Context, r db.Reader) (strangers, missing, extra int64, err error) {
	err = db.Row(ctx, r, []any{&strangers, &missing, &extra}, `SELECT
		(SELECT COUNT(*) FROM sim_outside o WHERE o.kind = 'sms'
			AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = o.key AND d.channel = 'sms')),
		(SELECT COUNT(*) FROM deliveries d WHERE d.answer = 'sent' AND d.channel = 'sms'
			AND NOT EXISTS (SELECT 1 FROM sim_outside o WHERE o.kind = 'sms' AND o.key = d.message_id)),
		CASE WHEN (SELECT COUNT(*) FROM sim_outside WHERE kind = 'wechat')
			> (SELECT COUNT(*) FROM deliveries WHERE channel = 'wechat') THEN 1 ELSE 0 END`)
	return strangers, missing, extra, err
}
