package oversight_test

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/oversight"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

var schema = []fs.FS{people.Migrations, oversight.Migrations}

// bundle is matters, two clerks, a director and an auditor.
type bundle struct {
	*oversight.Service
	t                                *testing.T
	d                                *db.DB
	clk                              *clock.Fake
	assigner, owner, head, inspector context.Context
	told                             []string
	over                             map[string]oversight.Settlement // by subject
	keys                             int
}

func setup(t *testing.T, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	b := &bundle{t: t, d: d, clk: clk}
	book, err := policy.Load()
	b.ok(err)
	box, err := crypt.NewRing(crypt.KeyFromSeed(7))
	b.ok(err)
	register := people.New(people.Deps{DB: d, Policy: book, Box: box,
		Send: func(context.Context, *db.Tx, people.Message) error { return nil }})
	b.Service = oversight.New(oversight.Deps{DB: d, People: register,
		Title: func(_ context.Context, k oversight.Kind, id string) (string, error) {
			return string(k) + " of " + id, nil
		},
		Settled: func(
			_ context.Context, _ db.Reader, _ oversight.Kind, ids []string,
		) (map[string]oversight.Settlement, error) {
			out := map[string]oversight.Settlement{}
			for _, id := range ids {
				if s, ok := b.over[id]; ok {
					out[id] = s
				}
			}
			return out, nil
		},
		Tell: func(_ context.Context, _ *db.Tx, m people.Message) error {
			b.told = append(b.told, m.Template+" to "+m.AccountID)
			return nil
		}})
	as := func(account string, role people.Role) context.Context {
		dbtest.Insert(t, d, "accounts", map[string]any{"id": account, "phone_sealed": []byte{},
			"phone_blind": fmt.Sprintf("%064s", account), "roles": string(role), "name": account})
		return people.WithActor(context.Background(),
			people.Actor{AccountID: account, Roles: []people.Role{role}})
	}
	b.assigner, b.owner = as("acc_1", people.RoleClerk), as("acc_2", people.RoleClerk)
	b.head, b.inspector = as("acc_3", people.RoleDirector), as("acc_4", people.RoleAuditor)
	return b
}

func (b *bundle) key() deed.Keyed {
	b.keys++
	return deed.Key(fmt.Sprint("key-", b.keys))
}

func (b *bundle) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bundle) refused(err error, code string) {
	b.t.Helper()
	if got := fault.CodeOf(err); got != code {
		b.t.Errorf("got %q (%v), want %q", got, err, code)
	}
}

func (b *bundle) assign() oversight.View {
	b.t.Helper()
	m, err := b.AssignMatter(b.assigner, b.good())
	b.ok(err)
	return m
}

func (b *bundle) good() oversight.Assign {
	return oversight.Assign{Keyed: b.key(), Kind: oversight.AboutEmployer, SubjectID: "emp_1",
		OwnerID: "acc_2", Words: "三天内补发", DueOn: civil.DateOf(b.clk.Now()).AddDays(3)}
}

func (b *bundle) step(id, words string) oversight.Step {
	return oversight.Step{Keyed: b.key(), MatterID: id, Words: words}
}

// Goal: a matter goes from assigned over a returned report to closed; each step is its owner's or
// its assigner's alone, and the list says what is overdue.
func TestMatter(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		m := b.assign()
		if m.Title != "employer of emp_1" || m.Owner != "acc_2" || m.State != oversight.Assigned {
			t.Errorf("assigned %+v", m)
		}
		_, err := b.AcceptMatter(b.assigner, b.step(m.ID, ""))
		b.refused(err, "oversight.not_owner")
		_, err = b.ReportMatter(b.owner, b.step(m.ID, "好了"))
		b.refused(err, "oversight.state")
		clk.Add(4 * 24 * time.Hour)
		list, err := b.FindMatters(b.owner, oversight.Find{Mine: true})
		b.ok(err)
		if len(list.Matters) != 1 || !list.Matters[0].Overdue {
			t.Errorf("found %+v", list)
		}
		_, err = b.AcceptMatter(b.owner, b.step(m.ID, ""))
		b.ok(err)
		_, err = b.ReportMatter(b.owner, b.step(m.ID, " "))
		b.refused(err, "oversight.words")
		_, err = b.ReportMatter(b.owner, b.step(m.ID, "已补发"))
		b.ok(err)
		_, err = b.CloseMatter(b.owner, oversight.End{Keyed: b.key(), MatterID: m.ID, Close: true})
		b.refused(err, "oversight.not_assigner")
		back := oversight.End{Keyed: b.key(), MatterID: m.ID}
		_, err = b.CloseMatter(b.assigner, back)
		b.refused(err, "oversight.words")
		back.Words = "没有回单"
		_, err = b.CloseMatter(b.assigner, back)
		b.ok(err)
		_, err = b.ReportMatter(b.owner, b.step(m.ID, "回单已附"))
		b.ok(err)
		seen, err := b.ShowMatter(b.head, oversight.Get{MatterID: m.ID})
		b.ok(err)
		if fmt.Sprint(seen.May) != "[close return]" {
			t.Errorf("a director may %v", seen.May)
		}
		end := oversight.End{Keyed: b.key(), MatterID: m.ID, Close: true}
		for range 2 { // the same key closes once
			_, err = b.CloseMatter(b.head, end)
			b.ok(err)
		}
		seen, err = b.ShowMatter(b.inspector, oversight.Get{MatterID: m.ID})
		b.ok(err)
		if len(seen.Steps) != 6 || seen.State != oversight.Closed || len(seen.May) != 0 {
			t.Errorf("closed %+v", seen)
		}
		if got := fmt.Sprint(b.told); got != "[matter_assigned to acc_2 matter_returned to acc_2]" {
			t.Error(got)
		}
		open, err := b.FindMatters(b.inspector, oversight.Find{})
		b.ok(err)
		closed, err := b.FindMatters(b.inspector, oversight.Find{Closed: true, SubjectID: "emp_1"})
		b.ok(err)
		if len(open.Matters) != 0 || len(closed.Matters) != 1 {
			t.Errorf("open %v, closed %v", open, closed)
		}
		b.ok(b.Check(b.head, d, clk.Now()))
	})
}

// Goal: a list longer than a page comes whole, page after page: of open matters the first due
// first, of closed ones the last.
func TestPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		m := b.assign()
		for state, closed := range map[string]string{"'assigned'": "0", "'closed'": "at_ms"} {
			dbtest.Copies(t, d, "matters", m.ID, 600, map[string]string{"state": state,
				"closed_ms": closed, "id": "'mat_' || " + state + " || CAST(1000 + i AS TEXT)",
				"due_on": "'2026-04-' || CAST(10 + i % 15 AS TEXT)"})
		}
		for _, in := range []oversight.Find{{}, {Mine: true}, {Closed: true}, {SubjectID: "emp_1"}} {
			rows := 601
			if in.Closed {
				rows = 600
			}
			all := dbtest.Whole(t, rows, 2, func(v oversight.View) string { return v.ID },
				func(after string) ([]oversight.View, string, error) {
					in.After = after
					l, err := b.FindMatters(b.owner, in)
					return l.Matters, l.Next, err
				})
			if in.Closed {
				slices.Reverse(all)
			}
			if !slices.IsSortedFunc(all, func(a, b oversight.View) int {
				return cmp.Compare(string(a.DueOn)+a.ID, string(b.DueOn)+b.ID)
			}) {
				t.Errorf("%+v: not in order", in)
			}
		}
		_, err := b.FindMatters(b.owner, oversight.Find{After: "x"})
		b.refused(err, "db.mark")
	})
}

// Goal: what nobody can keep or nobody must act on is refused, and an auditor assigns nothing.
func TestMatterRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		for code, spoil := range map[string]func(*oversight.Assign){
			"oversight.due":            func(a *oversight.Assign) { a.DueOn = a.DueOn.AddDays(-4) },
			"oversight.words":          func(a *oversight.Assign) { a.Words = "" },
			"oversight.subject":        func(a *oversight.Assign) { a.SubjectID = "" },
			"oversight.not_staff":      func(a *oversight.Assign) { a.OwnerID = "acc_4" },
			"people.account_not_found": func(a *oversight.Assign) { a.OwnerID = "acc_9" },
		} {
			in := b.good()
			spoil(&in)
			_, err := b.AssignMatter(b.assigner, in)
			b.refused(err, code)
		}
		_, err := b.AssignMatter(b.inspector, b.good())
		b.refused(err, "people.not_allowed")
		_, err = b.ShowMatter(b.head, oversight.Get{MatterID: "mat_0"})
		b.refused(err, "oversight.not_found")
	})
}

// Goal: a matter whose subject is settled says so and does not close by itself; its owner may not
// close it, its assigner does in one step, without a report; what was so is kept. A payment that
// came back is settled no longer.
func TestMatterSettled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		m := b.assign()
		end := func() oversight.End {
			return oversight.End{Keyed: b.key(), MatterID: m.ID, Close: true}
		}
		show := func() oversight.FullView {
			t.Helper()
			seen, err := b.ShowMatter(b.assigner, oversight.Get{MatterID: m.ID})
			b.ok(err)
			return seen
		}
		if seen := show(); seen.Settled != nil || len(seen.May) != 0 {
			t.Errorf("before: %+v", seen)
		}
		_, err := b.CloseMatter(b.assigner, end())
		b.refused(err, "oversight.state")
		paid := oversight.Settlement{How: "paid", Of: "payout/p1", At: clk.Now()}
		b.over = map[string]oversight.Settlement{"emp_1": paid}
		if seen := show(); seen.State != oversight.Assigned || seen.Settled == nil ||
			*seen.Settled != paid || fmt.Sprint(seen.May) != "[close]" {
			t.Errorf("settled: %+v", seen)
		}
		list, err := b.FindMatters(b.inspector, oversight.Find{})
		b.ok(err)
		if len(list.Matters) != 1 || list.Matters[0].Settled == nil {
			t.Errorf("listed: %+v", list)
		}
		_, err = b.CloseMatter(b.owner, end())
		b.refused(err, "oversight.not_assigner")
		_, err = b.CloseMatter(b.assigner, oversight.End{Keyed: b.key(), MatterID: m.ID, Words: "还没"})
		b.refused(err, "oversight.state")
		b.over = nil // it came back
		if seen := show(); seen.Settled != nil || len(seen.May) != 0 {
			t.Errorf("back: %+v", seen)
		}
		_, err = b.CloseMatter(b.assigner, end())
		b.refused(err, "oversight.state")
		b.over = map[string]oversight.Settlement{"emp_1": paid}
		_, err = b.CloseMatter(b.assigner, end())
		b.ok(err)
		b.over = nil // the closed one keeps what was so
		if seen := show(); seen.State != oversight.Closed || seen.Settled == nil ||
			*seen.Settled != paid || len(seen.May) != 0 || len(seen.Steps) != 2 {
			t.Errorf("closed: %+v", seen)
		}
		_, err = b.CloseMatter(b.assigner, end())
		b.refused(err, "oversight.state")
		b.ok(b.Check(b.head, d, clk.Now()))
		_, err = db.InTx(b.head, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE matter_steps SET account_id = 'acc_2' WHERE step = 'close'`)
		})
		b.ok(err)
		if b.Check(b.head, d, clk.Now()) == nil {
			t.Error("lawful though its owner closed it")
		}
	})
}

// Goal: of twenty who take the same step at once one does.
func TestMatterRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		m := b.assign()
		var all sync.WaitGroup
		won := make(chan bool, 20)
		for range 20 {
			step := b.step(m.ID, "")
			all.Go(func() {
				_, err := b.AcceptMatter(b.owner, step)
				won <- err == nil
			})
		}
		all.Wait()
		close(won)
		n := 0
		for w := range won {
			if w {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d took it on", n)
		}
		b.ok(b.Check(b.head, d, clk.Now()))
	})
}

// Goal: the law sees a closed matter that nobody reported.
func TestMatterLaw(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		m := b.assign()
		for _, q := range []string{`UPDATE matters SET state = 'closed', closed_ms = 1 WHERE id = $1`,
			`UPDATE matter_steps SET state = 'closed' WHERE matter_id = $1`} {
			_, err := db.InTx(b.head, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
				return tx.Exec(ctx, q, m.ID)
			})
			b.ok(err)
			if b.Check(b.head, d, clk.Now()) == nil {
				t.Errorf("lawful after %s", q)
			}
		}
	})
}

// Goal: who assigned a matter, or a director, gives it to another owner before there is a report;
// the new one is told and begins anew, the old one has nothing to do with it any more.
func TestPass(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		m := b.assign()
		pass := func(who context.Context, to, words string) error {
			_, err := b.PassMatter(who, oversight.Pass{Keyed: b.key(), MatterID: m.ID, OwnerID: to,
				Words: words})
			return err
		}
		_, err := b.AcceptMatter(b.owner, b.step(m.ID, ""))
		b.ok(err)
		b.refused(pass(b.owner, "acc_1", "忙"), "oversight.not_passer")
		b.refused(pass(b.inspector, "acc_1", "忙"), "people.not_allowed")
		b.refused(pass(b.assigner, "acc_3", " "), "oversight.words")
		b.refused(pass(b.assigner, "acc_2", "忙"), "oversight.same_owner")
		b.refused(pass(b.assigner, "acc_4", "已调离"), "oversight.not_staff")
		b.ok(pass(b.head, "acc_3", "已调离"))
		_, err = b.ReportMatter(b.owner, b.step(m.ID, "好了"))
		b.refused(err, "oversight.not_owner")
		seen, err := b.ShowMatter(b.head, oversight.Get{MatterID: m.ID})
		b.ok(err)
		if seen.OwnerID != "acc_3" || seen.State != oversight.Assigned || !seen.Passes ||
			fmt.Sprint(seen.May) != "[accept]" || seen.Steps[2].Words != "已调离" {
			t.Errorf("passed: %+v", seen)
		}
		_, err = b.AcceptMatter(b.head, b.step(m.ID, ""))
		b.ok(err)
		_, err = b.ReportMatter(b.head, b.step(m.ID, "已补发"))
		b.ok(err)
		b.refused(pass(b.assigner, "acc_1", "太晚"), "oversight.state")
		_, err = b.CloseMatter(b.assigner, oversight.End{Keyed: b.key(), MatterID: m.ID, Close: true})
		b.ok(err)
		if got := fmt.Sprint(b.told); got != "[matter_assigned to acc_2 matter_assigned to acc_3]" {
			t.Error(got)
		}
		b.ok(b.Check(context.Background(), d, clk.Now()))
	})
}
