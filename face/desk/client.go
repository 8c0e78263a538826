package desk

import (
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/ui"
)

// receive finds who shows the card at the counter.
func (s *site) receive(v *visit) error {
	path := "/s/" + v.R.PathValue("place_id")
	return v.act(path+"/visits", s.counter, func() (string, error) {
		v.Form.Set("card_seen", yes(v.Form.Get("card_seen") != ""))
		var in station.Receive
		if err := v.Read(&in); err != nil {
			return "", err
		}
		c, err := s.Stations.ReceiveWalkIn(v.Ctx, in)
		return path + "/people/" + c.ID, err
	})
}

func clientPath(v *visit) string {
	return "/s/" + v.R.PathValue("place_id") + "/people/" + v.R.PathValue("worker_id")
}

// client is somebody at the counter: the authority that they gave, the work that can be applied for
// under it, and the services they had. What only the person can do, consenting, signing, taking a
// shift, is done on the own phone: a card with a code leads there.
func (s *site) client(v *visit) error {
	place, err := s.stationOf(v)
	if err != nil {
		return err
	}
	c, err := s.Stations.ShowClient(v.Ctx, station.GetClient{PlaceID: place.ID,
		WorkerID: v.R.PathValue("worker_id")})
	if err != nil {
		return err
	}
	path := clientPath(v)
	work, err := s.workNear(v, place)
	if err != nil {
		return err
	}
	near := v.workList(path, place.ID, work)
	if sent, err := v.export(near); sent {
		return err
	}
	parts := []templComponent{ui.Pairs("", []ui.Fact{
		{Name: v.say("desk.staff.name"), Value: c.Name},
		{Name: v.say("desk.amendment.id_number"), Value: c.IDMasked},
		{Name: v.say("desk.s.age"), Value: count(int64(c.Age)).Text},
		{Name: v.say("desk.county"), Value: region.FullName(c.Region)}})}
	if c.Help == nil {
		parts = append(parts, v.helpForms(path)...)
	} else {
		parts = append(parts, ui.Note("", v.say("desk.s.help_stands", "until",
			v.moment(c.Help.Until))), v.list(v.applyList(path, c.Help.ID, work)))
		near, err := s.Training.FindClasses(v.Ctx, training.FindClasses{LonE6: place.LonE6,
			LatE6: place.LatE6, ReachM: stationReachM, Lang: v.Lang})
		if err != nil {
			return err
		}
		parts = append(parts, v.list(v.enrolList(path, c.Help.ID, near)))
	}
	parts = append(parts, v.serviceForm(path, c.ID), v.list(near))
	return v.page(v.stationFrame(c.Name, place.ID, "/s/"+place.ID), parts...)
}

// helpForms ask for an authority: by the code on the worker's phone, or by the card and words.
func (v *visit) helpForms(path string) []templComponent {
	return []templComponent{
		ui.Note("wait", v.say("desk.s.help_none")),
		v.form(ui.DeskForm{Path: path + "/code", Title: v.say("desk.s.help_by_code"),
			Note: v.say("desk.s.help_code_note"), Submit: v.say("desk.s.help_send"), Tone: "plain"}),
		v.form(ui.DeskForm{Path: path + "/help", Title: v.say("desk.s.help_open"),
			Note: v.say("desk.s.help_open_note"), Submit: v.say("desk.s.help_open"), Inputs: []ui.Input{
				{Name: "code", Label: v.say("desk.s.help_code"), Optional: true, Max: 10, Width: 4},
				{Name: "words", Label: v.say("desk.s.help_words"), Hint: v.say("desk.s.help_words_hint"),
					Optional: true, Max: 200, Width: 8}}}),
	}
}

// applyList is the work by the month for which staff may apply under an authority.
func (v *visit) applyList(path, helpID string, work []market.ShiftView) listing {
	l := listing{title: "desk.s.apply", empty: "desk.s.no_apply", path: path, name: "a", bare: true,
		columns: []column{{key: "desk.vacancy.title"}, {key: "desk.shift.when"},
			{key: "desk.vacancy.pay", num: true}, {key: "desk.do", still: true}}}
	seen := map[string]bool{}
	for _, c := range work {
		if c.Settlement != market.Employer || c.Hire != "offer" || seen[c.VacancyID] {
			continue
		}
		seen[c.VacancyID] = true
		l.rows = append(l.rows, row{cells: []ui.Cell{link(c.Title, "", "/shifts/"+c.ID),
			v.span(c.StartsAt, c.EndsAt), v.pay(c),
			part(v.form(ui.DeskForm{Bare: true, Path: path + "/applications",
				Submit: v.say("desk.s.apply_for"), Inputs: []ui.Input{
					{Name: "vacancy_id", Type: "hidden", Value: c.VacancyID},
					{Name: "help_id", Type: "hidden", Value: helpID}}}))}})
	}
	return l
}

// enrolList is the classes near by in which staff may take a seat for somebody.
func (v *visit) enrolList(path, helpID string, near training.List) listing {
	l := listing{title: "desk.s.enrol", empty: "desk.s.no_classes", path: path, name: "c", bare: true,
		columns: []column{{key: "desk.class.title"}, {key: "desk.class.first"},
			{key: "desk.class.place"}, {key: "desk.class.pays", num: true},
			{key: "desk.s.seats_left", num: true}, {key: "desk.do", still: true}}}
	for _, c := range near.Classes {
		l.rows = append(l.rows, row{cells: []ui.Cell{link(c.Title, c.SkillName, "/classes/"+c.ID),
			v.when(c.Sessions[0].StartsAt), more(c.PlaceName, ui.Distance(v.words, c.DistanceM)),
			amount(c.FeeFen), count(c.SeatsLeft), part(v.form(ui.DeskForm{Bare: true,
				Path: path + "/enrolments/" + c.ID, Submit: v.say("desk.s.enrol_for"),
				Inputs: []ui.Input{{Name: "help_id", Type: "hidden", Value: helpID}}}))}})
	}
	return l
}

func (s *site) enrolFor(v *visit) error {
	path := clientPath(v)
	return v.act(path+"/enrolments/"+v.R.PathValue("class_id"), s.client, func() (string, error) {
		var in training.EnrolFor
		v.Form.Set("worker_id", v.R.PathValue("worker_id"))
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Training.EnrolFor(v.Ctx, in)
		return path + "?done=enrol_for", err
	})
}

func (s *site) helpCode(v *visit) error {
	path := clientPath(v)
	return v.act(path+"/code", s.client, func() (string, error) {
		var in station.AskHelpCode
		v.Form.Set("worker_id", v.R.PathValue("worker_id"))
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Stations.AskHelpCode(v.Ctx, in)
		return path + "?done=help_code", err
	})
}

func (s *site) openHelp(v *visit) error {
	path := clientPath(v)
	return v.act(path+"/help", s.client, func() (string, error) {
		var in station.OpenHelp
		v.Form.Set("worker_id", v.R.PathValue("worker_id"))
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Stations.OpenHelp(v.Ctx, in)
		return path + "?done=help_open", err
	})
}

func (s *site) applyFor(v *visit) error {
	path := clientPath(v)
	return v.act(path+"/applications", s.client, func() (string, error) {
		var in market.ApplyFor
		v.Form.Set("worker_id", v.R.PathValue("worker_id"))
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Market.ApplyFor(v.Ctx, in)
		return path + "?done=applied_for", err
	})
}

func (s *site) serveClient(v *visit) error {
	path := clientPath(v)
	return v.act(path+"/services", s.client, func() (string, error) {
		v.Form.Set("worker_id", v.R.PathValue("worker_id"))
		var in station.LogService
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Stations.LogService(v.Ctx, in)
		return path + "?done=service", err
	})
}
