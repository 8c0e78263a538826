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
	web.Show(m, "/employers/{employer_id}/dossier", s.ShowDossier)
	web.Do(m, "/employers/{employer_id}/documents", s.AddDocument)
	web.Do(m, "/employers/{employer_id}/vetting", s.VetEmployer)
	web.Show(m, "/vacancies/waiting", s.FindWaitingVacancies)
	web.Do(m, "/vacancies/{vacancy_id}/review", s.ReviewVacancy)
}
