package skill

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

const certificateColumns = `id, worker_id, kind, number_tail, number_fits, issued_on, expires_on,
	evidence, state, reason, verifier_id, added_at_ms`

func insertSkill(ctx context.Context, tx *db.Tx, workerID, skill string) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO worker_skills(worker_id, skill, added_at_ms)
		VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, workerID, skill, clock.MS(tx.Now))
	return n == 1, err
}

// assessSkill notes where a skill was assessed; an earlier assessment stays.
func assessSkill(ctx context.Context, tx *db.Tx, workerID, skill, evidence string) error {
	_, err := tx.Exec(ctx, `INSERT INTO worker_skills(worker_id, skill, added_at_ms, evidence)
		VALUES ($1, $2, $3, $4) ON CONFLICT (worker_id, skill) DO UPDATE
		SET evidence = excluded.evidence WHERE worker_skills.evidence = ''`, workerID, skill,
		clock.MS(tx.Now), evidence)
	return err
}

func assessedOf(ctx context.Context, r db.Reader, workerID string) ([]string, error) {
	return db.List[string](ctx, r, `SELECT skill FROM worker_skills WHERE worker_id = $1
		AND evidence <> '' ORDER BY skill LIMIT $2`, workerID, listMax)
}

func skillsOf(ctx context.Context, r db.Reader, workerID string) ([]string, error) {
	return db.List[string](ctx, r, `SELECT skill FROM worker_skills WHERE worker_id = $1
		ORDER BY skill LIMIT $2`, workerID, listMax)
}

func countCertificates(ctx context.Context, r db.Reader, workerID string) (int64, error) {
	var n int64
	err := db.Row(ctx, r, []any{&n},
		`SELECT COUNT(*) FROM certificates WHERE worker_id = $1`, workerID)
	return n, err
}

// insertCertificate: the only duplicate it can meet is the worker's own paper, entered before.
func insertCertificate(
	ctx context.Context, tx *db.Tx, c Certificate, sealed []byte, blind string,
) error {
	n, err := tx.Exec(ctx, `INSERT INTO certificates(id, worker_id, kind, number_sealed, number_blind,
		number_tail, number_fits, issued_on, expires_on, evidence, state, reason, verifier_id,
		added_at_ms, decided_at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', $12, 0) ON CONFLICT DO NOTHING`,
		c.ID, c.WorkerID, c.Kind, sealed, blind, c.NumberTail, c.NumberFits, string(c.IssuedOn),
		string(c.ExpiresOn), c.Evidence, string(c.State), clock.MS(tx.Now))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "skill.certificate_there").OnField("number")
	}
	return err
}

func numberTaken() error {
	return fault.New(fault.Conflict, "skill.number_taken").OnField("certificate_id")
}

// changeState moves a certificate on, if it is still in the state it was read in and no other
// worker's paper with this number is verified.
func changeState(ctx context.Context, tx *db.Tx, from State, c Certificate) error {
	if c.State == Verified {
		var other string
		err := db.Row(ctx, tx, []any{&other}, `SELECT o.id FROM certificates o JOIN certificates c
			ON c.kind = o.kind AND c.number_blind = o.number_blind
			WHERE c.id = $1 AND o.id <> $1 AND o.state = 'verified'`, c.ID)
		if err == nil {
			return numberTaken()
		}
		if !errors.Is(err, db.ErrNone) {
			return err
		}
	}
	n, err := tx.Exec(ctx, `UPDATE certificates SET state = $1, reason = $2, verifier_id = $3,
		decided_at_ms = $4 WHERE id = $5 AND state = $6`,
		string(c.State), c.Reason, c.VerifierID, clock.MS(tx.Now), c.ID, string(from))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "skill.certificate_state", "state", string(from)).
			OnField("decision")
	}
	return err
}

func certificate(ctx context.Context, r db.Reader, id string) (Certificate, error) {
	cs, err := certificates(ctx, r, `WHERE id = $1`, id)
	if err == nil && len(cs) == 0 {
		err = fault.New(fault.NotFound, "skill.certificate_not_found").OnField("certificate_id")
	}
	if err != nil {
		return Certificate{}, err
	}
	return cs[0], nil
}

func certificatesOf(ctx context.Context, r db.Reader, workerID string) ([]Certificate, error) {
	return certificates(ctx, r, `WHERE worker_id = $1 ORDER BY added_at_ms DESC, id DESC LIMIT $2`,
		workerID, listMax)
}

func waiting(
	ctx context.Context, r db.Reader, behind db.Mark, limit int,
) ([]Certificate, error) {
	return certificates(ctx, r, `WHERE state = 'claimed' AND added_at_ms >= $1
		AND (added_at_ms > $1 OR id > $2) ORDER BY added_at_ms, id LIMIT $3`, behind.MS, behind.ID,
		limit)
}

func certificates(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]Certificate, error) {
	var cs []Certificate
	err := db.Each(ctx, r, `SELECT `+certificateColumns+` FROM certificates `+where, args,
		func(scan func(...any) error) error {
			var c Certificate
			var added int64
			err := scan(&c.ID, &c.WorkerID, &c.Kind, &c.NumberTail, &c.NumberFits, &c.IssuedOn,
				&c.ExpiresOn, &c.Evidence, &c.State, &c.Reason, &c.VerifierID, &added)
			c.AddedAt = clock.At(added)
			cs = append(cs, c)
			return err
		})
	return cs, err
}

// heldOn reads in one statement, because every acceptance of a shift with requirements asks.
func heldOn(
	ctx context.Context, r db.Reader, workerID string, day civil.Date,
) (map[string]bool, error) {
	has := map[string]bool{}
	err := db.Each(ctx, r, `SELECT skill FROM worker_skills WHERE worker_id = $1
		UNION ALL SELECT kind FROM certificates WHERE worker_id = $1 AND state = 'verified'
		AND issued_on <= $2 AND (expires_on = '' OR expires_on >= $2)`,
		[]any{workerID, string(day)}, func(scan func(...any) error) error {
			var key string
			err := scan(&key)
			has[key] = true
			return err
		})
	return has, err
}
