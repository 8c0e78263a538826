package station

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the places.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/places", s.FindPlaces)
	web.Do(m, "/places", s.CreatePlace)
	web.Show(m, "/places/{place_id}/qr", s.ShowQR)
	web.Do(m, "/places/{place_id}/staff", s.AssignStaff)
	web.Do(m, "/places/{place_id}/walk-ins", s.RegisterWalkIn)
	web.Do(m, "/places/{place_id}/help-codes", s.AskHelpCode)
	web.Do(m, "/places/{place_id}/helps", s.OpenHelp)
	web.Show(m, "/places/{place_id}/services", s.ListLedgerPage)
	web.Do(m, "/places/{place_id}/services", s.LogService)
	web.Show(m, "/workers/{worker_id}/helps", s.FindHelps)
	web.Do(m, "/workers/{worker_id}/helps/{help_id}/end", s.EndHelp)
}
