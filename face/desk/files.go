package desk

import (
	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/ui"
)

// files is where lists come in and go out.
func (s *site) files(v *visit) error {
	var parts []templComponent
	if v.who.Has(people.RoleClerk) {
		found, err := s.Intake.FindImports(v.Ctx, intake.FindImports{})
		if err != nil {
			return err
		}
		if sent, err := v.export(v.importList(found)); sent {
			return err
		}
		var links []templComponent
		for _, k := range []intake.Kind{intake.Workers, intake.Employers, intake.Vacancies} {
			links = append(links, ui.Form(ui.DeskForm{Bare: true, Path: "/g/templates/" + string(k),
				Tone: "plain", Submit: v.say("desk.template", "list", v.say("intake.list."+string(k)))}))
		}
		parts = append(parts, v.importForm(), rowTempl(v.say("desk.templates"), links),
			v.list(v.importList(found)))
	}
	var exports []templComponent
	for _, k := range []string{"workers", "employers", "vacancies", "wages"} {
		exports = append(exports, ui.Form(ui.DeskForm{Bare: true, Path: "/g/export/" + k,
			Tone: "plain", Submit: v.say("intake.list." + k)}))
	}
	parts = append(parts, rowTempl(v.say("desk.exports"), exports))
	return v.page(v.bureauFrame(v.say("desk.g.files"), "/g/files"), parts...)
}

func (v *visit) importForm() templComponent {
	return v.form(ui.DeskForm{Path: "/g/imports", Title: v.say("desk.import"),
		Note: v.say("desk.import.note"), Submit: v.say("desk.import.start"), Inputs: []ui.Input{
			{Name: "kind", Label: v.say("desk.import.kind"), Type: "select", Width: 4,
				Options: v.choice("intake.list.", "workers", "employers", "vacancies")},
			{Name: "file", Label: v.say("desk.import.file"), Type: "file", Width: 4},
			{Name: "region", Label: v.say("desk.county"), Hint: v.say("desk.import.region_hint"),
				Optional: true, Max: 30, Width: 4}}})
}

func (v *visit) importList(found intake.ImportList) listing {
	l := listing{title: "desk.imports", empty: "desk.imports.none", path: "/g/files",
		columns: []column{{key: "desk.import.file"}, {key: "desk.import.kind"}, {key: "desk.state"},
			{key: "desk.import.in", num: true}, {key: "desk.import.bad", num: true},
			{key: "desk.time"}}, filters: []filter{{"state", "desk.state", "desk.import_state."}}}
	for _, c := range found.Imports {
		l.rows = append(l.rows, row{tags: map[string]string{"state": string(c.State)},
			cells: []ui.Cell{link(c.FileName, "", "/g/imports/"+c.ID),
				text(v.say("intake.list." + string(c.Kind))), v.state("import_state", string(c.State)),
				count(c.In), count(c.Bad), v.when(c.CreatedAt)}})
	}
	return l
}

func (s *site) startImport(v *visit) error {
	return v.act("/g/imports", s.files, func() (string, error) {
		name, content, err := v.file()
		if err != nil {
			return "", err
		}
		v.Form.Set("file_name", name)
		v.Form.Set("content", content)
		var in intake.Upload
		if err := v.Read(&in); err != nil {
			return "", err
		}
		made, err := s.Intake.StartImport(v.Ctx, in)
		return "/g/imports/" + made.ID, err
	})
}

// importPage shows how far an import is; while it works the page asks for itself again.
func (s *site) importPage(v *visit) error {
	id := v.R.PathValue("import_id")
	c, err := s.Intake.ShowImport(v.Ctx, intake.GetImport{ImportID: id})
	if err != nil {
		return err
	}
	wrong, err := s.Intake.FindProblems(v.Ctx, intake.GetProblems{ImportID: id, Lang: v.Lang})
	if err != nil {
		return err
	}
	parts := []templComponent{ui.Progress(c.Tried, c.Rows, v.say("desk.import.progress", "tried",
		c.Tried, "rows", c.Rows)), ui.Facts([]ui.Fact{
		{Name: v.say("desk.state"), Value: v.say("desk.import_state." + string(c.State)),
			Sub: v.sayOr(c.Code, c.Code)},
		{Name: v.say("desk.import.in"), Value: count(c.In).Text},
		{Name: v.say("desk.import.same"), Value: count(c.Same).Text},
		{Name: v.say("desk.import.bad"), Value: count(c.Bad).Text}})}
	l := listing{title: "desk.import.problems", empty: "desk.import.no_problems", bare: true,
		path: "/g/imports/" + id, columns: []column{{key: "desk.import.row", num: true},
			{key: "desk.import.problem"}}}
	for _, p := range wrong.Problems {
		l.rows = append(l.rows, row{cells: []ui.Cell{count(int64(p.Row)), text(p.Text)}})
	}
	if c.State == intake.Waiting {
		parts = append(parts, ui.Links([]ui.Link{{Label: v.say("desk.again"),
			Path: "/g/imports/" + id, Main: true}}))
	}
	if c.Bad > 0 {
		parts = append(parts, v.form(ui.DeskForm{Path: "/g/imports/" + id + "/sheet",
			Note: v.say("desk.import.sheet_note"), Submit: v.say("desk.import.sheet")}))
	}
	f := v.bureauFrame(c.FileName, "/g/files")
	if c.State == intake.Waiting {
		f.Refresh = importSeconds
	}
	return v.page(f, append(parts, v.list(l))...)
}

const importSeconds = 3 // between looks at an import that works

// send sends a file that an operation makes, or shows its page again with why not.
func (v *visit) send(path string, again func(*visit) error, make func() (intake.FileView, error),
) error {
	file, err := make()
	if err != nil {
		return v.act(path, again, func() (string, error) { return "", err })
	}
	return v.SendFile(file.FileName, workbookType, file.Content)
}

func (s *site) errorSheet(v *visit) error {
	path := "/g/imports/" + v.R.PathValue("import_id")
	return v.send(path+"/sheet", s.importPage, func() (intake.FileView, error) {
		return s.Intake.MakeErrorSheet(v.Ctx, intake.GetSheet{ImportID: v.R.PathValue("import_id"),
			Lang: v.Lang})
	})
}

func (s *site) importTemplate(v *visit) error {
	kind := v.R.PathValue("kind")
	return v.send("/g/templates/"+kind, s.files, func() (intake.FileView, error) {
		return s.Intake.ShowTemplate(v.Ctx, intake.GetTemplate{Kind: intake.Kind(kind), Lang: v.Lang})
	})
}

func (s *site) exportList(v *visit) error {
	kind := v.R.PathValue("kind")
	return v.send("/g/export/"+kind, s.files, func() (intake.FileView, error) {
		return s.Intake.ExportList(v.Ctx, intake.Export{Kind: intake.Kind(kind), Lang: v.Lang})
	})
}
