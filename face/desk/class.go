package desk

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// sessionRows are the rows of sessions that the form offers; the API takes more.
const sessionRows = 6

// sessionRowsOpen are what most classes have; the other rows are folded.
const sessionRowsOpen = 2

// classRoutes are the pages of classes under a base: a station's, or the bureau's. Both are the
// same pages.
func (s *site) classRoutes(base string) map[string]func(*visit) error {
	return map[string]func(*visit) error{
		"GET " + base:                                 s.classes,
		"POST " + base:                                s.openClass,
		"GET " + base + "/new":                        s.newClass,
		"GET " + base + "/{class_id}":                 s.class,
		"POST " + base + "/{class_id}/roll":           s.callRoll,
		"POST " + base + "/{class_id}/{enrolment_id}": s.assess,
		"POST " + base + "/{class_id}/call-off":       s.callOffClass,
		"POST " + base + "/{class_id}/workbook":       s.exportRoll,
	}
}

// classBase is where the classes of the visited desk stand.
func (v *visit) classBase() string {
	if id := v.R.PathValue("place_id"); id != "" {
		return "/s/" + id + "/classes"
	}
	return "/g/classes"
}

// classFrame is what stands around them; a station's pages are for who works there.
func (s *site) classFrame(v *visit, title string) (ui.Frame, error) {
	base := v.classBase()
	if v.R.PathValue("place_id") == "" {
		return v.bureauFrame(title, base), nil
	}
	place, err := s.stationOf(v)
	return v.stationFrame(title, place.ID, base), err
}

// classes lists those that the desk runs, the latest first.
func (s *site) classes(v *visit) error {
	frame, err := s.classFrame(v, v.say("desk.classes"))
	if err != nil {
		return err
	}
	found, err := s.Training.FindRunClasses(v.Ctx, training.FindRunClasses{
		PlaceID: v.R.PathValue("place_id"), Lang: v.Lang})
	if err != nil {
		return err
	}
	base := v.classBase()
	l := listing{title: "desk.classes", empty: "desk.classes.none", path: base,
		columns: []column{{key: "desk.class.title"}, {key: "desk.class.skill"},
			{key: "desk.class.first"}, {key: "desk.class.place"}, {key: "desk.class.taken", num: true},
			{key: "desk.class.seats", num: true}, {key: "desk.state"}},
		filters: []filter{{"skill", "desk.class.skill", ""}, {"state", "desk.state",
			"desk.class_state."}}}
	for _, c := range found.Classes {
		state := s.classState(c)
		l.rows = append(l.rows, row{tags: map[string]string{"skill": c.SkillName, "state": state},
			cells: []ui.Cell{link(c.Title, c.Teacher, base+"/"+c.ID), text(c.SkillName),
				v.when(c.Sessions[0].StartsAt), more(c.PlaceName, c.District),
				count(c.Seats - c.SeatsLeft), count(c.Seats), v.state("class_state", state)}})
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(frame, ui.Links([]ui.Link{{Label: v.say("desk.class.new"), Path: base + "/new",
		Main: true}}), v.list(l))
}

// classState is where a class stands in time.
func (s *site) classState(c training.View) string {
	now := s.People.DB.Now()
	switch {
	case c.State == training.CalledOff:
		return "called_off"
	case !now.Before(c.Sessions[len(c.Sessions)-1].EndsAt):
		return "over"
	case !now.Before(c.Sessions[0].StartsAt):
		return "running"
	case !c.Takes:
		return "closed"
	}
	return "open"
}

// newClass is the form by which a class is opened.
func (s *site) newClass(v *visit) error {
	frame, err := s.classFrame(v, v.say("desk.class.new"))
	if err != nil {
		return err
	}
	catalogue, err := s.Skills.Catalogue(v.Ctx, skill.ShowCatalogue{})
	if err != nil {
		return err
	}
	var skills []ui.Option
	for _, k := range catalogue.Skills {
		skills = append(skills, ui.Option{Value: k.Key, Label: v.both(i18n.Both{ZH: k.ZH, EN: k.EN})})
	}
	base := v.classBase()
	inputs := []ui.Input{
		{Name: "title", Label: v.say("desk.class.title"), Max: 40, Width: 6},
		{Name: "skill", Label: v.say("desk.class.skill"), Hint: v.say("desk.class.skill_hint"),
			Type: "select", Options: skills, Choose: true, Width: 6}}
	if v.R.PathValue("place_id") == "" {
		places, err := s.counterOptions(v)
		if err != nil {
			return err
		}
		inputs = append(inputs, ui.Input{Name: "place_id", Label: v.say("desk.class.place"),
			Type: "select", Options: places})
	}
	inputs = append(inputs,
		ui.Input{Name: "teacher", Label: v.say("desk.class.teacher"), Max: 30, Width: 4},
		ui.Input{Name: "phone", Label: v.say("desk.class.phone"), Hint: v.say("desk.class.phone_hint"),
			Type: "tel", Max: 20, Width: 4},
		ui.Input{Name: "seats", Label: v.say("desk.class.seats"), Type: "number", Min: "1",
			Value: "20", Width: 2},
		ui.Input{Name: "fee_fen", Label: v.say("desk.class.fee"), Value: "0", Max: 10, Width: 2})
	return v.page(frame, v.form(ui.DeskForm{Path: base, Title: v.say("desk.class.new"),
		Note: v.say("desk.class.note"), Submit: v.say("desk.class.open"),
		Inputs: append(inputs, v.sessionInputs()...)}))
}

// counterOptions are the city's stations, by name.
func (s *site) counterOptions(v *visit) ([]ui.Option, error) {
	all, err := s.Stations.AllPlaces(v.Ctx, station.FindPlaces{Public: true})
	list := make([]ui.Option, len(all))
	for i, p := range all {
		list[i] = ui.Option{Value: p.ID, Label: p.Name + " · " + p.Address}
	}
	return list, err
}

// sessionInputs are the rows of sessions, and until when one can enrol. The first proposal is an
// evening in a week.
func (v *visit) sessionInputs() []ui.Input {
	first := civil.DateOf(v.s.People.DB.Now()).AddDays(7).At(19 * 60)
	list := []ui.Input{{Type: "note", Label: v.say("desk.class.sessions")}}
	more := ui.Input{Type: "fold", Label: v.say("desk.class.more_sessions")}
	for n := range sessionRows {
		starts, ends := "", ""
		if n == 0 {
			starts, ends = ui.BoxTime(first), ui.BoxTime(first.Add(2*time.Hour))
		}
		name := fmt.Sprintf("sessions.%d.", n)
		rows := &list
		if n >= sessionRowsOpen {
			rows = &more.Inside
		}
		*rows = append(*rows, ui.Input{Name: name + "starts_at", Label: v.say("desk.shift.starts"),
			Type: "datetime-local", Value: starts, Optional: n > 0, Width: 6},
			ui.Input{Name: name + "ends_at", Label: v.say("desk.shift.ends"), Type: "datetime-local",
				Value: ends, Optional: n > 0, Width: 6})
	}
	return append(list, more, ui.Input{Name: "closes_at", Label: v.say("desk.class.closes"),
		Type: "datetime-local", Value: ui.BoxTime(first.Add(-2 * time.Hour)), Width: 6})
}

func (s *site) openClass(v *visit) error {
	base := v.classBase()
	return v.act(base, s.newClass, func() (string, error) {
		if err := yuan(v.Form, "fee_fen"); err != nil {
			return "", err
		}
		for n := range sessionRows {
			name := fmt.Sprintf("sessions.%d.", n)
			if v.Form.Get(name+"starts_at") == "" && v.Form.Get(name+"ends_at") == "" {
				v.Form.Del(name + "starts_at")
				v.Form.Del(name + "ends_at")
			}
		}
		var in training.OpenClass
		if err := v.Read(&in); err != nil {
			return "", err
		}
		made, err := s.Training.OpenClass(v.Ctx, in)
		return base + "/" + made.ID + "?done=class", err
	})
}

// class shows a class with who has a seat, and what is to be done: the roll, the assessment.
func (s *site) class(v *visit) error {
	roll, err := s.Training.ShowRoll(v.Ctx, training.GetClass{ClassID: v.R.PathValue("class_id"),
		Lang: v.Lang})
	if err != nil {
		return err
	}
	c := roll.Class
	frame, err := s.classFrame(v, c.Title)
	if err != nil {
		return err
	}
	path := v.classBase() + "/" + c.ID
	now := s.People.DB.Now()
	begun := int64(len(slices.DeleteFunc(slices.Clone(c.Sessions),
		func(one training.Session) bool { return one.StartsAt.After(now) })))
	session, err := strconv.ParseInt(v.Form.Get("session"), 10, 64)
	if v.wrong != nil {
		session, err = strconv.ParseInt(v.wrong.typed.Get("session"), 10, 64)
	}
	if err != nil || session < 1 || session > begun {
		session = begun
	}
	calls := c.State == training.Open && session > 0
	parts := []templComponent{v.classFacts(roll, s.classState(c))}
	if calls {
		parts = append(parts, v.sessionLinks(path, c.Sessions[:begun], session),
			rollTempl(path+"/roll", session, v.say("desk.class.call", "n", session),
				v.refused(path+"/roll")))
	}
	l := v.rollList(path, roll, session, calls, begun == int64(len(c.Sessions)))
	parts = append(parts, v.list(l), v.form(ui.DeskForm{Path: path + "/workbook", Tone: "plain",
		Submit: v.say("desk.class.workbook")}))
	if c.State == training.Open {
		parts = append(parts, detailsTempl(v.say("desk.class.call_off"), v.form(ui.DeskForm{
			Path: path + "/call-off", Submit: v.say("desk.class.call_off"),
			Note: v.say("desk.class.call_off_note"), Inputs: []ui.Input{{Name: "reason",
				Label: v.say("desk.class.reason"), Max: 200}}}), v.asked(path+"/call-off")))
	}
	return v.page(frame, parts...)
}

func (v *visit) classFacts(roll training.Roll, state string) templComponent {
	c := roll.Class
	facts := []ui.Fact{{Name: v.say("desk.state"), Value: v.say("desk.class_state." + state),
		Sub: c.Reason},
		{Name: v.say("desk.class.skill"), Value: c.SkillName},
		{Name: v.say("desk.class.teacher"), Value: c.Teacher, Sub: roll.Phone},
		{Name: v.say("desk.class.place"), Value: c.PlaceName, Sub: c.Address},
		{Name: v.say("desk.class.taken"), Value: fmt.Sprintf("%d / %d", c.Seats-c.SeatsLeft, c.Seats)},
		{Name: v.say("desk.class.pays"), Value: ui.Money(c.FeeFen)},
		{Name: v.say("desk.class.closes"), Value: v.moment(c.ClosesAt)}}
	for i, one := range c.Sessions {
		facts = append(facts, ui.Fact{Name: v.say("desk.class.session", "n", i+1),
			Value: ui.Span(v.words, one.StartsAt, one.EndsAt)})
	}
	return ui.Pairs("", facts)
}

// sessionLinks choose the session whose roll is called.
func (v *visit) sessionLinks(path string, begun []training.Session, chosen int64) templComponent {
	var list []ui.Link
	for i := range begun {
		list = append(list, ui.Link{Label: v.say("desk.class.session", "n", i+1),
			Path: fmt.Sprintf("%s?session=%d", path, i+1), Main: int64(i+1) == chosen})
	}
	return ui.Links(list)
}

// rollList shows all at once: who stands on another page would be called absent.
func (v *visit) rollList(
	path string, roll training.Roll, session int64, calls, last bool,
) listing {
	l := listing{title: "desk.class.people", empty: "desk.class.nobody", path: path, bare: true,
		columns: []column{{key: "desk.class.there", still: true},
			{key: "desk.worker"}, {key: "desk.class.came", num: true}, {key: "desk.state"},
			{key: "desk.words"}, {key: "desk.do", still: true}}}
	for _, seat := range roll.Seats {
		there, judge := ui.Cell{}, ui.Cell{}
		if calls {
			there = part(thereTempl(seat.EnrolmentID, v.say("desk.class.there_one", "name", seat.Name),
				!slices.Contains(seat.Absent, session)))
		}
		open := seat.Standing == training.Enrolled || seat.Standing == training.Failed
		if calls && last && open {
			judge = part(v.assessForm(path + "/" + seat.EnrolmentID))
		}
		l.rows = append(l.rows, row{cells: []ui.Cell{there, text(seat.Name),
			count(int64(len(seat.Present))), v.state("class_standing", string(seat.Standing)),
			text(seat.Words), judge}})
	}
	return l
}

func (v *visit) assessForm(path string) templComponent {
	return detailsTempl(v.say("desk.class.assess"), v.form(ui.DeskForm{Bare: true, Path: path,
		Submit: v.say("desk.class.passed"), Second: v.say("desk.class.failed"), Inputs: []ui.Input{
			{Name: "words", Label: v.say("desk.class.assessed"), Optional: true, Max: 200}}}),
		v.asked(path))
}

// onClass does something about the visited class and shows it again.
func (s *site) onClass(v *visit, end, done string, do func() error) error {
	path := v.classBase() + "/" + v.R.PathValue("class_id")
	return v.act(path+end, s.class, func() (string, error) { return path + "?done=" + done, do() })
}

func (s *site) callRoll(v *visit) error {
	return s.onClass(v, "/roll", "class_roll", func() error {
		var in training.CallRoll
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Training.CallRoll(v.Ctx, in)
		return err
	})
}

func (s *site) assess(v *visit) error {
	return s.onClass(v, "/"+v.R.PathValue("enrolment_id"), "class_assessed", func() error {
		v.Form.Set("passed", yes(web.Take(v.Form, "second") == ""))
		var in training.Assess
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Training.Assess(v.Ctx, in)
		return err
	})
}

func (s *site) callOffClass(v *visit) error {
	return s.onClass(v, "/call-off", "class_off", func() error {
		var in training.CallOff
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Training.CallOff(v.Ctx, in)
		return err
	})
}

func (s *site) exportRoll(v *visit) error {
	id := v.R.PathValue("class_id")
	return v.send(v.classBase()+"/"+id+"/workbook", s.class, func() (intake.FileView, error) {
		file, err := s.Training.ExportRoll(v.Ctx, training.ExportRoll{ClassID: id, Lang: v.Lang})
		return intake.FileView(file), err
	})
}
