package sim

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
)

// moment of the day, in minutes after midnight in China.
func minuteOf(at time.Time) int {
	local := at.In(civil.Zone)
	return local.Hour()*60 + local.Minute()
}

// due tells whether a minute of the day falls into this tick.
func (w *world) due(minute, now int) bool {
	return minute >= now && minute < now+int(w.cfg.Tick/time.Minute)
}

// act lets everybody do what they do in this tick. The order is fixed, so a seed tells one story.
func (w *world) act(ctx context.Context, at time.Time) error {
	now := minuteOf(at)
	for _, step := range []func(context.Context, int) error{
		w.foundCity, w.register, w.checkPapers, w.lend, w.vetAndReview, w.fundAndPublish,
		w.recruit, w.changeMinds, w.callOff,
		w.look, w.answerOffers, w.sign, w.fallIll, w.callOffLate,
		w.arriveOffline, w.turnAway, w.come,
		w.replaceNoShows, w.stepIn, w.stayOn, w.goHome, w.askCorrections, w.proposeTimes,
		w.answerProposals,
		w.confirm, w.mendCards, w.wish, w.screen, w.bookSeats, w.callOffSlots, w.interview, w.stay,
		w.sendRosters,
		w.askRefunds,
		w.heedCredit, w.speak, w.complain, w.handleComplaints, w.reopen,
		w.useRights, w.setNotices, w.getReady, w.heed, w.teach,
	} {
		if err := step(ctx, now); err != nil {
			return err
		}
	}
	return nil
}

// sweepPause lets a message that was just written become due.
const sweepPause = time.Second
