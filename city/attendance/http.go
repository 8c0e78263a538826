package attendance

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the clock.
func Routes(m *web.Mux, s *Service) {
	web.Do(m, "/placements/{placement_id}/arrival", s.Arrive)
	web.Do(m, "/placements/{placement_id}/start", s.ClockIn)
	web.Do(m, "/placements/{placement_id}/end", s.ClockOut)
	web.Do(m, "/placements/{placement_id}/overrun", s.StayOn)
	web.Do(m, "/placements/{placement_id}/turned-away", s.TurnAway)
	web.Do(m, "/placements/{placement_id}/turned-away-reports", s.ReportTurnedAway)
	web.Do(m, "/placements/{placement_id}/replacement", s.Replace)
	web.Do(m, "/placements/{placement_id}/offline-arrivals", s.UploadArrival)
	web.Show(m, "/starts", s.FindStarts)
	web.Do(m, "/workers/{worker_id}/devices", s.RegisterDevice)
	web.Show(m, "/workers/{worker_id}/devices", s.FindDevices)
	web.Do(m, "/workers/{worker_id}/devices/{device_id}/end", s.EndDevice)
	web.Show(m, "/placements/{placement_id}/hours", s.ShowHours)
	web.Do(m, "/placements/{placement_id}/corrections", s.AskCorrection)
	web.Do(m, "/placements/{placement_id}/proposals", s.ProposeTimes)
	web.Show(m, "/workers/{worker_id}/proposals", s.FindProposals)
	web.Do(m, "/proposals/{correction_id}/answer", s.AnswerProposal)
	web.Show(m, "/shifts/{shift_id}/board", s.ShowBoard)
	web.Show(m, "/corrections/overdue", s.FindOverdueCorrections)
	web.Show(m, "/employers/{employer_id}/corrections", s.FindCorrections)
	web.Do(m, "/corrections/{correction_id}/answer", s.AnswerCorrection)
}
