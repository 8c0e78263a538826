package desk

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// employerFrame is what stands around an employer's pages.
func (v *visit) employerFrame(title, path string) ui.Frame {
	f := ui.Frame{Title: title, Desk: "desk.employer", Path: path}
	if v.who.Has(people.RoleEmployer) {
		f.Menu = []ui.MenuItem{{Key: "desk.e.overview", Path: "/e"}}
	}
	f.Menu = append(f.Menu, ui.MenuItem{Key: "desk.e.shifts", Path: "/e/shifts"},
		ui.MenuItem{Key: "desk.e.hours", Path: "/e/hours"},
		ui.MenuItem{Key: "desk.e.vacancies", Path: "/e/vacancies"})
	if v.who.Has(people.RoleEmployer) {
		f.Menu = append(f.Menu, ui.MenuItem{Key: "desk.e.money", Path: "/e/money"},
			ui.MenuItem{Key: "desk.e.roster", Path: "/e/roster"},
			ui.MenuItem{Key: "desk.e.credit", Path: "/e/credit"},
			ui.MenuItem{Key: "desk.g.files", Path: "/e/files"},
			ui.MenuItem{Key: "desk.e.company", Path: "/e/company"})
	}
	return f
}

// employerRoutes mounts the pages of employers and their supervisors.
func (s *site) employerRoutes(m *web.Mux) {
	for pattern, show := range map[string]func(*visit, string) error{
		"GET /e":         s.overview,
		"GET /e/company": s.company,
		"POST /e/papers": s.addPaper,
		"POST /e/company/documents/{document_id}": s.ownPaper,
		"POST /e/places":                         s.addPlace,
		"POST /e/supervisors":                    s.addSupervisor,
		"POST /e/supervisors/{account_id}/end":   s.endSupervisor,
		"GET /e/vacancies":                       s.vacancies,
		"POST /e/vacancies":                      s.publish,
		"GET /e/vacancies/new":                   s.newVacancy,
		"POST /e/vacancies/check":                s.checkLive,
		"GET /e/vacancies/{vacancy_id}/people":   s.applicants,
		"POST " + onApplication + "shortlist":    s.shortlist,
		"POST " + onApplication + "refuse":       s.refuse,
		"POST " + onApplication + "offer":        s.offer,
		"POST /e/vacancies/{vacancy_id}/slots":   s.openSlot,
		"POST " + onSlot + "cancel":              s.cancelSlot,
		"POST " + onInterview + "outcome":        s.recordInterview,
		"GET /e/files":                           s.ownFiles,
		"POST /e/imports":                        s.startOwnImport,
		"GET /e/imports/{import_id}":             s.ownImport,
		"POST /e/imports/{import_id}/sheet":      s.ownErrorSheet,
		"POST /e/templates/{kind}":               s.ownTemplate,
		"GET /e/vacancies/{vacancy_id}":          s.vacancy,
		"POST /e/vacancies/{vacancy_id}/sign":    s.signVacancy,
		"POST /e/vacancies/{vacancy_id}/refresh": s.refreshVacancy,
		"GET /e/shifts":                          s.shifts,
		"GET /e/shifts/{shift_id}":               s.board,
		"POST /e/shifts/{shift_id}/cancel":       s.cancelShift,
		"POST /e/shifts/{shift_id}/hours":        s.confirmBoard,
		"POST " + onPlacement + "replace":        s.replace,
		"POST " + onPlacement + "call":           s.callWorker,
		"POST " + onPlacement + "call-off":       s.callOff,
		"POST " + onPlacement + "turn-away":      s.turnAway,
		"GET /e/places/{place_id}/qr":            s.gateCode,
		"GET /pass/{worker_id}":                  s.pass,
		"GET /e/hours":                           s.hoursPage,
		"POST /e/hours":                          s.confirmHours,
		"POST /e/corrections/{correction_id}":    s.answerCorrection,
		"GET /e/money":                           s.money,
		"GET /e/vouchers":                        s.ownVoucher,
		"POST /e/refunds":                        s.askRefund,
		"POST /e/wage-book":                      s.wageBook,
		"GET /e/roster":                          s.roster,
		"POST /e/roster/workbook":                s.rosterBook,
		"POST /e/roster/{entry_id}/end":          s.endEntry,
		"GET /e/credit":                          s.credit,
		"POST /e/credit/appeal":                  s.appealGrade,
	} {
		m.Page(pattern, s.employer(show))
	}
	m.Page("GET /e/register", s.desk(s.registerPage, people.RoleAccount))
	m.Page("POST /e/register", s.desk(s.register, people.RoleAccount))
}

// onPlacement stands before what is done about one head of a shift.
const onPlacement = "/e/shifts/{shift_id}/people/{placement_id}/"

// What stands before a step with an applicant, a slot of interviews, and an interview.
const (
	onApplication = "/e/vacancies/{vacancy_id}/people/{application_id}/"
	onSlot        = "/e/vacancies/{vacancy_id}/slots/{slot_id}/"
	onInterview   = "/e/vacancies/{vacancy_id}/interviews/{interview_id}/"
)

// registered gives the employer for whom somebody works here. Whoever has none is led to register.
func (v *visit) registered() (string, bool) {
	return v.who.EmployerID, v.who.EmployerID != ""
}

// employer makes a page of an employer's desk: for the employer and its supervisors. Whoever is
// logged in and is no employer yet becomes one.
func (s *site) employer(show func(*visit, string) error) func(*web.Visit) error {
	return s.desk(func(v *visit) error {
		id, ok := v.registered()
		switch {
		case ok:
			return show(v, id)
		case v.who.Has(people.RoleClerk) || v.who.Has(people.RoleDirector) ||
			v.who.Has(people.RoleAuditor):
			return fault.New(fault.Forbidden, "people.not_allowed")
		}
		return v.Go("/e/register")
	}, people.RoleAccount)
}

// overview is what an employer sees first: may it publish, is there money, who works today, and
// what waits for it.
func (s *site) overview(v *visit, id string) error {
	if !v.who.Has(people.RoleEmployer) {
		return v.Go("/e/shifts") // a supervisor sees no money
	}
	e, err := s.People.ShowEmployer(v.Ctx, people.GetEmployer{EmployerID: id})
	if err != nil {
		return err
	}
	dossier, err := s.Market.ShowDossier(v.Ctx, market.ShowDossier{EmployerID: id})
	if err != nil {
		return err
	}
	money, err := s.Wages.GetStatement(v.Ctx, wage.Statement{EmployerID: id})
	if err != nil {
		return err
	}
	today := civil.DateOf(s.People.DB.Now())
	shifts, err := s.shiftsOf(v, "desk.e.today", "/e", market.ShiftsOf{EmployerID: id,
		From: today.Midnight(), Until: today.AddDays(1).Midnight()}, true)
	if err != nil {
		return err
	}
	waits, err := s.waitsForEmployer(v, id, money)
	if err != nil {
		return err
	}
	f := v.employerFrame(e.Name, "/e")
	return v.page(f, v.vetting(dossier), ui.Facts(append([]ui.Fact{
		{Name: v.say("desk.e.available"), Value: ui.Money(money.AvailableFen), Path: "/e/money",
			Sub: v.say("desk.e.held", "amount", ui.Money(money.HeldFen))},
		arrears(v, money),
	}, waits...)), ui.Links([]ui.Link{
		{Label: v.say("desk.e.new_vacancy"), Path: "/e/vacancies/new", Main: true},
		{Label: v.say("desk.e.shifts"), Path: "/e/shifts"}}),
		v.list(shifts))
}

func arrears(v *visit, money wage.StatementView) ui.Fact {
	f := ui.Fact{Name: v.say("desk.e.owed"), Value: ui.Money(money.OwedFen), Path: "/e/hours"}
	if money.ArrearsFen < 0 {
		f.Tone, f.Sub = "late", v.say("desk.e.arrears", "amount", ui.Money(-money.ArrearsFen))
	}
	return f
}

// waitsForEmployer counts what only the employer can do.
func (s *site) waitsForEmployer(
	v *visit, id string, money wage.StatementView,
) ([]ui.Fact, error) {
	hours := 0
	for _, l := range money.Lines {
		if l.State == wage.Accrued {
			hours++
		}
	}
	facts := []ui.Fact{{Name: v.say("desk.e.hours_wait"), Value: fmt.Sprint(hours),
		Path: "/e/hours"}}
	asked, err := s.Attendance.FindCorrections(v.Ctx, attendance.Corrections{EmployerID: id})
	if err != nil {
		return nil, err
	}
	facts = append(facts, ui.Fact{Name: v.say("desk.e.corrections_wait"),
		Value: fmt.Sprint(len(asked.Corrections)), Path: "/e/hours"})
	unsigned, err := s.Market.FindUnsignedVacancies(v.Ctx,
		market.UnsignedVacancies{EmployerID: id})
	if n := len(unsigned.Vacancies); n > 0 {
		facts = append(facts, ui.Fact{Name: v.say("desk.e.unsigned"), Value: fmt.Sprint(n),
			Path: "/e/vacancies?state=unsigned"})
	}
	return facts, err
}

// vetting says whether the employer may publish, and what is missing.
func (v *visit) vetting(d market.DossierView) templComponent {
	var lacks []string
	for _, l := range d.Lacks {
		lacks = append(lacks, v.both(l.Name)+" "+v.say("desk.flaw."+string(l.Flaw)))
	}
	missing := strings.Join(lacks, v.say("desk.list.comma"))
	switch {
	case d.State == "vetted" && len(lacks) == 0:
		return ui.Note("", v.say("desk.vetting.vetted", "day", cmp.Or(string(d.ValidUntil),
			v.say("desk.forever"))))
	case d.State == "vetted":
		return ui.Note("wait", v.say("desk.vetting.lapsing", "papers", missing))
	case d.State != "":
		reason := ""
		if n := len(d.Decisions); n > 0 {
			reason = d.Decisions[0].Reason
		}
		return ui.Note("late", v.say("desk.vetting."+d.State, "reason", reason))
	case len(lacks) > 0:
		return ui.Note("wait", v.say("desk.vetting.papers", "papers", missing))
	}
	return ui.Note("wait", v.say("desk.vetting.waits"))
}

// registerPage is where somebody becomes an employer.
func (s *site) registerPage(v *visit) error {
	if _, ok := v.registered(); ok {
		return v.Go("/e/company")
	}
	f := ui.Frame{Title: v.say("desk.register.title"), Desk: "desk.employer", Path: "/e/register",
		Menu: []ui.MenuItem{{Key: "desk.register.title", Path: "/e/register"}}}
	firm := v.countyInput(6) // a firm may have its seat outside of the city
	firm.Type, firm.Hint, firm.Max = "", v.say("desk.county_hint"), 30
	return v.page(f, v.form(ui.DeskForm{Path: "/e/register", Submit: v.say("desk.register.submit"),
		Note: v.say("desk.register.note"), Inputs: []ui.Input{
			{Name: "uscc", Label: v.say("desk.uscc"), Hint: v.say("desk.uscc_hint"), Max: 30, Width: 6},
			{Name: "name", Label: v.say("desk.firm"), Hint: v.say("desk.firm_hint"), Max: 100, Width: 6},
			{Name: "principal", Label: v.say("desk.principal"), Max: 50, Width: 6},
			firm,
			{Name: "address", Label: v.say("desk.address"), Max: 200},
		}}))
}

func (s *site) register(v *visit) error {
	return v.act("/e/register", s.registerPage, func() (string, error) {
		if err := county(v); err != nil {
			return "", err
		}
		var in people.RegisterEmployer
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.People.RegisterEmployer(v.Ctx, in)
		return "/e/company?done=registered", err
	})
}

// countyInput lets one of the city's counties be chosen, by its name.
func (v *visit) countyInput(width int) ui.Input {
	in := ui.Input{Name: "region", Label: v.say("desk.county"), Type: "select", Choose: true,
		Width: width}
	for _, code := range region.Counties(v.s.Region) {
		in.Options = append(in.Options, ui.Option{Value: region.FullName(code),
			Label: region.Name(code)})
	}
	return in
}

// county turns the name of a county that somebody typed into its code.
func county(v *visit) error {
	typed := strings.TrimSpace(v.Form.Get("region"))
	code := region.Find(typed)
	if typed != "" && code == "" {
		return fault.New(fault.Invalid, "people.region_unknown").OnField("region")
	}
	v.Form.Set("region", code)
	return nil
}

// company shows an employer its registration, papers, places and supervisors.
func (s *site) company(v *visit, id string) error {
	e, err := s.People.ShowEmployer(v.Ctx, people.GetEmployer{EmployerID: id})
	if err != nil {
		return err
	}
	dossier, err := s.Market.ShowDossier(v.Ctx, market.ShowDossier{EmployerID: id})
	if err != nil {
		return err
	}
	places, err := s.placeList(v, id)
	if err != nil {
		return err
	}
	parts := []templComponent{v.vetting(dossier), ui.Pairs(v.say("desk.company.registered"),
		[]ui.Fact{{Name: v.say("desk.firm"), Value: e.Name}, {Name: v.say("desk.uscc"), Value: e.USCC},
			{Name: v.say("desk.principal"), Value: e.Principal},
			{Name: v.say("desk.address"), Value: region.FullName(e.Region) + " " + e.Address}}),
		v.list(v.paperList("/e/company", dossier)), v.list(places)}
	if !v.who.Has(people.RoleEmployer) {
		return v.page(v.employerFrame(v.say("desk.e.company"), "/e/company"), parts...)
	}
	staff, err := v.staffList("desk.company.supervisors", "/e/company",
		func(after string) (people.StaffList, error) {
			return s.People.FindSupervisors(v.Ctx, people.Supervisors{EmployerID: id, After: after})
		})
	if err != nil {
		return err
	}
	known, err := s.knownPlaces(v, id)
	if err != nil {
		return err
	}
	parts = append(parts[:3], v.paperForm(), parts[3], placesTempl(known), v.placeForm(known),
		v.list(staff), v.supervisorForm())
	return v.page(v.employerFrame(v.say("desk.e.company"), "/e/company"), parts...)
}

func (v *visit) paperList(path string, d market.DossierView) listing {
	l := listing{title: "desk.papers", empty: "desk.papers.none", path: path, bare: true,
		columns: []column{{key: "desk.paper.kind"}, {key: "desk.paper.says"},
			{key: "desk.paper.until"}, {key: "desk.paper.file"}}}
	for _, p := range d.Documents {
		l.rows = append(l.rows, row{cells: []ui.Cell{text(v.say("market.document." + string(p.Kind))),
			more(p.Number, p.Holder), on(cmp.Or(string(p.ValidUntil), v.say("desk.forever"))),
			v.fileCell(path, p)}})
	}
	return l
}

// fileCell lets a clerk and the employer open the file of a paper; others see that there is one.
func (v *visit) fileCell(path string, p market.DocumentView) ui.Cell {
	if p.Media == "" || !v.who.Has(people.RoleClerk) && !v.who.Has(people.RoleEmployer) {
		if p.Media == "" {
			return text(v.say("desk.paper.no_file"))
		}
		return text(v.say("desk.paper.file_there"))
	}
	return part(ui.Form(ui.DeskForm{Bare: true, Tone: "plain", Path: path + "/documents/" + p.ID,
		Submit: v.say("desk.paper.open")}))
}

// openPaper sends the file of a paper. Who opened it is on record.
func (v *visit) openPaper(employerID, path string, again func(*visit) error) error {
	in := market.GetDocumentFile{EmployerID: employerID, DocumentID: v.R.PathValue("document_id")}
	file, err := v.s.Market.GetDocumentFile(v.Ctx, in)
	if err != nil {
		return v.act(path, again, func() (string, error) { return "", err })
	}
	_, kind, _ := strings.Cut(file.Media, "/")
	return v.SendFile(file.Digest[:12]+"."+kind, file.Media, file.Content)
}

func (s *site) ownPaper(v *visit, id string) error {
	return v.openPaper(id, "/e/papers", func(v *visit) error { return s.company(v, id) })
}

func (v *visit) paperForm() templComponent {
	var kinds []ui.Option
	for _, k := range []market.DocumentKind{market.DocLicence, market.DocBrief, market.DocHandler,
		market.DocAuthority, market.DocPermit} {
		kinds = append(kinds, ui.Option{Value: string(k), Label: v.say("market.document." + string(k))})
	}
	return v.form(ui.DeskForm{Path: "/e/papers", Title: v.say("desk.paper.add"),
		Note: v.say("desk.paper.note"), Submit: v.say("desk.paper.submit"), Inputs: []ui.Input{
			{Name: "kind", Label: v.say("desk.paper.kind"), Type: "select", Options: kinds, Width: 6},
			{Name: "file", Label: v.say("desk.paper.file"), Type: "file", Width: 6},
			{Name: "number", Label: v.say("desk.paper.number"), Hint: v.say("desk.paper.number_hint"),
				Optional: true, Max: 60, Width: 4},
			{Name: "holder", Label: v.say("desk.paper.holder"), Hint: v.say("desk.paper.holder_hint"),
				Optional: true, Max: 60, Width: 4},
			{Name: "valid_until", Label: v.say("desk.paper.until"), Hint: v.say("desk.paper.until_hint"),
				Type: "date", Optional: true, Width: 4},
		}})
}

func (s *site) addPaper(v *visit, id string) error {
	again := func(v *visit) error { return s.company(v, id) }
	return v.act("/e/papers", again, func() (string, error) {
		_, content, err := v.file()
		if err != nil {
			return "", err
		}
		v.Form.Set("content", content)
		v.Form.Set("employer_id", id)
		var in market.AddDocument
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err = s.Market.AddDocument(v.Ctx, in)
		return "/e/company?done=paper", err
	})
}

// file reads the file that somebody chose in the box "file", as an operation takes it.
func (v *visit) file() (name, content string, err error) {
	v.Form.Del("file")
	file, head, err := v.R.FormFile("file")
	if err != nil {
		return "", "", fault.New(fault.Invalid, "desk.file_missing").OnField("file").Because(err)
	}
	defer file.Close()
	bytes, err := io.ReadAll(file) // within the limit of a body
	return head.Filename, base64.StdEncoding.EncodeToString(bytes), err
}

func (s *site) placeList(v *visit, id string) (listing, error) {
	l := listing{title: "desk.places", empty: "desk.places.none", path: "/e/company", bare: true,
		name: "p", columns: []column{{key: "desk.place"}, {key: "desk.address"}, {key: "desk.place.qr"}}}
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		places, err := s.Stations.FindPlaces(v.Ctx, station.FindPlaces{EmployerID: id, After: after})
		for _, p := range places.Places {
			rows = append(rows, row{cells: []ui.Cell{text(p.Name),
				more(p.Address, region.FullName(p.Region)),
				link(v.say("desk.place.show_qr"), "", "/e/places/"+p.ID+"/qr")}})
		}
		return rows, places.Next, err
	})
	return l, err
}

// placeForm asks for a place. Where it is may be typed, taken from a place that is known, or, with
// script, tapped on the map or taken from where somebody stands.
func (v *visit) placeForm(known []station.PlaceView) templComponent {
	near := make([]ui.Option, len(known))
	for i, p := range known {
		near[i] = ui.Option{Value: p.ID, Label: p.Name + " " + p.Address}
	}
	return v.form(ui.DeskForm{Path: "/e/places", Title: v.say("desk.place.add"),
		Note: v.say("desk.place.note"), Submit: v.say("desk.place.submit"), Inputs: []ui.Input{
			{Name: "name", Label: v.say("desk.place"), Max: 100, Width: 6},
			v.countyInput(6),
			{Name: "address", Label: v.say("desk.address"), Max: 200},
			{Name: "near", Label: v.say("desk.place.near"), Hint: v.say("desk.place.near_hint"),
				Type: "select", Options: near, Optional: true},
			{Name: "lat_e6", Label: v.say("desk.place.lat"), Hint: v.say("desk.place.lat_hint"), Max: 12,
				Optional: true, Width: 4},
			{Name: "lon_e6", Label: v.say("desk.place.lon"), Hint: v.say("desk.place.lon_hint"), Max: 12,
				Optional: true, Width: 4},
			{Name: "radius_m", Label: v.say("desk.place.radius"), Type: "number", Value: "200",
				Min: "1", Width: 4},
			{Name: "datum", Label: v.say("desk.place.datum"), Hint: v.say("desk.place.datum_hint"),
				Type: "select", Value: gcj02, Optional: true,
				Options: v.choice("desk.place.datum.", gcj02, wgs84)},
		}})
}

// knownPlaces are those whose position may be taken for another: the employer's own, and the
// stations of the city.
func (s *site) knownPlaces(v *visit, id string) ([]station.PlaceView, error) {
	own, err := s.Stations.AllPlaces(v.Ctx, station.FindPlaces{EmployerID: id})
	if err != nil {
		return nil, err
	}
	public, err := s.Stations.AllPlaces(v.Ctx, station.FindPlaces{Public: true})
	return append(own, public...), err
}

func (s *site) addPlace(v *visit, id string) error {
	again := func(v *visit) error { return s.company(v, id) }
	return v.act("/e/places", again, func() (string, error) {
		if err := county(v); err != nil {
			return "", err
		}
		if err := s.position(v, id); err != nil {
			return "", err
		}
		v.Form.Set("kind", "workplace")
		v.Form.Set("employer_id", id)
		var in station.CreatePlace
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Stations.CreatePlace(v.Ctx, in)
		return "/e/company?done=place", err
	})
}

// Of what a position on the form was read from: a commercial map of China, or a satellite.
const (
	gcj02 = "gcj02"
	wgs84 = "wgs84"
)

// mapDatum is in what the map on the page is drawn.
func mapDatum(ctx context.Context) string {
	if ui.Of(ctx).Tiles.GCJ02 {
		return gcj02
	}
	return wgs84
}

// position reads where a place is: what was typed, or where the chosen place is.
func (s *site) position(v *visit, id string) error {
	near, datum := web.Take(v.Form, "near"), web.Take(v.Form, "datum")
	if near != "" && v.Form.Get("lat_e6") == "" && v.Form.Get("lon_e6") == "" {
		known, err := s.knownPlaces(v, id)
		if err != nil {
			return err
		}
		for _, p := range known {
			if p.ID == near {
				v.Form.Set("lat_e6", strconv.FormatInt(p.LatE6, 10))
				v.Form.Set("lon_e6", strconv.FormatInt(p.LonE6, 10))
				return nil
			}
		}
	}
	lat, ok := millionths(v.Form.Get("lat_e6"))
	if !ok {
		return fault.New(fault.Invalid, "station.position").OnField("lat_e6")
	}
	lon, ok := millionths(v.Form.Get("lon_e6"))
	if !ok {
		return fault.New(fault.Invalid, "station.position").OnField("lon_e6")
	}
	if datum == gcj02 {
		lon, lat = geo.FromGCJ02(lon, lat)
	}
	v.Form.Set("lat_e6", strconv.FormatInt(lat, 10))
	v.Form.Set("lon_e6", strconv.FormatInt(lon, 10))
	return nil
}

// millionths reads degrees as a map writes them, 29.556742, exactly.
func millionths(text string) (int64, bool) {
	whole, rest, _ := strings.Cut(strings.TrimSpace(text), ".")
	rest = (rest + "000000")[:6]
	n, err := strconv.ParseInt(whole+rest, 10, 64)
	return n, err == nil && whole != ""
}
