package insurance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// Check proves law 1 from the insurer's side (a cover stands on a consent of that worker to that
// very version, and to telling the insurer, given before it began and not taken back by then, and
// under a confirmed plan on the insurer's yes) and the premiums' part of law 3.
// It reads the ledger's postings and the consents of people.
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
	return db.Prove(ctx, r, []db.Law{
		{"law 1: cover %s has no consent from before it began",
			`SELECT c.id FROM covers c WHERE NOT EXISTS (SELECT 1 FROM insurance_consents k
			WHERE k.id = c.consent_id AND k.worker_id = c.worker_id AND k.plan_id = c.plan_id
			AND k.version = c.version AND k.given_at_ms <= c.effective_at_ms
			AND (k.withdrawn_at_ms = 0 OR k.withdrawn_at_ms >= c.effective_at_ms))
			ORDER BY c.id LIMIT 1`},
		{"law 1: the worker of cover %s had not agreed that the insurer is told",
			`SELECT c.id FROM covers c WHERE NOT EXISTS (SELECT 1 FROM consents k
			WHERE k.worker_id = c.worker_id AND k.purpose = 'share_insurer' AND k.given
			AND k.at_ms <= c.effective_at_ms AND NOT EXISTS (SELECT 1 FROM consents l
				WHERE l.worker_id = k.worker_id AND l.purpose = k.purpose AND l.n > k.n
				AND l.at_ms < c.effective_at_ms AND NOT l.given))
			ORDER BY c.id LIMIT 1`},
		{"law 1: consent %s accepted other sums than its plan's",
			`SELECT k.id FROM insurance_consents k JOIN insurance_plans p ON p.id = k.plan_id
			AND p.version = k.version WHERE k.death_fen <> p.death_fen OR k.medical_fen <> p.medical_fen
			OR k.lost_income_day_fen <> p.lost_income_day_fen ORDER BY k.id LIMIT 1`},
		{"law 1: cover %s began before the insurer of a confirmed plan had said yes",
			`SELECT c.id FROM covers c JOIN insurance_plans p ON p.id = c.plan_id AND p.version = c.version
			WHERE p.mode = 'confirmed' AND NOT EXISTS (SELECT 1 FROM cover_requests q
			WHERE q.placement_id = c.placement_id AND q.version = c.version AND q.state = 'confirmed'
			AND q.ended_at_ms <= c.effective_at_ms) ORDER BY c.id LIMIT 1`},
		{"law 3: cover %s has no posted premium",
			`SELECT c.id FROM covers c WHERE c.premium_fen > 0 AND NOT EXISTS (SELECT 1 FROM postings e
			WHERE e.entry_id = 'premium/' || c.id) ORDER BY c.id LIMIT 1`},
		{"law 3: premium %s is posted without a cover",
			`SELECT e.entry_id FROM postings e WHERE e.entry_id >= 'premium/' AND e.entry_id < 'premium0'
			AND NOT EXISTS (SELECT 1 FROM covers c
				WHERE c.id = substr(e.entry_id, 9) AND c.premium_fen > 0)
			ORDER BY e.entry_id LIMIT 1`},
		{"cover %s stands on a bordereau that is not there",
			`SELECT c.id FROM covers c WHERE c.bordereau_id <> '' AND NOT EXISTS
			(SELECT 1 FROM bordereaux b WHERE b.id = c.bordereau_id AND b.insurer = c.insurer)
			ORDER BY c.id LIMIT 1`},
	})
}
