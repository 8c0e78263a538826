package sim

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/deed"
)

// offlineFor is how long somebody at the gate has no network: past the hour after which who is not
// on record is a no-show, or not.
func (w *world) offlineFor(id string) time.Duration {
	return time.Duration(15+w.n(90, "offline for", id)) * time.Minute
}

// without tells whose phone has no network at the gate.
func (w *world) without(id string) bool { return w.chance(w.cfg.FaultsBP, "offline", id) }

// silent tells whose phone still has none.
func (w *world) silent(id string) bool {
	in := w.signed[id]
	return w.without(id) && (in.Signature == "" || in.PlacementID != "")
}

// sentAway tells who will not be let in.
func (w *world) sentAway(id string) bool { return w.chance(w.cfg.FaultsBP/2, "turned away", id) }

// deviceKey is the private key of a worker's phone: it follows from the seed.
func (w *world) deviceKey(n int) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	binary.LittleEndian.PutUint64(seed, w.roll("device", n))
	return ed25519.NewKeyFromSeed(seed)
}

// arriveOffline is a worker without network: the phone signs the arrival at the shift's start, and
// tells of it when there is network again. Its clock is some minutes off.
func (w *world) arriveOffline(ctx context.Context, _ int) error {
	at := w.clk.Now()
	list, err := came(ctx, w.city.DB, at.Add(-2*time.Hour), at)
	if err != nil {
		return err
	}
	for _, t := range list {
		if !w.without(t.ID) || w.signed[t.ID].Signature != "" {
			continue
		}
		in, ok, err := w.signArrival(ctx, t)
		if err != nil {
			return err
		}
		if ok {
			w.signed[t.ID] = in
		}
	}
	return w.upload(ctx)
}

// signArrival registers the phone and signs what it scans.
func (w *world) signArrival(
	ctx context.Context, t task,
) (attendance.OfflineArrival, bool, error) {
	a := w.workerOf(t.WorkerID)
	key := w.deviceKey(a.N)
	device, err := w.city.Attendance.RegisterDevice(a.as(ctx), attendance.RegisterDevice{
		Keyed: deed.Key(fmt.Sprintf("sim/device/%d/%s", a.N, t.ID)), WorkerID: a.WorkerID,
		PublicKey: hex.EncodeToString(key.Public().(ed25519.PublicKey))})
	if ok, err := w.did(err); err != nil {
		return attendance.OfflineArrival{}, false, err
	} else if !ok { // registered before
		if device.ID, err = deviceOf(ctx, w.city.DB, a.WorkerID); err != nil {
			return attendance.OfflineArrival{}, false, err
		}
	}
	qr, err := w.city.Stations.ShowQR(w.employerOf(t.EmployerID).as(ctx),
		station.ShowQR{PlaceID: t.PlaceID})
	if ok, err := w.did(err); !ok {
		return attendance.OfflineArrival{}, false, err
	}
	drift := time.Duration(w.n(20*60, "drift", a.N)-10*60) * time.Second
	in := attendance.OfflineArrival{PlacementID: t.ID, WorkerID: a.WorkerID, DeviceID: device.ID,
		DeviceAt: w.clk.Now().Add(drift).Truncate(time.Millisecond), Token: qr.Token,
		Keyed: deed.Key("sim/offline/" + t.ID)}
	text := attendance.ArrivalText(t.ID, a.WorkerID, in.DeviceAt, in.Token)
	in.Signature = hex.EncodeToString(ed25519.Sign(key, []byte(text)))
	return in, true, nil
}

// upload is phones that have network again.
func (w *world) upload(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(w.signed)) {
		in := w.signed[id]
		if in.PlacementID == "" || w.clk.Now().Sub(in.DeviceAt) < w.offlineFor(id) {
			continue
		}
		w.signed[id] = attendance.OfflineArrival{Signature: in.Signature} // told
		_, err := w.city.Attendance.UploadArrival(w.workerOf(in.WorkerID).as(ctx), in)
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// callOffLate is an employer cancelling a shift at the last moment, which costs.
func (w *world) callOffLate(ctx context.Context, now int) error {
	if now%60 != 0 {
		return nil
	}
	at := w.clk.Now()
	shifts, err := upcoming(ctx, w.city.DB, at.Add(time.Hour), at.Add(2*time.Hour))
	if err != nil {
		return err
	}
	for _, s := range shifts {
		if !w.chance(w.cfg.FaultsBP/2, "called off late", s.ShiftID) {
			continue
		}
		if err := w.cancelShift(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) cancelShift(ctx context.Context, s task) error {
	_, err := w.city.Market.CancelShift(w.employerOf(s.EmployerID).as(ctx), market.CancelShift{
		Keyed: deed.Key("sim/calloff/" + s.ShiftID), ShiftID: s.ShiftID, EmployerID: s.EmployerID,
		Reason: "订单取消（演示）"})
	_, err = w.did(err)
	return err
}

// turnAway is a supervisor who has too many people, or a locked gate and a worker who says so.
func (w *world) turnAway(ctx context.Context, _ int) error {
	at := w.clk.Now()
	list, err := came(ctx, w.city.DB, at.Add(-time.Hour), at)
	if err != nil {
		return err
	}
	for _, t := range list {
		if w.without(t.ID) || !w.sentAway(t.ID) {
			continue
		}
		if w.chance(5000, "by the supervisor", t.ID) {
			reasons := []string{"no_work", "overstaffed", "place_closed", "unfit"}
			_, err = w.city.Attendance.TurnAway(w.employerOf(t.EmployerID).as(ctx), attendance.TurnAway{
				Keyed: deed.Key("sim/away/" + t.ID), PlacementID: t.ID, EmployerID: t.EmployerID,
				Reason: reasons[w.n(len(reasons), "why away", t.ID)], Words: "现场情况（演示）"})
		} else {
			err = w.standOutside(ctx, t)
		}
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// standOutside is a worker who scans the code at a locked gate and reports it.
func (w *world) standOutside(ctx context.Context, t task) error {
	a := w.workerOf(t.WorkerID)
	in := attendance.Clock{Keyed: deed.Key("sim/outside/" + t.ID), PlacementID: t.ID,
		WorkerID: t.WorkerID}
	qr, err := w.city.Stations.ShowQR(w.employerOf(t.EmployerID).as(ctx),
		station.ShowQR{PlaceID: t.PlaceID})
	if err != nil {
		return err
	}
	in.Token = qr.Token
	_, err = w.city.Attendance.Arrive(a.as(ctx), in)
	if _, err := w.did(err); err != nil {
		return err
	}
	_, err = w.city.Attendance.ReportTurnedAway(a.as(ctx), attendance.ReportTurnedAway{
		Keyed: deed.Key("sim/report/" + t.ID), PlacementID: t.ID, WorkerID: t.WorkerID,
		Words: "大门锁着，没有人（演示）"})
	return err
}

// replaceNoShows is an employer who does not wait for those who have not come: every other one is
// replaced after half an hour, by name or by anybody.
func (w *world) replaceNoShows(ctx context.Context, now int) error {
	at := w.clk.Now()
	list, err := came(ctx, w.city.DB, at.Add(-50*time.Minute), at.Add(-30*time.Minute))
	if err != nil {
		return err
	}
	for _, t := range list {
		if w.without(t.ID) || !w.chance(5000, "replaced", t.ID) {
			continue
		}
		in := attendance.Replace{Keyed: deed.Key(fmt.Sprintf("sim/replace/%s/%d/%d", t.ID, w.day, now)),
			PlacementID: t.ID, EmployerID: t.EmployerID}
		if a := w.workers[w.n(len(w.workers), "replacement", t.ID)]; a.known() &&
			w.chance(5000, "by name", t.ID) {
			in.WorkerIDs = []string{a.WorkerID}
		}
		_, err := w.city.Attendance.Replace(w.employerOf(t.EmployerID).as(ctx), in)
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// stepIn is somebody taking a head that was offered again: who was named, or who looks just now.
func (w *world) stepIn(ctx context.Context, now int) error {
	list, err := reoffered(ctx, w.city.DB, w.clk.Now())
	if err != nil {
		return err
	}
	for _, t := range list {
		workerID := t.WorkerID
		if workerID == "" {
			a := w.workers[w.n(len(w.workers), "steps in", t.ID, w.day, now)]
			workerID = a.WorkerID
		}
		if workerID == "" || !w.chance(6000, "has time", t.ID, workerID) {
			continue
		}
		_, err := w.city.Market.AcceptShift(w.workerOf(workerID).as(ctx), market.Accept{
			Keyed:   deed.Key(fmt.Sprintf("sim/stepin/%s/%d/%d", t.ID, w.day, now)),
			ShiftID: t.ShiftID, WorkerID: workerID})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// stayOn is a supervisor who lets somebody work on for an hour, told at the shift's end.
func (w *world) stayOn(ctx context.Context, _ int) error {
	at := w.clk.Now()
	list, err := working(ctx, w.city.DB)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.EndsAt.After(at.Add(w.cfg.Tick)) || !t.EndsAt.After(at) || !w.overruns(t.ID) {
			continue
		}
		_, err := w.city.Attendance.StayOn(w.employerOf(t.EmployerID).as(ctx), attendance.StayOn{
			Keyed: deed.Key("sim/stay/" + t.ID), PlacementID: t.ID, EmployerID: t.EmployerID,
			Until: t.EndsAt.Add(time.Hour), Reason: "货到晚了（演示）"})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) overruns(id string) bool { return w.chance(w.cfg.FaultsBP/2, "overrun", id) }

// leaves gives when a worker clocks out, after the shift's end, and by whose wish before it.
func (w *world) leaves(id string) (after time.Duration, said string) {
	switch {
	case w.overruns(id):
		return 50 * time.Minute, ""
	case w.chance(w.cfg.FaultsBP, "early", id) && w.chance(5000, "sent home", id):
		return -150 * time.Minute, "sent_home"
	case w.chance(w.cfg.FaultsBP, "early", id):
		return -time.Hour, "own"
	}
	return time.Duration(w.n(20, "leaves", id)-5) * time.Minute, ""
}

// proposeTimes is an employer who finds two hours later that somebody left earlier than recorded.
func (w *world) proposeTimes(ctx context.Context, now int) error {
	if now%30 != 0 {
		return nil
	}
	at := w.clk.Now()
	list, err := gone(ctx, w.city.DB, at.Add(-150*time.Minute), at.Add(-120*time.Minute))
	if err != nil {
		return err
	}
	for _, t := range list {
		if !w.chance(w.cfg.FaultsBP, "employer disputes", t.ID) {
			continue
		}
		_, err := w.city.Attendance.ProposeTimes(w.employerOf(t.EmployerID).as(ctx), attendance.Propose{
			Keyed: deed.Key("sim/propose/" + t.ID), PlacementID: t.ID, EmployerID: t.EmployerID,
			StartedAt: t.StartsAt, EndedAt: t.EndsAt.Add(-time.Duration(20+w.n(40, "less", t.ID)) *
				time.Minute), Reason: "监控显示提前离开（演示）"})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// answerProposals is workers in the evening: one of three agrees, one denies, one is silent.
func (w *world) answerProposals(ctx context.Context, now int) error {
	if !w.due(20*60, now) {
		return nil
	}
	list, err := proposals(ctx, w.city.DB)
	if err != nil {
		return err
	}
	for _, t := range list {
		kind := w.n(3, "answers", t.ID)
		if kind == 2 {
			continue
		}
		_, err := w.city.Attendance.AnswerProposal(w.workerOf(t.WorkerID).as(ctx),
			attendance.AnswerProposed{Keyed: deed.Key("sim/answers/" + t.ID), CorrectionID: t.ID,
				WorkerID: t.WorkerID, Grant: kind == 0, Words: "（演示）"})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// pieces is what a worker says at the end of piece work: around the norm. Other work has none.
func (w *world) pieces(ctx context.Context, t task) (int64, error) {
	norm, err := pieceNorm(ctx, w.city.DB, t.ShiftID)
	return norm * int64(90+w.n(25, "pieces", t.ID)) / 100, err
}

// byPiece turns a vacancy by the hour into one by the piece, of 30 fen, with a norm that earns as
// much; its break is at a fixed time.
func (w *world) byPiece(v *market.Publish) {
	const pieceFen = 30
	hourly := int64(v.RateFen)
	v.PayUnit, v.RateFen = "piece", pieceFen
	for i, s := range v.Shifts {
		middle := s.StartsAt.Add(s.EndsAt.Sub(s.StartsAt) / 2)
		planned := int64(s.EndsAt.Sub(s.StartsAt)/time.Minute) - s.BreakMin
		v.Shifts[i].Pieces = hourly*planned/60/pieceFen + 1
		v.Shifts[i].Breaks = []market.Break{{StartsAt: middle,
			EndsAt: middle.Add(time.Duration(s.BreakMin) * time.Minute)}}
	}
}
