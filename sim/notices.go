package sim

import (
	"context"
	"fmt"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/internal/deed"
)

// How many of 10 000 workers do so on a day.
const (
	linksBP   = 3000 // open the mini program and link WeChat
	grantsBP  = 4000 // tap yes to one more message there
	switchBP  = 150  // switch a kind of message off
	englishBP = 100  // ask for English
)

// setNotices is a worker saying how to be told: by WeChat, in which language, and of what not.
func (w *world) setNotices(ctx context.Context, now int) error {
	for n, a := range w.workers {
		if !a.known() || !w.due(8*60+30+w.n(12*60, "notices", n, w.day), now) {
			continue
		}
		key := func(op string) deed.Keyed {
			return deed.Key(fmt.Sprintf("sim/%s/%d/%d", op, n, w.day))
		}
		me := a.as(ctx)
		var err error
		for _, step := range []struct {
			bp   int
			what string
			do   func(deed.Keyed) error
		}{
			{linksBP, "links", func(k deed.Keyed) error {
				_, err = w.city.Notify.LinkWeChat(me, notify.LinkWeChat{Keyed: k,
					Code: fmt.Sprintf("wx-%d", n)})
				return err
			}},
			{grantsBP, "grants", func(k deed.Keyed) error {
				_, err = w.city.Notify.Grant(me, notify.Grant{Keyed: k, Template: "offer"})
				return err
			}},
			{switchBP, "switches off", func(k deed.Keyed) error {
				_, err = w.city.Notify.Switch(me, notify.Switch{Keyed: k, Template: "offer", Off: true})
				return err
			}},
			{englishBP, "english", func(k deed.Keyed) error {
				_, err = w.city.Notify.SetSettings(me, notify.SetSettings{Keyed: k, Lang: "en"})
				return err
			}},
		} {
			if !w.chance(step.bp, step.what, n, w.day) {
				continue
			}
			if _, err := w.did(step.do(key(step.what))); err != nil {
				return err
			}
		}
	}
	return nil
}

// toldOnce holds what the outside world really received against what the city knows of it: no text
// message under a key that is no message, each that the city calls delivered is there, and WeChat
// has nothing that was not one attempt.
func (w *world) toldOnce(ctx context.Context) ([]string, error) {
	strangers, missing, extra, err := toldWrongly(ctx, w.city.DB)
	var broken []string
	for _, c := range []struct {
		n     int64
		words string
	}{
		{strangers, "told once: %d text messages went out that are no message of the city"},
		{missing, "told once: %d messages are called delivered and never reached the gateway"},
		{extra, "told once: WeChat got %d messages more than the city attempted"},
	} {
		if c.n > 0 {
			broken = append(broken, fmt.Sprintf(c.words, c.n))
		}
	}
	return broken, err
}
