package oversight

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts matters.
func Routes(m *web.Mux, s *Service) {
	web.Do(m, "/matters", s.AssignMatter)
	web.Show(m, "/matters", s.FindMatters)
	web.Show(m, "/matters/{matter_id}", s.ShowMatter)
	web.Do(m, "/matters/{matter_id}/acceptance", s.AcceptMatter)
	web.Do(m, "/matters/{matter_id}/report", s.ReportMatter)
	web.Do(m, "/matters/{matter_id}/pass", s.PassMatter)
	web.Do(m, "/matters/{matter_id}/end", s.CloseMatter)
}
