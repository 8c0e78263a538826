package insurance

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

const listMax = 100 // rows a list shows at once

func noPlan() error {
	return fault.New(fault.NotFound, "insurance.plan_not_found").OnField("plan_id")
}

func insertPlan(ctx context.Context, tx *db.Tx, p Plan, accountID string) error {
	_, err := tx.Exec(ctx, `INSERT INTO insurance_plans(id, version, state, name, insurer, policy_no,
		mode, exclusions, death_fen, medical_fen, lost_income_day_fen, premium_day_fen, age_min, age_max,
		account_id, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		p.ID, p.Version, string(p.State), p.Name, p.Insurer, p.PolicyNo, p.Mode, p.Exclusions,
		int64(p.DeathFen), int64(p.MedicalFen), int64(p.LostIncomeDayFen), int64(p.PremiumDayFen),
		p.AgeMin, p.AgeMax, accountID, clock.MS(tx.Now))
	return err
}

const planColumns = `p.id, p.version, p.state, p.name, p.insurer, p.policy_no, p.mode, p.exclusions,
	p.death_fen, p.medical_fen, p.lost_income_day_fen, p.premium_day_fen, p.age_min, p.age_max`

// getPlan reads a plan's newest version.
func getPlan(ctx context.Context, r db.Reader, id string) (Plan, error) {
	p, err := db.Get[Plan](ctx, r, `SELECT `+planColumns+` FROM insurance_plans p WHERE p.id = $1
		ORDER BY p.version DESC LIMIT 1`, id)
	if errors.Is(err, db.ErrNone) {
		err = noPlan()
	}
	return p, err
}

func openPlans(ctx context.Context, r db.Reader) ([]Plan, error) {
	return db.List[Plan](ctx, r, `SELECT `+planColumns+` FROM insurance_plans p
		WHERE p.state = 'open' AND p.version =
			(SELECT MAX(n.version) FROM insurance_plans n WHERE n.id = p.id)
		ORDER BY p.id LIMIT $1`, listMax)
}

// premiumOf reads what a plan costs and whether it is open; for every acceptance.
func premiumOf(ctx context.Context, r db.Reader, planID string) (PlanState, money.Fen, error) {
	var state PlanState
	var premium money.Fen
	err := db.Row(ctx, r, []any{(*string)(&state), (*int64)(&premium)}, `SELECT state, premium_day_fen
		FROM insurance_plans WHERE id = $1 ORDER BY version DESC LIMIT 1`, planID)
	if errors.Is(err, db.ErrNone) {
		err = noPlan()
	}
	return state, premium, err
}

func insertConsent(
	ctx context.Context, tx *db.Tx, v ConsentView, birth civil.Date, person, accountID string,
) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO insurance_consents(id, worker_id, plan_id, version, death_fen,
		medical_fen, lost_income_day_fen, beneficiary, person, birth_date, account_id, given_at_ms,
		withdrawn_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)
		ON CONFLICT DO NOTHING`,
		v.ID, v.WorkerID, v.PlanID, v.Version, int64(v.DeathFen), int64(v.MedicalFen),
		int64(v.LostIncomeDayFen), v.Beneficiary, person, string(birth), accountID, clock.MS(v.GivenAt))
	return n == 1, err
}

// standingConsent reads a worker's consent to a version, with its sums.
func standingConsent(
	ctx context.Context, r db.Reader, workerID, planID string, version int64,
) (ConsentView, error) {
	v := ConsentView{WorkerID: workerID, PlanID: planID, Version: version}
	err := db.Row(ctx, r, []any{&v.ID, (*int64)(&v.DeathFen), (*int64)(&v.MedicalFen),
		(*int64)(&v.LostIncomeDayFen), &v.Beneficiary, ms{&v.GivenAt}},
		`SELECT id, death_fen, medical_fen, lost_income_day_fen, beneficiary, given_at_ms
		FROM insurance_consents WHERE worker_id = $1 AND plan_id = $2 AND version = $3
		AND withdrawn_at_ms = 0`, workerID, planID, version)
	if errors.Is(err, db.ErrNone) {
		err = noConsent()
	}
	return v, err
}

// withdrawConsents ends a worker's standing consents to all versions of a plan.
func withdrawConsents(ctx context.Context, tx *db.Tx, workerID, planID string) (int64, error) {
	return tx.Exec(ctx, `UPDATE insurance_consents SET withdrawn_at_ms = $1
		WHERE worker_id = $2 AND plan_id = $3 AND withdrawn_at_ms = 0`,
		clock.MS(tx.Now), workerID, planID)
}

// planAndConsent reads all that a cover stands on in one look-up: the plan's newest version and
// the worker's standing consent to it, without id when there is none.
func planAndConsent(
	ctx context.Context, r db.Reader, planID, workerID string,
) (Plan, agreed, error) {
	p := Plan{ID: planID}
	var a agreed
	err := db.Row(ctx, r, []any{&p.Version, (*string)(&p.State), &p.Mode, &p.Insurer,
		(*int64)(&p.PremiumDayFen), &p.AgeMin, &p.AgeMax, &a.ID, (*string)(&a.BirthDate), ms{&a.GivenAt}},
		`SELECT p.version, p.state, p.mode, p.insurer, p.premium_day_fen, p.age_min, p.age_max,
		COALESCE(c.id, ''), COALESCE(c.birth_date, ''), COALESCE(c.given_at_ms, 0)
		FROM insurance_plans p LEFT JOIN insurance_consents c ON c.worker_id = $1 AND c.plan_id = p.id
			AND c.version = p.version AND c.withdrawn_at_ms = 0
		WHERE p.id = $2 ORDER BY p.version DESC LIMIT 1`, workerID, planID)
	if errors.Is(err, db.ErrNone) {
		err = noPlan()
	}
	return p, a, err
}

func insertCover(ctx context.Context, tx *db.Tx, c Cover) error {
	n, err := tx.Exec(ctx, `INSERT INTO covers(id, placement_id, worker_id, employer_id, plan_id,
		version, consent_id, insurer, premium_fen, effective_at_ms, planned_until_ms, expires_at_ms,
		commute_ms, bordereau_id, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', $14)
		ON CONFLICT DO NOTHING`,
		c.ID, c.PlacementID, c.WorkerID, c.EmployerID, c.PlanID, c.Version, c.ConsentID, c.Insurer,
		int64(c.PremiumFen), clock.MS(c.EffectiveAt), clock.MS(c.PlannedUntil),
		clock.MS(c.PlannedUntil), c.Commute.Milliseconds(), clock.MS(tx.Now))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "insurance.already_covered").OnField("placement_id")
	}
	return err
}

// endCover sets the end: the way home after endAt.
func endCover(ctx context.Context, tx *db.Tx, placementID string, endAt time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE covers SET expires_at_ms = $1 + commute_ms
		WHERE placement_id = $2`, clock.MS(endAt), placementID)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "insurance.no_cover").OnField("placement_id")
	}
	return err
}

// extendCover moves the end to the way home after until, never back.
func extendCover(ctx context.Context, tx *db.Tx, placementID string, until time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE covers SET expires_at_ms =
		CASE WHEN expires_at_ms < $1 + commute_ms THEN $1 + commute_ms ELSE expires_at_ms END
		WHERE placement_id = $2`, clock.MS(until), placementID)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "insurance.no_cover").OnField("placement_id")
	}
	return err
}

func coversOf(ctx context.Context, r db.Reader, workerID string) ([]CoverView, error) {
	covers := []CoverView{}
	err := db.Each(ctx, r, `SELECT c.id, c.placement_id, c.plan_id, c.version, c.insurer,
		c.effective_at_ms, c.expires_at_ms, COALESCE(b.state, 'declared')
		FROM covers c LEFT JOIN bordereaux b ON b.id = c.bordereau_id WHERE c.worker_id = $1
		ORDER BY c.effective_at_ms DESC, c.id LIMIT $2`, []any{workerID, listMax},
		func(scan func(...any) error) error {
			var v CoverView
			err := scan(&v.ID, &v.PlacementID, &v.PlanID, &v.Version, &v.Insurer, ms{&v.EffectiveAt},
				ms{&v.ExpiresAt}, &v.Report)
			covers = append(covers, v)
			return err
		})
	return covers, err
}

// insurerToTell gives an insurer with covers that stand on no bordereau, "" when there is none.
func insurerToTell(ctx context.Context, r db.Reader) (string, error) {
	var insurer string
	err := db.Row(ctx, r, []any{&insurer}, `SELECT insurer FROM covers WHERE bordereau_id = ''
		ORDER BY insurer, id LIMIT 1`)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return insurer, err
}

func insertBordereau(ctx context.Context, tx *db.Tx, b Bordereau) error {
	_, err := tx.Exec(ctx, `INSERT INTO bordereaux(id, insurer, state, attempts, next_at_ms, reason,
		made_at_ms, ended_at_ms) VALUES ($1, $2, $3, 0, $4, '', $4, 0)`,
		b.ID, b.Insurer, string(b.State), clock.MS(tx.Now))
	return err
}

// putOn puts an insurer's oldest untold covers on a bordereau and counts them.
func putOn(ctx context.Context, tx *db.Tx, b Bordereau) (int64, error) {
	return tx.Exec(ctx, `UPDATE covers SET bordereau_id = $1 WHERE id IN (SELECT id FROM covers
		WHERE insurer = $2 AND bordereau_id = '' ORDER BY id LIMIT $3)`, b.ID, b.Insurer, rowsMax)
}

// takeOff frees the covers of a refused bordereau for another one.
func takeOff(ctx context.Context, tx *db.Tx, bordereauID string) (int64, error) {
	return tx.Exec(ctx, `UPDATE covers SET bordereau_id = '' WHERE bordereau_id = $1`, bordereauID)
}

const bordereauColumns = `id, insurer, state, attempts, next_at_ms, reason, ended_at_ms`

func bordereauDests(b *Bordereau) []any {
	return []any{&b.ID, &b.Insurer, (*string)(&b.State), &b.Attempts, ms{&b.NextAt}, &b.Reason,
		ms{&b.EndedAt}}
}

func dueBordereaux(ctx context.Context, r db.Reader, now time.Time) ([]Bordereau, error) {
	return listBordereaux(ctx, r, `ended_at_ms = 0 AND next_at_ms <= $1
		ORDER BY next_at_ms, id LIMIT $2`, clock.MS(now), bordereauxMax)
}

// troubledBordereaux are those that wait for a clerk: refused, or asked about in vain.
func troubledBordereaux(ctx context.Context, r db.Reader) ([]Bordereau, error) {
	return listBordereaux(ctx, r, `(ended_at_ms = 0 AND next_at_ms = $1) OR (state = 'refused'
		AND EXISTS (SELECT 1 FROM covers c WHERE c.bordereau_id = bordereaux.id))
		ORDER BY made_at_ms, id LIMIT $2`, clock.MS(never), listMax)
}

func listBordereaux(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]Bordereau, error) {
	var list []Bordereau
	err := db.Each(ctx, r, `SELECT `+bordereauColumns+` FROM bordereaux WHERE `+where, args,
		func(scan func(...any) error) error {
			var b Bordereau
			err := scan(bordereauDests(&b)...)
			list = append(list, b)
			return err
		})
	return list, err
}

func getBordereau(ctx context.Context, r db.Reader, id string) (Bordereau, error) {
	var b Bordereau
	err := db.Row(ctx, r, bordereauDests(&b), `SELECT `+bordereauColumns+`
		FROM bordereaux WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.NotFound, "insurance.bordereau_not_found").OnField("bordereau_id")
	}
	return b, err
}

// changeBordereau stores what came of one that was read as before; false when somebody was faster.
func changeBordereau(ctx context.Context, tx *db.Tx, before, after Bordereau) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE bordereaux SET state = $1, attempts = $2, next_at_ms = $3,
		reason = $4, ended_at_ms = $5 WHERE id = $6 AND state = $7 AND next_at_ms = $8`,
		string(after.State), after.Attempts, clock.MS(after.NextAt), after.Reason,
		clock.MS(after.EndedAt), before.ID, string(before.State), clock.MS(before.NextAt))
	return n == 1, err
}

// rowsOf gives a bordereau's covers as they are told; they never change, so a repeat is the same.
func rowsOf(ctx context.Context, r db.Reader, bordereauID string) ([]DeclarationRow, error) {
	var rows []DeclarationRow
	err := db.Each(ctx, r, `SELECT c.id, c.plan_id, k.person, c.effective_at_ms, c.planned_until_ms,
		c.premium_fen FROM covers c JOIN insurance_consents k ON k.id = c.consent_id
		WHERE c.bordereau_id = $1 ORDER BY c.id`, []any{bordereauID},
		func(scan func(...any) error) error {
			var d DeclarationRow
			err := scan(&d.CoverID, &d.PlanID, &d.Person, &d.EffectiveAtMS, &d.ExpiresAtMS,
				&d.PremiumFen)
			rows = append(rows, d)
			return err
		})
	return rows, err
}

// untold counts the covers whose bordereau is not settled, and gives when the oldest began.
func untold(ctx context.Context, r db.Reader) (n, oldestMS int64, err error) {
	err = db.Row(ctx, r, []any{&n, &oldestMS}, `SELECT COUNT(*), COALESCE(MIN(c.effective_at_ms), 0)
		FROM covers c WHERE c.bordereau_id = ''
		OR c.bordereau_id IN (SELECT id FROM bordereaux WHERE ended_at_ms = 0)`)
	return n, oldestMS, err
}

// ms scans a stored instant.
type ms struct{ to *time.Time }

// Scan is asked for by database/sql.
func (m ms) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return errors.New("insurance: an instant is not a number")
	}
	*m.to = clock.At(n)
	return nil
}
