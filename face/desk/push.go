package desk

import (
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/ui"
)

// pushes shows the runs that tell people of work, how far each is, and begins one.
func (s *site) pushes(v *visit) error {
	found, err := s.Market.FindPushRuns(v.Ctx, market.FindPushRuns{})
	if err != nil {
		return err
	}
	l := listing{title: "desk.pushes", empty: "desk.pushes.none", path: "/g/pushes",
		columns: []column{{key: "desk.push.started"}, {key: "desk.push.kind"}, {key: "desk.state"},
			{key: "desk.push.seen", num: true}, {key: "desk.push.people", num: true},
			{key: "desk.push.told", num: true}, {key: "desk.push.sated", num: true},
			{key: "desk.push.ended"}},
		filters: []filter{{"kind", "desk.push.kind", "desk.push_kind."},
			{"state", "desk.state", "desk.push_state."}}}
	for _, r := range found.Runs {
		ended := text("–")
		if !r.EndedAt.IsZero() {
			ended = v.when(r.EndedAt)
		}
		l.rows = append(l.rows, row{tags: map[string]string{"kind": r.Kind, "state": r.State},
			cells: []ui.Cell{v.when(r.StartedAt), text(v.say("desk.push_kind." + r.Kind)),
				v.state("push_state", r.State), count(r.Seen), count(r.People), count(r.Told),
				count(r.Sated), ended}})
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.pushes"), "/g/vacancies"),
		v.form(ui.DeskForm{Path: "/g/pushes", Title: v.say("desk.push.start"),
			Note: v.say("desk.push.note"), Submit: v.say("desk.push.start")}), v.list(l))
}

func (s *site) startPush(v *visit) error {
	return v.act("/g/pushes", s.pushes, func() (string, error) {
		var in market.StartPush
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Market.StartPush(v.Ctx, in)
		return "/g/pushes?done=push_started", err
	})
}
