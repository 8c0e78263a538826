package market

import "github.com/gongyi/gongyi/internal/web"

// callRoutes mounts how people reach each other.
func callRoutes(m *web.Mux, s *Service) {
	web.Do(m, "/employers/{employer_id}/workers/{worker_id}/contact", s.GetContact)
	web.Do(m, "/placements/{placement_id}/call", s.CallThrough)
	web.Do(m, "/callbacks", s.AskCallback)
	web.Show(m, "/callbacks", s.FindCallbacks)
	web.Show(m, "/callbacks/mine", s.FindMyCallbacks)
	web.Do(m, "/callbacks/{callback_id}/withdrawal", s.WithdrawCallback)
	web.Do(m, "/callbacks/{callback_id}/taking", s.TakeCallback)
	web.Do(m, "/callbacks/{callback_id}/outcome", s.CloseCallback)
	web.Show(m, "/workers/{worker_id}/calendar-link", s.ShowCalendarLink)
	web.Do(m, "/workers/{worker_id}/calendar-link", s.MakeCalendarLink)
	web.Do(m, "/workers/{worker_id}/calendar-link/end", s.EndCalendarLink)
	web.Show(m, "/calendars/{token}", s.ShowCalendar)
}
