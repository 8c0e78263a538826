package sim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/money"
)

// What workers say of being ready to work.
const (
	readyBP    = 1500   // of 10 000 say so, or say it anew, on a day
	notReadyBP = 500    // of those who do want no work for now
	readyM     = 60_000 // as far as they go at most
)

// getReady is a worker saying from where, how far and for how much they are ready to work: from
// then on the night's run tells them of work.
func (w *world) getReady(ctx context.Context, now int) error {
	for n, a := range w.workers {
		if !a.known() || !w.due(7*60+w.n(14*60, "ready at", n, w.day), now) ||
			!w.chance(readyBP, "ready", n, w.day) && !w.visited(n) {
			continue
		}
		home := districts[0]
		if i := slices.IndexFunc(districts, func(d district) bool { return d.code == a.Region }); i >= 0 {
			home = districts[i]
		}
		_, err := w.city.Market.SetAvailability(a.as(ctx), market.SetAvailability{
			Keyed:    deed.Key(fmt.Sprintf("sim/ready/%d/%d", n, w.day)),
			WorkerID: a.WorkerID, LonE6: home.lonE6 + int64(w.n(20_000, "home lon", n)-10_000),
			LatE6:    home.latE6 + int64(w.n(20_000, "home lat", n)-10_000),
			ReachM:   int64(5_000 + w.n(readyM-5_000, "reach", n)),
			FloorFen: money.Fen(1_500 + 100*w.n(10, "floor", n)), NoNight: w.chance(3000, "no night", n),
			Open: !w.chance(notReadyBP, "not ready", n, w.day)})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// visited tells a worker as whom a visitor of the demo may log in: they say where they are at once,
// so that the visitor is shown what is near.
func (w *world) visited(n int) bool { return w.cfg.Classes && n < loginsEach }

// heedsBP of 10 000 who were told of work in the night take it the next day, if it is still there.
const heedsBP = 3000

// heed is a worker who was told of work looking at why, and taking it.
func (w *world) heed(ctx context.Context, now int) error {
	for n, a := range w.workers {
		if !a.known() || !w.due(8*60+w.n(3*60, "reads pushes", n, w.day), now) ||
			!w.chance(heedsBP, "heeds", n, w.day) {
			continue
		}
		told, err := w.city.Market.FindPushes(a.as(ctx), market.MyPushes{WorkerID: a.WorkerID})
		if err != nil {
			return err
		}
		if len(told.Pushes) == 0 || w.clk.Now().Sub(told.Pushes[0].At) > 12*time.Hour {
			continue
		}
		_, err = w.city.Market.AcceptShift(a.as(ctx), market.Accept{WorkerID: a.WorkerID,
			ShiftID: told.Pushes[0].ShiftID, Keyed: deed.Key("sim/heed/" + told.Pushes[0].ID)})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}
