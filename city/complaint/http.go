package complaint

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts complaints.
func Routes(m *web.Mux, s *Service) {
	web.Do(m, "/complaints", s.FileComplaint)
	web.Show(m, "/complaints/mine", s.FindMine)
	web.Show(m, "/complaints/open", s.FindOpen)
	web.Show(m, "/complaints/{complaint_id}", s.ShowComplaint)
	web.Do(m, "/complaints/{complaint_id}/notes", s.AddNote)
	web.Do(m, "/complaints/{complaint_id}/acceptance", s.AcceptComplaint)
	web.Do(m, "/complaints/{complaint_id}/investigation", s.Investigate)
	web.Do(m, "/complaints/{complaint_id}/decision", s.DecideComplaint)
	web.Do(m, "/complaints/{complaint_id}/answer", s.AnswerComplaint)
	web.Do(m, "/complaints/{complaint_id}/reopening", s.ReopenComplaint)
}
