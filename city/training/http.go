package training

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts classes.
func Routes(m *web.Mux, s *Service) {
	web.Do(m, "/classes", s.OpenClass)
	web.Show(m, "/classes", s.FindClasses)
	web.Show(m, "/classes/{class_id}", s.ShowClass)
	web.Do(m, "/classes/{class_id}/enrolments", s.Enrol)
	web.Do(m, "/classes/{class_id}/proxy-enrolments", s.EnrolFor)
	web.Do(m, "/enrolments/{enrolment_id}/withdrawal", s.Withdraw)
	web.Show(m, "/workers/{worker_id}/enrolments", s.FindEnrolments)
	web.Show(m, "/run-classes", s.FindRunClasses)
	web.Show(m, "/classes/{class_id}/roll", s.ShowRoll)
	web.Do(m, "/classes/{class_id}/roll", s.CallRoll)
	web.Do(m, "/enrolments/{enrolment_id}/assessment", s.Assess)
	web.Do(m, "/classes/{class_id}/call-off", s.CallOff)
	web.Do(m, "/classes/{class_id}/roll/workbook", s.ExportRoll)
}
