package ledger

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts what an employer may do with its account, and a clerk with payouts, limits and what
// the bank says differently.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/employers/{employer_id}/account", s.GetAccount)
	web.Show(m, "/vouchers", s.ShowVoucher)
	web.Do(m, "/employers/{employer_id}/account/workbook", s.ExportAccount)
	web.Do(m, "/employers/{employer_id}/refunds", s.AskRefund)
	web.Show(m, "/employers/{employer_id}/refunds", s.FindRefunds)
	web.Do(m, "/employers/{employer_id}/limits", s.GrantLimit)
	web.Do(m, "/employers/{employer_id}/insolvency", s.DeclareInsolvent)
	web.Show(m, "/bank-differences", s.FindDifferences)
	web.Do(m, "/bank-differences/{difference_id}/explain", s.ExplainDifference)
	web.Show(m, "/unclaimed-credits", s.FindUnclaimed)
	web.Do(m, "/unclaimed-credits/{credit_id}/assign", s.AssignCredit)
	web.Do(m, "/unclaimed-credits/{credit_id}/send-back", s.SendBackCredit)
	web.Show(m, "/payouts/stuck", s.FindStuckPayouts)
	web.Do(m, "/payouts/{payout_id}/ask-again", s.AskPayoutAgain)
}
