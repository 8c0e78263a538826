package skill

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the slice's operations.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/catalogue", s.Catalogue)
	web.Show(m, "/workers/{worker_id}/skills", s.ShowWorkerSkills)
	web.Do(m, "/workers/{worker_id}/skills", s.AddSkill)
	web.Do(m, "/workers/{worker_id}/certificates", s.AddCertificate)
	web.Do(m, "/occupations/imports", s.ImportOccupations)
	web.Show(m, "/certificates/waiting", s.FindWaiting)
	web.Do(m, "/certificates/{certificate_id}/decision", s.VerifyCertificate)
}
