package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sandbox"
)

func (b *bundle) unclaimed(state string) []ledger.UnclaimedView {
	b.t.Helper()
	list, err := b.s.FindUnclaimed(b.clerk(), ledger.FindUnclaimed{State: state})
	b.must(err)
	return list.Credits
}

func (b *bundle) assign(key, id, code string) (ledger.UnclaimedView, error) {
	return b.s.AssignCredit(b.clerk(), ledger.AssignCredit{Keyed: deed.Key(key), CreditID: id,
		USCC: code, Words: "付款人出示了回单"})
}

func (b *bundle) differences() []ledger.DifferenceView {
	b.t.Helper()
	open, err := b.s.FindDifferences(b.clerk(), ledger.FindDifferences{})
	b.must(err)
	return open.Differences
}

// Goal: a credit is the employer's whose credit code its reference is, however that is written, or
// whose id it is; the reconciliation sees all of them, each once, and no difference.
func TestCreditByCode(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		for i, reference := range []string{"emp", "code of emp", " CODE OF EMP", "code of emp",
			"CODE OF emp "} {
			o.must(o.box.Credit(o.ctx, fmt.Sprint("cr", i), reference, 100))
		}
		o.faults["bank.credit cr2"] = sandbox.Duplicate
		o.must(o.run("ledger.credits"))
		if o.free() != 500 || o.balance(ledger.Bank("emp")) != -500 || len(o.unclaimed("")) != 0 ||
			len(o.unclaimed("ended")) != 0 {
			t.Fatalf("%d free; %+v", o.free(), o.unclaimed(""))
		}
		clk.Add(24 * time.Hour)
		o.must(o.run("ledger.reconcile"))
		lines, err := db.Get[int64](o.ctx, d, `SELECT SUM(lines) FROM reconciliations`)
		if err != nil || lines != 5 || len(o.differences()) != 0 {
			t.Fatalf("%d lines, %v; %+v", lines, err, o.differences())
		}
		o.lawful()
	})
}

// Goal: a credit whose reference names nobody is not booked, is listed once however often the bank
// tells of it, and stops nobody else's money; nor does one without any reference.
func TestCreditOfNobody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.bank.deposit("c1", "货款 nobody", 500)
		b.bank.deposit("c2", "", 60)
		b.bank.deposit("c3", "emp", 70)
		b.bank.deposit("c1", "货款 nobody", 500)
		b.bank.deposit("c1", "emp", 500) // the bank cannot mean it
		for range 2 {
			b.must(b.run("ledger.credits"))
			b.must(b.tx(func(ctx context.Context, tx *db.Tx) error { // the cursor is lost: read again
				_, err := tx.Exec(ctx, `UPDATE bank_cursors SET n = 0`)
				return err
			}))
		}
		list := b.unclaimed("")
		if len(list) != 2 || list[0].Reference != "货款 nobody" || list[0].AmountFen != 500 ||
			list[0].CreditID != "c1" || !list[0].At.Equal(clk.Now()) || list[1].CreditID != "c2" {
			t.Fatalf("%+v", list)
		}
		if b.free() != 70 || b.count("postings WHERE n = 0") != 1 {
			t.Fatalf("%d free, %d entries", b.free(), b.count("postings WHERE n = 0"))
		}
		gauges, err := b.s.Gauges(b.ctx, d, clk.Now(), clk.Now())
		last := gauges[len(gauges)-1]
		if err != nil || last.Code != "ledger.unclaimed" || last.Num != 2 {
			t.Fatalf("%+v, %v", gauges, err)
		}
		b.lawful()
	})
}

// Goal: a clerk says whose a credit is, once: it is a deposit of that employer, of which wages
// hear; the audit log has it. What is refused changes nothing.
func TestAssignCredit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		var told []string
		deps := b.s.Deps
		deps.CameIn = func(_ context.Context, _ *db.Tx, ids []string) error {
			told = append(told, ids...)
			return nil
		}
		b.s = ledger.New(deps)
		b.bank.deposit("c1", "nobody", 500)
		b.must(b.run("ledger.credits"))
		id := b.unclaimed("")[0].ID
		for _, c := range []struct {
			ctx            context.Context
			id, code, want string
			words          string
		}{
			{b.boss(), id, "code of emp", "people.not_allowed", "x"},
			{context.Background(), id, "code of emp", "people.not_logged_in", "x"},
			{b.clerk(), id, "code of nobody", "people.employer_not_found", "x"},
			{b.clerk(), "crd_none", "code of emp", "ledger.credit_not_found", "x"},
			{b.clerk(), id, "code of emp", "ledger.words", " "},
		} {
			_, err := b.s.AssignCredit(c.ctx, ledger.AssignCredit{Keyed: deed.Key("no" + c.want),
				CreditID: c.id, USCC: c.code, Words: c.words})
			if !fault.Is(err, c.want) {
				t.Errorf("want %s, got %v", c.want, err)
			}
		}
		if _, err := b.s.FindUnclaimed(b.boss(), ledger.FindUnclaimed{}); !fault.Is(err,
			"people.not_allowed") {
			t.Errorf("an employer sees what nobody has claimed: %v", err)
		}
		if b.free() != 0 || len(b.unclaimed("")) != 1 || len(told) != 0 {
			t.Fatalf("%d free; %+v; told %v", b.free(), b.unclaimed(""), told)
		}
		for range 2 {
			v, err := b.assign("k", id, "CODE OF emp")
			if err != nil || v.EmployerID != "emp" || v.EmployerName != "firm emp" {
				t.Fatalf("%+v, %v", v, err)
			}
		}
		if _, err := b.assign("other", id, "code of emp2"); !fault.Is(err, "ledger.credit_ended") {
			t.Errorf("assigned twice: %v", err)
		}
		done := b.unclaimed("ended")
		audit, err := db.Meta(b.ctx, d, "assigned credit "+id)
		if err != nil || audit != "audited" || len(done) != 1 || done[0].Words != "付款人出示了回单" ||
			len(b.unclaimed("")) != 0 {
			t.Fatalf("audit %q, %v; %+v", audit, err, done)
		}
		if b.free() != 500 || b.balance(ledger.Bank("emp")) != -500 || len(told) != 1 {
			t.Fatalf("%d free, told %v", b.free(), told)
		}
		b.bank.deposit("c1", "emp2", 500) // the bank has found out too, under another name
		b.must(b.run("ledger.credits"))
		if b.balance(ledger.Available("emp2")) != 0 {
			t.Fatal("booked twice")
		}
		b.lawful()
	})
}

// Goal: a credit that the bank has sent back is nobody's for good, and in nobody's books.
func TestSendBackCredit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.bank.deposit("c1", "nobody", 500)
		b.must(b.run("ledger.credits"))
		id := b.unclaimed("")[0].ID
		back := ledger.SendBackCredit{Keyed: deed.Key("k"), CreditID: id, Words: "银行退汇 7 号"}
		if _, err := b.s.SendBackCredit(b.boss(), back); !fault.Is(err, "people.not_allowed") {
			t.Errorf("an employer may: %v", err)
		}
		for range 2 {
			if v, err := b.s.SendBackCredit(b.clerk(), back); err != nil || v.EmployerID != "" ||
				v.Words != "银行退汇 7 号" {
				t.Fatalf("%+v, %v", v, err)
			}
		}
		back.Keyed, back.Words = deed.Key("l"), ""
		if _, err := b.s.SendBackCredit(b.clerk(), back); !fault.Is(err, "ledger.words") {
			t.Error(err)
		}
		if _, err := b.assign("m", id, "code of emp"); !fault.Is(err, "ledger.credit_ended") {
			t.Errorf("assigned: %v", err)
		}
		b.bank.deposit("c1", "emp", 500)
		b.must(b.run("ledger.credits"))
		audit, err := db.Meta(b.ctx, d, "sent back credit "+id)
		if err != nil || audit == "" || b.count("postings") != 0 || len(b.unclaimed("")) != 0 ||
			len(b.unclaimed("ended")) != 1 {
			t.Fatalf("audit %q, %v; %d postings", audit, err, b.count("postings"))
		}
		b.lawful()
	})
}

// Goal: where the last step fails, the credit waits as before and no money has moved.
func TestAssignCreditLastStepFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		deps := b.s.Deps
		deps.Register = deaf{}
		b.s = ledger.New(deps)
		b.bank.deposit("c1", "nobody", 500)
		b.must(b.run("ledger.credits"))
		if _, err := b.assign("k", b.unclaimed("")[0].ID, "code of emp"); err == nil {
			t.Fatal("assigned without an audit log")
		}
		if b.free() != 0 || b.count("postings") != 0 || len(b.unclaimed("")) != 1 {
			t.Fatalf("%d free, %d postings, %v", b.free(), b.count("postings"), b.unclaimed(""))
		}
		b.lawful()
	})
}

// deaf is a register whose audit log cannot be written.
type deaf struct{ register }

func (deaf) AuditTx(context.Context, *db.Tx, string, string) error {
	return errors.New("disk full")
}

// Goal: of twenty clerks who say that a credit is each another employer's, one is heard.
func TestAssignCreditRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.bank.deposit("c1", "nobody", 500)
		b.must(b.run("ledger.credits"))
		id := b.unclaimed("")[0].ID
		var wg sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			wg.Go(func() { _, errs[i] = b.assign(fmt.Sprint("k", i), id, fmt.Sprint("code of e", i)) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !fault.Is(err, "ledger.credit_ended") {
				t.Error(err)
			}
		}
		sum, err := db.Get[int64](b.ctx, d, `SELECT SUM(balance_fen) FROM balances`)
		if won != 1 || err != nil || sum != 500 {
			t.Fatalf("%d won, %d fen, %v", won, sum, err)
		}
		b.lawful()
	})
}

// Goal: the reconciliation finds an assigned credit at the bank under the reference with which it
// came, weeks later, beside another's under the same words; what it never had is a difference.
func TestReconcileAssigned(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.must(o.box.Credit(o.ctx, "c1", "工资 nobody", 300))
		o.must(o.box.Credit(o.ctx, "c2", "工资 nobody", 40))
		o.must(o.run("ledger.credits"))
		o.lives(3, 10*24*time.Hour)
		list := o.unclaimed("")
		_, err := o.assign("a", list[0].ID, "code of emp")
		o.must(err)
		_, err = o.assign("b", list[1].ID, "code of emp2")
		o.must(err)
		clk.Add(24 * time.Hour)
		o.must(o.run("ledger.reconcile"))
		lines, err := db.Get[int64](o.ctx, d, `SELECT SUM(lines) FROM reconciliations`)
		if err != nil || lines != 2 || o.count("reconciliations") != 2 || len(o.differences()) != 0 {
			t.Fatalf("%d lines, %v; %+v", lines, err, o.differences())
		}
		o.must(o.tx(func(ctx context.Context, tx *db.Tx) error { // the books remember it wrongly
			_, err := tx.Exec(ctx, `UPDATE unclaimed_credits SET reference = 'x' WHERE credit_id = 'c2'`)
			if err == nil {
				_, err = tx.Exec(ctx, `DELETE FROM reconciliations`)
			}
			return err
		}))
		o.must(o.run("ledger.reconcile"))
		if diff := o.differences(); len(diff) != 1 || diff[0].Key != "c2" || diff[0].BankFen != 0 {
			t.Fatalf("%+v", diff)
		}
	})
}

// Goal: the law sees a credit that is somebody's on paper and not in the books, and the reverse.
func TestUnclaimedLaw(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{
		`UPDATE unclaimed_credits SET employer_id = 'emp', ended_at_ms = 1`,
		`INSERT INTO postings(entry_id, n, account, amount_fen, at_ms, employer_id)
			VALUES ('deposit/c1', 0, 'bank/emp', -500, 1, 'emp'),
			('deposit/c1', 1, 'payable/x', 500, 1, 'emp')`,
	} {
		dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
			b := setup(t, d, clk)
			b.bank.deposit("c1", "nobody", 500)
			b.must(b.run("ledger.credits"))
			b.lawful()
			b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, wrong)
				return err
			}))
			if err := b.s.Check(b.ctx, d, clk.Now()); err == nil {
				t.Fatalf("nobody noticed: %s", wrong)
			}
		})
	}
}
