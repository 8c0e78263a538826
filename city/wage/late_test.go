package wage_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

func (b *bundle) payout(lineID string) string {
	b.t.Helper()
	id, err := db.Get[string](b.ctx, b.d,
		`SELECT id FROM payouts WHERE line_id = $1 ORDER BY id DESC LIMIT 1`, lineID)
	b.must(err)
	return id
}

func (b *bundle) newCard(key, number string) error {
	_, err := b.people.SetBankCard(b.asWorker(), people.SetBankCard{Keyed: deed.Key(key),
		WorkerID: b.worker, CardNumber: number})
	return err
}

const otherCard = "6217000010000000003"

// Goal: a wage that comes back days later is owed again and visibly late, the worker is told, and a
// corrected card sends it out again at once, once; what was booked is reversed, not forgotten.
func TestReturned(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		id := b.earn("plc")
		b.confirm(id)
		b.life(4, 2*time.Minute)
		if b.line(id).State != "paid" || b.bank.paid != 19200 {
			t.Fatalf("%+v", b.line(id))
		}
		clk.Add(72 * time.Hour)
		first := b.payout(id)
		b.bank.sendsBack(first, "户名不符")
		b.life(400, 30*time.Minute) // without another card it would only come back again
		if got := b.line(id); got.State != "failed" || b.count("payouts") != 1 ||
			b.balance(ledger.Payable(id)) != 19200 || b.phone.told("card_refused") != 1 {
			t.Fatalf("%+v, %d payouts", got, b.count("payouts"))
		}
		late, err := b.s.FindLateLines(b.asClerk(), wage.LateLines{})
		if err != nil || len(late.Lines) != 1 || late.Reasons["returned"] != 1 ||
			late.Lines[0].Reason != "returned" {
			t.Fatalf("%+v, %v", late, err)
		}
		b.lawful()
		for range 2 {
			b.must(b.newCard("new", otherCard))
		}
		b.must(b.newCard("newer", otherCard))
		b.life(5, 2*time.Minute)
		b.must(b.newCard("newest", otherCard))
		b.life(5, 2*time.Minute)
		n, err := b.s.ReturnedPayments(b.ctx, d)
		if err != nil || n != 1 || b.line(id).State != "paid" || b.count("payouts") != 2 ||
			b.bank.paid != 19200 || b.bank.orders[b.payout(id)].Card != otherCard ||
			b.count(`payouts WHERE reissue_of = $1`, first) != 1 {
			t.Fatalf("%d returned, %v; %+v, bank paid %d", n, err, b.line(id), b.bank.paid)
		}
		reasons, err := b.s.LateReasons(b.ctx, d, clk.Now())
		if err != nil || fmt.Sprint(reasons) != "map[returned:1]" {
			t.Fatalf("%v, %v", reasons, err)
		}
		if b.count(`wage_reasons WHERE line_id = $1 AND n = 1 AND reason = 'returned'`, id) != 1 ||
			b.count("wage_reasons") != 1 {
			t.Error("the reason is not on record, or twice")
		}
		b.lawful()
	})
}

// Goal: a card that is mended before the next attempt is due sends the refused line out at once; a
// hook that fails leaves the old card.
func TestCardMended(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		id := b.earn("plc")
		b.confirm(id)
		b.bank.refuses = "账户已销户"
		b.life(4, 2*time.Minute)
		b.bank.refuses = ""
		if b.line(id).State != "failed" || b.phone.told("card_refused") != 1 {
			t.Fatalf("%+v", b.line(id))
		}
		broken := errors.New("no")
		b.people.CardChanged = func(context.Context, *db.Tx, string) error { return broken }
		if err := b.newCard("k", otherCard); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		b.people.CardChanged = b.s.CardChangedTx
		b.run("wage.reissue")
		if b.line(id).State != "failed" {
			t.Fatal("the card was kept without its deed")
		}
		b.must(b.newCard("k", otherCard))
		b.run("wage.reissue")
		if b.line(id).State != "instructed" {
			t.Fatalf("not at once: %+v", b.line(id))
		}
		b.life(4, 2*time.Minute)
		if b.line(id).State != "paid" || b.bank.orders[b.payout(id)].Card != otherCard {
			t.Fatalf("%+v", b.line(id))
		}
		b.lawful()
	})
}

// Goal: a late line climbs from worker and employer to a clerk and to a director, each told once,
// and always has a named owner and a reason; once paid it climbs no more.
func TestLadder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		id, err := b.accrue(b.work("p1", "e1")) // no money
		b.must(err)
		b.confirm(id)
		for name, role := range map[string]people.Role{"13800000003": people.RoleClerk,
			"13800000004": people.RoleDirector} {
			_, err := b.people.CreateStaff(b.ctx, people.CreateStaff{Keyed: deed.Key(name), Phone: name,
				Name: "周" + string(role), Roles: []people.Role{role}})
			b.must(err)
		}
		for _, c := range []struct {
			hours int
			role  string
			tells int
			name  string
		}{{24, "employer", 2, ""}, {35, "employer", 2, ""}, {36, "clerk", 3, "周clerk"},
			{71, "clerk", 3, "周clerk"}, {72, "director", 4, "周director"},
			{200, "director", 4, "周director"}} {
			clk.Set(dbtest.Start.Add(time.Duration(c.hours) * time.Hour))
			for range 2 {
				b.run("wage.warn_late")
				b.run("wage.escalate")
			}
			late, err := b.s.FindLateLines(b.asClerk(), wage.LateLines{})
			if err != nil || len(late.Lines) != 1 || late.Lines[0].OwnerRole != c.role ||
				late.Lines[0].OwnerID == "" || late.Lines[0].Reason != "funds" ||
				c.name != "" && late.Lines[0].OwnerName != c.name ||
				b.count("wage_tells") != c.tells {
				t.Fatalf("after %d h: %+v, %v; %d told", c.hours, late, err, b.count("wage_tells"))
			}
		}
		if b.phone.told("wage_late") != 1 || b.phone.told("wage_late_employer") != 1 ||
			b.phone.told("wage_late_staff") != 2 {
			t.Fatalf("%v", b.phone.said)
		}
		b.lawful()
		undo := errors.New("undo")
		err = b.tx(func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `DELETE FROM wage_tells WHERE rung = 1`); err != nil {
				return err
			}
			if err := b.s.Check(ctx, tx, clk.Now()); err == nil ||
				!strings.Contains(err.Error(), "nobody was told that line "+id) {
				t.Errorf("nobody was told: %v", err)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		b.fund(50000)
		b.life(6, 2*time.Minute)
		late, err := b.s.FindLateLines(b.asClerk(), wage.LateLines{})
		if err != nil || len(late.Lines) != 0 || b.line(id).State != "paid" {
			t.Fatalf("%+v, %v", late, err)
		}
		if _, err := b.s.FindLateLines(b.asWorker(), wage.LateLines{}); !fault.Is(err,
			"people.not_allowed") {
			t.Fatal(err)
		}
		b.lawful()
	})
}

// Goal: when an employer cannot pay any more, its free money and the guarantee pay the lines that
// are owed, the oldest first; what stays unpaid says so.
func TestInsolvent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		_, err := b.ledger.GrantLimit(b.asClerk(), ledger.GrantLimit{Keyed: deed.Key("g"),
			EmployerID: b.employer, Kind: ledger.Guarantee, LimitFen: 40000, Reference: "保函 7",
			Until: "2026-12-31", Region: region})
		b.must(err)
		var lines []string
		for i := range 3 {
			id := fmt.Sprint("p", i)
			if i < 2 {
				b.hold(id, 19200) // on the guarantee
			}
			line, err := b.accrue(b.work(id, "end of "+id))
			b.must(err)
			lines = append(lines, line)
			clk.Add(time.Minute)
		}
		b.confirm(lines...)
		b.life(4, 2*time.Minute)
		if b.arrears() != -57600 || b.line(lines[0]).Unfunded != 19200 {
			t.Fatalf("arrears %d", b.arrears())
		}
		_, err = b.ledger.DeclareInsolvent(b.asClerk(), ledger.DeclareInsolvent{Keyed: deed.Key("k"),
			EmployerID: b.employer, Ground: "（2026）破1号"})
		b.must(err)
		b.life(10, 2*time.Minute)
		if b.line(lines[0]).State != "paid" || b.line(lines[1]).State != "paid" ||
			b.line(lines[2]).State != "confirmed" || b.arrears() != -19200 || b.free() != 1600 {
			t.Fatalf("%+v %+v %+v; arrears %d, free %d", b.line(lines[0]), b.line(lines[1]),
				b.line(lines[2]), b.arrears(), b.free())
		}
		clk.Add(24 * time.Hour)
		b.life(1, time.Minute)
		mine, err := b.s.GetMyWages(b.asWorker(), wage.MyWages{WorkerID: b.worker})
		if err != nil || mine.Lines[0].ID != lines[2] || mine.Lines[0].Unpaid != "insolvent" ||
			mine.Lines[1].Unpaid != "" {
			t.Fatalf("%+v, %v", mine, err)
		}
		late, err := b.s.FindLateLines(b.asClerk(), wage.LateLines{})
		if err != nil || len(late.Lines) != 1 || late.Lines[0].Reason != "insolvent" {
			t.Fatalf("%+v, %v", late, err)
		}
		b.lawful()
	})
}

// Goal: late wages come whole, page after page, the oldest first, and are counted whole on each.
func TestLatePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		id := b.earn("plc")
		dbtest.Copies(t, d, "wage_lines", id, 430, map[string]string{
			"id": "'lin_x' || CAST(1000 + i AS TEXT)", "placement_id": "'plc_x' || CAST(i AS TEXT)",
			"warn_at_ms": "warn_at_ms + i / 50"})
		_, err := db.InTx(b.ctx, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `INSERT INTO wage_warnings(line_id, reason, at_ms, rung, owner_role,
				owner_id, next_at_ms) SELECT l.id, 'hours', 1, 1, 'employer', a.id, 1
				FROM wage_lines l, (SELECT MIN(id) AS id FROM accounts) AS a`)
		})
		b.must(err)
		all := dbtest.Whole(t, 431, 3, func(l wage.LateLineView) string { return l.LineID },
			func(after string) ([]wage.LateLineView, string, error) {
				l, err := b.s.FindLateLines(b.asClerk(), wage.LateLines{After: after})
				if l.Count != 431 || l.Reasons["hours"] != 431 {
					t.Errorf("counted %+v", l.Reasons)
				}
				return l.Lines, l.Next, err
			})
		if len(all) > 0 && (all[0].LineID != id && all[0].LineID != "lin_x1001" ||
			all[len(all)-1].LineID != "lin_x1430") {
			t.Errorf("from %s to %s", all[0].LineID, all[len(all)-1].LineID)
		}
		if _, err := b.s.FindLateLines(b.asClerk(), wage.LateLines{After: "x"}); !fault.Is(err,
			"db.mark") {
			t.Error(err)
		}
	})
}
