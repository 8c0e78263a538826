package complaint_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

func each(t *testing.T, fn func(t *testing.T, b *bundle)) {
	t.Helper()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) { fn(t, setup(t, d, clk)) })
}

const day = 24 * time.Hour

// Goal: a complaint goes from receipt to answer, each stage with its own clock; upheld, the false
// vacancy is gone, credit is told, and the complainant hears of it.
func TestUpheld(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		in := b.lie()
		c, err := b.FileComplaint(b.worker, in)
		ok(t, err)
		again, err := b.FileComplaint(b.worker, in)
		if err != nil || again.ID != c.ID || b.count(`SELECT COUNT(*) FROM complaints`) != 1 {
			t.Errorf("the same key: %+v, %v", again, err)
		}
		if c.State != complaint.Received || c.EmployerID != boss || c.DueOn != "2026-03-04" ||
			c.LegalOn != "2026-03-09" || c.AccountID != "acc_worker" {
			t.Errorf("received: %+v", c)
		}
		c, err = b.AcceptComplaint(b.clerk, complaint.Accept{Keyed: b.key(), ComplaintID: c.ID,
			Accept: true})
		if err != nil || c.State != complaint.Accepted || c.DueOn != "2026-03-16" ||
			c.OwnerID != "acc_clerk" {
			t.Errorf("accepted: %+v, %v", c, err)
		}
		b.clk.Add(day)
		c, err = b.Investigate(b.other, complaint.Step{Keyed: b.key(), ComplaintID: c.ID})
		if err != nil || c.DueOn != "2026-03-16" || c.OwnerID != "acc_other" {
			t.Errorf("one clock runs through both: %+v, %v", c, err)
		}
		c, err = b.decide(c.ID, true)
		if err != nil || c.Decision != complaint.Upheld || c.DueOn != "2026-03-05" {
			t.Errorf("decided: %+v, %v", c, err)
		}
		if b.count(`SELECT COUNT(*) FROM vacancies WHERE state = 'closed'`) != 1 ||
			!slices.Equal(b.told(c.ID), []string{"upheld emp_1 false_vacancy"}) {
			t.Errorf("what follows: %v", b.told(c.ID))
		}
		if v := b.answer(c.ID); v.State != complaint.Answered || v.DueOn != "" {
			t.Errorf("answered: %+v", v)
		}
		full, err := b.ShowComplaint(b.worker, complaint.Get{ComplaintID: c.ID})
		if err != nil || len(full.Steps) != 5 || full.Answer == "" {
			t.Errorf("the complainant reads %+v, %v", full, err)
		}
		if n := b.count(`SELECT COUNT(*) FROM messages WHERE account_id = 'acc_worker'`); n != 2 {
			t.Errorf("%d messages to the complainant, want accepted and answered", n)
		}
		over := func() complaint.Over {
			t.Helper()
			all, err := b.OverTx(b.worker, b.d, []string{c.ID, "cmp_unknown"})
			if err != nil || len(all) > 1 {
				t.Errorf("over: %v, %v", all, err)
			}
			return all[c.ID]
		}
		if o := over(); o != (complaint.Over{}) {
			t.Errorf("an answer may be taken up again: %+v", o)
		}
		b.clk.Add(15*day + time.Hour)
		b.sweep()
		if o := over(); o.State != complaint.Closed || o.At.IsZero() {
			t.Errorf("closed: %+v", o)
		}
		if b.count(`SELECT COUNT(*) FROM complaints WHERE state = 'closed'`) != 1 {
			t.Error("an answer that stands is not closed")
		}
		if n, steps := b.count(`SELECT COUNT(*) FROM changes WHERE topic = 'complaint.moved.v1'`),
			b.count(`SELECT COUNT(*) FROM complaint_steps`); n != steps || n != 6 {
			t.Errorf("%d events of %d steps", n, steps)
		}
	})
}

// Goal: bad input gets one sentence with a code, and leaves nothing.
func TestFileRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for _, c := range []struct {
			code  string
			spoil func(*complaint.File)
		}{
			{"complaint.words", func(f *complaint.File) { f.Words = "  假的 " }},
			{"complaint.words", func(f *complaint.File) { f.Words = strings.Repeat("字", 2001) }},
			{"complaint.digest", func(f *complaint.File) { f.Digest = "abc" }},
			{"complaint.subject_missing", func(f *complaint.File) { f.SubjectID = "" }},
			{"complaint.subject", func(f *complaint.File) { f.Subject = complaint.OnEmployer }},
			{"complaint.subject", func(f *complaint.File) { f.Kind = complaint.StaffConduct }},
			{"complaint.subject_not_found", func(f *complaint.File) { f.SubjectID = "vac_0" }},
			{"complaint.subject_not_found", func(f *complaint.File) {
				f.Kind, f.Subject, f.SubjectID = complaint.StaffConduct, complaint.OnStaff, "acc_worker"
			}},
			{"people.employer_not_found", func(f *complaint.File) {
				f.Kind, f.Subject, f.SubjectID = complaint.Unpaid, complaint.OnEmployer, "emp_0"
			}},
		} {
			in := b.lie()
			c.spoil(&in)
			if _, err := b.FileComplaint(b.worker, in); !fault.Is(err, c.code) {
				t.Errorf("want %s, got %v", c.code, err)
			}
		}
		if n := b.count(`SELECT COUNT(*) FROM complaints`); n != 0 {
			t.Errorf("%d complaints of refused input", n)
		}
		if _, err := b.FileComplaint(context.Background(), b.lie()); !fault.Is(err,
			"people.not_logged_in") {
			t.Errorf("nobody: %v", err)
		}
	})
}

// Goal: who complains anonymously is nowhere in clear, and is answered and finds the complaint all
// the same; a stranger finds nothing.
func TestAnonymous(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		in := b.lie()
		in.Anonymous, in.Digest = true, strings.Repeat("ab", 32)
		id := b.investigated(in)
		_, err := b.AddNote(b.worker, complaint.Note{Keyed: b.key(), ComplaintID: id,
			Words: "这是通话记录"})
		ok(t, err)
		_, err = b.decide(id, false)
		ok(t, err)
		b.answer(id)
		for _, q := range []string{
			`SELECT COUNT(*) FROM complaints WHERE account_id <> ''`,
			`SELECT COUNT(*) FROM complaint_steps WHERE account_id = 'acc_worker'`,
			`SELECT COUNT(*) FROM complaint_notes WHERE account_id <> ''`,
			`SELECT COUNT(*) FROM deeds WHERE scope LIKE 'complaint.%acc_worker%'`,
			`SELECT COUNT(*) FROM messages WHERE key LIKE '%` + id + `%' AND account_id = 'acc_worker'`,
		} {
			if n := b.count(q); n != 0 {
				t.Errorf("%s: %d", q, n)
			}
		}
		if n := b.count(`SELECT COUNT(*) FROM messages WHERE account_id = 'acc_worker'`); n != 2 {
			t.Errorf("%d messages, want accepted and answered", n)
		}
		seen, err := b.ShowComplaint(b.clerk, complaint.Get{ComplaintID: id})
		if err != nil || seen.AccountID != "" || len(seen.Notes) != 2 {
			t.Errorf("the clerk sees %+v, %v", seen, err)
		}
		own, err := b.FindMine(b.worker, complaint.Mine{})
		if err != nil || len(own.Complaints) != 1 {
			t.Errorf("own: %+v, %v", own, err)
		}
		if _, err := b.ShowComplaint(b.stranger, complaint.Get{ComplaintID: id}); !fault.Is(err,
			"complaint.not_found") {
			t.Errorf("a stranger: %v", err)
		}
		b.lawful()
	})
}

// Goal: a second look, once; when the decision falls, credit is told that it fell.
func TestReopened(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		id := b.investigated(b.lie())
		_, err := b.decide(id, true)
		ok(t, err)
		again := complaint.Reopen{Keyed: b.key(), ComplaintID: id, Words: "还有证人没有问"}
		if _, err := b.ReopenComplaint(b.worker, again); !fault.Is(err, "complaint.state") {
			t.Errorf("before the answer: %v", err)
		}
		b.answer(id)
		if _, err := b.ReopenComplaint(b.stranger, again); !fault.Is(err, "complaint.not_found") {
			t.Errorf("a stranger: %v", err)
		}
		v, err := b.ReopenComplaint(b.worker, again)
		if err != nil || v.State != complaint.Accepted || v.OwnerID != "" || v.DueOn == "" {
			t.Errorf("reopened: %+v, %v", v, err)
		}
		b.looked(id)
		_, err = b.decide(id, false)
		ok(t, err)
		b.answer(id)
		if got := b.told(id); !slices.Equal(got, []string{"fell", "upheld emp_1 false_vacancy"}) {
			t.Errorf("told %v", got)
		}
		again.Keyed = b.key()
		if _, err := b.ReopenComplaint(b.worker, again); !fault.Is(err, "complaint.reopened") {
			t.Errorf("a third look: %v", err)
		}
		b.lawful()
	})
}

// Goal: not accepted needs a reason, which is told, and can be looked at once more.
func TestNotAccepted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		c, err := b.FileComplaint(b.worker, b.lie())
		ok(t, err)
		no := complaint.Accept{Keyed: b.key(), ComplaintID: c.ID}
		if _, err := b.AcceptComplaint(b.clerk, no); !fault.Is(err, "complaint.reason_missing") {
			t.Errorf("without a reason: %v", err)
		}
		no.Reason = "请向劳动监察投诉"
		v, err := b.AcceptComplaint(b.clerk, no)
		if err != nil || v.State != complaint.NotAccepted || v.DueOn != "" {
			t.Errorf("not accepted: %+v, %v", v, err)
		}
		v, err = b.ReopenComplaint(b.worker, complaint.Reopen{Keyed: b.key(), ComplaintID: c.ID,
			Words: "监察说归你们管"})
		if err != nil || v.State != complaint.Received || v.DueOn == "" {
			t.Errorf("reopened: %+v, %v", v, err)
		}
		b.lawful()
	})
}

// Goal: who is complained of, or acts for the employer who is, neither sees nor handles it.
func TestOwnCase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		c, err := b.FileComplaint(b.worker, complaint.File{Keyed: b.key(), SubjectID: "acc_clerk",
			Kind: complaint.StaffConduct, Subject: complaint.OnStaff, Words: "态度恶劣不给办"})
		ok(t, err)
		_, err = b.AcceptComplaint(b.clerk, complaint.Accept{Keyed: b.key(), ComplaintID: c.ID,
			Accept: true})
		if !fault.Is(err, "complaint.own_case") {
			t.Errorf("handles it: %v", err)
		}
		if _, err := b.ShowComplaint(b.clerk, complaint.Get{ComplaintID: c.ID}); !fault.Is(err,
			"complaint.own_case") {
			t.Errorf("sees it: %v", err)
		}
		for ctx, want := range map[context.Context]int{b.clerk: 0, b.other: 1} {
			q, err := b.FindOpen(ctx, complaint.Queue{})
			if err != nil || len(q.Complaints) != want {
				t.Errorf("queue: %+v, %v, want %d", q, err, want)
			}
		}
		c, err = b.FileComplaint(b.worker, b.lie())
		ok(t, err)
		both := people.WithActor(context.Background(), people.Actor{AccountID: "acc_other",
			EmployerID: boss, Roles: []people.Role{people.RoleClerk, people.RoleSupervisor}})
		if _, err := b.ShowComplaint(both, complaint.Get{ComplaintID: c.ID}); !fault.Is(err,
			"complaint.own_case") {
			t.Errorf("a clerk of the employer sees it: %v", err)
		}
		if _, err := b.AcceptComplaint(both, complaint.Accept{Keyed: b.key(), ComplaintID: c.ID,
			Accept: true}); !fault.Is(err, "complaint.own_case") {
			t.Errorf("a clerk of the employer handles it: %v", err)
		}
	})
}

// Goal: the queue comes whole, page after page, the first due first; what is complained of the
// asker is on no page.
func TestQueuePages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		c, err := b.FileComplaint(b.worker, complaint.File{Keyed: b.key(), SubjectID: "acc_clerk",
			Kind: complaint.StaffConduct, Subject: complaint.OnStaff, Words: "态度恶劣不给办"})
		ok(t, err)
		dbtest.Copies(t, b.d, "complaints", c.ID, 250, map[string]string{
			"id":         "'cmp_x' || CAST(1000 + i AS TEXT)",
			"due_on":     "'2026-04-' || CAST(10 + i % 9 AS TEXT)",
			"subject_id": "CASE WHEN i % 2 = 0 THEN 'acc_clerk' ELSE 'acc_third' END"})
		for ctx, rows := range map[context.Context]int{b.clerk: 125, b.other: 251} {
			all := dbtest.Whole(t, rows, 3, func(v complaint.View) string { return v.ID },
				func(after string) ([]complaint.View, string, error) {
					q, err := b.FindOpen(ctx, complaint.Queue{After: after})
					return q.Complaints, q.Next, err
				})
			if !slices.IsSortedFunc(all, func(a, b complaint.View) int {
				return strings.Compare(string(a.DueOn)+a.ID, string(b.DueOn)+b.ID)
			}) {
				t.Error("not the first due first")
			}
		}
		if _, err := b.FindOpen(b.clerk, complaint.Queue{After: "x"}); !fault.Is(err, "db.mark") {
			t.Error(err)
		}
	})
}

// Goal: a clock that runs out warns once before and once on its last day, over a weekend too, and
// stands as overdue with its owner the day after.
func TestClocks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		id := b.investigated(b.lie()) // Monday 2 March: decided by Monday 16
		for _, c := range []struct {
			after time.Duration
			want  int64
		}{{10 * day, 0}, {day, 1}, {2 * day, 1}, {day, 2}, {day, 2}} {
			b.clk.Add(c.after)
			b.sweep()
			if n := b.count(`SELECT COUNT(*) FROM complaint_warnings`); n != c.want {
				t.Errorf("on %s: %d warnings, want %d", b.clk.Now(), n, c.want)
			}
		}
		q, err := b.FindOpen(b.clerk, complaint.Queue{})
		if err != nil || len(q.Complaints) != 1 || !q.Complaints[0].Overdue ||
			q.Complaints[0].OwnerID != "acc_clerk" || q.Complaints[0].ID != id {
			t.Errorf("queue: %+v, %v", q, err)
		}
		if n := b.count(`SELECT COUNT(*) FROM messages WHERE account_id = 'acc_clerk'`); n != 2 {
			t.Errorf("%d messages to the owner, want 2", n)
		}
	})
}

// Goal: when the last step of a decision fails, nothing of it happened: the vacancy is still there.
func TestLastStep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		id := b.investigated(b.lie())
		b.fail = errLastStep
		if _, err := b.decide(id, true); !errors.Is(err, errLastStep) {
			t.Fatalf("got %v", err)
		}
		if b.count(`SELECT COUNT(*) FROM vacancies WHERE state = 'published'`) != 1 ||
			b.count(`SELECT COUNT(*) FROM complaints WHERE state = 'investigating'`) != 1 ||
			b.count(`SELECT COUNT(*) FROM complaint_steps`) != 3 {
			t.Error("a decision that failed left something")
		}
		b.fail = nil
		_, err := b.decide(id, true)
		ok(t, err)
	})
}

// Goal: of twenty clerks one decides.
func TestDecideRace(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		id := b.investigated(b.lie())
		var won atomic.Int64
		var wg sync.WaitGroup
		for n := range 20 {
			wg.Go(func() {
				_, err := b.decide(id, n%2 == 0)
				if err == nil {
					won.Add(1)
				} else if !fault.Is(err, "complaint.state") {
					t.Errorf("a loser hears %v", err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || b.count(`SELECT COUNT(*) FROM complaint_steps`) != 4 {
			t.Errorf("%d winners", won.Load())
		}
		b.lawful()
	})
}

// Goal: Check finds each law broken.
func TestCheckBlames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		in := b.lie()
		in.Anonymous = true
		id := b.investigated(in)
		_, err := b.decide(id, true)
		ok(t, err)
		for _, c := range []struct{ breaks, mends, want string }{
			{`UPDATE complaints SET state = 'closed'`, `UPDATE complaints SET state = 'upheld'`,
				"last step"},
			{`UPDATE vacancies SET state = 'published'`, `UPDATE vacancies SET state = 'closed'`,
				"was false"},
			{`UPDATE complaints SET account_id = 'a'`, `UPDATE complaints SET account_id = ''`, "anonymous"},
			{`UPDATE complaints SET due_on = '2026-02-27'`, `UPDATE complaints SET due_on = ''`, "overdue"},
			{`UPDATE complaints SET contact_sealed = ''`, ``, "not sealed"},
		} {
			b.exec(c.breaks)
			err := b.Check(context.Background(), b.d, b.clk.Now())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: got %v", c.breaks, err)
			}
			if c.mends != "" {
				b.exec(c.mends)
				b.lawful()
			}
		}
	})
}
