package desk

import (
	"errors"
	"net/url"

	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// intakeDesk is whose lists come in at a page: the city's at the bureau, an employer's own at its
// desk.
type intakeDesk struct {
	base     string // before its paths
	employer string // "" for the city's
	kinds    []intake.Kind
	frame    func(title, path string) ui.Frame
}

func (v *visit) cityIntake() intakeDesk {
	return intakeDesk{"/g", "", []intake.Kind{intake.Workers, intake.Employers, intake.Vacancies},
		v.bureauFrame}
}

func (v *visit) ownIntake(employerID string) intakeDesk {
	return intakeDesk{"/e", employerID, []intake.Kind{intake.Vacancies, intake.Roster},
		v.employerFrame}
}

// incoming are the parts of a page by which lists come in.
func (s *site) incoming(v *visit, d intakeDesk) ([]templComponent, listing, error) {
	found, err := s.Intake.FindImports(v.Ctx, intake.FindImports{EmployerID: d.employer})
	l := v.importList(found, d.base)
	var links []templComponent
	for _, k := range d.kinds {
		links = append(links, ui.Form(ui.DeskForm{Bare: true, Path: d.base + "/templates/" + string(k),
			Tone: "plain", Submit: v.say("desk.template", "list", v.say("intake.list."+string(k)))}))
	}
	return []templComponent{rowTempl(v.say("desk.templates"), links), v.importForm(d), v.list(l)}, l,
		err
}

// files is where the city's lists come in and go out.
func (s *site) files(v *visit) error {
	var parts []templComponent
	if v.who.Has(people.RoleClerk) {
		in, l, err := s.incoming(v, v.cityIntake())
		if err != nil {
			return err
		}
		if sent, err := v.export(l); sent {
			return err
		}
		parts = append(parts, in...)
	}
	var exports []templComponent
	for _, k := range []string{"workers", "employers", "vacancies", "wages"} {
		exports = append(exports, ui.Form(ui.DeskForm{Bare: true, Path: "/g/export/" + k,
			Tone: "plain", Submit: v.say("intake.list." + k)}))
	}
	parts = append(parts, rowTempl(v.say("desk.exports"), exports))
	return v.page(v.bureauFrame(v.say("desk.g.files"), "/g/files"), parts...)
}

// ownFiles is where an employer's vacancies and its roster come in.
func (s *site) ownFiles(v *visit, id string) error {
	parts, l, err := s.incoming(v, v.ownIntake(id))
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.employerFrame(v.say("desk.g.files"), "/e/files"), parts...)
}

func (v *visit) importForm(d intakeDesk) templComponent {
	kinds := make([]string, len(d.kinds))
	for i, k := range d.kinds {
		kinds[i] = string(k)
	}
	where := v.countyInput(4)
	where.Hint, where.Optional = v.say("desk.import.region_hint"), true
	return v.form(ui.DeskForm{Path: d.base + "/imports", Title: v.say("desk.import"),
		Note: v.say("desk.import.note"), Submit: v.say("desk.import.start"),
		Second: v.say("desk.import.check"), Inputs: []ui.Input{
			{Name: "kind", Label: v.say("desk.import.kind"), Type: "select", Width: 4,
				Options: v.choice("intake.list.", kinds...)},
			{Name: "file", Label: v.say("desk.import.file"), Type: "file", Width: 4},
			where}})
}

func (v *visit) importList(found intake.ImportList, base string) listing {
	l := listing{title: "desk.imports", empty: "desk.imports.none", path: base + "/files",
		columns: []column{{key: "desk.import.file"}, {key: "desk.import.kind"}, {key: "desk.state"},
			{key: "desk.import.in", num: true}, {key: "desk.import.bad", num: true},
			{key: "desk.time"}}, filters: []filter{{"state", "desk.state", "desk.import_state."}}}
	for _, c := range found.Imports {
		l.rows = append(l.rows, row{tags: map[string]string{"state": string(c.State)},
			cells: []ui.Cell{link(c.FileName, "", base+"/imports/"+c.ID),
				text(v.say("intake.list." + string(c.Kind))), v.state("import_state", string(c.State)),
				count(c.In), count(c.Bad), v.when(c.CreatedAt)}})
	}
	return l
}

func (s *site) startImport(v *visit) error { return s.takeIn(v, v.cityIntake(), s.files) }

func (s *site) startOwnImport(v *visit, id string) error {
	return s.takeIn(v, v.ownIntake(id), func(v *visit) error { return s.ownFiles(v, id) })
}

// takeIn lets a workbook come in, or only says what would.
func (s *site) takeIn(v *visit, d intakeDesk, again func(*visit) error) error {
	typed := web.Copied(v.Form)
	check := web.Take(v.Form, "second") != ""
	var told intake.Preview
	err := v.act(d.base+"/imports", again, func() (string, error) {
		name, content, err := v.file()
		if err != nil {
			return "", err
		}
		v.Form.Set("file_name", name)
		v.Form.Set("content", content)
		v.Form.Set("employer_id", d.employer)
		var in intake.Upload
		if err := v.Read(&in); err != nil {
			return "", err
		}
		in.Lang = v.Lang
		if check {
			told, err = s.Intake.PreviewImport(v.Ctx, in)
			if err == nil {
				err = errChecked
			}
			return "", err
		}
		in.Lang = ""
		made, err := s.Intake.StartImport(v.Ctx, in)
		return d.base + "/imports/" + made.ID, err
	})
	if errors.Is(err, errChecked) {
		v.notes = v.preview(told)
		v.wrong, v.Form = &trouble{d.base + "/imports", nil, typed}, url.Values{}
		return again(v)
	}
	return err
}

// errChecked ends a form's deed where it was only to be checked.
var errChecked = errors.New("desk: only checked")

// preview says what an import would do.
func (v *visit) preview(p intake.Preview) []templComponent {
	notes := []templComponent{ui.Facts([]ui.Fact{
		{Name: v.say("desk.import.would_in"), Value: count(p.WouldIn).Text},
		{Name: v.say("desk.import.same"), Value: count(p.WouldSame).Text},
		{Name: v.say("desk.import.bad"), Value: count(p.Bad).Text}})}
	if len(p.Problems) > 0 {
		notes = append(notes, v.list(v.problems("", p.Problems)))
	}
	return notes
}

func (v *visit) problems(path string, list []intake.Problem) listing {
	l := listing{title: "desk.import.problems", empty: "desk.import.no_problems", bare: true,
		path: path, columns: []column{{key: "desk.import.row", num: true},
			{key: "desk.import.problem"}}}
	for _, p := range list {
		l.rows = append(l.rows, row{cells: []ui.Cell{count(int64(p.Row)), text(p.Text)}})
	}
	return l
}

func (s *site) importPage(v *visit) error { return s.import1(v, v.cityIntake()) }

func (s *site) ownImport(v *visit, id string) error { return s.import1(v, v.ownIntake(id)) }

// import1 shows how far an import is; while it works the page asks for itself again.
func (s *site) import1(v *visit, d intakeDesk) error {
	id := v.R.PathValue("import_id")
	c, err := s.Intake.ShowImport(v.Ctx, intake.GetImport{ImportID: id})
	if err != nil {
		return err
	}
	wrong, err := s.Intake.FindProblems(v.Ctx, intake.GetProblems{ImportID: id, Lang: v.Lang})
	if err != nil {
		return err
	}
	path := d.base + "/imports/" + id
	parts := []templComponent{ui.Progress(c.Tried, c.Rows, v.say("desk.import.progress", "tried",
		c.Tried, "rows", c.Rows)), ui.Facts([]ui.Fact{
		{Name: v.say("desk.state"), Value: v.say("desk.import_state." + string(c.State)),
			Sub: v.sayOr(c.Code, c.Code)},
		{Name: v.say("desk.import.in"), Value: count(c.In).Text},
		{Name: v.say("desk.import.same"), Value: count(c.Same).Text},
		{Name: v.say("desk.import.bad"), Value: count(c.Bad).Text}})}
	if c.State == intake.Waiting {
		parts = append(parts, ui.Links([]ui.Link{{Label: v.say("desk.again"), Path: path, Main: true}}))
	}
	if c.Bad > 0 {
		parts = append(parts, v.form(ui.DeskForm{Path: path + "/sheet",
			Note: v.say("desk.import.sheet_note"), Submit: v.say("desk.import.sheet")}))
	}
	f := d.frame(c.FileName, d.base+"/files")
	if c.State == intake.Waiting {
		f.Refresh = importSeconds
	}
	return v.page(f, append(parts, v.list(v.problems(path, wrong.Problems)))...)
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
	return s.sheet(v, "/g", s.importPage)
}

func (s *site) ownErrorSheet(v *visit, id string) error {
	return s.sheet(v, "/e", func(v *visit) error { return s.ownImport(v, id) })
}

func (s *site) sheet(v *visit, base string, again func(*visit) error) error {
	id := v.R.PathValue("import_id")
	return v.send(base+"/imports/"+id+"/sheet", again, func() (intake.FileView, error) {
		return s.Intake.MakeErrorSheet(v.Ctx, intake.GetSheet{ImportID: id, Lang: v.Lang})
	})
}

func (s *site) importTemplate(v *visit) error { return s.template1(v, "/g", s.files) }

func (s *site) ownTemplate(v *visit, id string) error {
	return s.template1(v, "/e", func(v *visit) error { return s.ownFiles(v, id) })
}

func (s *site) template1(v *visit, base string, again func(*visit) error) error {
	kind := v.R.PathValue("kind")
	return v.send(base+"/templates/"+kind, again, func() (intake.FileView, error) {
		return s.Intake.ShowTemplate(v.Ctx, intake.GetTemplate{Kind: intake.Kind(kind), Lang: v.Lang})
	})
}

func (s *site) exportList(v *visit) error {
	kind := v.R.PathValue("kind")
	return v.send("/g/export/"+kind, s.files, func() (intake.FileView, error) {
		return s.Intake.ExportList(v.Ctx, intake.Export{Kind: intake.Kind(kind), Lang: v.Lang})
	})
}
