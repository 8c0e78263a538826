package contract

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the slice's operations.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/contracts/counted", s.FindCounted)
	web.Show(m, "/contracts/{contract_id}", s.Show)
	web.Do(m, "/contracts/{contract_id}/codes", s.RequestSignCode)
	web.Do(m, "/contracts/{contract_id}/signature", s.Sign)
	web.Show(m, "/workers/{worker_id}/contracts", s.FindContracts)
	web.Show(m, "/contract-clocks", s.FindClocks)
}
