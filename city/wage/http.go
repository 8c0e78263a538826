package wage

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts what workers, employers and clerks may do with wages.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/employers/{employer_id}/wages", s.GetStatement)
	web.Show(m, "/employers/{employer_id}/wage-ledger", s.GetWageLedger)
	web.Do(m, "/employers/{employer_id}/wage-ledger/open", s.OpenWageLedger)
	web.Do(m, "/employers/{employer_id}/confirmations", s.ConfirmHours)
	web.Show(m, "/workers/{worker_id}/wages", s.GetMyWages)
	web.Show(m, "/wage-lines/{line_id}/slip", s.GetSlip)
	web.Show(m, "/wage-lines/counted", s.FindCountedLines)
	web.Show(m, "/wage-lines/late", s.FindLateLines)
	web.Show(m, "/wage-lines/stuck", s.FindStuckLines)
	web.Do(m, "/wage-lines/{line_id}/pay-again", s.PayAgain)
}
