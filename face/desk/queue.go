package desk

import (
	"fmt"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// queuePage is the queue of a counter: give a number, call the next, close what was called.
func (s *site) queuePage(v *visit) error {
	place, err := s.stationOf(v)
	if err != nil {
		return err
	}
	path := "/s/" + place.ID + "/queue"
	l := listing{title: "desk.s.queue", empty: "desk.s.queue_empty", path: path,
		columns: []column{{key: "desk.turn", num: true}, {key: "desk.s.service"}, {key: "desk.state"},
			{key: "desk.turn.at"}, {key: "desk.turn.called"}, {key: "desk.do", still: true}},
		filters: []filter{{"state", "desk.state", "desk.turn_state."},
			{"kind", "desk.s.service", "desk.service."}}}
	var q station.Queue
	err = v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		q, err = s.Stations.ShowQueue(v.Ctx, station.GetQueue{PlaceID: place.ID, After: after})
		for _, t := range q.Turns {
			rows = append(rows, row{tags: map[string]string{"state": t.State, "kind": t.Kind},
				cells: []ui.Cell{count(t.N), text(v.say("desk.service." + t.Kind)),
					v.state("turn_state", t.State), v.clock(t.At), v.clock(t.CalledAt),
					part(v.turnDeed(path, t))}})
		}
		return rows, q.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.stationFrame(v.say("desk.s.queue"), place.ID, path), ui.Facts([]ui.Fact{
		{Name: v.say("desk.turn_state.waiting"), Value: fmt.Sprint(q.Waiting)}}),
		v.form(ui.DeskForm{Path: path + "/next", Submit: v.say("desk.s.call_next")}),
		v.form(ui.DeskForm{Path: path, Title: v.say("desk.s.take"), Submit: v.say("desk.s.take"),
			Inputs: []ui.Input{{Name: "kind", Label: v.say("desk.s.comes_for"), Type: "select", Width: 4,
				Options: v.choice("desk.service.", "work", "consult", "guidance", "policy", "training",
					"rights", "other")}}}),
		ui.Links([]ui.Link{{Label: v.say("desk.s.screen"), Path: "/s/" + place.ID + "/screen"}}),
		v.list(l))
}

func (v *visit) turnDeed(path string, t station.Turn) templComponent {
	switch t.State {
	case station.Called:
		return v.form(ui.DeskForm{Bare: true, Path: path + "/" + t.ID,
			Submit: v.say("desk.turn.served"), Second: v.say("desk.turn.gone")})
	case station.Waiting:
		return ui.Links([]ui.Link{{Label: v.say("desk.turn.print"), Path: path + "/" + t.ID}})
	}
	return nil
}

func (s *site) takeTurn(v *visit) error {
	path := "/s/" + v.R.PathValue("place_id") + "/queue"
	return v.act(path, s.queuePage, func() (string, error) {
		var in station.TakeTurn
		if err := v.Read(&in); err != nil {
			return "", err
		}
		t, err := s.Stations.TakeTurn(v.Ctx, in)
		return path + "/" + t.ID, err
	})
}

func (s *site) callTurn(v *visit) error {
	path := "/s/" + v.R.PathValue("place_id") + "/queue"
	return v.act(path+"/next", s.queuePage, func() (string, error) {
		var in station.CallTurn
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Stations.CallTurn(v.Ctx, in)
		return path + "?done=called", err
	})
}

func (s *site) endTurn(v *visit) error {
	path := "/s/" + v.R.PathValue("place_id") + "/queue"
	return v.act(path+"/"+v.R.PathValue("turn_id"), s.queuePage, func() (string, error) {
		v.Form.Set("served", yes(web.Take(v.Form, "second") == ""))
		var in station.EndTurn
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Stations.EndTurn(v.Ctx, in)
		return path, err
	})
}

// turnSlip is a number as it is printed for whoever waits.
func (s *site) turnSlip(v *visit) error {
	place, err := s.stationOf(v)
	if err != nil {
		return err
	}
	t, err := s.Stations.ShowTurn(v.Ctx, station.GetTurn{PlaceID: place.ID,
		TurnID: v.R.PathValue("turn_id")})
	if err != nil {
		return err
	}
	return v.page(v.stationFrame(v.say("desk.turn"), place.ID, "/s/"+place.ID+"/queue"),
		slipTempl(place.Name, fmt.Sprint(t.N), v.say("desk.service."+t.Kind),
			v.say("desk.turn.ahead", "n", t.Ahead), v.moment(t.At)),
		printTempl(), ui.Links([]ui.Link{{Label: v.say("desk.s.queue"), Path: "/s/" + place.ID +
			"/queue"}}))
}

// queueScreen hangs in the hall: the numbers that are called now, and how many wait.
func (s *site) queueScreen(v *visit) error {
	place, err := s.stationOf(v)
	if err != nil {
		return err
	}
	q, err := s.Stations.ShowQueue(v.Ctx, station.GetQueue{PlaceID: place.ID})
	if err != nil {
		return err
	}
	var called []string // they come first
	for _, t := range q.Turns {
		if t.State == station.Called {
			called = append(called, fmt.Sprint(t.N))
		}
	}
	return v.Show(calledTempl(place.Name, called, v.say("desk.s.waiting", "n", q.Waiting),
		screenSeconds))
}

const screenSeconds = 5 // a number that is called is on the wall before its owner is impatient

// placeCard is a card with a code that leads to the work around a station.
func (s *site) placeCard(v *visit) error {
	place, err := s.stationOf(v)
	if err != nil {
		return err
	}
	return s.card(v, place, place.Name, place.Address, v.say("desk.s.card_place"),
		fmt.Sprintf("/?lon_e6=%d&lat_e6=%d&order=near", place.LonE6, place.LatE6))
}

// shiftCard is a card that leads to one shift, for somebody to take it on the own phone.
func (s *site) shiftCard(v *visit) error {
	place, err := s.stationOf(v)
	if err != nil {
		return err
	}
	c, err := s.Market.ShowShift(v.Ctx, market.GetShift{ShiftID: v.R.PathValue("shift_id")})
	if err != nil {
		return err
	}
	return s.card(v, place, c.Title, ui.Span(v.words, c.StartsAt, c.EndsAt)+" · "+v.pay(c).Text,
		v.say("desk.s.card_shift"), "/shifts/"+c.ID)
}

func (s *site) card(v *visit, place station.PlaceView, title, sub, words, to string) error {
	code, err := ui.DrawQR(v.Origin() + v.Base() + to)
	if err != nil {
		return err
	}
	return v.page(v.stationFrame(v.say("desk.s.card"), place.ID, "/s/"+place.ID),
		cardTempl(title, sub, words, code), printTempl())
}
