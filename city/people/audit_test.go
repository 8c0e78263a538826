package people_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// looked makes some audit rows about two workers, a minute apart, and seals them.
func looked(t *testing.T, b *bundle) (ctx context.Context, first, second string) {
	t.Helper()
	ctx, v := b.worker(t, phoneA, idA)
	_, w := b.worker(t, phoneB, idB)
	for i := range 6 {
		b.clk.Add(time.Minute)
		_, err := b.ShowNumber(as(clerk), people.ShowNumber{WorkerID: []string{v.ID, w.ID}[i%2],
			What: "id_number", Reason: fmt.Sprintf("第%d次核对", i)})
		if err != nil {
			t.Fatal(err)
		}
	}
	b.clk.Add(2 * time.Minute)
	return ctx, v.ID, w.ID
}

func (b *bundle) seal(t *testing.T) int {
	t.Helper()
	n, err := b.Sweeps()[1].Run(context.Background(), b.clk.Now())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Goal: staff say why they look, workers need not; the reason stands in the log, without numbers.
func TestReason(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx, v := b.worker(t, phoneA, idA)
		look := func(ctx context.Context, reason string) error {
			_, err := b.ShowNumber(ctx, people.ShowNumber{WorkerID: v.ID, What: "phone", Reason: reason})
			return err
		}
		wantCode(t, "own", look(ctx, ""), "")
		wantCode(t, "staff, silent", look(as(clerk), " "), "people.reason_missing")
		wantCode(t, "with a number", look(as(clerk), "打 "+phoneB), "people.text_number")
		wantCode(t, "staff, saying why", look(as(clerk), "电话通知面试"), "")
		list, err := b.FindAudits(ctx, people.Get{WorkerID: v.ID})
		if err != nil || len(list.Audits) != 2 || list.Audits[0].Reason != "电话通知面试" ||
			list.Audits[0].N != 2 || list.Audits[0].Hash == list.Audits[1].Hash {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// Goal: the audit log is sealed, and the check finds a row that was changed, removed (in the
// middle, at the end of a chain, a whole chain) or slipped in, a seal that was cut off, and a log
// that was written anew.
func TestAuditChain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx, first, second := looked(t, b)
		check := func() error { return (&people.Service{}).Check(ctx, d, clk.Now()) }
		if err := check(); err != nil {
			t.Fatal(err)
		}
		if n := b.seal(t); n != 6 {
			t.Fatalf("sealed %d rows", n)
		}
		if n := b.seal(t); n != 0 {
			t.Fatalf("sealed %d rows again", n)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM changes
			WHERE topic = 'people.audit_sealed.v1'`); n != 1 {
			t.Errorf("%d seals were told", n)
		}
		if err := check(); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ law, breach string }{
			{"is not as it was written", `UPDATE audit SET account_id = 'acc_other' WHERE n = 2`},
			{"is not as it was written", `UPDATE audit SET reason = '' WHERE n = 1`},
			{"is not as it was written", `UPDATE audit SET at_ms = at_ms - 1 WHERE n = 3`},
			{"row 3 behind row 1", `DELETE FROM audit WHERE n = 2 AND subject = $1`},
			{"does not fit", `DELETE FROM audit WHERE n = 3 AND subject = $1`},
			{"does not fit", `DELETE FROM audit WHERE subject = $1`},
			{"is not as it was written", `INSERT INTO audit(id, account_id, what, subject, reason,
				at_ms, n, hash) SELECT 'aud_x', account_id, what, subject, reason, at_ms, 4, hash
				FROM audit WHERE n = 3 AND subject = $1`},
			{"seal 1 of the audit log was told", `DELETE FROM audit_seals`},
			{"does not fit", `UPDATE audit_seals SET rows_count = rows_count + 1`},
			{"seal 2 of the audit log does not fit", `UPDATE audit_seals SET n = 2`},
		} {
			args := []any{}
			if strings.Contains(c.breach, "$1") {
				args = append(args, first)
			}
			if err := breached(d, c.breach, args); !strings.Contains(err.Error(), c.law) {
				t.Errorf("%s: %v", c.breach, err)
			}
		}
		if err := check(); err != nil || second == first {
			t.Errorf("after the breaches were rolled back: %v", err)
		}
	})
}

// Goal: twenty racers on one person's log and twenty on many: every look is on record, the chains
// hold, and looks at different people do not wait for each other's retries.
func TestAuditRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		_, v := b.worker(t, phoneA, idA)
		_, w := b.worker(t, phoneB, idB)
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				_, err := b.ShowNumber(as(clerk), people.ShowNumber{WorkerID: []string{v.ID, w.ID}[i%2],
					What: "id_number", Reason: "核对"})
				if err != nil {
					t.Errorf("look %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := b.count(t, `SELECT COUNT(*) FROM audit`); n != 20 {
			t.Errorf("%d rows", n)
		}
		clk.Add(time.Hour)
		b.seal(t)
		if err := b.Check(context.Background(), d, clk.Now()); err != nil {
			t.Error(err)
		}
	})
}
