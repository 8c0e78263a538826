package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

func vacanciesAfter(
	ctx context.Context, r db.Reader, after string, limit int,
) ([]ListedVacancy, error) {
	var list []ListedVacancy
	err := db.Each(ctx, r, `SELECT v.id, v.employer_id, v.title, v.occupation, v.region, v.pay_unit,
		v.state, v.settlement, v.rate_fen, v.valid_until,
		CAST(COALESCE(SUM(s.heads), 0) AS BIGINT), CAST(COALESCE(SUM(s.taken), 0) AS BIGINT)
		FROM vacancies v LEFT JOIN shifts s ON s.vacancy_id = v.id WHERE v.id > $1
		GROUP BY v.id, v.employer_id, v.title, v.occupation, v.region, v.pay_unit, v.state,
		v.settlement, v.rate_fen, v.valid_until ORDER BY v.id LIMIT $2`, []any{after, limit},
		func(scan func(...any) error) error {
			var v ListedVacancy
			err := scan(&v.ID, &v.EmployerID, &v.Title, &v.Occupation, &v.Region, &v.PayUnit, &v.State,
				&v.Settlement, &v.RateFen, &v.ValidUntil, &v.Heads, &v.Taken)
			list = append(list, v)
			return err
		})
	return list, err
}
