package sim

import (
	"context"
	"fmt"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/deed"
)

// How many of 10 000 workers use a right on a day.
const (
	copiesBP    = 200
	switchesBP  = 100 // recommendations off
	misspeltBP  = 100 // a name that was registered wrongly
	leavesBP    = 80
	leavesAfter = 2 // days: nobody comes to leave at once
)

// useRights is a worker looking into what the city holds, switching proposals off, having a name
// put right, or leaving. Who is owed a wage or expected somewhere is not let go, and stays.
func (w *world) useRights(ctx context.Context, now int) error {
	for n, a := range w.workers {
		if !a.known() || !w.due(8*60+w.n(12*60, "rights", n, w.day), now) {
			continue
		}
		for _, step := range []func(context.Context, actor, deed.Keyed) error{
			w.takeCopy, w.switchOff, w.spell, w.leave,
		} {
			key := deed.Key(fmt.Sprintf("sim/rights/%d/%d", n, w.day))
			if err := step(ctx, a, key); err != nil {
				return err
			}
		}
	}
	if now%60 == 0 && w.clerk.known() {
		return w.answerAmendments(ctx)
	}
	return nil
}

func (w *world) takeCopy(ctx context.Context, a actor, _ deed.Keyed) error {
	if !w.chance(copiesBP, "copy", a.N, w.day) {
		return nil
	}
	_, err := w.city.People.DownloadCopy(a.as(ctx), people.DownloadCopy{WorkerID: a.WorkerID})
	_, err = w.did(err)
	return err
}

func (w *world) switchOff(ctx context.Context, a actor, key deed.Keyed) error {
	if !w.chance(switchesBP, "recommend", a.N, w.day) {
		return nil
	}
	_, err := w.city.People.WithdrawConsent(a.as(ctx), people.WithdrawConsent{Keyed: key,
		WorkerID: a.WorkerID, Purpose: people.PurposeRecommend})
	_, err = w.did(err)
	return err
}

func (w *world) spell(ctx context.Context, a actor, key deed.Keyed) error {
	if !w.chance(misspeltBP, "misspelt", a.N, w.day) {
		return nil
	}
	_, err := w.city.People.AskAmendment(a.as(ctx), people.AskAmendment{Keyed: key,
		WorkerID: a.WorkerID, Field: "name", Value: w.person(a.N, a.Region, "1961-01-01", 17_300).Name,
		Reason: "登记时写错了字（演示）"})
	_, err = w.did(err)
	return err
}

// answerAmendments is the clerk with the ID cards; one in ten does not fit.
func (w *world) answerAmendments(ctx context.Context) error {
	list, err := w.city.People.FindAmendmentsWaiting(w.clerk.as(ctx), people.AmendmentsWaiting{})
	if err != nil {
		return err
	}
	for _, a := range list.Amendments {
		_, err := w.city.People.AnswerAmendment(w.clerk.as(ctx), people.AnswerAmendment{
			Keyed: deed.Key("sim/amend/" + a.ID), AmendmentID: a.ID, Words: "已核对证件（演示）",
			Grant: !w.chance(1000, "card does not fit", a.ID)})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) leave(ctx context.Context, a actor, key deed.Keyed) error {
	if w.day < leavesAfter || !w.chance(leavesBP, "leaves the city", a.N, w.day) {
		return nil
	}
	_, err := w.city.People.CloseAccount(a.as(ctx), people.CloseAccount{Keyed: key,
		WorkerID: a.WorkerID})
	ok, err := w.did(err)
	if ok {
		w.workers[a.N].gone = true
	}
	return err
}

// rememberGone marks who has left before this run.
func (w *world) rememberGone(ctx context.Context) error {
	left, err := leftWorkers(ctx, w.city.DB)
	for _, id := range left {
		for n, a := range w.workers {
			if a.WorkerID == id {
				w.workers[n].gone = true
			}
		}
	}
	return err
}

// locates tells a worker who lets the phone's position be read at clocking; one in ten does not.
func (w *world) locates(n int) bool { return w.chance(9000, "locates", n) }

// agreeToPosition is a newcomer who does.
func (w *world) agreeToPosition(ctx context.Context, a actor) error {
	if !w.locates(a.N) {
		return nil
	}
	_, err := w.city.People.GiveConsent(ctx, people.GiveConsent{
		Keyed: deed.Key(fmt.Sprintf("sim/location/%d", a.N)), WorkerID: a.WorkerID,
		Purpose: people.PurposeLocation, Version: "1"})
	_, err = w.did(err)
	return err
}
