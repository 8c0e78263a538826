package market

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the market.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/shifts", s.FindWork)
	web.Show(m, "/shifts/{shift_id}", s.ShowShift)
	web.Show(m, "/shifts/{shift_id}/people", s.FindPeople)
	web.Do(m, "/shifts/{shift_id}/placements", s.AcceptShift)
	web.Do(m, "/shifts/{shift_id}/offers", s.OfferShift)
	web.Do(m, "/shifts/{shift_id}/cancellation", s.CancelShift)
	web.Do(m, "/placements/{placement_id}/cancellation", s.CancelPlacement)
	web.Show(m, "/workers/{worker_id}/placements", s.FindPlacements)
	web.Do(m, "/employers/{employer_id}/vacancies", s.PublishVacancy)
	web.Show(m, "/employers/{employer_id}/vacancies/unsigned", s.FindUnsignedVacancies)
	web.Do(m, "/employers/{employer_id}/vacancies/{vacancy_id}/signature", s.SignVacancy)
	web.Show(m, "/employers/{employer_id}/dossier", s.ShowDossier)
	web.Do(m, "/employers/{employer_id}/documents", s.AddDocument)
	web.Do(m, "/employers/{employer_id}/vetting", s.VetEmployer)
	web.Show(m, "/vacancies/waiting", s.FindWaitingVacancies)
	web.Do(m, "/vacancies/{vacancy_id}/review", s.ReviewVacancy)
	web.Do(m, "/vacancies/{vacancy_id}/applications", s.Apply)
	web.Show(m, "/vacancies/{vacancy_id}/applications", s.ListApplicationsPage)
	web.Do(m, "/vacancies/{vacancy_id}/recommendations", s.RecommendWorker)
	web.Show(m, "/workers/{worker_id}/applications", s.ListMyApplicationsPage)
	web.Do(m, "/applications/{application_id}/withdrawal", s.WithdrawApplication)
	web.Do(m, "/applications/{application_id}/shortlist", s.Shortlist)
	web.Do(m, "/applications/{application_id}/refusal", s.RefuseApplication)
	web.Do(m, "/applications/{application_id}/offer", s.OfferApplication)
	web.Do(m, "/vacancies/{vacancy_id}/interview-slots", s.OpenInterviewSlot)
	web.Show(m, "/vacancies/{vacancy_id}/interview-slots", s.FindInterviewSlots)
	web.Do(m, "/interview-slots/{slot_id}/bookings", s.BookInterview)
	web.Do(m, "/applications/{application_id}/interview/cancellation", s.CancelInterview)
	web.Show(m, "/interviews", s.FindInterviews)
	web.Do(m, "/interviews/{interview_id}/outcome", s.RecordInterview)
	web.Show(m, "/retention-checks", s.FindRetention)
	web.Do(m, "/retention-checks/{check_id}/answers", s.AnswerRetention)
}
