package station

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the places.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/places", s.FindPlaces)
	web.Do(m, "/places", s.CreatePlace)
	web.Show(m, "/places/{place_id}/qr", s.ShowQR)
	web.Show(m, "/places/{place_id}/counter", s.ShowCounter)
	web.Do(m, "/places/{place_id}/staff", s.AssignStaff)
	web.Do(m, "/places/{place_id}/walk-ins", s.RegisterWalkIn)
	web.Do(m, "/places/{place_id}/visits", s.ReceiveWalkIn)
	web.Show(m, "/places/{place_id}/people/{worker_id}", s.ShowClient)
	web.Show(m, "/places/{place_id}/queue", s.ShowQueue)
	web.Do(m, "/places/{place_id}/queue", s.TakeTurn)
	web.Do(m, "/places/{place_id}/queue/next", s.CallTurn)
	web.Show(m, "/places/{place_id}/queue/{turn_id}", s.ShowTurn)
	web.Do(m, "/places/{place_id}/queue/{turn_id}/end", s.EndTurn)
	web.Show(m, "/places/{place_id}/tally", s.ShowTally)
	web.Do(m, "/places/{place_id}/help-codes", s.AskHelpCode)
	web.Do(m, "/places/{place_id}/helps", s.OpenHelp)
	web.Show(m, "/places/{place_id}/services", s.ListLedgerPage)
	web.Do(m, "/places/{place_id}/services", s.LogService)
	web.Show(m, "/workers/{worker_id}/helps", s.FindHelps)
	web.Do(m, "/workers/{worker_id}/helps/{help_id}/end", s.EndHelp)
}
