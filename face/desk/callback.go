package desk

import (
	"errors"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/ui"
)

// callbacks lists who found no work and waits for a call.
func (s *site) callbacks(v *visit) error {
	found, err := s.Market.FindCallbacks(v.Ctx, market.Callbacks{})
	if err != nil {
		return err
	}
	l := listing{title: "desk.s.callbacks", empty: "desk.s.no_callbacks", path: "/calls",
		columns: []column{{key: "desk.since"}, {key: "desk.worker"}, {key: "desk.s.wish"},
			{key: "desk.county"}, {key: "desk.state"}, {key: "desk.do", still: true}},
		filters: []filter{{"state", "desk.state", "phone.callback.state."}}}
	for _, c := range found.Callbacks {
		name := c.Name
		if name == "" {
			name = v.say("desk.s.unregistered")
		}
		l.rows = append(l.rows, row{tags: map[string]string{"state": c.State},
			cells: []ui.Cell{v.when(c.AskedAt), more(name, c.PhoneMasked), text(c.Words),
				text(region.Name(c.Region)), text(v.say("phone.callback.state." + c.State)),
				part(v.callbackDeeds(c))}})
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.stationFrame(v.say("desk.s.callbacks"), "", "/calls"), v.list(l))
}

// callbackDeeds is what can be done about somebody who waits.
func (v *visit) callbackDeeds(c market.CallbackView) templComponent {
	path := "/calls/" + c.ID
	take := ui.Form(ui.DeskForm{Bare: true, Path: path + "/take", Submit: v.say("desk.s.take_call")})
	switch {
	case c.State == "waiting":
		return take
	case !c.Mine:
		return nil
	}
	return deedsTempl(take, detailsTempl(v.say("desk.s.close_call"), ui.Form(ui.DeskForm{Bare: true,
		Path: path + "/close", Submit: v.say("desk.s.close_call"), Inputs: []ui.Input{
			{Name: "outcome", Label: v.say("desk.s.outcome"), Type: "select",
				Options: v.choice("callback.outcome.", "placed", "advised", "training", "later",
					"unreachable")},
			{Name: "note", Label: v.say("desk.words"), Optional: true, Max: 200}}}), false))
}

// takeCallback shows the number to whoever makes the call. It is shown by the post itself: a page
// with somebody's phone has no address to come back to.
func (s *site) takeCallback(v *visit) error {
	path := "/calls/" + v.R.PathValue("callback_id") + "/take"
	var taken market.CallbackView
	err := v.act(path, s.callbacks, func() (string, error) {
		var in market.TakeCallback
		err := v.Read(&in)
		if err == nil {
			taken, err = s.Market.TakeCallback(v.Ctx, in)
		}
		if err == nil {
			err = errShown
		}
		return "", err
	})
	if !errors.Is(err, errShown) {
		return err
	}
	v.notes = append(v.notes, dialTempl(taken.Name+" "+taken.Words, taken.Phone,
		v.say("desk.s.callback_note")))
	return s.callbacks(v)
}

func (s *site) closeCallback(v *visit) error {
	path := "/calls/" + v.R.PathValue("callback_id") + "/close"
	return v.act(path, s.callbacks, func() (string, error) {
		var in market.CloseCallback
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Market.CloseCallback(v.Ctx, in)
		return "/calls?done=answered", err
	})
}

// callWorker shows the employer a number of a worker of its shift, above the board.
func (s *site) callWorker(v *visit, id string) error {
	shift := v.R.PathValue("shift_id")
	placement := v.R.PathValue("placement_id")
	path := "/e/shifts/" + shift + "/people/" + placement + "/call"
	var number market.CallView
	board := func(v *visit) error { return s.board(v, id) }
	err := v.act(path, board, func() (string, error) {
		var err error
		number, err = s.Market.CallThrough(v.Ctx,
			market.CallThrough{PlacementID: placement, EmployerID: id})
		if err == nil {
			err = errShown
		}
		return "", err
	})
	if !errors.Is(err, errShown) {
		return err
	}
	words := v.say("phone.call.plain")
	if number.Masked {
		words = v.say("phone.call.masked", "at", v.moment(number.Until))
	}
	v.notes = append(v.notes, dialTempl("", number.Number, words))
	return board(v)
}

// callForm asks for a number to call a worker by; nil where there is no work to talk about.
func (v *visit) callForm(path string, r attendance.BoardRow) templComponent {
	if r.State != market.Accepted && r.State != market.Started && r.State != market.Done {
		return nil
	}
	return ui.Form(ui.DeskForm{Bare: true, Path: path + "/people/" + r.ID + "/call",
		Submit: v.say("desk.board.call")})
}
