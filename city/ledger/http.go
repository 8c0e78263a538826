package ledger

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts what a clerk may do with payouts that wait for one.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/payouts/stuck", s.FindStuckPayouts)
	web.Do(m, "/payouts/{payout_id}/ask-again", s.AskPayoutAgain)
}
