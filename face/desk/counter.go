package desk

import (
	"slices"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// stationRoutes mounts the pages of who stands behind a station's counter.
func (s *site) stationRoutes(m *web.Mux) {
	for pattern, show := range map[string]func(*visit) error{
		"GET /s":                      s.counters,
		"GET /s/{place_id}":           s.counter,
		"POST /s/{place_id}/walk-ins": s.walkIn,
		"POST /s/{place_id}/services": s.logService,
	} {
		m.Page(pattern, s.desk(show, people.RoleStation, people.RoleClerk))
	}
}

func (v *visit) stationFrame(title string) ui.Frame {
	return ui.Frame{Title: title, Desk: "desk.station", Path: "/s",
		Menu: []ui.MenuItem{{Key: "desk.s.stations", Path: "/s"}}}
}

// stations are the kinds of place that have a counter.
var stations = []string{"relay_station", "gig_market", "return_station", "drivers_home"}

// counters lists the city's stations; who works at one opens it.
func (s *site) counters(v *visit) error {
	l := listing{title: "desk.s.stations", empty: "desk.places.none", path: "/s",
		columns: []column{{key: "desk.place"}, {key: "desk.s.kind"}, {key: "desk.address"}},
		filters: []filter{{"kind", "desk.s.kind", "desk.place_kind."}}}
	for _, kind := range stations {
		found, err := s.Stations.FindPlaces(v.Ctx, station.FindPlaces{Kind: kind})
		if err != nil {
			return err
		}
		for _, p := range found.Places {
			l.rows = append(l.rows, row{tags: map[string]string{"kind": kind}, cells: []ui.Cell{
				link(p.Name, "", "/s/"+p.ID), text(v.say("desk.place_kind." + kind)),
				more(p.Address, region.FullName(p.Region))}})
		}
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.stationFrame(v.say("desk.s.stations")), v.list(l))
}

// counter is one station: register a walk-in, see the work near by, write down what was done.
func (s *site) counter(v *visit) error {
	id := v.R.PathValue("place_id")
	done, err := s.Stations.ListLedgerPage(v.Ctx, station.Ledger{PlaceID: id,
		After: v.Form.Get("after")})
	if err != nil {
		return err
	}
	place, err := s.stationOf(v, id)
	if err != nil {
		return err
	}
	work, err := s.Market.FindShifts(v.Ctx, market.FindShifts{LonE6: place.LonE6, LatE6: place.LatE6,
		ReachM: stationReachM})
	if err != nil {
		return err
	}
	path := "/s/" + id
	near := v.workList(path, work.Shifts)
	if sent, err := v.export(near); sent {
		return err
	}
	if sent, err := v.export(v.ledgerList(path, done)); sent {
		return err
	}
	parts := []templComponent{v.walkInForm(path), v.list(near), v.serviceForm(path),
		v.list(v.ledgerList(path, done))}
	if done.Next != "" {
		parts = append(parts, ui.Links([]ui.Link{{Label: v.say("desk.list.next"),
			Path: path + "?after=" + done.Next}}))
	}
	return v.page(v.stationFrame(place.Name), parts...)
}

// stationReachM is how far from a station its walk-ins look for work: an hour on a bus.
const stationReachM = 30_000

func (s *site) stationOf(v *visit, id string) (station.PlaceView, error) {
	for _, kind := range stations {
		found, err := s.Stations.FindPlaces(v.Ctx, station.FindPlaces{Kind: kind})
		if err != nil {
			return station.PlaceView{}, err
		}
		n := slices.IndexFunc(found.Places, func(p station.PlaceView) bool { return p.ID == id })
		if n >= 0 {
			return found.Places[n], nil
		}
	}
	return station.PlaceView{}, fault.New(fault.NotFound, "station.place_not_found").
		OnField("place_id")
}

func (v *visit) walkInForm(path string) templComponent {
	return v.form(ui.DeskForm{Path: path + "/walk-ins", Title: v.say("desk.s.register"),
		Note: v.say("desk.s.register_note"), Submit: v.say("desk.s.register"), Inputs: []ui.Input{
			{Name: "name", Label: v.say("desk.staff.name"), Max: 50, Width: 6},
			{Name: "id_number", Label: v.say("desk.amendment.id_number"), Max: 30, Width: 6},
			{Name: "phone", Label: v.say("desk.staff.phone"), Type: "tel", Max: 20, Width: 6},
			{Name: "region", Label: v.say("desk.county"), Hint: v.say("desk.county_hint"), Max: 30,
				Width: 6},
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
		_, err := s.Stations.RegisterWalkIn(v.Ctx, in)
		return path + "?done=walk_in", err
	})
}

func (v *visit) workList(path string, shifts []market.ShiftView) listing {
	l := listing{title: "desk.s.work", empty: "desk.s.no_work", path: path, name: "w",
		columns: []column{{key: "desk.vacancy.title"}, {key: "desk.shift.when"},
			{key: "desk.vacancy.pay", num: true}, {key: "desk.s.heads", num: true},
			{key: "desk.s.away", num: true}}}
	for _, c := range shifts {
		away := count(c.DistanceM)
		away.Text = ui.Distance(c.DistanceM)
		l.rows = append(l.rows, row{cells: []ui.Cell{link(c.Title, "", "/shifts/"+c.ID),
			v.span(c.StartsAt, c.EndsAt), amount(c.PayFen), count(c.HeadsLeft), away}})
	}
	return l
}

func (v *visit) serviceForm(path string) templComponent {
	return v.form(ui.DeskForm{Path: path + "/services", Title: v.say("desk.s.log"),
		Note: v.say("desk.s.log_note"), Submit: v.say("desk.s.log"), Inputs: []ui.Input{
			{Name: "kind", Label: v.say("desk.s.service"), Type: "select", Width: 4,
				Options: v.choice("desk.service.", "consult", "guidance", "policy", "training", "rights",
					"other")},
			{Name: "words", Label: v.say("desk.words"), Optional: true, Max: 200, Width: 8}}})
}

func (s *site) logService(v *visit) error {
	path := "/s/" + v.R.PathValue("place_id")
	return v.act(path+"/services", s.counter, func() (string, error) {
		var in station.LogService
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Stations.LogService(v.Ctx, in)
		return path + "?done=service", err
	})
}

func (v *visit) ledgerList(path string, done station.LedgerPage) listing {
	l := listing{title: "desk.s.ledger", empty: "desk.s.no_services", path: path,
		columns: []column{{key: "desk.time"}, {key: "desk.s.service"}, {key: "desk.words"}},
		filters: []filter{{"kind", "desk.s.service", "desk.service."}}}
	for _, c := range done.Services {
		l.rows = append(l.rows, row{tags: map[string]string{"kind": c.Kind}, cells: []ui.Cell{
			v.when(c.At), text(v.say("desk.service." + c.Kind)), text(c.Words)}})
	}
	return l
}
