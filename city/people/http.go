package people

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the slice's operations.
func Routes(m *web.Mux, s *Service) {
	web.Do(m, "/codes", s.RequestCode)
	web.Do(m, "/sessions", s.LogIn)
	web.Do(m, "/sessions/end", s.LogOut)
	web.Show(m, "/me", s.ShowMe)

	web.Do(m, "/workers", s.RegisterWorker)
	web.Show(m, "/workers/{worker_id}", s.ShowWorker)
	web.Do(m, "/workers/{worker_id}/card", s.SetBankCard)
	web.Do(m, "/workers/{worker_id}/number", s.ShowNumber)
	web.Show(m, "/workers/{worker_id}/audits", s.FindAudits)
	web.Do(m, "/workers/{worker_id}/copy", s.DownloadCopy)
	web.Show(m, "/workers/{worker_id}/sharings", s.FindSharings)
	web.Do(m, "/workers/{worker_id}/phone-codes", s.RequestPhoneCode)
	web.Do(m, "/workers/{worker_id}/phone", s.ChangePhone)
	web.Show(m, "/workers/{worker_id}/amendments", s.FindAmendments)
	web.Do(m, "/workers/{worker_id}/amendments", s.AskAmendment)
	web.Show(m, "/amendments", s.FindAmendmentsWaiting)
	web.Do(m, "/amendments/{amendment_id}/answer", s.AnswerAmendment)
	web.Do(m, "/workers/{worker_id}/close", s.CloseAccount)
	web.Show(m, "/consent-texts", s.FindConsentTexts)
	web.Show(m, "/workers/{worker_id}/consents", s.FindConsents)
	web.Do(m, "/workers/{worker_id}/consents", s.GiveConsent)
	web.Do(m, "/workers/{worker_id}/consents/withdraw", s.WithdrawConsent)

	web.Do(m, "/employers", s.RegisterEmployer)
	web.Show(m, "/employers/{employer_id}", s.ShowEmployer)
	web.Show(m, "/employers/{employer_id}/roster", s.ListRosterPage)
	web.Do(m, "/employers/{employer_id}/roster", s.AddToRoster)
	web.Do(m, "/employers/{employer_id}/roster/{entry_id}/end", s.EndRosterEntry)
	web.Show(m, "/workers/{worker_id}/rosters", s.FindMyRosters)
	web.Do(m, "/workers/{worker_id}/rosters/{entry_id}/answer", s.AnswerRoster)
	web.Do(m, "/staff", s.CreateStaff)
	web.Show(m, "/staff", s.FindStaff)
	web.Show(m, "/employers", s.FindEmployers)
	web.Show(m, "/employers/{employer_id}/supervisors", s.FindSupervisors)
	web.Show(m, "/audits", s.FindCityAudits)
}
