package attendance

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the clock.
func Routes(m *web.Mux, s *Service) {
	web.Do(m, "/placements/{placement_id}/arrival", s.Arrive)
	web.Do(m, "/placements/{placement_id}/start", s.ClockIn)
	web.Do(m, "/placements/{placement_id}/end", s.ClockOut)
	web.Do(m, "/placements/{placement_id}/corrections", s.AskCorrection)
	web.Show(m, "/employers/{employer_id}/corrections", s.FindCorrections)
	web.Do(m, "/corrections/{correction_id}/answer", s.AnswerCorrection)
}
