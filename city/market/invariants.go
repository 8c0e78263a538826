package market

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/market/gate"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// Check proves law 6 (heads) and the market's part of law 5 (one place at one time, no one under
// 16, no minor on work closed to minors, nothing public that the gate blocks).
func (s *Service) Check(ctx context.Context, r db.Reader, now time.Time) error {
	if err := db.Prove(ctx, r, headLaws); err != nil {
		return err
	}
	err := db.Prove(ctx, r, []db.Law{
		{"law 5: placement %s overlaps another of its worker",
			`SELECT a.id FROM placements a JOIN placements b ON b.worker_id = a.worker_id AND b.id > a.id
			AND b.starts_at_ms < a.ends_at_ms AND b.ends_at_ms > a.starts_at_ms
			AND b.state IN ('accepted', 'started') WHERE a.state IN ('accepted', 'started')
			ORDER BY a.id LIMIT 1`},
		{"law 5: shift %s is public before its vacancy has passed the gate",
			`SELECT s.id FROM shifts s JOIN vacancies v ON v.id = s.vacancy_id
			WHERE s.state = 'open' AND v.state <> 'published' ORDER BY s.id LIMIT 1`},
		{"law 5: vacancy %s is public with words that the gate blocks",
			`SELECT v.id FROM vacancies v JOIN vacancy_findings f ON f.vacancy_id = v.id
			WHERE v.state = 'published' AND f.action = 'block' AND v.reviewer_id = ''
			ORDER BY v.id LIMIT 1`},
		{"law 5: vacancy %s is public with marked words and no legal ground on record",
			`SELECT v.id FROM vacancies v WHERE v.state = 'published'
			AND EXISTS (SELECT 1 FROM vacancy_findings f WHERE f.vacancy_id = v.id)
			AND NOT EXISTS (SELECT 1 FROM vacancy_reviews r WHERE r.vacancy_id = v.id
			AND r.decision = 'published' AND r.legal_grounds <> '') ORDER BY v.id LIMIT 1`},
	})
	if err != nil {
		return err
	}
	if err := checkEmployment(ctx, r); err != nil {
		return err
	}
	if err := checkAccidents(ctx, r); err != nil {
		return err
	}
	if err := db.Prove(ctx, r, gateLaws); err != nil {
		return err
	}
	if err := checkPushes(ctx, r, now); err != nil {
		return err
	}
	if err := checkMinors(ctx, r, now); err != nil {
		return err
	}
	return s.checkWords(ctx, r)
}

// headLaws are what is promised of the heads of a shift; for the doubled states see live.
var headLaws = []db.Law{
	{"law 6: shift %s counts other heads than it has placements",
		`SELECT s.id FROM shifts s WHERE s.taken <> (SELECT COUNT(*) FROM placements p
		WHERE p.shift_id = s.id AND p.state IN ('accepted', 'started', 'done')
		AND p.state IN ('offered', 'accepted', 'started', 'done')) ORDER BY s.id LIMIT 1`},
	{"law 6: shift %s has more placements than heads",
		`SELECT id FROM shifts WHERE taken > heads ORDER BY id LIMIT 1`},
}

// checkWords screens every public vacancy again: rules may have become stricter since.
func (s *Service) checkWords(ctx context.Context, r db.Reader) error {
	return db.Each(ctx, r, `SELECT id, title, content FROM vacancies
		WHERE state = 'published' AND reviewer_id = '' ORDER BY id`, nil,
		func(scan func(...any) error) error {
			var id, title, content string
			if err := scan(&id, &title, &content); err != nil {
				return err
			}
			for _, f := range gate.Screen(words(title, content)) {
				if f.Action == gate.Block {
					return fmt.Errorf("law 5: vacancy %s is public with %q (%s)", id, f.Span, f.RuleID)
				}
			}
			return nil
		})
}

// checkPushes proves that nobody was told of more in the last seven days than their number, as the
// runs had it, that a run's figures are true, and that every push has its message.
func checkPushes(ctx context.Context, r db.Reader, now time.Time) error {
	err := db.ProveOne(ctx, r,
		"pushes: worker %s was told of more vacancies in seven days than is allowed",
		`SELECT p.worker_id FROM pushes p JOIN push_runs r
		ON r.id = p.run_id WHERE p.at_ms > $1 GROUP BY p.worker_id
		HAVING COUNT(*) > MAX(r.week_max) ORDER BY p.worker_id LIMIT 1`,
		clock.MS(now.AddDate(0, 0, -7)))
	if err != nil {
		return err
	}
	return db.Prove(ctx, r, pushLaws)
}

var pushLaws = []db.Law{
	{"pushes: run %s counts other pushes than it made",
		`SELECT r.id FROM push_runs r WHERE r.state = 'done' AND r.told < (SELECT COUNT(*) FROM pushes p
		WHERE p.run_id = r.id) ORDER BY r.id LIMIT 1`},
	{"pushes: run %s is done and has no end", `SELECT id FROM push_runs
		WHERE (state = 'done') <> (ended_at_ms > 0) ORDER BY id LIMIT 1`},
	{"pushes: a vacancy was told by push %s and nobody was sent a message", `SELECT p.id FROM pushes p
		WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.key = 'new_work/' || p.id)
		ORDER BY p.id LIMIT 1`},
}
