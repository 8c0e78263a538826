package desk

import (
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/ui"
)

// deskDays is how far ahead the list of shifts reaches when nobody says otherwise.
const deskDays = 14

// shifts lists an employer's shifts of some days.
func (s *site) shifts(v *visit, id string) error {
	today := civil.DateOf(s.People.DB.Now())
	from, until := today.AddDays(-1), today.AddDays(deskDays) // a night's shift ends today
	if d, err := civil.ParseDate(v.Form.Get("from")); err == nil {
		from = d
	}
	if d, err := civil.ParseDate(v.Form.Get("until")); err == nil {
		until = d.AddDays(1)
	}
	l, err := s.shiftsOf(v, "desk.e.shifts", "/e/shifts", market.ShiftsOf{EmployerID: id,
		From: from.Midnight(), Until: until.Midnight()}, false)
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.employerFrame(v.say("desk.e.shifts"), "/e/shifts"), daysTempl("/e/shifts",
		string(from), string(until.AddDays(-1))), v.list(l))
}

// shiftList is a list of some shifts.
func (v *visit) shiftList(title, path string, shifts []market.DeskShift, bare bool) listing {
	l := listing{title: title, empty: "desk.shifts.none", path: path, bare: bare,
		keep: []string{"from", "until"},
		columns: []column{{key: "desk.shift.when"}, {key: "desk.vacancy.title"}, {key: "desk.place"},
			{key: "desk.vacancy.taken", num: true}, {key: "desk.state"}},
		filters: []filter{{"state", "desk.state", "desk.shift_state."}, {"day", "desk.day", ""}}}
	if bare {
		l.filters = nil
	}
	for _, c := range shifts {
		l.rows = append(l.rows, v.shiftRow(c))
	}
	return l
}

// shiftsOf is a list of an employer's shifts.
func (s *site) shiftsOf(
	v *visit, title, path string, in market.ShiftsOf, bare bool,
) (listing, error) {
	l := v.shiftList(title, path, nil, bare)
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		in.After = after
		found, err := s.Market.FindEmployerShifts(v.Ctx, in)
		for _, c := range found.Shifts {
			rows = append(rows, v.shiftRow(c))
		}
		return rows, found.Next, err
	})
	return l, err
}

func (v *visit) shiftRow(c market.DeskShift) row {
	taken := count(c.Taken)
	taken.Text = fmt.Sprintf("%d / %d", c.Taken, c.Heads)
	state := c.State
	if state == market.Open && c.EndsAt.Before(v.s.People.DB.Now()) {
		state = "over"
	}
	when := v.span(c.StartsAt, c.EndsAt)
	when.Path = "/e/shifts/" + c.ID
	return row{tags: map[string]string{"state": state, "day": string(civil.DateOf(c.StartsAt))},
		cells: []ui.Cell{when, text(c.Title), text(c.Place), taken, v.state("shift_state", state)}}
}

// board shows who is on a shift, and what can be done about it.
func (s *site) board(v *visit, id string) error {
	shift, err := s.shiftOf(v, id)
	if err != nil {
		return err
	}
	b, err := s.Attendance.ShowBoard(v.Ctx, attendance.GetBoard{ShiftID: shift.ID,
		EmployerID: id})
	if err != nil {
		return err
	}
	path := "/e/shifts/" + shift.ID
	title := shift.Title + " · " + ui.Span(v.words, shift.StartsAt, shift.EndsAt)
	parts := []templComponent{ui.Facts(v.boardFacts(shift, b)), ui.Links([]ui.Link{
		{Label: v.say("desk.place.show_qr"), Path: "/e/places/" + shift.PlaceID + "/qr", Main: true},
		{Label: v.say("desk.vacancy.whole"), Path: "/e/vacancies/" + shift.VacancyID}})}
	list := v.boardList(path, b)
	if sent, err := v.export(list); sent {
		return err
	}
	parts = append(parts, v.list(list))
	if ticks := v.boardHours(path, b); ticks != nil {
		parts = append(parts, ticks)
	}
	if v.who.Has(people.RoleEmployer) && shift.State == market.Open &&
		shift.EndsAt.After(s.People.DB.Now()) {
		cancel, err := s.cancelForm(v, id, path, shift)
		if err != nil {
			return err
		}
		parts = append(parts, cancel)
	}
	return v.page(v.employerFrame(title, "/e/shifts"), parts...)
}

// shiftOf gives the shift of the path.
func (s *site) shiftOf(v *visit, id string) (market.DeskShift, error) {
	return s.Market.ShowEmployerShift(v.Ctx, market.GetEmployerShift{EmployerID: id,
		ShiftID: v.R.PathValue("shift_id")})
}

func (v *visit) boardFacts(shift market.DeskShift, b attendance.Board) []ui.Fact {
	arrived, started, ended := 0, 0, 0
	for _, r := range b.Rows {
		if !r.ArrivedAt.IsZero() {
			arrived++
		}
		if !r.StartedAt.IsZero() {
			started++
		}
		if !r.EndedAt.IsZero() {
			ended++
		}
	}
	return []ui.Fact{{Name: v.say("desk.vacancy.taken"),
		Value: fmt.Sprintf("%d / %d", shift.Taken, shift.Heads), Sub: shift.Place},
		{Name: v.say("desk.board.arrived"), Value: fmt.Sprint(arrived)},
		{Name: v.say("desk.board.started"), Value: fmt.Sprint(started)},
		{Name: v.say("desk.board.ended"), Value: fmt.Sprint(ended)}}
}

func (v *visit) boardList(path string, b attendance.Board) listing {
	l := listing{title: "desk.board.people", empty: "desk.board.none", path: path,
		columns: []column{{key: "desk.worker"}, {key: "desk.state"}, {key: "desk.board.arrived"},
			{key: "desk.board.started"}, {key: "desk.board.ended"}, {key: "desk.board.worked", num: true},
			{key: "desk.do", still: true}},
		filters: []filter{{"state", "desk.state", "desk.placement."}}}
	for _, r := range b.Rows {
		state := string(r.State)
		if r.Missing {
			state = "missing"
		}
		worked := count(r.WorkedMin)
		worked.Text = hours(r.WorkedMin)
		ended := v.clock(r.EndedAt)
		if r.Forgotten {
			ended.Sub = v.say("desk.board.forgotten")
		}
		l.rows = append(l.rows, row{tags: map[string]string{"state": state},
			cells: []ui.Cell{text(r.WorkerName), v.state("placement", state), v.clock(r.ArrivedAt),
				v.clock(r.StartedAt), ended, worked, part(deedsTempl(v.callForm(path, r),
					v.boardDeeds(path, r)))}})
	}
	return l
}

// clock is a cell of a time of day.
func (v *visit) clock(t time.Time) ui.Cell {
	if t.IsZero() {
		return text("–")
	}
	return ui.Cell{Text: ui.Clock(t), Sort: ordered(t.UnixMilli())}
}

// hours writes minutes as hours and minutes.
func hours(min int64) string {
	if min == 0 {
		return "–"
	}
	return fmt.Sprintf("%d:%02d", min/60, min%60)
}

// boardDeeds is what can be done about one head.
func (v *visit) boardDeeds(path string, r attendance.BoardRow) templComponent {
	path += "/people/" + r.ID
	switch {
	case r.Missing:
		return ui.Form(ui.DeskForm{Bare: true, Path: path + "/replace",
			Submit: v.say("desk.board.replace")})
	case r.State == market.Accepted && !r.ArrivedAt.IsZero():
		return detailsTempl(v.say("desk.board.turn_away"), ui.Form(ui.DeskForm{Bare: true,
			Path: path + "/turn-away", Submit: v.say("desk.board.turn_away"), Tone: "late",
			Inputs: []ui.Input{{Name: "reason", Label: v.say("desk.reason"), Type: "select",
				Options: v.choice("desk.turned.", "no_work", "overstaffed", "place_closed", "unfit")},
				{Name: "words", Label: v.say("desk.words"), Optional: true, Max: 200}}}), false)
	case r.State == market.Accepted || r.State == market.Offered:
		return detailsTempl(v.say("desk.board.call_off"), ui.Form(ui.DeskForm{Bare: true,
			Path: path + "/call-off", Submit: v.say("desk.board.call_off"), Tone: "late",
			Inputs: []ui.Input{{Name: "reason", Label: v.say("desk.reason"), Type: "select",
				Options: v.choice("desk.called.", "less_work", "overstaffed", "place_closed", "other")},
				{Name: "words", Label: v.say("desk.words"), Optional: true, Max: 200},
				{Name: "again", Label: v.say("desk.board.again"), Type: "tick"}}}), false)
	}
	return nil
}

// boardHours lets whoever stands at the gate confirm the hours of all who have ended.
func (v *visit) boardHours(path string, b attendance.Board) templComponent {
	var lines []string
	for _, r := range b.Rows {
		if r.LineID != "" {
			lines = append(lines, r.LineID)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	f := ui.DeskForm{Path: path + "/hours", Title: v.say("desk.board.confirm"),
		Note:   v.say("desk.board.confirm_note", "n", len(lines)),
		Submit: v.say("desk.board.confirm")}
	for _, line := range lines {
		f.Inputs = append(f.Inputs, ui.Input{Type: "hidden", Name: "line_ids", Value: line})
	}
	f.Fault = v.refused(f.Path)
	return ui.Form(f)
}

func (s *site) cancelForm(
	v *visit, id, path string, shift market.DeskShift,
) (templComponent, error) {
	cost, err := s.Market.ShowCancelCost(v.Ctx, market.CancelCost{ShiftID: shift.ID,
		EmployerID: id})
	if err != nil {
		return nil, err
	}
	return v.form(ui.DeskForm{Path: path + "/cancel", Title: v.say("desk.shift.cancel"),
		Note: v.say("desk.shift.cancel_cost", "n", cost.Cancelled, "amount",
			ui.Money(cost.CompensationFen)),
		Submit: v.say("desk.shift.cancel"), Tone: "late", Inputs: []ui.Input{
			{Name: "reason", Label: v.say("desk.reason"), Max: 200}}}), nil
}

// onBoard does something about a shift and shows its board again.
func (s *site) onBoard(
	v *visit, id, deed, done string, do func() error,
) error {
	path := "/e/shifts/" + v.R.PathValue("shift_id")
	again := func(v *visit) error { return s.board(v, id) }
	return v.act(path+deed, again, func() (string, error) {
		v.Form.Set("employer_id", id)
		return path + "?done=" + done, do()
	})
}

func (s *site) cancelShift(v *visit, id string) error {
	return s.onBoard(v, id, "/cancel", "cancelled", func() error {
		var in market.CancelShift
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Market.CancelShift(v.Ctx, in)
		return err
	})
}

func (s *site) confirmBoard(v *visit, id string) error {
	return s.onBoard(v, id, "/hours", "confirmed", func() error {
		var in wage.ConfirmHours
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Wages.ConfirmHours(v.Ctx, in)
		return err
	})
}

func (s *site) replace(v *visit, id string) error {
	deed := "/people/" + v.R.PathValue("placement_id") + "/replace"
	return s.onBoard(v, id, deed, "replaced", func() error {
		var in attendance.Replace
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Attendance.Replace(v.Ctx, in)
		return err
	})
}

func (s *site) callOff(v *visit, id string) error {
	deed := "/people/" + v.R.PathValue("placement_id") + "/call-off"
	return s.onBoard(v, id, deed, "called_off", func() error {
		var in market.CallOff
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Market.CallOffPlacement(v.Ctx, in)
		return err
	})
}

func (s *site) turnAway(v *visit, id string) error {
	deed := "/people/" + v.R.PathValue("placement_id") + "/turn-away"
	return s.onBoard(v, id, deed, "turned_away", func() error {
		var in attendance.TurnAway
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Attendance.TurnAway(v.Ctx, in)
		return err
	})
}

// gateCode is the page that hangs at the gate: the place's code of this half-minute, large. It
// asks for the next one by itself.
func (s *site) gateCode(v *visit, _ string) error {
	qr, err := s.Stations.ShowQR(v.Ctx, station.ShowQR{PlaceID: v.R.PathValue("place_id")})
	if err != nil {
		return err
	}
	code, err := ui.DrawQR(v.Origin() + v.Base() + qr.URL)
	if err != nil {
		return err
	}
	return v.Show(gateTempl(v.say("desk.gate.title"), v.say("desk.gate.scan"), code, gateSeconds))
}

// gateSeconds is how often the gate's page asks for the code: within the time in which one is
// taken, so that a code on the screen is always good.
const gateSeconds = 15
