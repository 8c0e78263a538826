package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

func insertPatrol(ctx context.Context, tx *db.Tx, vacancyID, employerID string) error {
	_, err := tx.Exec(ctx, `INSERT INTO vacancy_patrols(vacancy_id, employer_id, state, words,
		reviewer_id, at_ms, answered_at_ms) VALUES ($1, $2, 'open', '', '', $3, 0)
		ON CONFLICT DO NOTHING`, vacancyID, employerID, clock.MS(tx.Now))
	return err
}

// patrolsOpen lists sampled vacancies that are still public; what was closed since needs no look.
func patrolsOpen(
	ctx context.Context, r db.Reader, behind db.Mark, limit int,
) ([]WaitingView, error) {
	return db.List[WaitingView](ctx, r, `SELECT v.id, v.employer_id, p.at_ms AS created_at_ms,
		v.title, v.content, v.reason FROM vacancy_patrols p
		JOIN vacancies v ON v.id = p.vacancy_id AND v.state = 'published'
		WHERE p.state = 'open' AND p.at_ms >= $1 AND (p.at_ms > $1 OR p.vacancy_id > $2)
		ORDER BY p.at_ms, p.vacancy_id LIMIT $3`, behind.MS, behind.ID, limit)
}

// answerPatrol keeps a clerk's word, once.
// Faults: market.no_patrol (not found).
func answerPatrol(
	ctx context.Context, tx *db.Tx, a PatrolAnswered, words, reviewerID string,
) error {
	n, err := tx.Exec(ctx, `UPDATE vacancy_patrols SET state = $2, words = $3, reviewer_id = $4,
		answered_at_ms = $5 WHERE vacancy_id = $1 AND state = 'open'`, a.VacancyID, a.State, words,
		reviewerID, clock.MS(tx.Now))
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "market.no_patrol").OnField("vacancy_id")
	}
	return err
}
