package people_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

// upstairs stands for the slices above.
type upstairs struct {
	owed   error
	erased []string
	fail   error
	failOf string // a worker; "" fails for all
}

func (u *upstairs) Copy(
	context.Context, db.Reader, string,
) ([]people.Holding, error) {
	return []people.Holding{{Name: "wage_lines", Rows: []map[string]any{{"id": "wln_1"}}}}, nil
}

func (u *upstairs) Shared(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Sharing, error) {
	return people.SharingsOf(ctx, r, workerID, people.Sharing{Purpose: people.PurposeShareBank,
		Kinds: []string{"card"}}, `SELECT 'bank' AS party, id AS ref, created_at_ms AS at_ms
		FROM workers WHERE id = $1 ORDER BY id`)
}

// withRights is a register with slices above it.
func withRights(t *testing.T, d *db.DB, clk *clock.Fake) (*bundle, *upstairs) {
	t.Helper()
	b, up := &bundle{d: d, clk: clk}, &upstairs{}
	deps := b.deps(t, d)
	deps.Rights = people.Rights{
		Copies:   func() []people.Copier { return []people.Copier{up} },
		Sharers:  func() []people.Sharer { return []people.Sharer{up} },
		MayClose: func(context.Context, *db.Tx, string) error { return up.owed },
		Erase: func(_ context.Context, _ *db.Tx, _, workerID string) error {
			up.erased = append(up.erased, workerID)
			if up.failOf != "" && up.failOf != workerID {
				return nil
			}
			return up.fail
		},
	}
	b.Service = people.New(deps)
	return b, up
}

// Goal: an access copy holds everything by name and from every slice, with instants that people
// can read; that it was made is on record; it is the worker's, or a clerk's with a reason.
func TestDownloadCopy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b, _ := withRights(t, d, clk)
		ctx, v := b.worker(t, phoneA, idA)
		if _, err := b.SetBankCard(ctx, people.SetBankCard{Keyed: b.key(), WorkerID: v.ID,
			CardNumber: cardA}); err != nil {
			t.Fatal(err)
		}
		c, err := b.DownloadCopy(ctx, people.DownloadCopy{WorkerID: v.ID})
		if err != nil {
			t.Fatal(err)
		}
		if c.IDNumber != idA || c.Phone != phoneA || c.CardNumber != cardA || c.Name != "王芳" ||
			len(c.Audits) != 2 || c.Audits[0].What != "access copy" || len(c.Sharings) != 1 {
			t.Errorf("%+v", c)
		}
		text, err := json.Marshal(c.Holdings)
		if err != nil || !strings.Contains(string(text), `"wln_1"`) ||
			!strings.Contains(string(text), `"created_at":"20`) ||
			strings.Contains(string(text), "_ms") {
			t.Errorf("%s, %v", text, err)
		}
		list, err := b.FindSharings(ctx, people.Get{WorkerID: v.ID})
		if err != nil || len(list.Sharings) != 1 || list.Sharings[0].To != "bank" ||
			list.Sharings[0].Ref != v.ID || list.Sharings[0].At.IsZero() {
			t.Errorf("%+v, %v", list, err)
		}
		for _, c := range []struct {
			name   string
			ctx    context.Context
			worker string
			reason string
			code   string
		}{
			{"another worker", as(worker), v.ID, "", "people.not_allowed"},
			{"an auditor", as(auditor), v.ID, "查", "people.not_allowed"},
			{"a clerk, silent", as(clerk), v.ID, "", "people.reason_missing"},
			{"a clerk for nobody", as(clerk), "wrk_none", "本人到场", "people.worker_not_found"},
			{"a clerk at the counter", as(clerk), v.ID, "本人到场", ""},
		} {
			_, err := b.DownloadCopy(c.ctx, people.DownloadCopy{WorkerID: c.worker, Reason: c.reason})
			wantCode(t, c.name, err, c.code)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM audit WHERE what = 'access copy'`); n != 2 {
			t.Errorf("%d copies on record", n)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM deeds WHERE answer LIKE '%`+idA+`%'`); n != 0 {
			t.Errorf("%d stored answers hold the number", n)
		}
	})
}

// Goal: a phone is changed by who holds the new one; the old one is told, other sessions end, the
// old phone is free; nothing of it when the last step fails.
func TestChangePhone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx, v := b.worker(t, phoneA, idA)
		elsewhere := b.logIn(t, phoneA)
		ask := func(ctx context.Context, phone string) error {
			_, err := b.RequestPhoneCode(ctx, people.RequestPhoneCode{Keyed: b.key(), WorkerID: v.ID,
				Phone: phone})
			return err
		}
		change := func(ctx context.Context, phone, code string) error {
			_, err := b.ChangePhone(ctx, people.ChangePhone{Keyed: b.key(), WorkerID: v.ID, Phone: phone,
				Code: code})
			return err
		}
		wantCode(t, "no code", change(ctx, phoneB, "123456"), "people.code_none")
		wantCode(t, "another's", ask(as(worker), phoneB), "people.not_allowed")
		wantCode(t, "asked", ask(ctx, phoneB), "")
		wantCode(t, "wrong", change(ctx, phoneB, "x"), "people.code_wrong")
		wantCode(t, "the code of another phone", change(ctx, "13700137000", b.code(phoneB)),
			"people.code_none")
		wantCode(t, "a silent clerk", change(as(clerk), phoneB, b.code(phoneB)),
			"people.reason_missing")
		b.fail = errors.New("the outbox is full")
		if err := change(ctx, phoneB, b.code(phoneB)); err == nil {
			t.Error("changed without a word to the old phone")
		}
		b.fail = nil
		if me, err := b.ShowMe(ctx, people.Me{}); err != nil || me.PhoneMasked != "138****8000" {
			t.Errorf("after the failure: %+v, %v", me, err)
		}
		wantCode(t, "changed", change(ctx, phoneB, b.code(phoneB)), "")
		if me, err := b.ShowMe(ctx, people.Me{}); err != nil || me.PhoneMasked != "139****9000" {
			t.Errorf("%+v, %v", me, err)
		}
		told := b.sent[len(b.sent)-1]
		if told.Template != "phone_changed" || told.Phone != phoneA {
			t.Errorf("told %+v", told)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM sessions`); n != 1 {
			t.Errorf("%d sessions", n)
		}
		if _, ours := people.ActorOf(elsewhere), people.ActorOf(ctx); ours.WorkerID != v.ID {
			t.Errorf("the session that asked: %+v", ours)
		}
		if other := b.logIn(t, phoneA); people.ActorOf(other).WorkerID != "" {
			t.Error("the old phone still logs in to the worker")
		}
		wantCode(t, "asked back", ask(ctx, phoneA), "")
		wantCode(t, "taken", change(ctx, phoneA, b.code(phoneA)), "people.phone_taken")
	})
}

// Goal: a wrong name or ID number is put right by a clerk who has seen the card, once, with the
// laws of age and of one person one number; a refusal says why.
func TestAmendment(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx, v := b.worker(t, phoneA, idA)
		_, other := b.worker(t, phoneB, idB)
		ask := func(field, value string) (people.AmendmentView, error) {
			return b.AskAmendment(ctx, people.AskAmendment{Keyed: b.key(), WorkerID: v.ID, Field: field,
				Value: value, Reason: "登记时写错了"})
		}
		answer := func(ctx context.Context, id string, grant bool, words string) error {
			_, err := b.AnswerAmendment(ctx, people.AnswerAmendment{Keyed: b.key(), AmendmentID: id,
				Grant: grant, Words: words})
			return err
		}
		_, err := ask("sex", "male")
		wantCode(t, "what?", err, "people.field_unknown")
		_, err = ask("id_number", idA[:17]+"0")
		wantCode(t, "no number", err, "people.id_check")
		name, err := ask("name", "王小芳")
		if err != nil || name.State != people.AmendmentAsked {
			t.Fatalf("%+v, %v", name, err)
		}
		_, err = ask("name", "王大芳")
		wantCode(t, "one at a time", err, "people.amendment_open")
		wantCode(t, "by the worker", answer(ctx, name.ID, true, ""), "people.not_allowed")
		wantCode(t, "denied in silence", answer(as(clerk), name.ID, false, ""),
			"people.reason_missing")
		wantCode(t, "granted", answer(as(clerk), name.ID, true, ""), "")
		wantCode(t, "again", answer(as(clerk), name.ID, true, ""), "people.amendment_answered")
		if w, err := b.ShowWorker(ctx, people.Get{WorkerID: v.ID}); err != nil || w.Name != "王小芳" {
			t.Errorf("%+v, %v", w, err)
		}

		clk.Add(time.Minute)
		taken, err := ask("id_number", idB)
		wantCode(t, "asked for another's number", err, "")
		if taken.Value != "330****0025" {
			t.Errorf("shown as %s", taken.Value)
		}
		wantCode(t, "another's number", answer(as(clerk), taken.ID, true, ""), "people.id_taken")
		wantCode(t, "denied", answer(as(clerk), taken.ID, false, "号码属于别人"), "")
		clk.Add(time.Minute)
		child, err := ask("id_number", "330199201501010018")
		wantCode(t, "asked for a child's number", err, "")
		wantCode(t, "a child", answer(as(clerk), child.ID, true, ""), "people.too_young")
		wantCode(t, "denied", answer(as(clerk), child.ID, false, "交劳动监察核查"), "")
		clk.Add(time.Minute)
		right, err := ask("id_number", "11010519491231002X")
		wantCode(t, "asked", err, "")
		wantCode(t, "granted", answer(as(clerk), right.ID, true, ""), "")
		w, err := b.ShowWorker(ctx, people.Get{WorkerID: v.ID})
		if err != nil || w.IDMasked != "110****002X" || w.Sex != people.Female || w.Age != 76 {
			t.Errorf("%+v, %v", w, err)
		}
		list, err := b.FindAmendments(ctx, people.Get{WorkerID: v.ID})
		if err != nil || len(list.Amendments) != 4 || list.Amendments[2].Answer != "号码属于别人" {
			t.Errorf("%+v, %v", list, err)
		}
		if waiting, err := b.FindAmendmentsWaiting(as(clerk), people.AmendmentsWaiting{}); err != nil ||
			len(waiting.Amendments) != 0 {
			t.Errorf("%+v, %v", waiting, err)
		}
		if err := b.Check(ctx, d, clk.Now()); err != nil || other.ID == v.ID {
			t.Error(err)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM audit WHERE what IN ('amended name',
			'amended id_number')`); n != 2 {
			t.Errorf("%d amendments on record", n)
		}
	})
}

// Goal: the requests of many come whole, page after page.
func TestAmendmentPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx, v := b.worker(t, phoneA, idA)
		name, err := b.AskAmendment(ctx, people.AskAmendment{Keyed: b.key(), WorkerID: v.ID,
			Field: "name", Value: "王小芳", Reason: "登记时写错了"})
		if err != nil {
			t.Fatal(err)
		}
		b.waitingPages(t, as(clerk), v.ID, name.ID)
	})
}

func (b *bundle) waitingPages(t *testing.T, clerk context.Context, workerID, amendmentID string) {
	t.Helper()
	account, err := db.Get[string](clerk, b.d, `SELECT account_id FROM workers WHERE id = $1`,
		workerID)
	if err != nil {
		t.Fatal(err)
	}
	const n = "CAST(1000 + i AS TEXT)"
	dbtest.Copies(t, b.d, "accounts", account, 230, map[string]string{"id": "'acc_x' || " + n,
		"phone_blind": n + " || SUBSTR(phone_blind, 5)"})
	dbtest.Copies(t, b.d, "workers", workerID, 230, map[string]string{"id": "'wrk_x' || " + n,
		"account_id": "'acc_x' || " + n, "id_blind": n + " || SUBSTR(id_blind, 5)"})
	dbtest.Copies(t, b.d, "amendments", amendmentID, 230, map[string]string{"id": "'amd_x' || " + n,
		"worker_id": "'wrk_x' || " + n, "asked_at_ms": "asked_at_ms + i / 3"})
	dbtest.Whole(t, 231, 2, func(a people.AmendmentView) string { return a.ID },
		func(after string) ([]people.AmendmentView, string, error) {
			l, err := b.FindAmendmentsWaiting(clerk, people.AmendmentsWaiting{After: after})
			return l.Amendments, l.Next, err
		})
	_, err = b.FindAmendmentsWaiting(clerk, people.AmendmentsWaiting{After: "x"})
	wantCode(t, "no mark", err, "db.mark")
}

// Goal: an account is closed when nobody owes its worker anything: the log-in ends, the card goes
// at once and the phone is free; the rest is frozen for the longest time that the law asks for,
// then erased, once. Meanwhile a record still names the phone, and the counter still gives a
// copy.
func TestCloseAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b, up := withRights(t, d, clk)
		ctx, v := b.worker(t, phoneA, idA)
		if _, err := b.SetBankCard(ctx, people.SetBankCard{Keyed: b.key(), WorkerID: v.ID,
			CardNumber: cardA}); err != nil {
			t.Fatal(err)
		}
		in := people.CloseAccount{Keyed: b.key(), WorkerID: v.ID}
		_, err := b.CloseAccount(as(clerk), in)
		wantCode(t, "by a clerk", err, "people.not_allowed")
		up.owed = fault.New(fault.Conflict, "wage.still_owed", "lines", 1)
		_, err = b.CloseAccount(ctx, in)
		wantCode(t, "owed", err, "wage.still_owed")
		up.owed, b.fail = nil, errors.New("the outbox is full")
		if _, err := b.CloseAccount(ctx, in); err == nil {
			t.Error("closed without a word")
		}
		if n := b.count(t, `SELECT COUNT(*) FROM closures`) +
			b.count(t, `SELECT COUNT(*) FROM audit WHERE what = 'closed account'`); n != 0 {
			t.Errorf("%d rows of a closing that failed", n)
		}
		b.fail = nil
		day := civil.DateOf(clk.Now())
		first, err := b.CloseAccount(ctx, in)
		again, err2 := b.CloseAccount(ctx, in)
		if err != nil || err2 != nil || again != first || first.Months != 36 ||
			!strings.Contains(first.Source, "国令724") || first.EraseOn[:4] != "2029" ||
			first.EraseOn[4:] != day[4:] {
			t.Errorf("%+v, %+v, %v, %v", first, again, err, err2)
		}
		for _, q := range []string{`SELECT COUNT(*) FROM sessions`, `SELECT COUNT(*) FROM cards`,
			`SELECT COUNT(*) FROM accounts WHERE roles <> ''`} {
			if n := b.count(t, q); n != 0 {
				t.Errorf("%s: %d", q, n)
			}
		}
		if w, err := b.ShowWorker(as(clerk), people.Get{WorkerID: v.ID}); err != nil ||
			w.Name != "王芳" {
			t.Errorf("what is frozen: %+v, %v", w, err)
		}
		_, err = b.PhoneTx(ctx, d, people.ActorOf(ctx).AccountID)
		wantCode(t, "the phone", err, "people.account_closed")
		if p, err := b.KeptPhoneTx(ctx, d, v.ID); err != nil || string(p) != phoneA {
			t.Errorf("the phone in a record: %s, %v", p, err)
		}
		c, err := b.DownloadCopy(as(clerk), people.DownloadCopy{WorkerID: v.ID, Reason: "本人到场"})
		if err != nil || c.Phone != phoneA || c.IDNumber != idA || c.CardNumber != "" {
			t.Errorf("a copy after the closing: %+v, %v", c, err)
		}
		if back := b.logIn(t, phoneA); people.ActorOf(back).WorkerID != "" {
			t.Error("the phone still logs in to the closed account")
		}
		lateCard(t, b, v.ID)
		erased(t, b, up, v.ID)
	})
}

const lateCardTakes = 35*24*time.Hour + time.Hour

// lateCard is a clerk who enters a card so that money which came back after the closing can be
// paid. It is forgotten after a month; a card that the closing left behind breaks law 9.
func lateCard(t *testing.T, b *bundle, workerID string) {
	t.Helper()
	enter := func() error {
		_, err := b.SetBankCard(as(clerk), people.SetBankCard{Keyed: b.key(), WorkerID: workerID,
			CardNumber: cardA})
		return err
	}
	forget := func() int64 {
		t.Helper()
		if _, err := b.Sweeps()[0].Run(context.Background(), b.clk.Now()); err != nil {
			t.Fatal(err)
		}
		if err := b.Check(context.Background(), b.d, b.clk.Now()); err != nil {
			t.Error(err)
		}
		return b.count(t, `SELECT COUNT(*) FROM cards`)
	}
	closedAt := b.clk.Now()
	defer func() {
		if took := b.clk.Now().Sub(closedAt); took != lateCardTakes {
			t.Errorf("it took %v", took)
		}
	}()
	b.clk.Add(5 * 24 * time.Hour)
	wantCode(t, "at the counter", enter(), "")
	b.clk.Add(30 * 24 * time.Hour)
	if n := forget(); n != 1 {
		t.Errorf("%d cards while money may still come back", n)
	}
	b.clk.Add(time.Hour)
	if n := forget(); n != 0 {
		t.Errorf("%d cards a month later", n)
	}
	wantCode(t, "again", enter(), "")
	b.exec(t, `UPDATE cards SET set_at_ms = 1`)
	if err := b.Check(context.Background(), b.d, b.clk.Now()); err == nil ||
		!strings.Contains(err.Error(), "outlived the account") {
		t.Errorf("a card from before the closing: %v", err)
	}
	b.exec(t, `DELETE FROM cards`)
	wantCode(t, "and again", enter(), "")
}

// Goal: somebody who cannot be erased keeps nobody else's data longer than they may be kept.
func TestEraseGoesOn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b, up := withRights(t, d, clk)
		for i, phone := range []string{phoneA, phoneB} {
			ctx, v := b.worker(t, phone, []string{idA, idB}[i])
			_, err := b.CloseAccount(ctx, people.CloseAccount{Keyed: b.key(), WorkerID: v.ID})
			wantCode(t, "closed", err, "")
			if i == 0 {
				up.failOf = v.ID
			}
			clk.Add(24 * time.Hour)
		}
		clk.Add(3 * 366 * 24 * time.Hour)
		up.fail = errors.New("a slice above cannot")
		n, err := b.Sweeps()[2].Run(context.Background(), clk.Now())
		if n != 1 || err == nil || !strings.Contains(err.Error(), up.failOf) ||
			b.count(t, `SELECT COUNT(*) FROM closures WHERE erased_at_ms > 0`) != 1 {
			t.Errorf("%d erased, %v", n, err)
		}
	})
}

// erased lives on until the frozen data go.
func erased(t *testing.T, b *bundle, up *upstairs, workerID string) {
	t.Helper()
	erase := func() (int, error) { return b.Sweeps()[2].Run(context.Background(), b.clk.Now()) }
	check := func() {
		t.Helper()
		if err := b.Check(context.Background(), b.d, b.clk.Now()); err != nil {
			t.Error(err)
		}
	}
	b.clk.Add(3*365*24*time.Hour - time.Hour - lateCardTakes) // 2028 is a leap year: a day too early
	if n, err := erase(); err != nil || n != 0 {
		t.Errorf("too early: %d, %v", n, err)
	}
	check()
	b.clk.Add(25 * time.Hour)
	up.fail = errors.New("a slice above cannot")
	if _, err := erase(); err == nil || b.count(t, `SELECT COUNT(*) FROM closures
		WHERE erased_at_ms > 0`) != 0 {
		t.Errorf("erased half: %v", err)
	}
	up.fail = nil
	if n, err := erase(); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := erase(); err != nil || n != 0 {
		t.Errorf("twice: %d, %v", n, err)
	}
	w, err := b.ShowWorker(as(clerk), people.Get{WorkerID: workerID})
	if err != nil || w.Name != "已注销" || w.IDMasked != "****" || w.Region != county {
		t.Errorf("what is left: %+v, %v", w, err)
	}
	if p, err := b.KeptPhoneTx(context.Background(), b.d, workerID); err != nil || p != "" {
		t.Errorf("the phone outlived its time: %s, %v", p, err)
	}
	if len(up.erased) == 0 || up.erased[0] != workerID {
		t.Errorf("above: %v", up.erased)
	}
	_, err = b.SetBankCard(as(clerk), people.SetBankCard{Keyed: b.key(), WorkerID: workerID,
		CardNumber: cardA})
	wantCode(t, "a card for nobody", err, "people.account_closed")
	b.worker(t, phoneB, idA) // the number is free again
	check()
	b.exec(t, `UPDATE workers SET name = '王芳' WHERE name = '已注销'`)
	err = b.Check(context.Background(), b.d, b.clk.Now())
	if err == nil || !strings.Contains(err.Error(), "still has a name") {
		t.Errorf("a name that came back: %v", err)
	}
}
