package attendance_test

import (
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: who came and is sent away without own fault gets an hour's pay out of the hold, the
// employer a fact; wholly or not at all, once among twenty, once a key.
func TestTurnAway(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		in := attendance.TurnAway{Keyed: b.key(), PlacementID: p.ID, EmployerID: b.employerID,
			Reason: "overstaffed"}
		if _, err := b.s.TurnAway(b.boss, in); !fault.Is(err, "attendance.too_early") {
			b.t.Errorf("two hours before: %v", err)
		}
		b.clk.Set(p.StartsAt)
		must(b.s.Arrive(h, b.at(h, p)))(b.t)
		before := b.rows()
		_, err := b.breaking().TurnAway(b.boss, in)
		b.unchanged("turn away", err, before)
		b.race("turn away", "market.placement_state", func(k deed.Keyed) error {
			in := in
			in.Keyed = k
			_, err := b.s.TurnAway(b.boss, in)
			return err
		})
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM turned_away WHERE blame = 'employer' AND pay_fen = 2500
				AND waiting_min = 60 AND line_id <> ''`: 1,
			`SELECT COUNT(*) FROM wage_lines WHERE pay_unit = 'waiting' AND amount_fen = 2500
				AND unfunded_fen = 0 AND state = 'accrued'`: 1,
			`SELECT COUNT(*) FROM placements WHERE state = 'cancelled_by_employer'
				AND reason = 'not_admitted overstaffed'`: 1,
			`SELECT COUNT(*) FROM changes WHERE topic = 'attendance.turned_away.v1'`: 1,
			`SELECT COUNT(*) FROM messages WHERE template = 'turned_away'`:           1,
			`SELECT taken FROM shifts`: 0})
		if _, err := b.s.ClockIn(h, b.at(h, p)); !fault.Is(err, "market.placement_state") {
			b.t.Errorf("a start after that: %v", err)
		}
		_, q := b.placed(2)
		b.clk.Set(q.StartsAt)
		in.PlacementID, in.Reason = q.ID, "unfit"
		if _, err := b.s.TurnAway(b.boss, in); !fault.Is(err, "attendance.words_missing") {
			b.t.Errorf("unfit without a word: %v", err)
		}
		in.Words = "酒后"
		v := once(b, "turn away", func(k deed.Keyed) (attendance.TurnedAwayView, error) {
			in.Keyed = k
			return b.s.TurnAway(b.boss, in)
		})
		if v.Blame != "worker" || v.PayFen != 0 || v.LineID != "" {
			b.t.Errorf("own fault: %+v", v)
		}
		b.lawful()
	})
}

// Goal: a worker who is there and is not let in can say so from the shift's start on.
func TestReportTurnedAway(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		in := attendance.ReportTurnedAway{PlacementID: p.ID, WorkerID: h.id, Words: "大门锁着"}
		report := func() (attendance.TurnedAwayView, error) {
			in.Keyed = b.key()
			return b.s.ReportTurnedAway(h, in)
		}
		b.clk.Set(p.StartsAt.Add(-time.Minute))
		if _, err := report(); !fault.Is(err, "attendance.not_arrived") {
			b.t.Errorf("from afar: %v", err)
		}
		must(b.s.Arrive(h, b.at(h, p)))(b.t)
		if _, err := report(); !fault.Is(err, "attendance.not_begun") {
			b.t.Errorf("before the start: %v", err)
		}
		b.clk.Set(p.StartsAt)
		before := b.rows()
		_, err := b.breaking().ReportTurnedAway(h, attendance.ReportTurnedAway{Keyed: b.key(),
			PlacementID: p.ID, WorkerID: h.id, Words: "大门锁着"})
		b.unchanged("report", err, before)
		v := must(report())(b.t)
		if v.Blame != "employer" || v.PayFen != 2500 || v.Reason != "not_let_in" {
			b.t.Errorf("outcome %+v", v)
		}
		if _, err := report(); !fault.Is(err, "market.placement_state") {
			b.t.Errorf("again: %v", err)
		}
		b.lawful()
	})
}

// Goal: a start that was refused becomes an outcome an hour later: paid when the employer's money
// was missing, unpaid when the worker had not signed; who came and did nothing is not turned away.
func TestRefusedOutcome(t *testing.T) {
	each(t, func(b *bundle) {
		poor, unsigned, idle := b.worker(1), b.worker(2), b.worker(3)
		shiftID := b.shift(3)
		p, q, r := b.accept(poor, shiftID), b.accept(unsigned, shiftID), b.accept(idle, shiftID)
		b.sign(poor, p)
		b.releaseHold(p.ID)
		b.clk.Set(p.StartsAt)
		if _, err := b.s.ClockIn(poor, b.at(poor, p)); !fault.Is(err, "wage.not_held") {
			b.t.Errorf("without a hold: %v", err)
		}
		if _, err := b.s.ClockIn(unsigned, b.at(unsigned, q)); !fault.Is(err, "contract.not_signed") {
			b.t.Errorf("unsigned: %v", err)
		}
		must(b.s.Arrive(idle, b.at(idle, r)))(b.t)
		b.sweep(time.Hour)
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM turned_away WHERE reason = 'wage.not_held' AND blame = 'employer'
				AND pay_fen = 2500`: 1,
			`SELECT COUNT(*) FROM turned_away WHERE reason = 'contract.not_signed'
				AND blame = 'worker' AND pay_fen = 0 AND line_id = ''`: 1,
			`SELECT COUNT(*) FROM turned_away`:                                    2,
			`SELECT COUNT(*) FROM wage_lines`:                                     1,
			`SELECT COUNT(*) FROM placements WHERE state = 'cancelled_by_worker'`: 2,
			`SELECT COUNT(*) FROM placements WHERE state = 'no_show'`:             0})
		b.lawful()
		b.exec(`UPDATE turned_away SET pay_fen = 1 WHERE blame = 'worker'`)
		if err := b.s.Check(b.clerk, b.d, b.clk.Now()); err == nil {
			b.t.Error("waiting pay without a line: nobody noticed")
		}
	})
}

// Goal: an early end pays what was worked, and half of the shift when the employer sent home.
func TestEarlyFinish(t *testing.T) {
	each(t, func(b *bundle) {
		for n, c := range []struct {
			after       time.Duration
			said        string
			boss        bool
			early       string
			work, floor int64
		}{
			{2 * time.Hour, "", false, "own", 120, 0},
			{2 * time.Hour, "sent_home", false, "sent_home", 120, 105},
			{2 * time.Hour, "", true, "sent_home", 120, 105},
			{2 * time.Hour, "own", true, "own", 120, 0},
			{6 * time.Hour, "sent_home", false, "sent_home", 330, 0},
			{8*time.Hour - 10*time.Minute, "sent_home", false, "", 440, 0},
		} {
			h, p := b.placed(n + 1)
			b.start(h, p)
			b.clk.Set(p.StartsAt.Add(c.after))
			in := b.at(h, p)
			in.Early = c.said
			who := h.Context
			if c.boss {
				in.EmployerID, who = b.employerID, b.boss
			}
			r := must(b.s.ClockOut(who, in))(b.t)
			if r.WorkedMin != c.work || r.FloorMin != c.floor {
				b.t.Errorf("%+v: got %d + %d minutes", c, r.WorkedMin, r.FloorMin)
			}
			if n := b.count(`SELECT COUNT(*) FROM timesheets WHERE placement_id = $1 AND early = $2`,
				p.ID, c.early); n != 1 {
				b.t.Errorf("%+v: early is another", c)
			}
			if n := b.count(`SELECT worked_min FROM wage_lines WHERE id = $1`,
				r.LineID); n != c.work+c.floor {
				b.t.Errorf("%+v: %d minutes paid", c, n)
			}
		}
		b.sweep(0)
		b.lawful()
	})
}

// Goal: a shift over midnight, with a paid and two unpaid breaks, pays the minutes between.
func TestNightWithBreaks(t *testing.T) {
	each(t, func(b *bundle) {
		v := b.vacancy(1)
		from := v.Shifts[0].StartsAt.Add(12 * time.Hour) // 22:00
		at := func(min int) time.Time { return from.Add(time.Duration(min) * time.Minute) }
		v.Shifts = []market.ShiftPlan{{StartsAt: from, EndsAt: at(480), Heads: 1,
			Breaks: []market.Break{{StartsAt: at(100), EndsAt: at(115), Paid: true},
				{StartsAt: at(110), EndsAt: at(140)}, {StartsAt: at(360), EndsAt: at(380)}}}}
		if _, err := b.market.PublishVacancy(b.boss, v); !fault.Is(err, "market.breaks") {
			b.t.Errorf("breaks that overlap: %v", err)
		}
		v.Keyed = b.key()
		v.Shifts[0].Breaks[0].EndsAt = at(110)
		h, p := b.placedOn(1, b.publish(v))
		b.start(h, p)
		b.clk.Set(at(370)) // past midnight, in the second unpaid break
		in := b.at(h, p)
		in.Early = "own"
		if r := must(b.s.ClockOut(h, in))(b.t); r.WorkedMin != 370-30-10 {
			b.t.Errorf("%d minutes", r.WorkedMin)
		}
		b.want(map[string]int64{`SELECT break_min FROM shifts`: 50})
		b.lawful()
	})
}

// Goal: piece work is paid by the pieces that were said at its end, which the other side may have
// corrected; a forgotten end pays the norm.
func TestPieces(t *testing.T) {
	each(t, func(b *bundle) {
		v := b.vacancy(2)
		v.PayUnit, v.RateFen = "piece", 50
		if _, err := b.market.PublishVacancy(b.boss, v); !fault.Is(err, "market.pieces") {
			b.t.Errorf("without a norm: %v", err)
		}
		v.Keyed, v.Shifts[0].Pieces = b.key(), 200
		if _, err := b.market.PublishVacancy(b.boss, v); !fault.Is(err, "market.under_minimum_wage") {
			b.t.Errorf("a norm that earns too little: %v", err)
		}
		v.Keyed, v.Shifts[0].Pieces = b.key(), 400
		shiftID := b.publish(v)
		h, p := b.placedOn(1, shiftID)
		forgetful, q := b.placedOn(2, shiftID)
		b.start(h, p)
		must(b.s.ClockIn(forgetful, b.at(forgetful, q)))(b.t)
		b.clk.Set(p.EndsAt)
		in := b.at(h, p)
		if _, err := b.s.ClockOut(h, in); !fault.Is(err, "attendance.pieces_missing") {
			b.t.Errorf("without pieces: %v", err)
		}
		in.Pieces = 801
		if _, err := b.s.ClockOut(h, in); !fault.Is(err, "attendance.pieces_many") {
			b.t.Errorf("too many: %v", err)
		}
		in.Pieces = 420
		must(b.s.ClockOut(h, in))(b.t)
		b.sweep(30 * time.Minute)
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM wage_lines WHERE pay_unit = 'piece' AND pieces = 420
				AND amount_fen = 21000`: 1,
			`SELECT COUNT(*) FROM timesheets WHERE forgotten AND pieces = 400`: 1})
		c := must(b.s.ProposeTimes(b.boss, attendance.Propose{Keyed: b.key(), PlacementID: p.ID,
			EmployerID: b.employerID, StartedAt: p.StartsAt, EndedAt: p.EndsAt, Pieces: 400,
			Reason: "返工二十件"}))(b.t)
		must(b.s.AnswerProposal(h, attendance.AnswerProposed{Keyed: b.key(), CorrectionID: c.ID,
			WorkerID: h.id, Grant: true}))(b.t)
		b.want(map[string]int64{`SELECT COUNT(*) FROM wage_lines WHERE state <> 'reversed'
			AND amount_fen = 20000`: 2})
		b.lawful()
	})
}

// Goal: the supervisor may let work go on, within bounds; it stays insured, and what the funds do
// not reach is owed.
func TestOverrun(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		b.start(h, p)
		stay := func(until time.Time) error {
			_, err := b.s.StayOn(b.boss, attendance.StayOn{Keyed: b.key(), PlacementID: p.ID,
				EmployerID: b.employerID, Until: until})
			return err
		}
		if err := stay(p.EndsAt); !fault.Is(err, "attendance.overrun_long") {
			b.t.Errorf("no overrun at all: %v", err)
		}
		// 7 h 30 are planned, 11 h may be worked in a day.
		if err := stay(p.EndsAt.Add(211 * time.Minute)); !fault.Is(err, "attendance.overrun_long") {
			b.t.Errorf("over eleven hours: %v", err)
		}
		until := p.EndsAt.Add(210 * time.Minute)
		must(true, stay(until))(b.t)
		b.spendAll()
		b.clk.Set(p.EndsAt)
		b.sweep(40 * time.Minute)
		b.want(map[string]int64{`SELECT COUNT(*) FROM timesheets WHERE state = 'started'`: 1})
		if n := b.count(`SELECT COUNT(*) FROM covers WHERE expires_at_ms = $1`,
			until.Add(time.Hour).UnixMilli()); n != 1 {
			b.t.Error("the cover does not reach to the way home")
		}
		b.clk.Set(until)
		r := must(b.s.ClockOut(h, b.at(h, p)))(b.t)
		if r.WorkedMin != 660 {
			b.t.Errorf("%d minutes", r.WorkedMin)
		}
		// 27500 are earned; 18750 and 15 % were held.
		b.want(map[string]int64{`SELECT unfunded_fen FROM wage_lines`: 27_500 - 21_563})
		b.sweep(24 * time.Hour)
		b.want(map[string]int64{`SELECT COUNT(*) FROM wage_warnings WHERE reason = 'funds'`: 1})
		b.lawful()
	})
}

// Goal: the employer's claim that less was worked holds back only the difference; silence and
// denial pay it, agreement reverses it; wholly or not at all, once among twenty.
func TestProposeTimes(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		b.work(h, p)
		in := attendance.Propose{Keyed: b.key(), PlacementID: p.ID, EmployerID: b.employerID,
			StartedAt: p.StartsAt, EndedAt: p.EndsAt.Add(-time.Hour), Reason: "提前走了一小时"}
		before := b.rows()
		_, err := b.breaking().ProposeTimes(b.boss, in)
		b.unchanged("propose", err, before)
		b.race("propose", "attendance.correction_open", func(k deed.Keyed) error {
			in := in
			in.Keyed = k
			_, err := b.s.ProposeTimes(b.boss, in)
			return err
		})
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM wage_lines WHERE state = 'reversed' AND amount_fen = 18750`:  1,
			`SELECT COUNT(*) FROM wage_lines WHERE state = 'confirmed' AND amount_fen = 16250`: 1,
			`SELECT COUNT(*) FROM wage_lines WHERE state = 'disputed' AND amount_fen = 2500`:   1,
			`SELECT COUNT(*) FROM timesheets WHERE worked_min = 450`:                           1,
			`SELECT COUNT(*) FROM messages WHERE template = 'hours_disputed'`:                  1})
		b.lawful()
		b.sweep(7*time.Hour - time.Millisecond)
		b.want(map[string]int64{`SELECT COUNT(*) FROM corrections WHERE state = 'asked'`: 1})
		b.sweep(time.Millisecond) // silence
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM corrections WHERE state = 'lapsed'`: 1,
			`SELECT COUNT(*) FROM wage_lines WHERE state IN ('confirmed', 'instructed')
				AND amount_fen = 2500`: 1,
			`SELECT COUNT(*) FROM timesheets WHERE worked_min = 450`: 1})
		b.sweep(time.Hour + time.Millisecond)
		in.Keyed = b.key()
		if _, err := b.s.ProposeTimes(b.boss, in); !fault.Is(err, "attendance.correction_closed") {
			b.t.Errorf("after eight hours: %v", err)
		}
		b.lawful()
	})
}

// Goal: the worker answers once; a proposal in the worker's favour needs no answer; what is paid
// cannot be taken back.
func TestAnswerProposal(t *testing.T) {
	each(t, func(b *bundle) {
		propose := func(p market.PlacementView, by time.Duration) (attendance.CorrectionView, error) {
			return b.s.ProposeTimes(b.boss, attendance.Propose{Keyed: b.key(), PlacementID: p.ID,
				EmployerID: b.employerID, StartedAt: p.StartsAt, EndedAt: p.EndsAt.Add(by), Reason: "核对"})
		}
		for n, grant := range []bool{true, false} {
			h, p := b.placed(n + 1)
			b.work(h, p)
			c := must(propose(p, -time.Hour))(b.t)
			list := must(b.s.FindProposals(h, attendance.Proposals{WorkerID: h.id}))(b.t).Corrections
			if len(list) != 1 || list[0].ID != c.ID {
				b.t.Errorf("the worker sees %+v", list)
			}
			b.race("answer", "attendance.correction_answered", func(k deed.Keyed) error {
				k.IdempotencyKey += c.ID
				_, err := b.s.AnswerProposal(h, attendance.AnswerProposed{Keyed: k, CorrectionID: c.ID,
					WorkerID: h.id, Grant: grant})
				return err
			})
			state, minutes := "confirmed", int64(450)
			if grant {
				state, minutes = "reversed", 390
			}
			if n := b.count(`SELECT COUNT(*) FROM wage_lines WHERE id = $1 AND state = $2`,
				c.DisputedLineID, state); n != 1 {
				b.t.Errorf("grant %v: the disputed line is not %s", grant, state)
			}
			if n := b.count(`SELECT worked_min FROM timesheets WHERE placement_id = $1`,
				p.ID); n != minutes {
				b.t.Errorf("grant %v: %d minutes", grant, n)
			}
			if grant {
				more := must(propose(p, 0))(b.t)
				if more.State != "granted" || more.DisputedLineID != "" {
					b.t.Errorf("more pay: %+v", more)
				}
				continue
			}
			b.sweep(0) // the confirmed line is on its way
			if _, err := propose(p, -7*time.Hour); !fault.Is(err, "wage.below_paid") {
				b.t.Errorf("below what is on its way: %v", err)
			}
		}
		b.lawful()
	})
}

// Goal: piece work that the employer ends early is paid to half of its norm, also when not one
// piece was made; who leaves of the own wish is paid the pieces.
func TestPiecesFloor(t *testing.T) {
	each(t, func(b *bundle) {
		v := b.vacancy(3)
		v.PayUnit, v.RateFen, v.Shifts[0].Pieces = "piece", 50, 400
		shiftID := b.publish(v)
		for n, c := range []struct {
			pieces, floor, fen int64
			early              string
		}{{100, 100, 10_000, "sent_home"}, {0, 200, 10_000, "sent_home"}, {100, 0, 5_000, "own"}} {
			h, p := b.placedOn(n+1, shiftID)
			b.clk.Set(p.StartsAt)
			must(b.s.ClockIn(h, b.at(h, p)))(b.t)
			b.clk.Add(time.Minute)
			in := b.at(h, p)
			in.Pieces, in.Early = c.pieces, c.early
			r := must(b.s.ClockOut(h, in))(b.t)
			if r.FloorPieces != c.floor || r.FloorMin != 0 || r.Pieces != c.pieces {
				b.t.Errorf("%+v: receipt %+v", c, r)
			}
			if n := b.count(`SELECT COUNT(*) FROM wage_lines WHERE id = $1 AND amount_fen = $2`,
				r.LineID, c.fen); n != 1 {
				b.t.Errorf("%+v: no such line", c)
			}
		}
		b.lawful()
	})
}
