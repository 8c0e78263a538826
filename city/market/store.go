package market

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

func noShift() error {
	return fault.New(fault.NotFound, "market.shift_not_found").OnField("shift_id")
}

func noPlacement() error {
	return fault.New(fault.NotFound, "market.placement_not_found").OnField("placement_id")
}

func insertVacancy(ctx context.Context, tx *db.Tx, v VacancyView, in Publish, region string) error {
	required, err := json.Marshal(in.Required)
	if err != nil {
		return fmt.Errorf("vacancy's requirements: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO vacancies(id, employer_id, place_id, region, settlement,
		work_type, title, content, occupation, pay_unit, rate_fen, plan_id, required, hire, minor_ok,
		conditions, source, state, reason, reviewer_id, valid_until, created_at_ms, term_months)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, '',
		$20, $21, $22)`,
		v.ID, in.EmployerID, in.PlaceID, region, string(in.Settlement), in.WorkType, in.Title,
		in.Content, in.Occupation, in.PayUnit, int64(in.RateFen), in.PlanID, string(required), in.Hire,
		in.MinorOK, joined(in.Conditions), in.Source, v.State, v.Reason, string(in.ValidUntil),
		clock.MS(tx.Now), in.TermMonths)
	if err != nil {
		return err
	}
	for n, f := range v.Findings {
		_, err := tx.Exec(ctx, `INSERT INTO vacancy_findings(vacancy_id, n, rule_id, action, field,
			from_rune, to_rune, span) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, v.ID, n, f.RuleID, f.Action,
			f.Field, f.From, f.To, f.Span)
		if err != nil {
			return err
		}
	}
	return nil
}

// point is where a shift is, in millionths of a degree.
type point struct{ lonE6, latE6 int64 }

func insertShift(ctx context.Context, tx *db.Tx, id, vacancyID, employerID, state string,
	plan ShiftPlan, at point) error {
	breaks, err := json.Marshal(plan.Breaks)
	if err != nil {
		return fmt.Errorf("breaks of shift %s: %w", id, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO shifts(id, vacancy_id, employer_id, starts_at_ms, ends_at_ms,
		break_min, breaks, pieces, heads, taken, state, lon_e6, lat_e6)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12)`,
		id, vacancyID, employerID, clock.MS(plan.StartsAt), clock.MS(plan.EndsAt), plan.BreakMin,
		string(breaks), plan.Pieces, plan.Heads, state, at.lonE6, at.latE6)
	return err
}

func insertRefusal(ctx context.Context, tx *db.Tx, id, employerID, title, code, rule string) error {
	runes := []rune(title)
	_, err := tx.Exec(ctx, `INSERT INTO refusals(id, employer_id, title, code, rule_id, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6)`, id, employerID, string(runes[:min(len(runes), titleRunesMax)]),
		code, rule, clock.MS(tx.Now))
	return err
}

const shiftColumns = `s.id, s.vacancy_id, s.employer_id, v.place_id, v.title, v.content,
	v.occupation, v.region, v.settlement, v.work_type, v.pay_unit, v.plan_id, v.hire,
	v.rate_fen, v.term_months, v.required,
	v.minor_ok, v.conditions, v.source, s.starts_at_ms, s.ends_at_ms, s.break_min,
	s.pieces, s.heads, s.taken, s.state`

func getShift(ctx context.Context, r db.Reader, id string) (Shift, error) {
	var s Shift
	dests, finish := shiftDests(&s)
	err := db.Row(ctx, r, dests, `SELECT `+shiftColumns+`
		FROM shifts s JOIN vacancies v ON v.id = s.vacancy_id WHERE s.id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return s, noShift()
	}
	if err != nil {
		return s, err
	}
	return s, finish()
}

func employerOf(ctx context.Context, r db.Reader, shiftID string) (string, error) {
	var id string
	err := db.Row(ctx, r, []any{&id}, `SELECT employer_id FROM shifts WHERE id = $1`, shiftID)
	if errors.Is(err, db.ErrNone) {
		return "", noShift()
	}
	return id, err
}

func shiftDests(s *Shift) ([]any, func() error) {
	var starts, ends int64
	var required, settlement, conditions string
	return []any{&s.ID, &s.VacancyID, &s.EmployerID, &s.PlaceID, &s.Title, &s.Content, &s.Occupation,
			&s.Region, &settlement, &s.WorkType, &s.PayUnit, &s.PlanID, &s.Hire, (*int64)(&s.RateFen),
			&s.TermMonths, &required, &s.MinorOK, &conditions, &s.Source, &starts, &ends, &s.BreakMin,
			&s.Pieces, &s.Heads, &s.Taken, &s.State},
		func() error {
			s.Settlement, s.StartsAt, s.EndsAt = Settlement(settlement), clock.At(starts), clock.At(ends)
			s.Conditions = split[Condition](conditions)
			var err error
			s.Required, err = requirements(s.ID, required)
			return err
		}
}

// requirements reads a vacancy's list of skills and certificates; most ask for nothing.
func requirements(shiftID, text string) (list []string, err error) {
	if text == "null" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("requirements of shift %s: %w", shiftID, err)
	}
	return list, nil
}

// takeHead takes one head, or says that none is left; the guard is law 6.
func takeHead(ctx context.Context, tx *db.Tx, shiftID string) error {
	n, err := tx.Exec(ctx, `UPDATE shifts SET taken = taken + 1
		WHERE id = $1 AND taken < heads AND state = 'open'`, shiftID)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "market.no_heads_left").OnField("shift_id")
	}
	return err
}

func giveHead(ctx context.Context, tx *db.Tx, shiftID string) error {
	_, err := tx.Exec(ctx, `UPDATE shifts SET taken = taken - 1 WHERE id = $1`, shiftID)
	return err
}

// placeWorker turns the worker's offer into a placement, or makes one where hiring is instant. It
// returns the placement's id.
func placeWorker(ctx context.Context, tx *db.Tx, p Placement, hire string) (string, error) {
	var id string
	var err error
	fail := fault.New(fault.Conflict, "market.already_placed").OnField("shift_id")
	if hire == "instant" {
		err = db.Row(ctx, tx, []any{&id}, placementInsert+` (shift_id, worker_id)
			WHERE state IN ('offered', 'accepted', 'started', 'done') DO UPDATE SET state = 'accepted',
			accepted_at_ms = excluded.accepted_at_ms, starts_at_ms = excluded.starts_at_ms
			WHERE placements.state = 'offered' RETURNING id`, placementArgs(tx, p)...)
	} else {
		fail = fault.New(fault.Conflict, "market.not_offered").OnField("shift_id")
		err = db.Row(ctx, tx, []any{&id}, `UPDATE placements SET state = 'accepted',
			accepted_at_ms = $1, starts_at_ms = $2
			WHERE shift_id = $3 AND worker_id = $4 AND state = 'offered' RETURNING id`,
			clock.MS(tx.Now), clock.MS(p.StartsAt), p.ShiftID, p.WorkerID)
	}
	if errors.Is(err, db.ErrNone) {
		return "", fail
	}
	return id, err
}

const placementInsert = `INSERT INTO placements(id, shift_id, vacancy_id, worker_id, employer_id,
	state, reason, starts_at_ms, ends_at_ms, made_at_ms, accepted_at_ms)
	VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, $10) ON CONFLICT`

func placementArgs(tx *db.Tx, p Placement) []any {
	accepted := int64(0)
	if p.State == Accepted {
		accepted = clock.MS(tx.Now)
	}
	return []any{p.ID, p.ShiftID, p.VacancyID, p.WorkerID, p.EmployerID, string(p.State),
		clock.MS(p.StartsAt), clock.MS(p.EndsAt), clock.MS(tx.Now), accepted}
}

func insertOffered(ctx context.Context, tx *db.Tx, p Placement) error {
	n, err := tx.Exec(ctx, placementInsert+` DO NOTHING`, placementArgs(tx, p)...)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "market.already_placed").OnField("shift_id")
	}
	return err
}

// withdrawClashing withdraws the offers that the worker can no longer take, and gives their ids.
func withdrawClashing(ctx context.Context, tx *db.Tx, p Placement) ([]string, error) {
	return db.List[string](ctx, tx, `UPDATE placements SET state = 'withdrawn', reason = 'clash'
		WHERE worker_id = $1 AND state = 'offered' AND starts_at_ms < $2 AND ends_at_ms > $3
		RETURNING id`, p.WorkerID, clock.MS(p.EndsAt), clock.MS(p.StartsAt))
}

const placementColumns = `id, shift_id, vacancy_id, worker_id, employer_id, state,
	starts_at_ms, ends_at_ms`

type placementRow struct {
	ID         string `db:"id"`
	ShiftID    string `db:"shift_id"`
	VacancyID  string `db:"vacancy_id"`
	WorkerID   string `db:"worker_id"`
	EmployerID string `db:"employer_id"`
	State      State  `db:"state"`
	StartsAtMS int64  `db:"starts_at_ms"`
	EndsAtMS   int64  `db:"ends_at_ms"`
}

func (r placementRow) placement() Placement {
	return Placement{r.ID, r.ShiftID, r.VacancyID, r.WorkerID, r.EmployerID, r.State,
		clock.At(r.StartsAtMS), clock.At(r.EndsAtMS)}
}

func getPlacement(ctx context.Context, r db.Reader, id string) (Placement, error) {
	row, err := db.Get[placementRow](ctx, r,
		`SELECT `+placementColumns+` FROM placements WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return Placement{}, noPlacement()
	}
	return row.placement(), err
}

func listPlacements(
	ctx context.Context,
	r db.Reader,
	where string,
	args ...any,
) ([]Placement, error) {
	rows, err := db.List[placementRow](ctx, r, `SELECT `+placementColumns+` FROM placements WHERE `+
		where, args...)
	out := make([]Placement, len(rows))
	for i, row := range rows {
		out[i] = row.placement()
	}
	return out, err
}

// live is said beside a shift: SQLite uses the partial index placements_once only for a query that
// repeats its words, and reads all placements for another.
const live = ` AND state IN ('offered', 'accepted', 'started', 'done')`

// placementsOn lists who must be told when a shift is called off; bounded by the heads and offers.
func placementsOn(ctx context.Context, r db.Reader, shiftID string) ([]Placement, error) {
	return listPlacements(
		ctx,
		r,
		`shift_id = $1 AND state IN ('offered', 'accepted')`+live+` ORDER BY id`,
		shiftID,
	)
}

func placementsOfShift(
	ctx context.Context,
	r db.Reader,
	shiftID, employerID string,
) ([]Placement, error) {
	return listPlacements(
		ctx,
		r,
		`shift_id IN (SELECT id FROM shifts WHERE id = $1 AND employer_id = $2)`+live+`
		ORDER BY id LIMIT 1000`,
		shiftID,
		employerID,
	)
}

func placementsOf(
	ctx context.Context,
	r db.Reader,
	workerID string,
	from time.Time,
) ([]Placement, error) {
	ms := int64(0)
	if !from.IsZero() {
		ms = clock.MS(from)
	}
	return listPlacements(ctx, r, `worker_id = $1 AND starts_at_ms >= $2
		ORDER BY starts_at_ms, id LIMIT $3`, workerID, ms, listMax)
}

func overdue(ctx context.Context, r db.Reader, before time.Time, limit int) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM placements WHERE state = 'accepted'
		AND starts_at_ms <= $1 ORDER BY starts_at_ms, id LIMIT $2`, clock.MS(before), limit)
}

func setState(ctx context.Context, tx *db.Tx, p Placement, to State, reason string) error {
	n, err := tx.Exec(
		ctx,
		`UPDATE placements SET state = $1, reason = $2 WHERE id = $3 AND state = $4`,
		string(to),
		reason,
		p.ID,
		string(p.State),
	)
	if err == nil && n == 0 {
		return p.MustBe()
	}
	return err
}

func moveState(ctx context.Context, tx *db.Tx, id string, from, to State) error {
	n, err := tx.Exec(ctx, `UPDATE placements SET state = $1 WHERE id = $2 AND state = $3`,
		string(to), id, string(from))
	if err != nil || n == 1 {
		return err
	}
	p, err := getPlacement(ctx, tx, id)
	if err != nil {
		return err
	}
	return p.MustBe(from)
}

func closeShift(ctx context.Context, tx *db.Tx, shiftID, employerID string) error {
	n, err := tx.Exec(ctx, `UPDATE shifts SET state = 'cancelled'
		WHERE id = $1 AND employer_id = $2 AND state IN ('open', 'waiting', 'closed')`,
		shiftID, employerID)
	if err != nil || n == 1 {
		return err
	}
	s, err := getShift(ctx, tx, shiftID)
	if err == nil && s.EmployerID != employerID {
		err = noShift()
	}
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "market.shift_closed").OnField("shift_id")
}

func getJob(ctx context.Context, r db.Reader, placementID string) (Job, error) {
	var j Job
	var starts, ends, shiftStarts int64
	var state, settlement, required, conditions, breaks string
	err := db.Row(ctx, r, []any{
		&j.ID,
		&j.ShiftID,
		&j.VacancyID,
		&j.WorkerID,
		&j.EmployerID,
		&state,
		&starts,
		&ends,
		&j.PlaceID,
		&j.Region,
		&j.PlanID,
		&j.PayUnit,
		&settlement,
		&j.RateFen,
		&j.BreakMin,
		&required,
		&conditions,
		&shiftStarts,
		&breaks,
		&j.Pieces,
	},
		`SELECT p.id, p.shift_id, p.vacancy_id, p.worker_id, p.employer_id, p.state, p.starts_at_ms,
			p.ends_at_ms, v.place_id, v.region, v.plan_id, v.pay_unit, v.settlement, v.rate_fen, s.break_min,
			v.required, v.conditions, s.starts_at_ms, s.breaks, s.pieces
		FROM placements p JOIN vacancies v ON v.id = p.vacancy_id JOIN shifts s ON s.id = p.shift_id
		WHERE p.id = $1`, placementID)
	if errors.Is(err, db.ErrNone) {
		return j, noPlacement()
	}
	if err == nil {
		err = json.Unmarshal([]byte(breaks), &j.Breaks)
	}
	j.State, j.Settlement = State(state), Settlement(settlement)
	j.StartsAt, j.EndsAt = clock.At(starts), clock.At(ends)
	j.PlannedMin = plannedMin(clock.At(shiftStarts), j.EndsAt, j.BreakMin)
	j.Conditions = split[Condition](conditions)
	if err == nil {
		j.Required, err = requirements(j.ShiftID, required)
	}
	return j, err
}

// eachOpenShift walks open shifts with heads left, soonest first, until fn says stop.
func eachOpenShift(ctx context.Context, r db.Reader, region string, from time.Time,
	fn func(v ShiftView, lonE6, latE6 int64) bool) error {
	stop := errors.New("enough")
	err := db.Each(ctx, r, `SELECT `+shiftColumns+`, s.lon_e6, s.lat_e6
		FROM shifts s JOIN vacancies v ON v.id = s.vacancy_id
		WHERE s.state = 'open' AND s.starts_at_ms >= $1 AND s.taken < s.heads
		AND ($2 = '' OR substr(v.region, 1, length($2)) = $2)
		ORDER BY s.starts_at_ms, s.id LIMIT $3`, []any{clock.MS(from), region, scanMax},
		func(scan func(...any) error) error {
			var s Shift
			var lon, lat int64
			dests, finish := shiftDests(&s)
			if err := scan(append(dests, &lon, &lat)...); err != nil {
				return err
			}
			if err := finish(); err != nil {
				return err
			}
			if !fn(shiftView(s), lon, lat) {
				return stop
			}
			return nil
		})
	if errors.Is(err, stop) {
		return nil
	}
	return err
}

func shiftView(s Shift) ShiftView {
	return ShiftView{ID: s.ID, VacancyID: s.VacancyID, EmployerID: s.EmployerID, PlaceID: s.PlaceID,
		Title: s.Title, Region: s.Region, StartsAt: s.StartsAt, EndsAt: s.EndsAt, PayUnit: s.PayUnit,
		Settlement: s.Settlement, RateFen: s.RateFen,
		PayFen: s.payFen(s.PlannedMin()),
		PlanID: s.PlanID, Hire: s.Hire, Required: s.Required,
		Conditions: s.Conditions, Source: s.Source, HeadsLeft: s.Heads - s.Taken}
}
