package e2e

import (
	"crypto/ed25519"
	"encoding/hex"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/sandbox"
	"github.com/gongyi/gongyi/sim"
)

// taken publishes a vacancy and gives the placement of who takes its first shift, signed.
func (c *town) taken(w who, v market.Publish) market.PlacementView {
	c.t.Helper()
	published, err := c.Market.PublishVacancy(c.employer.ctx, v)
	c.ok(err)
	p := c.accept(w, published.ShiftIDs[0])
	c.sign(w, p.ContractID)
	return p
}

// starts clocks somebody in at the placement's start.
func (c *town) starts(w who, p market.PlacementView) {
	c.t.Helper()
	c.clk.Set(p.StartsAt)
	_, err := c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
	c.ok(err)
}

// leaves clocks somebody out at an instant.
func (c *town) leaves(w who, p market.PlacementView, at time.Time) attendance.Receipt {
	c.t.Helper()
	c.clk.Set(at)
	r, err := c.Attendance.ClockOut(w.ctx, c.gate(w, p.ID))
	c.ok(err)
	return r
}

// pays lets a day pass and wants so much of a placement on the worker's card, all in time.
func (c *town) pays(p market.PlacementView, fen int64) {
	c.t.Helper()
	c.live(25)
	got := c.count(`SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM wage_lines
		WHERE placement_id = $1 AND state = 'paid' AND paid_at_ms <= due_at_ms`, p.ID)
	if got != fen {
		c.t.Errorf("%d fen arrived in time, want %d", got, fen)
	}
}

// The machine breaks after an hour. The foreman sends her home and half of the day is paid; the
// other one goes home of his own wish and is paid his hour.
func storyEarly(c *town, w who) {
	own := c.newWorker(301)
	shiftID := c.shift(2)
	p, q := c.accept(w, shiftID), c.accept(own, shiftID)
	c.sign(w, p.ContractID)
	c.sign(own, q.ContractID)
	c.starts(w, p)
	_, err := c.Attendance.ClockIn(own.ctx, c.gate(own, q.ID))
	c.ok(err)
	c.leaves(own, q, p.StartsAt.Add(time.Hour))
	r, err := c.Attendance.ClockOut(c.employer.ctx, attendance.Clock{Keyed: c.key(),
		PlacementID: p.ID, WorkerID: w.id, EmployerID: c.employer.id})
	c.ok(err)
	if r.WorkedMin != 60 || r.FloorMin != 225-60 {
		c.t.Errorf("sent home with %+v", r)
	}
	c.pays(p, 9_375)
	if n := c.count(`SELECT amount_fen FROM wage_lines WHERE placement_id = $1`, q.ID); n != 2_500 {
		c.t.Errorf("who left of his own wish has %d", n)
	}
}

// A lorry is late: the foreman lets the work go on for an hour, insured, and it is paid.
func storyOverrun(c *town, w who) {
	p := c.taken(w, c.vacancy(1))
	c.starts(w, p)
	until := p.EndsAt.Add(time.Hour)
	_, err := c.Attendance.StayOn(c.employer.ctx, attendance.StayOn{Keyed: c.key(), PlacementID: p.ID,
		EmployerID: c.employer.id, Until: until})
	c.ok(err)
	if r := c.leaves(w, p, until); r.WorkedMin != 510 {
		c.t.Errorf("%d minutes", r.WorkedMin)
	}
	if n := c.count(`SELECT COUNT(*) FROM covers WHERE placement_id = $1 AND expires_at_ms > $2`, p.ID,
		until.UnixMilli()); n != 1 {
		c.t.Error("not insured to the end")
	}
	c.pays(p, 21_250)
}

// The shift begins at eight in the evening and ends at four: one shift, one wage.
func storyOvernight(c *town, w who) {
	v := c.vacancy(1)
	v.Shifts[0].StartsAt = c.clk.Now().Truncate(24 * time.Hour).Add(12 * time.Hour)
	v.Shifts[0].EndsAt = v.Shifts[0].StartsAt.Add(8 * time.Hour)
	p := c.taken(w, v)
	c.starts(w, p)
	if r := c.goesHome(w, p); r.WorkedMin != 450 {
		c.t.Errorf("%d minutes", r.WorkedMin)
	}
	c.pays(p, 18_750)
}

// Noon is an hour, the afternoon break a quarter, the tea is paid. Who leaves in the middle of the
// second break has lost of it what he was there for.
func storyBreaks(c *town, w who) {
	v := c.vacancy(1)
	from := v.Shifts[0].StartsAt
	v.Shifts[0].BreakMin = 0
	v.Shifts[0].Breaks = []market.Break{
		{StartsAt: from.Add(2 * time.Hour), EndsAt: from.Add(3 * time.Hour)},
		{StartsAt: from.Add(4 * time.Hour), EndsAt: from.Add(4*time.Hour + 10*time.Minute), Paid: true},
		{StartsAt: from.Add(5 * time.Hour), EndsAt: from.Add(5*time.Hour + 15*time.Minute)}}
	p := c.taken(w, v)
	c.starts(w, p)
	if r := c.leaves(w, p, from.Add(5*time.Hour+5*time.Minute)); r.WorkedMin != 240 {
		c.t.Errorf("%d minutes", r.WorkedMin)
	}
	c.pays(p, 10_000)
}

// The same work is offered by the day and by the piece; each is paid as it was offered.
func storyDayAndPiece(c *town, w who) {
	byDay := c.vacancy(1)
	byDay.PayUnit, byDay.RateFen = "day", 20_000
	p := c.taken(w, byDay)
	c.starts(w, p)
	c.goesHome(w, p)
	other := c.newWorker(302)
	c.morning()
	byPiece := c.vacancy(1)
	byPiece.PayUnit, byPiece.RateFen, byPiece.Shifts[0].Pieces = "piece", 50, 400
	q := c.taken(other, byPiece)
	c.starts(other, q)
	c.clk.Set(q.EndsAt)
	out := c.gate(other, q.ID)
	_, err := c.Attendance.ClockOut(other.ctx, out)
	c.refused("without the pieces", err, "attendance.pieces_missing")
	out.Keyed, out.Pieces = c.key(), 380
	_, err = c.Attendance.ClockOut(other.ctx, out)
	c.ok(err)
	c.pays(q, 19_000)
	c.pays(p, 20_000)
}

// She clocked out at four and had worked till five: she asks, the employer grants it. Then the
// employer finds that she came half an hour late, proposes it, and she agrees.
func storyCorrections(c *town, w who) {
	p := c.taken(w, c.vacancy(1))
	c.starts(w, p)
	c.leaves(w, p, p.EndsAt.Add(-time.Hour))
	asked, err := c.Attendance.AskCorrection(w.ctx, attendance.AskCorrection{Keyed: c.key(),
		PlacementID: p.ID, WorkerID: w.id, StartedAt: p.StartsAt, EndedAt: p.EndsAt.Add(-time.Minute),
		Reason: "先按了收工，又干了一小时"})
	c.refused("the future", err, "attendance.claim_future")
	c.clk.Set(p.EndsAt)
	asked, err = c.Attendance.AskCorrection(w.ctx, attendance.AskCorrection{Keyed: c.key(),
		PlacementID: p.ID, WorkerID: w.id, StartedAt: p.StartsAt, EndedAt: p.EndsAt,
		Reason: "先按了收工，又干了一小时"})
	c.ok(err)
	_, err = c.Attendance.AnswerCorrection(c.employer.ctx, attendance.Answer{Keyed: c.key(),
		CorrectionID: asked.ID, EmployerID: c.employer.id, Grant: true})
	c.ok(err)
	proposed, err := c.Attendance.ProposeTimes(c.employer.ctx, attendance.Propose{Keyed: c.key(),
		PlacementID: p.ID, EmployerID: c.employer.id, StartedAt: p.StartsAt.Add(30 * time.Minute),
		EndedAt: p.EndsAt, Reason: "晚到半小时"})
	c.ok(err)
	_, err = c.Attendance.AnswerProposal(w.ctx, attendance.AnswerProposed{Keyed: c.key(),
		CorrectionID: proposed.ID, WorkerID: w.id, Grant: true})
	c.ok(err)
	c.pays(p, 17_500) // 420 of 450 minutes
}

// The insurer must confirm each placement and answers nothing for a quarter of an hour. He is not
// let in without cover, and gets an hour's pay for the waiting.
func storySilentInsurer(c *town, _ who) {
	was := c.planID
	defer func() { c.planID = was }()
	text := sim.PlanText()
	text.Mode = insurance.Confirmed
	plan, err := c.Insurance.CreatePlan(c.clerk, insurance.CreatePlan{Keyed: c.key(), PlanText: text})
	c.ok(err)
	c.planID = plan.ID
	w := c.newWorker(303)
	p := c.taken(w, c.vacancy(1))
	silent := sandbox.Rule{Call: "insurer.bordereaux", Kind: sandbox.Error, RateBP: 10_000}
	c.ok(c.box.SetFault(silent))
	c.clk.Set(p.StartsAt)
	_, err = c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
	c.refused("before the answer", err, "insurance.not_confirmed")
	for range 17 {
		c.sweep(time.Minute)
	}
	silent.Kind, silent.RateBP = sandbox.None, 0
	c.ok(c.box.SetFault(silent))
	if n := c.count(`SELECT COUNT(*) FROM turned_away WHERE placement_id = $1 AND blame = 'insurer'
		AND reason = 'insurance.not_confirmed' AND pay_fen = 2500`, p.ID); n != 1 {
		c.t.Error("nobody says that the insurer was silent")
	}
	if n := c.count(`SELECT COUNT(*) FROM covers WHERE placement_id = $1`, p.ID); n != 0 {
		c.t.Error("covered without the insurer's yes")
	}
	c.pays(p, 2_500)
}

// The phone has no network and its clock is twenty minutes off: the place's code says when it was,
// so the arrival is refused; five minutes off are on record and no more.
func storyClockDrift(c *town, w who) {
	p := c.taken(w, c.vacancy(1))
	device := c.signingPhone(w)
	c.clk.Set(p.StartsAt)
	code := c.gate(w, p.ID).Token
	upload := func(off time.Duration) error {
		at := p.StartsAt.Add(off)
		text := attendance.ArrivalText(p.ID, w.id, at, code)
		_, err := c.Attendance.UploadArrival(w.ctx, attendance.OfflineArrival{Keyed: c.key(),
			PlacementID: p.ID, WorkerID: w.id, DeviceID: device, DeviceAt: at, Token: code,
			Signature: hex.EncodeToString(ed25519.Sign(phoneKey, []byte(text)))})
		return err
	}
	c.clk.Set(p.StartsAt.Add(30 * time.Minute))
	c.refused("twenty minutes off", upload(20*time.Minute), "attendance.clock_drift")
	c.ok(upload(5 * time.Minute))
	c.refused("again", upload(5*time.Minute), "attendance.already_arrived")
	if n := c.count(`SELECT COUNT(*) FROM clock_events WHERE placement_id = $1 AND means = 'offline'
		AND at_ms <= $2`, p.ID, p.StartsAt.Add(time.Minute).UnixMilli()); n != 1 {
		c.t.Error("the arrival is not on record at the place's time")
	}
}

// The answer is lost and the thumb is quick: the same scan again is the same start, another one is
// told that it is done; at the end likewise. One cover, one wage.
func storyScannedTwice(c *town, w who) {
	p := c.taken(w, c.vacancy(1))
	c.clk.Set(p.StartsAt)
	in := c.gate(w, p.ID)
	first, err := c.Attendance.ClockIn(w.ctx, in)
	c.ok(err)
	c.clk.Add(20 * time.Second)
	again, err := c.Attendance.ClockIn(w.ctx, in)
	c.ok(err)
	if again != first {
		c.t.Errorf("the same scan gives %+v, then %+v", first, again)
	}
	_, err = c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
	c.refused("another scan", err, "attendance.already_started")
	c.goesHome(w, p)
	_, err = c.Attendance.ClockOut(w.ctx, c.gate(w, p.ID))
	c.refused("out again", err, "attendance.not_started")
	if n := c.count(`SELECT COUNT(*) FROM covers WHERE placement_id = $1`, p.ID); n != 1 {
		c.t.Errorf("%d covers", n)
	}
	c.pays(p, 18_750)
}

// Men preferred, says the vacancy. It is refused with the words, on record, and nobody sees it;
// said in another way it is refused too.
func storyDiscriminating(c *town, w who) {
	for _, title := range []string{"分拣员，男士优先", "分拣员（仅限本地户口）", "分拣员 已婚已育优先"} {
		v := c.vacancy(1)
		v.Title = title
		_, err := c.Market.PublishVacancy(c.employer.ctx, v)
		c.refused(title, err, "market.forbidden_words")
		if n := c.count(`SELECT COUNT(*) FROM refusals WHERE title = $1`, title); n != 1 {
			c.t.Errorf("%q: %d refusals on record", title, n)
		}
		if n := c.count(`SELECT COUNT(*) FROM vacancies WHERE title = $1`, title); n != 0 {
			c.t.Errorf("%q can be found", title)
		}
	}
	found, err := c.Market.FindShifts(w.ctx, market.FindShifts{Region: region})
	c.ok(err)
	for _, s := range found.Shifts {
		if s.Title == "分拣员，男士优先" {
			c.t.Error("it is public")
		}
	}
}

// A girl of fifteen comes with her card: nobody registers her. Her cousin is seventeen: he may work
// by day where the employer allows it, and not on a shift for adults.
func storyTooYoung(c *town, _ who) {
	register := func(born, phone string) (people.WorkerView, error) {
		return c.People.RegisterWorker(c.clerk, people.RegisterWorker{Keyed: c.key(), Name: "李小明",
			IDNumber: numbered(born, 7), Region: region, Phone: phone})
	}
	_, err := register("2011-01-01", "19912340001")
	c.refused("fifteen", err, "people.too_young")
	v, err := register("2009-01-01", "19912340002")
	c.ok(err)
	w, err := c.People.GetWorkerTx(c.clerk, c.DB, v.ID)
	c.ok(err)
	young := who{people.WithActor(c.clerk, people.Actor{AccountID: w.AccountID, WorkerID: v.ID,
		Roles: []people.Role{people.RoleWorker}}), v.ID, w.AccountID, "", "19912340002"}
	accept := market.Accept{Keyed: c.key(), ShiftID: c.shift(1), WorkerID: young.id}
	_, err = c.Market.AcceptShift(young.ctx, accept)
	c.refused("a shift for adults", err, "market.adults_only")
	if n := c.count(`SELECT COUNT(*) FROM placements WHERE worker_id = $1`, young.id); n != 0 {
		c.t.Error("he has a place on it")
	}
	light := c.vacancy(1)
	light.MinorOK = true
	published, err := c.Market.PublishVacancy(c.employer.ctx, light)
	c.ok(err)
	c.accept(young, published.ShiftIDs[0])
}
