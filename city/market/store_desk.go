package market

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

func vacanciesOf(
	ctx context.Context, r db.Reader, employerID, words string, before db.Mark, limit int,
) ([]VacancyLine, error) {
	list := []VacancyLine{}
	err := db.Each(ctx, r, `SELECT v.id, v.title, v.state, v.reason, v.place_id, v.settlement,
		v.pay_unit, v.rate_fen, v.valid_until, v.created_at_ms, COUNT(s.id),
		CAST(COALESCE(SUM(s.heads), 0) AS BIGINT), CAST(COALESCE(SUM(s.taken), 0) AS BIGINT),
		COALESCE(MIN(s.starts_at_ms), 0)
		FROM vacancies v LEFT JOIN shifts s ON s.vacancy_id = v.id WHERE v.employer_id = $1
		AND ($2 = '' OR REPLACE(LOWER(v.title), LOWER($2), '') <> LOWER(v.title))
		AND v.created_at_ms <= $3 AND (v.created_at_ms < $3 OR v.id < $4)
		GROUP BY v.id, v.title, v.state, v.reason, v.place_id, v.settlement, v.pay_unit, v.rate_fen,
		v.valid_until, v.created_at_ms ORDER BY v.created_at_ms DESC, v.id DESC LIMIT $5`,
		[]any{employerID, words, before.MS, before.ID, limit}, func(scan func(...any) error) error {
			var v VacancyLine
			var created, starts int64
			err := scan(&v.ID, &v.Title, &v.State, &v.Reason, &v.PlaceID, &v.Settlement, &v.PayUnit,
				&v.RateFen, &v.ValidUntil, &created, &v.Shifts, &v.Heads, &v.Taken, &starts)
			v.CreatedAt = clock.At(created)
			if starts > 0 {
				v.StartsAt = clock.At(starts)
			}
			list = append(list, v)
			return err
		})
	return list, err
}

func vacancyText(ctx context.Context, r db.Reader, in GetVacancy) (VacancyText, error) {
	var v VacancyText
	var required, conditions string
	err := db.Row(ctx, r, []any{&v.ID, &v.State, &v.Reason, &v.PlaceID, &v.Settlement, &v.WorkType,
		&v.Title, &v.Content, &v.Occupation, &v.PayUnit, &v.RateFen, &v.TermMonths, &v.PlanID,
		&required, &v.Hire, &v.MinorOK, &conditions, &v.Source, &v.ValidUntil},
		`SELECT id, state, reason, place_id, settlement, work_type, title, content, occupation,
		pay_unit, rate_fen, term_months, plan_id, required, hire, minor_ok, conditions, source,
		valid_until FROM vacancies WHERE id = $1 AND employer_id = $2`, in.VacancyID, in.EmployerID)
	if errors.Is(err, db.ErrNone) {
		return v, noVacancy()
	}
	if err != nil {
		return v, err
	}
	v.Conditions = split[Condition](conditions)
	v.Required, err = requirements(v.ID, required)
	return v, err
}

func deskShifts(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]DeskShift, error) {
	list := []DeskShift{}
	err := db.Each(ctx, r, `SELECT s.id, s.vacancy_id, v.title, v.place_id, s.starts_at_ms,
		s.ends_at_ms, s.break_min, s.breaks, s.pieces, s.heads, s.taken, s.state
		FROM shifts s JOIN vacancies v ON v.id = s.vacancy_id WHERE `+where, args,
		func(scan func(...any) error) error {
			var s DeskShift
			var starts, ends int64
			var breaks string
			err := scan(&s.ID, &s.VacancyID, &s.Title, &s.PlaceID, &starts, &ends, &s.BreakMin,
				&breaks, &s.Pieces, &s.Heads, &s.Taken, &s.State)
			if err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(breaks), &s.Breaks); err != nil {
				return fmt.Errorf("breaks of shift %s: %w", s.ID, err)
			}
			s.StartsAt, s.EndsAt = clock.At(starts), clock.At(ends)
			list = append(list, s)
			return nil
		})
	return list, err
}

// vettingsWaiting lists employers by the oldest of the papers on which nobody has decided.
func vettingsWaiting(
	ctx context.Context, r db.Reader, behind db.Mark, limit int,
) ([]VettingView, error) {
	return db.List[VettingView](ctx, r, `SELECT d.employer_id, COALESCE(MAX(v.state), '') AS state,
		MIN(d.at_ms) AS since_ms FROM employer_documents d
		LEFT JOIN vettings v ON v.employer_id = d.employer_id
		WHERE v.employer_id IS NULL OR d.at_ms > v.at_ms
		GROUP BY d.employer_id HAVING MIN(d.at_ms) >= $1
			AND (MIN(d.at_ms) > $1 OR d.employer_id > $2)
		ORDER BY since_ms, d.employer_id LIMIT $3`, behind.MS, behind.ID, limit)
}
