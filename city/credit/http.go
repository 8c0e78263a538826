package credit

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts credit.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/employers/{employer_id}/credit", s.ShowCredit)
	web.Do(m, "/employers/{employer_id}/credit/appeals", s.AppealGrade)
	web.Do(m, "/employers/{employer_id}/listing", s.ListEmployer)
	web.Do(m, "/credit/marks/{mark_id}/lifting", s.LiftListing)
	web.Show(m, "/credit/appeals", s.FindAppeals)
	web.Do(m, "/credit/appeals/{appeal_id}/review", s.ReviewAppeal)
	web.Show(m, "/vacancies/{vacancy_id}/credit", s.ShowVacancyCredit)
	web.Do(m, "/placements/{placement_id}/feedback", s.GiveFeedback)
	web.Do(m, "/placements/{placement_id}/thanks", s.ThankWorker)
	web.Show(m, "/employers/{employer_id}/feedback", s.FindFeedback)
	web.Do(m, "/feedback/{feedback_id}/appeal", s.AppealFeedback)
	web.Show(m, "/feedback/appealed", s.FindFeedbackAppeals)
	web.Do(m, "/feedback/{feedback_id}/review", s.ReviewFeedback)
	web.Show(m, "/workers/{worker_id}/record", s.ShowRecord)
	web.Do(m, "/workers/{worker_id}/record/visibility", s.HideRecord)
	web.Show(m, "/placements/{placement_id}/record", s.ShowPlacedRecord)
}
