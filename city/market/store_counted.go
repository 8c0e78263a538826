package market

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// publishedWithin gives the vacancies that countPublished counts, the newest first.
func publishedWithin(
	ctx context.Context, r db.Reader, w stretch, limit int,
) ([]CountedVacancy, error) {
	var list []CountedVacancy
	err := db.Each(ctx, r, `SELECT v.id, v.employer_id, e.name, v.title, v.place_id, v.region, v.state,
		v.pay_unit, v.rate_fen, v.created_at_ms,
		CAST(COALESCE((SELECT SUM(s.heads) FROM shifts s
			WHERE s.vacancy_id = v.id AND s.state IN ('open', 'closed')), 0) AS BIGINT),
		CAST(COALESCE((SELECT SUM(s.taken) FROM shifts s
			WHERE s.vacancy_id = v.id AND s.state IN ('open', 'closed')), 0) AS BIGINT)
		FROM vacancies v JOIN employers e ON e.id = v.employer_id WHERE `+publishedIn+`
		AND v.created_at_ms <= $3 AND (v.created_at_ms < $3 OR v.id < $4)
		ORDER BY v.created_at_ms DESC, v.id DESC LIMIT $5`,
		[]any{w.a, w.b, w.before.MS, w.before.ID, limit}, func(scan func(...any) error) error {
			var v CountedVacancy
			var created int64
			err := scan(&v.ID, &v.EmployerID, &v.Employer, &v.Title, &v.PlaceID, &v.Region, &v.State,
				&v.PayUnit, &v.RateFen, &created, &v.Heads, &v.Taken)
			v.CreatedAt = clock.At(created)
			list = append(list, v)
			return err
		})
	return list, err
}

// placedWithin gives the placements that countPlaced counts, the newest first, each with its
// contract.
func placedWithin(
	ctx context.Context, r db.Reader, w stretch, limit int,
) ([]CountedPlacement, error) {
	var list []CountedPlacement
	err := db.Each(ctx, r, `SELECT p.id, p.vacancy_id, v.title, p.worker_id, p.employer_id, e.name,
		p.state, p.starts_at_ms, p.ends_at_ms, p.made_at_ms, COALESCE(c.id, ''),
		COALESCE(c.state, '') = 'signed'
		FROM placements p JOIN vacancies v ON v.id = p.vacancy_id
		JOIN employers e ON e.id = p.employer_id LEFT JOIN contracts c ON c.placement_id = p.id
		WHERE `+placedIn+` AND p.made_at_ms <= $3 AND (p.made_at_ms < $3 OR p.id < $4)
		ORDER BY p.made_at_ms DESC, p.id DESC LIMIT $5`,
		[]any{w.a, w.b, w.before.MS, w.before.ID, limit}, func(scan func(...any) error) error {
			var p CountedPlacement
			var starts, ends, made int64
			err := scan(&p.ID, &p.VacancyID, &p.Title, &p.WorkerID, &p.EmployerID, &p.Employer, &p.State,
				&starts, &ends, &made, &p.ContractID, &p.Signed)
			p.StartsAt, p.EndsAt, p.MadeAt = clock.At(starts), clock.At(ends), clock.At(made)
			list = append(list, p)
			return err
		})
	return list, err
}

// intendedWithin gives the pairs that countIntents counts, those of the newest first wish first.
func intendedWithin(
	ctx context.Context, r db.Reader, w stretch, limit int,
) ([]CountedIntent, error) {
	var list []CountedIntent
	err := db.Each(ctx, r, `SELECT i.vacancy_id, v.title, i.worker_id, v.employer_id, e.name, i.at_ms,
		i.placed FROM (SELECT worker_id, vacancy_id, MIN(at_ms) AS at_ms, MAX(placed) AS placed FROM (
			SELECT worker_id, vacancy_id, applied_at_ms AS at_ms, 0 AS placed FROM applications
			WHERE applied_at_ms >= $1 AND applied_at_ms < $2
			UNION ALL SELECT worker_id, vacancy_id, made_at_ms, 1 FROM placements
			WHERE made_at_ms >= $1 AND made_at_ms < $2) wishes GROUP BY worker_id, vacancy_id) i
		JOIN vacancies v ON v.id = i.vacancy_id JOIN employers e ON e.id = v.employer_id
		WHERE i.at_ms <= $3 AND (i.at_ms < $3 OR i.worker_id || i.vacancy_id < $4)
		ORDER BY i.at_ms DESC, i.worker_id || i.vacancy_id DESC LIMIT $5`,
		[]any{w.a, w.b, w.before.MS, w.before.ID, limit}, func(scan func(...any) error) error {
			var i CountedIntent
			var at, placed int64
			err := scan(&i.VacancyID, &i.Title, &i.WorkerID, &i.EmployerID, &i.Employer, &at, &placed)
			i.At, i.Placed = clock.At(at), placed > 0
			list = append(list, i)
			return err
		})
	return list, err
}

// offererOf tells whose a vacancy is.
// Faults: market.vacancy_not_found.
func offererOf(ctx context.Context, r db.Reader, vacancyID string) (string, error) {
	id, err := db.Get[string](ctx, r, `SELECT employer_id FROM vacancies WHERE id = $1`, vacancyID)
	if errors.Is(err, db.ErrNone) {
		err = noVacancy()
	}
	return id, err
}
