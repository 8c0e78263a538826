package intake

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the intake.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/imports", s.FindImports)
	web.Do(m, "/imports/{kind}", s.StartImport)
	web.Do(m, "/imports/{kind}/preview", s.PreviewImport)
	web.Show(m, "/imports/{import_id}", s.ShowImport)
	web.Show(m, "/imports/{import_id}/problems", s.FindProblems)
	web.Do(m, "/imports/{import_id}/error-sheet", s.MakeErrorSheet)
	web.Show(m, "/templates/{kind}", s.ShowTemplate)
	web.Do(m, "/exports/{kind}", s.ExportList)
	web.Do(m, "/employers/{employer_id}/wage-ledger/workbook", s.ExportWageLedger)
}
