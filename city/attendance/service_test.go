package attendance_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: an arrival is one event and one sheet, once a key, once among twenty, and needs nothing.
func TestArrive(t *testing.T) {
	each(t, func(b *bundle) {
		h := b.worker(1)
		p := b.accept(h, b.shift(1)) // unsigned: it is evidence all the same
		if _, err := b.s.Arrive(h, b.at(h, p)); !fault.Is(err, "attendance.too_early") {
			b.t.Errorf("two hours before: %v", err)
		}
		b.clk.Set(p.StartsAt.Add(-time.Hour))
		in := b.at(h, p)
		in.Token = "forged"
		if _, err := b.s.Arrive(h, in); !fault.Is(err, "station.qr_forged") {
			b.t.Errorf("forged: %v", err)
		}
		in = b.at(h, p)
		b.race("arrive", "attendance.already_arrived", func(k deed.Keyed) error {
			in := in
			in.Keyed = k
			_, err := b.s.Arrive(h, in)
			return err
		})
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'arrival' AND means = 'qr'`: 1,
			`SELECT COUNT(*) FROM timesheets WHERE state = 'arrived'`:                   1,
			`SELECT COUNT(*) FROM changes WHERE topic = 'attendance.arrived.v1'`:        1})
		other, q := b.placed(2)
		b.clk.Set(q.StartsAt)
		in = b.at(other, q)
		once(b, "arrive", func(k deed.Keyed) (attendance.Receipt, error) {
			in.Keyed = k
			return b.s.Arrive(other, in)
		})
		b.lawful()
	})
}

// Goal: a start writes all its rows or none, once a key, once among twenty and two phones.
func TestClockIn(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		b.clk.Set(p.StartsAt)
		before := b.rows()
		_, err := b.breaking().ClockIn(h, b.at(h, p))
		b.unchanged("start", err, before)
		phones := []hand{h, {b.logIn("13900000001"), h.id}} // one worker, two sessions
		in := b.at(h, p)
		var n atomic.Int64
		b.race("start", "attendance.already_started", func(k deed.Keyed) error {
			in := in
			in.Keyed = k
			_, err := b.s.ClockIn(phones[n.Add(1)%2], in)
			return err
		})
		in.Keyed = deed.Key("another scan")
		if _, err := b.s.ClockIn(phones[1], in); !fault.Is(err, "attendance.already_started") {
			b.t.Errorf("scanned again: %v", err)
		}
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'start'`:                1,
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'arrival'`:              1,
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'refused'`:              0,
			`SELECT COUNT(*) FROM covers`:                                           1,
			`SELECT COUNT(*) FROM placements WHERE state = 'started'`:               1,
			`SELECT COUNT(*) FROM changes WHERE topic = 'attendance.clocked_in.v1'`: 1})
		other, q := b.placed(2)
		b.clk.Set(q.StartsAt)
		in = b.at(other, q)
		r := once(b, "start", func(k deed.Keyed) (attendance.Receipt, error) {
			in.Keyed = k
			return b.s.ClockIn(other, in)
		})
		if r.CoverID == "" || r.Kind != "start" {
			b.t.Errorf("receipt %+v", r)
		}
		b.lawful()
	})
}

// Goal: an end writes all its rows or none, once a key, once among twenty.
func TestClockOut(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		if _, err := b.s.ClockOut(h, b.at(h, p)); !fault.Is(err, "attendance.not_started") {
			b.t.Errorf("before the start: %v", err)
		}
		b.start(h, p)
		b.clk.Set(p.EndsAt)
		before := b.rows()
		_, err := b.breaking().ClockOut(h, b.at(h, p))
		b.unchanged("end", err, before)
		in := b.at(h, p)
		b.race("end", "attendance.not_started", func(k deed.Keyed) error {
			in := in
			in.Keyed = k
			_, err := b.s.ClockOut(h, in)
			return err
		})
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'end'`:     1,
			`SELECT COUNT(*) FROM wage_lines WHERE amount_fen = 18750`: 1,
			`SELECT COUNT(*) FROM placements WHERE state = 'done'`:     1,
			`SELECT COUNT(*) FROM timesheets WHERE worked_min = 450`:   1,
			`SELECT COUNT(*) FROM timesheets WHERE early <> ''`:        0,
			`SELECT COUNT(*) FROM covers WHERE expires_at_ms > 0`:      1,
		})
		other, q := b.placed(2)
		b.start(other, q)
		b.clk.Set(q.EndsAt)
		in = b.at(other, q)
		once(b, "end", func(k deed.Keyed) (attendance.Receipt, error) {
			in.Keyed = k
			return b.s.ClockOut(other, in)
		})
		b.lawful()
	})
}

// Goal: a granted correction reverses and rewrites, wholly or not at all, once; a denial leaves the
// pay as it was.
func TestCorrections(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		b.work(h, p)
		ask := attendance.AskCorrection{PlacementID: p.ID, WorkerID: h.id, StartedAt: p.StartsAt,
			EndedAt: p.EndsAt.Add(30 * time.Minute), Reason: "多干半小时"}
		b.clk.Add(time.Hour)
		b.race("ask", "attendance.correction_open", func(k deed.Keyed) error {
			in := ask
			in.Keyed = k
			_, err := b.s.AskCorrection(h, in)
			return err
		})
		open := must(b.s.FindCorrections(b.boss, attendance.Corrections{EmployerID: b.employerID}))(b.t)
		if len(open.Corrections) != 1 || !open.Corrections[0].AnswerBy.Equal(
			b.clk.Now().Add(10*time.Hour)) {
			b.t.Fatalf("open: %+v", open)
		}
		answer := attendance.Answer{Keyed: b.key(), CorrectionID: open.Corrections[0].ID,
			EmployerID: b.employerID, Grant: true}
		before := b.rows()
		_, err := b.breaking().AnswerCorrection(b.boss, answer)
		b.unchanged("grant", err, before)
		b.race("grant", "attendance.correction_answered", func(k deed.Keyed) error {
			in := answer
			in.Keyed = k
			_, err := b.s.AnswerCorrection(b.boss, in)
			return err
		})
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'reversal'`:                        2,
			`SELECT COUNT(*) FROM timesheets WHERE worked_min = 480`:                           1,
			`SELECT COUNT(*) FROM wage_lines WHERE state = 'reversed'`:                         1,
			`SELECT COUNT(*) FROM wage_lines WHERE state = 'accrued' AND amount_fen = 20000`:   1,
			`SELECT COUNT(*) FROM corrections WHERE state = 'granted' AND asked_by = 'worker'`: 1})
		ask.Keyed = b.key()
		c := must(b.s.AskCorrection(h, ask))(b.t)
		answer.CorrectionID, answer.Grant, answer.Words = c.ID, false, "没有"
		once(b, "deny", func(k deed.Keyed) (attendance.CorrectionView, error) {
			answer.Keyed = k
			return b.s.AnswerCorrection(b.boss, answer)
		})
		b.lawful()
	})
}

// Goal: a request that the employer leaves lying goes to a clerk, who may answer it.
func TestOverdueCorrection(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		b.work(h, p)
		c := must(b.s.AskCorrection(h, attendance.AskCorrection{Keyed: b.key(), PlacementID: p.ID,
			WorkerID: h.id, StartedAt: p.StartsAt, EndedAt: p.EndsAt.Add(-time.Minute),
			Reason: "早走一分钟"}))(b.t)
		due := func() int {
			return len(must(b.s.FindOverdueCorrections(b.clerk,
				attendance.OverdueCorrections{}))(b.t).Corrections)
		}
		b.clk.Add(10*time.Hour - time.Millisecond)
		if n := due(); n != 0 {
			b.t.Errorf("%d overdue before their time", n)
		}
		b.clk.Add(time.Millisecond)
		if n := due(); n != 1 {
			b.t.Errorf("%d overdue", n)
		}
		must(b.s.AnswerCorrection(b.clerk, attendance.Answer{Keyed: b.key(), CorrectionID: c.ID,
			EmployerID: b.employerID, Grant: true}))(b.t)
		if n := due(); n != 0 {
			b.t.Errorf("%d overdue when answered", n)
		}
		b.lawful()
	})
}

// Goal: each law of the clock notices what would break it.
func TestCheck(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		b.work(h, p)
		b.lawful()
		for _, s := range []struct{ spoil, mend string }{
			{`UPDATE covers SET effective_at_ms = effective_at_ms + 60000`,
				`UPDATE covers SET effective_at_ms = effective_at_ms - 60000`},
			{`UPDATE contracts SET signed_at_ms = signed_at_ms + 86400000`,
				`UPDATE contracts SET signed_at_ms = signed_at_ms - 86400000`},
			{`UPDATE timesheets SET state = 'started'`, `UPDATE timesheets SET state = 'ended'`},
		} {
			b.exec(s.spoil)
			if err := b.s.Check(b.clerk, b.d, b.clk.Now()); err == nil {
				b.t.Errorf("%s: nobody noticed", s.spoil)
			}
			b.exec(s.mend)
		}
		if err := b.s.Check(b.clerk, b.d, b.clk.Now()); err != nil {
			b.t.Errorf("mended: %v", err)
		}
	})
}
