package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/deed"
)

const (
	wantsWorkBP  = 4000             // a worker looks for a shift on four days of ten
	triesMax     = 3                // shifts a worker tries before giving up for the day
	gateTriesMax = 3                // then a worker who is not let in goes home
	askAgainWait = 20 * time.Minute // for a sign code whose SMS did not come
)

// look is a worker looking for a shift, once on a day on which work is wanted.
func (w *world) look(ctx context.Context, now int) error {
	for n, a := range w.workers {
		if !a.known() || !w.due(7*60+w.n(14*60, "looks", n, w.day), now) ||
			!w.chance(wantsWorkBP, "wants work", n, w.day) {
			continue
		}
		if err := w.take(ctx, n, a); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) take(ctx context.Context, n int, a actor) error {
	found, err := w.openShifts(ctx)
	if err != nil {
		return err
	}
	for try := range min(triesMax, len(found)) {
		s := found[w.n(len(found), "picks", n, w.day, try)]
		_, err := w.city.Market.AcceptShift(a.as(ctx), market.Accept{ShiftID: s.ID, WorkerID: a.WorkerID,
			Keyed: deed.Key(fmt.Sprintf("sim/accept/%d/%d/%d", n, w.day, try))})
		ok, err := w.did(err)
		if err != nil {
			return err
		}
		if ok {
			return nil
		}
	}
	return nil
}

// openShifts is what everybody who looks in this tick sees: the list is read once a tick.
func (w *world) openShifts(ctx context.Context) ([]market.ShiftView, error) {
	if w.listedAt.Equal(w.lived) && w.listed != nil {
		return w.listed, nil
	}
	found, err := w.city.Market.FindShifts(
		ctx,
		market.FindShifts{From: w.clk.Now().Add(30 * time.Minute)},
	)
	if err != nil {
		return nil, err
	}
	w.listed = w.listed[:0]
	for _, s := range found.Shifts {
		if s.Hire == "instant" {
			w.listed = append(w.listed, s)
		}
	}
	w.listedAt = w.lived
	return w.listed, nil
}

// answerOffers is a worker reading an offer some ticks later; six of ten accept.
func (w *world) answerOffers(ctx context.Context, now int) error {
	if now%15 != 0 {
		return nil
	}
	offers, err := offered(ctx, w.city.DB, w.clk.Now())
	if err != nil {
		return err
	}
	for _, t := range offers {
		if w.clk.Now().Sub(t.At) < time.Duration(15+w.n(300, "reads offer", t.ID))*time.Minute {
			continue
		}
		a := w.workerOf(t.WorkerID)
		if w.chance(6000, "takes offer", t.ID) {
			_, err = w.city.Market.AcceptShift(a.as(ctx), market.Accept{ShiftID: t.ShiftID,
				Keyed: deed.Key("sim/take/" + t.ID), WorkerID: a.WorkerID})
		} else {
			_, err = w.city.Market.CancelPlacement(a.as(ctx), market.Leave{PlacementID: t.ID,
				Keyed: deed.Key("sim/decline/" + t.ID), WorkerID: a.WorkerID, Reason: "没空"})
		}
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// sign is a worker reading the contract, asking for the code, and signing when the SMS has come.
func (w *world) sign(ctx context.Context, now int) error {
	drafts, err := unsigned(ctx, w.city.DB)
	if err != nil {
		return err
	}
	var waiting []task
	for _, t := range drafts {
		if last, asked := w.asked[t.ID]; asked && w.clk.Now().Sub(last) < askAgainWait ||
			w.chance(w.cfg.FaultsBP/2, "never signs", t.ID) || w.putsOffSigning(t) {
			continue
		}
		if err := w.askCode(ctx, t, now); err != nil {
			return err
		}
		waiting = append(waiting, t)
	}
	if len(waiting) == 0 {
		return nil
	}
	if err := w.deliver(ctx); err != nil {
		return err
	}
	for _, t := range waiting {
		a := w.workerOf(t.WorkerID)
		code := w.readCode(a.Phone)
		if code == "" {
			continue // the SMS is late; another code in a while
		}
		_, err := w.city.Contracts.Sign(a.as(ctx), contract.Sign{ContractID: t.ID, Code: code,
			Keyed: deed.Key(fmt.Sprintf("sim/sign/%s/%d/%d", t.ID, w.day, now))})
		if ok, err := w.did(err); err != nil {
			return err
		} else if ok {
			delete(w.asked, t.ID)
		}
	}
	return nil
}

func (w *world) askCode(ctx context.Context, t task, now int) error {
	a := w.workerOf(t.WorkerID)
	w.asked[t.ID] = w.clk.Now()
	shown, err := w.city.Contracts.Show(a.as(ctx), contract.Show{ContractID: t.ID})
	if err != nil {
		return err
	}
	_, err = w.city.Contracts.RequestSignCode(a.as(ctx), contract.RequestSignCode{ContractID: t.ID,
		TextHash: shown.TextHash,
		Keyed:    deed.Key(fmt.Sprintf("sim/signcode/%s/%d/%d", t.ID, w.day, now))})
	_, err = w.did(err)
	return err
}

// fallIll is a worker giving the shift back three hours before.
func (w *world) fallIll(ctx context.Context, now int) error {
	if now%30 != 0 {
		return nil
	}
	at := w.clk.Now()
	soon, err := expected(ctx, w.city.DB, at.Add(3*time.Hour), at.Add(3*time.Hour+30*time.Minute))
	if err != nil {
		return err
	}
	for _, t := range soon {
		if !w.chance(w.cfg.FaultsBP, "ill", t.ID) {
			continue
		}
		_, err := w.city.Market.CancelPlacement(w.workerOf(t.WorkerID).as(ctx), market.Leave{
			Keyed: deed.Key("sim/ill/" + t.ID), PlacementID: t.ID, WorkerID: t.WorkerID, Reason: "生病"})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// come is a worker arriving: mostly some minutes early, sometimes late, sometimes not at all.
func (w *world) come(ctx context.Context, now int) error {
	at := w.clk.Now()
	list, err := expected(ctx, w.city.DB, at.Add(-55*time.Minute), at.Add(30*time.Minute))
	if err != nil {
		return err
	}
	for _, t := range list {
		offset := w.n(25, "comes", t.ID) - 20
		if w.chance(3*w.cfg.FaultsBP, "late", t.ID) {
			offset = 5 + w.n(40, "how late", t.ID)
		}
		if at.Before(t.StartsAt.Add(time.Duration(offset)*time.Minute)) ||
			w.chance(w.cfg.FaultsBP, "no show", t.ID) || w.silent(t.ID) ||
			w.sentAway(t.ID) || w.tried[t.ID] == gateTriesMax {
			continue
		}
		w.tried[t.ID]++
		if err := w.clockIn(ctx, t, now); err != nil {
			return err
		}
	}
	return nil
}

// clockIn shows the place's QR code, or the phone's position, or lets the supervisor do it.
func (w *world) clockIn(ctx context.Context, t task, now int) error {
	key := fmt.Sprintf("sim/in/%s/%d/%d", t.ID, w.day, now)
	in := attendance.Clock{Keyed: deed.Key(key), PlacementID: t.ID, WorkerID: t.WorkerID}
	who, err := w.proof(ctx, t, &in)
	if err != nil {
		return err
	}
	if w.chance(3000, "arrives first", t.ID) {
		_, err := w.city.Attendance.Arrive(who.as(ctx), in)
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	_, err = w.city.Attendance.ClockIn(who.as(ctx), in)
	_, err = w.did(err)
	return err
}

// proof chooses how the worker proves to be there. A forged code is shown now and then, and
// refused.
func (w *world) proof(ctx context.Context, t task, in *attendance.Clock) (actor, error) {
	worker, employer := w.workerOf(t.WorkerID), w.employerOf(t.EmployerID)
	switch w.n(10, "means", t.ID) {
	case 0:
		in.EmployerID = t.EmployerID
		return employer, nil
	case 1, 2, 3:
		if !w.locates(worker.N) {
			break // scans the code instead
		}
		d := w.district(employer.N, "employer")
		in.LonE6 = d.lonE6 + int64(w.n(20_000, "lon", employer.N)-10_000)
		in.LatE6 = d.latE6 + int64(w.n(20_000, "lat", employer.N)-10_000)
		in.AccuracyM = 20
		return worker, nil
	}
	if w.chance(w.cfg.FaultsBP, "forged", t.ID, minuteOf(w.clk.Now())) {
		in.Token = "FORGED"
		return worker, nil
	}
	qr, err := w.city.Stations.ShowQR(employer.as(ctx), station.ShowQR{PlaceID: t.PlaceID})
	in.Token = qr.Token
	return worker, err
}

// goHome is a worker clocking out around the shift's end; some forget.
func (w *world) goHome(ctx context.Context, now int) error {
	at := w.clk.Now()
	list, err := working(ctx, w.city.DB)
	if err != nil {
		return err
	}
	for _, t := range list {
		after, said := w.leaves(t.ID)
		if at.Before(t.EndsAt.Add(after)) ||
			w.chance(2*w.cfg.FaultsBP, "forgets to clock out", t.ID) {
			continue
		}
		in := attendance.Clock{Keyed: deed.Key(fmt.Sprintf("sim/out/%s/%d/%d", t.ID, w.day, now)),
			PlacementID: t.ID, WorkerID: t.WorkerID}
		in.Early = said
		if in.Pieces, err = w.pieces(ctx, t); err != nil {
			return err
		}
		who, err := w.proof(ctx, t, &in)
		if err != nil {
			return err
		}
		_, err = w.city.Attendance.ClockOut(who.as(ctx), in)
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// askCorrections is a worker who forgot to clock out, or whose late clock-in was the phone's fault,
// asking for the true times an hour or two later.
func (w *world) askCorrections(ctx context.Context, now int) error {
	if now%30 != 0 {
		return nil
	}
	at := w.clk.Now()
	list, err := gone(ctx, w.city.DB, at.Add(-90*time.Minute), at.Add(-60*time.Minute))
	if err != nil {
		return err
	}
	for _, t := range list {
		wrong := t.PlaceID == "forgotten" && w.chance(5000, "says so", t.ID)
		if !wrong && !w.chance(w.cfg.FaultsBP, "disputes", t.ID) {
			continue
		}
		minutes := time.Duration(5+w.n(40, "how much", t.ID)) * time.Minute
		_, err := w.city.Attendance.AskCorrection(
			w.workerOf(t.WorkerID).as(ctx),
			attendance.AskCorrection{
				Keyed: deed.Key("sim/ask/" + t.ID), PlacementID: t.ID, WorkerID: t.WorkerID,
				StartedAt: t.StartsAt, EndedAt: t.EndsAt.Add(minutes), Reason: "下班忘打卡，多干了一会儿（演示）"},
		)
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// mendCards is a worker whose bank refused a payout giving the card number again.
func (w *world) mendCards(ctx context.Context, now int) error {
	if now%60 != 0 {
		return nil
	}
	ids, err := refusedPayees(ctx, w.city.DB)
	if err != nil {
		return err
	}
	for i, id := range ids {
		who := w.workerOf(id)
		if who.gone { // money came back after the account was closed: at the counter, with the card
			who = w.clerk
		}
		_, err := w.city.People.SetBankCard(who.as(ctx), people.SetBankCard{WorkerID: id,
			Keyed:      deed.Key(fmt.Sprintf("sim/mend/%s/%d/%d", id, w.day, now)),
			CardNumber: bankCard(1_000_000_000 + w.day*10_000 + now*10 + i)})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// workerOf finds a worker by id; the index is built as workers come.
func (w *world) workerOf(id string) actor {
	if n, ok := w.byID[id]; ok {
		return w.workers[n]
	}
	for n, a := range w.workers {
		if a.WorkerID != "" {
			w.byID[a.WorkerID] = n
		}
	}
	if n, ok := w.byID[id]; ok {
		return w.workers[n]
	}
	return actor{}
}
