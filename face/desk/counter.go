package desk

import (
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// stationRoutes mounts the pages of who stands behind a station's counter.
func (s *site) stationRoutes(m *web.Mux) {
	for pattern, show := range map[string]func(*visit) error{
		"GET /s":                                                      s.counters,
		"GET /calls":                                                  s.callbacks,
		"POST /calls/{callback_id}/take":                              s.takeCallback,
		"POST /calls/{callback_id}/close":                             s.closeCallback,
		"GET /s/{place_id}":                                           s.counter,
		"POST /s/{place_id}/walk-ins":                                 s.walkIn,
		"POST /s/{place_id}/visits":                                   s.receive,
		"GET /s/{place_id}/people/{worker_id}":                        s.client,
		"POST /s/{place_id}/people/{worker_id}/code":                  s.helpCode,
		"POST /s/{place_id}/people/{worker_id}/help":                  s.openHelp,
		"POST /s/{place_id}/people/{worker_id}/services":              s.serveClient,
		"POST /s/{place_id}/people/{worker_id}/applications":          s.applyFor,
		"POST /s/{place_id}/people/{worker_id}/enrolments/{class_id}": s.enrolFor,
		"GET /s/{place_id}/queue":                                     s.queuePage,
		"POST /s/{place_id}/queue":                                    s.takeTurn,
		"POST /s/{place_id}/queue/next":                               s.callTurn,
		"POST /s/{place_id}/queue/{turn_id}":                          s.endTurn,
		"GET /s/{place_id}/queue/{turn_id}":                           s.turnSlip,
		"GET /s/{place_id}/screen":                                    s.queueScreen,
		"GET /s/{place_id}/ledger":                                    s.ledgerPage,
		"POST /s/{place_id}/services":                                 s.logService,
		"GET /s/{place_id}/card":                                      s.placeCard,
		"GET /s/{place_id}/card/{shift_id}":                           s.shiftCard,
	} {
		m.Page(pattern, s.desk(show, people.RoleStation, people.RoleClerk))
	}
	for pattern, show := range s.classRoutes("/s/{place_id}/classes") {
		m.Page(pattern, s.desk(show, people.RoleStation, people.RoleClerk))
	}
}

// stationFrame is what stands around a station's pages; place is that of the counter, "" for none.
func (v *visit) stationFrame(title, place, path string) ui.Frame {
	f := ui.Frame{Title: title, Desk: "desk.station", Path: path,
		Menu: []ui.MenuItem{{Key: "desk.s.stations", Path: "/s"},
			{Key: "desk.s.callbacks", Path: "/calls"}}}
	if place != "" {
		f.Menu = append(f.Menu, ui.MenuItem{Key: "desk.s.counter", Path: "/s/" + place},
			ui.MenuItem{Key: "desk.s.queue", Path: "/s/" + place + "/queue"},
			ui.MenuItem{Key: "desk.classes", Path: "/s/" + place + "/classes"},
			ui.MenuItem{Key: "desk.s.ledger", Path: "/s/" + place + "/ledger"})
	}
	return f
}

// counters lists the city's stations; who works at one opens it.
func (s *site) counters(v *visit) error {
	l := listing{title: "desk.s.stations", empty: "desk.places.none", path: "/s",
		columns: []column{{key: "desk.s.station"}, {key: "desk.s.kind"}, {key: "desk.address"}},
		filters: []filter{{"kind", "desk.s.kind", "desk.place_kind."}}}
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		found, err := s.Stations.FindPlaces(v.Ctx, station.FindPlaces{Public: true, After: after})
		for _, p := range found.Places {
			rows = append(rows, row{tags: map[string]string{"kind": p.Kind}, cells: []ui.Cell{
				link(p.Name, "", "/s/"+p.ID), text(v.say("desk.place_kind." + p.Kind)),
				more(p.Address, region.FullName(p.Region))}})
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.stationFrame(v.say("desk.s.stations"), "", "/s"), v.list(l))
}

// counter is where a walk-in is received or registered, with the work near by.
func (s *site) counter(v *visit) error {
	place, err := s.stationOf(v)
	if err != nil {
		return err
	}
	work, err := s.workNear(v, place)
	if err != nil {
		return err
	}
	near := v.workList("/s/"+place.ID, place.ID, work)
	if sent, err := v.export(near); sent {
		return err
	}
	path := "/s/" + place.ID
	return v.page(v.stationFrame(place.Name, place.ID, path), ui.Links([]ui.Link{
		{Label: v.say("desk.s.place_card"), Path: path + "/card"}}),
		v.form(ui.DeskForm{Path: path + "/visits", Title: v.say("desk.s.receive"),
			Note: v.say("desk.s.receive_note"), Submit: v.say("desk.s.receive"), Inputs: []ui.Input{
				{Name: "id_number", Label: v.say("desk.amendment.id_number"), Max: 30, Width: 6},
				{Name: "card_seen", Label: v.say("desk.s.card_seen"), Type: "tick", Width: 6}}}),
		detailsTempl(v.say("desk.s.new_here"), v.walkInForm(path), v.asked(path+"/walk-ins")),
		v.list(near))
}

// asked tells whether a form was sent and refused, so that it stands open.
func (v *visit) asked(path string) bool { return v.wrong != nil && v.wrong.path == path }

// workNear lists the work around a station.
func (s *site) workNear(v *visit, place station.PlaceView) ([]market.ShiftView, error) {
	work, err := s.Market.FindShifts(v.Ctx, market.FindShifts{LonE6: place.LonE6, LatE6: place.LatE6,
		ReachM: stationReachM})
	return work.Shifts, err
}

// stationReachM is how far from a station its walk-ins look for work: an hour on a bus.
const stationReachM = 30_000

// stationOf gives the station of the path to who works there; others get no further than the name.
func (s *site) stationOf(v *visit) (station.PlaceView, error) {
	return s.Stations.ShowCounter(v.Ctx, station.GetCounter{PlaceID: v.R.PathValue("place_id")})
}

func (v *visit) walkInForm(path string) templComponent {
	return v.form(ui.DeskForm{Path: path + "/walk-ins", Title: v.say("desk.s.register"),
		Note: v.say("desk.s.register_note"), Submit: v.say("desk.s.register"), Inputs: []ui.Input{
			{Name: "name", Label: v.say("desk.staff.name"), Max: 50, Width: 6},
			{Name: "id_number", Label: v.say("desk.amendment.id_number"), Max: 30, Width: 6},
			{Name: "phone", Label: v.say("desk.staff.phone"), Type: "tel", Max: 20, Width: 6},
			v.countyInput(6),
			{Name: "card_seen", Label: v.say("desk.s.card_seen"), Type: "tick"}}})
}

func (s *site) walkIn(v *visit) error {
	path := "/s/" + v.R.PathValue("place_id")
	return v.act(path+"/walk-ins", s.counter, func() (string, error) {
		if err := county(v); err != nil {
			return "", err
		}
		v.Form.Set("card_seen", yes(v.Form.Get("card_seen") != ""))
		var in station.WalkIn
		if err := v.Read(&in); err != nil {
			return "", err
		}
		made, err := s.Stations.RegisterWalkIn(v.Ctx, in)
		return path + "/people/" + made.ID + "?done=walk_in", err
	})
}

// pay is what a shift pays; of work by the month that is a month's.
func (v *visit) pay(c market.ShiftView) ui.Cell {
	cell := amount(c.PayFen)
	if c.PayUnit == "month" {
		cell.Text = v.say("desk.per.month", "amount", cell.Text)
	}
	return cell
}

func (v *visit) workList(path, placeID string, shifts []market.ShiftView) listing {
	l := listing{title: "desk.s.work", empty: "desk.s.no_work", path: path, name: "w",
		columns: []column{{key: "desk.vacancy.title"}, {key: "desk.shift.when"},
			{key: "desk.vacancy.pay", num: true}, {key: "desk.s.heads", num: true},
			{key: "desk.s.away", num: true}, {key: "desk.do", still: true}},
		filters: []filter{{"pay", "desk.vacancy.settlement", "desk.settlement."}}}
	for _, c := range shifts {
		away := count(c.DistanceM)
		away.Text = ui.Distance(v.words, c.DistanceM)
		l.rows = append(l.rows, row{tags: map[string]string{"pay": string(c.Settlement)},
			cells: []ui.Cell{link(c.Title, "", "/shifts/"+c.ID), v.span(c.StartsAt, c.EndsAt),
				v.pay(c), count(c.HeadsLeft), away,
				link(v.say("desk.s.shift_card"), "", "/s/"+placeID+"/card/"+c.ID)}})
	}
	return l
}

// serviceForm writes a service down; of one person, where a page is about somebody.
func (v *visit) serviceForm(path, workerID string) templComponent {
	return v.form(ui.DeskForm{Path: path + "/services", Title: v.say("desk.s.log"),
		Note: v.say("desk.s.log_note"), Submit: v.say("desk.s.log"), Inputs: []ui.Input{
			{Name: "worker_id", Type: "hidden", Value: workerID},
			{Name: "kind", Label: v.say("desk.s.service"), Type: "select", Width: 4,
				Options: v.choice("desk.service.", "consult", "guidance", "policy", "training", "rights",
					"other")},
			{Name: "words", Label: v.say("desk.words"), Optional: true, Max: 200, Width: 8}}})
}

func (s *site) logService(v *visit) error {
	path := "/s/" + v.R.PathValue("place_id")
	return v.act(path+"/services", s.ledgerPage, func() (string, error) {
		var in station.LogService
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Stations.LogService(v.Ctx, in)
		return path + "/ledger?done=service", err
	})
}

// ledgerPage is what a counter did: a day's tally, and the ledger.
func (s *site) ledgerPage(v *visit) error {
	place, err := s.stationOf(v)
	if err != nil {
		return err
	}
	path := "/s/" + place.ID + "/ledger"
	in := station.GetQueue{PlaceID: place.ID}
	in.Day, _ = civil.ParseDate(v.Form.Get("day")) // what is no day is today
	tally, err := s.Stations.ShowTally(v.Ctx, in)
	if err != nil {
		return err
	}
	l := listing{title: "desk.s.ledger", empty: "desk.s.no_services", path: path,
		keep: []string{"day"}, columns: []column{{key: "desk.time"}, {key: "desk.s.service"},
			{key: "desk.words"}}, filters: []filter{{"kind", "desk.s.service", "desk.service."}}}
	err = v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		done, err := s.Stations.ListLedgerPage(v.Ctx, station.Ledger{PlaceID: place.ID,
			After: after})
		for _, c := range done.Services {
			rows = append(rows, row{tags: map[string]string{"kind": c.Kind}, cells: []ui.Cell{
				v.when(c.At), text(v.say("desk.service." + c.Kind)), text(c.Words)}})
		}
		return rows, done.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	parts := []templComponent{dayTempl(path, string(tally.Day)), ui.Facts(v.tallyFacts(tally)),
		v.serviceForm("/s/"+place.ID, ""), v.list(l)}
	return v.page(v.stationFrame(v.say("desk.s.ledger"), place.ID, path), parts...)
}

func (v *visit) tallyFacts(t station.Tally) []ui.Fact {
	facts := []ui.Fact{{Name: v.say("desk.s.people"), Value: count(t.People).Text}}
	for _, c := range t.Turns {
		f := ui.Fact{Name: v.say("desk.turn_state." + c.Kind), Value: count(c.N).Text}
		if c.Kind == station.Called && t.WaitMin > 0 {
			f.Sub = v.say("desk.s.wait", "n", t.WaitMin)
		}
		facts = append(facts, f)
	}
	for _, c := range t.Services {
		facts = append(facts, ui.Fact{Name: v.say("desk.service." + c.Kind), Value: count(c.N).Text})
	}
	return facts
}
