package market

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// joined writes a list of words as they are stored: "height,night".
func joined[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, w := range list {
		texts[i] = string(w)
	}
	return strings.Join(texts, ",")
}

// split reads what joined has written.
func split[T ~string](text string) []T {
	if text == "" {
		return nil
	}
	var list []T
	for _, w := range strings.Split(text, ",") {
		list = append(list, T(w))
	}
	return list
}

// notThereYet refuses a vacancy that is public or waits already: the same employer, title and
// place, and a shift of the same times. An employer's own may come again once the first is full.
func notThereYet(ctx context.Context, r db.Reader, in Publish) error {
	for _, plan := range in.Shifts {
		var id string
		err := db.Row(ctx, r, []any{&id}, `SELECT v.id FROM shifts s
			JOIN vacancies v ON v.id = s.vacancy_id
			WHERE s.employer_id = $1 AND v.state IN ('waiting', 'published') AND v.title = $2
			AND v.place_id = $3 AND s.state IN ('waiting', 'open') AND s.starts_at_ms = $4
			AND s.ends_at_ms = $5 AND ($6 <> '' OR s.taken < s.heads) ORDER BY v.id LIMIT 1`,
			in.EmployerID, in.Title, in.PlaceID, clock.MS(plan.StartsAt), clock.MS(plan.EndsAt), in.Source)
		if err == nil {
			return fault.New(fault.Conflict, "market.vacancy_there", "vacancy", id).OnField("shifts")
		}
		if !errors.Is(err, db.ErrNone) {
			return err
		}
	}
	return nil
}

// waitingVacancy gives a vacancy that waits for a clerk.
// Faults: market.vacancy_state (conflict).
func waitingVacancy(ctx context.Context, r db.Reader, id string) (WaitingView, error) {
	v, err := db.Get[WaitingView](ctx, r, `SELECT id, employer_id, title, content, reason
		FROM vacancies WHERE id = $1 AND state = 'waiting' AND substr(reason, 1, 8) <> 'unsigned'`, id)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.Conflict, "market.vacancy_state").OnField("vacancy_id")
	}
	return v, err
}

func waitingVacancies(
	ctx context.Context, r db.Reader, behind db.Mark, limit int,
) ([]WaitingView, error) {
	return db.List[WaitingView](ctx, r, `SELECT id, employer_id, created_at_ms, title, content, reason
		FROM vacancies WHERE state = 'waiting' AND substr(reason, 1, 8) <> 'unsigned'
		AND created_at_ms >= $1 AND (created_at_ms > $1 OR id > $2)
		ORDER BY created_at_ms, id LIMIT $3`, behind.MS, behind.ID, limit)
}

func findingsOf(ctx context.Context, r db.Reader, vacancyID string) ([]FindingView, error) {
	return db.List[FindingView](ctx, r, `SELECT rule_id, action, field, from_rune, to_rune, span
		FROM vacancy_findings WHERE vacancy_id = $1 ORDER BY n`, vacancyID)
}

// reviewVacancy decides a waiting vacancy and opens its shifts when it is published.
func reviewVacancy(ctx context.Context, tx *db.Tx, v VacancyView, reviewerID string) error {
	_, err := tx.Exec(ctx, `UPDATE vacancies SET state = $1, reason = $2, reviewer_id = $3
		WHERE id = $4 AND state = 'waiting'`, v.State, v.Reason, reviewerID, v.ID)
	if err != nil || v.State != Published {
		return err
	}
	_, err = tx.Exec(ctx,
		`UPDATE shifts SET state = 'open' WHERE vacancy_id = $1 AND state = 'waiting'`, v.ID)
	return err
}

func openShiftsOf(ctx context.Context, r db.Reader, vacancyID string) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM shifts WHERE vacancy_id = $1
		AND state = 'open' ORDER BY starts_at_ms, id`, vacancyID)
}

// insertReview keeps a clerk's decision with the marks it was made on.
func insertReview(ctx context.Context, tx *db.Tx, id string, in Review, v VacancyView,
	marks []FindingView, reviewerID string) error {
	facts, err := json.Marshal(marks)
	if err != nil {
		return fmt.Errorf("facts of a review: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO vacancy_reviews(id, vacancy_id, decision, legal_grounds, words,
		facts, reviewer_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, id, v.ID, v.State,
		joined(in.LegalGrounds), in.Ground, string(facts), reviewerID, clock.MS(tx.Now))
	return err
}
