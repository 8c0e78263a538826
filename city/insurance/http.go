package insurance

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the slice's operations.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/insurance-plans", s.FindPlans)
	web.Do(m, "/insurance-plans", s.CreatePlan)
	web.Do(m, "/insurance-plans/{plan_id}", s.ChangePlan)
	web.Do(m, "/insurance-plans/{plan_id}/end", s.ClosePlan)
	web.Show(m, "/workers/{worker_id}/insurance-plans/{plan_id}", s.ShowPlanFor)
	web.Do(m, "/workers/{worker_id}/insurance-consents", s.Consent)
	web.Do(m, "/workers/{worker_id}/insurance-consents/withdrawals", s.WithdrawConsent)
	web.Show(m, "/workers/{worker_id}/covers", s.FindCovers)
	web.Show(m, "/cover-requests/denied", s.FindDenied)
	web.Show(m, "/bordereaux", s.FindBordereaux)
	web.Do(m, "/bordereaux/{bordereau_id}/retries", s.RetryBordereau)
}
