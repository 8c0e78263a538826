package people_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

func (b *bundle) employer(t *testing.T, phone, uscc string) (context.Context, people.EmployerView) {
	t.Helper()
	ctx := b.logIn(t, phone)
	v, err := b.RegisterEmployer(ctx, people.RegisterEmployer{Keyed: b.key(), USCC: uscc,
		Name: "杭州演示物流有限公司", Address: "文一西路969号", Principal: "李强", Region: county})
	if err != nil {
		t.Fatal(err)
	}
	a := people.ActorOf(ctx)
	a.EmployerID, a.Roles = v.ID, []people.Role{people.RoleEmployer}
	return people.WithActor(ctx, a), v
}

// Goal: a payment's reference names an employer by its credit code, however it is written, or by
// its id; anything else names nobody.
func TestEmployersNamed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		_, v := b.employer(t, phoneA, usccA)
		_, w := b.employer(t, phoneB, usccB)
		spaced := usccA[:4] + " " + strings.ToLower(usccA[4:12]) + "\u3000" + usccA[12:] + " "
		want := map[string]string{usccA: v.ID, strings.ToLower(usccA): v.ID, spaced: v.ID,
			" " + v.ID: v.ID, usccB: w.ID}
		ask := slices.Collect(maps.Keys(want))
		got, err := b.EmployersNamedTx(t.Context(), d, append(ask, "", usccA+"0", "工资 "+usccA,
			strings.ToUpper(v.ID)))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%+v, %v", got, err)
		}
		for text, id := range want {
			if got[text].ID != id {
				t.Errorf("%q names %+v", text, got[text])
			}
		}
		if none, err := b.EmployersNamedTx(t.Context(), d, nil); err != nil || len(none) != 0 {
			t.Errorf("%v, %v", none, err)
		}
	})
}

// Goal: an employer registers once by its USCC; bad input is refused with its field.
func TestRegisterEmployer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx, v := b.employer(t, phoneA, usccA)
		e, err := b.GetEmployerTx(ctx, d, v.ID)
		if err != nil || e != (people.Employer{ID: v.ID, AccountID: people.ActorOf(ctx).AccountID,
			USCC: usccA, Name: "杭州演示物流有限公司", Address: "文一西路969号", Principal: "李强",
			Region: county}) {
			t.Errorf("%+v, %v", e, err)
		}
		shown, err := b.ShowEmployer(ctx, people.GetEmployer{EmployerID: v.ID})
		if err != nil || shown != v {
			t.Errorf("shown %+v, %v", shown, err)
		}
		good := people.RegisterEmployer{USCC: usccB, Name: "店", Address: "路1号", Principal: "李强",
			Region: county}
		other := b.logIn(t, phoneB)
		for _, c := range []struct {
			ctx         context.Context
			change      func(*people.RegisterEmployer)
			code, field string
		}{
			{other, func(r *people.RegisterEmployer) { r.USCC = usccA }, "people.uscc_taken", "uscc"},
			{ctx, func(*people.RegisterEmployer) {}, "people.already_employer", ""},
			{other, func(r *people.RegisterEmployer) { r.USCC = usccB[:17] + "3" },
				"people.uscc_check", "uscc"},
			{other, func(r *people.RegisterEmployer) { r.Name = "" }, "people.text_form", "name"},
			{other, func(r *people.RegisterEmployer) { r.Address = "找" + phoneA }, "people.text_number",
				"address"},
			{other, func(r *people.RegisterEmployer) { r.Principal = "9" }, "people.name_form", "principal"},
			{other, func(r *people.RegisterEmployer) { r.Region = "" }, "people.region_unknown", "region"},
			{context.Background(), func(*people.RegisterEmployer) {}, "people.not_logged_in", ""},
		} {
			in := good
			in.Keyed = b.key()
			c.change(&in)
			_, err := b.RegisterEmployer(c.ctx, in)
			if f := wantCode(t, c.code, err, c.code); f != nil && f.Field != c.field {
				t.Errorf("%s: field %s", c.code, f.Field)
			}
		}
		if n := b.count(t, `SELECT COUNT(*) FROM employers`); n != 1 {
			t.Errorf("%d employers", n)
		}
		_, err = b.GetEmployerTx(ctx, d, "emp_none")
		wantCode(t, "no such employer", err, "people.employer_not_found")
		_, err = b.ShowEmployer(other, people.GetEmployer{EmployerID: v.ID})
		wantCode(t, "a stranger", err, "people.not_allowed")
	})
}

// Goal: staff are made by those who may: a director's roles by a director or at the founding,
// supervisors by their employer; a clerk cannot make a clerk, nobody is given worker.
func TestCreateStaff(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		founding := people.AsSystem(context.Background(), "founding")
		boss, firm := b.employer(t, phoneA, usccA)
		_, otherFirm := b.employer(t, phoneB, usccB)
		create := func(ctx context.Context, phone, employerID string, roles ...people.Role) error {
			_, err := b.CreateStaff(ctx, people.CreateStaff{Keyed: b.key(), Phone: phone, Name: "赵敏",
				Roles: roles, EmployerID: employerID})
			return err
		}
		for _, c := range []struct {
			what  string
			ctx   context.Context
			phone string
			firm  string
			role  people.Role
			want  string
		}{
			{"the first director", founding, "13700000001", "", people.RoleDirector, ""},
			{"a clerk by the director", as(director), "13700000002", "", people.RoleClerk, ""},
			{"a clerk by a clerk", as(clerk), "13700000003", "", people.RoleClerk, "people.director_gives"},
			{"an auditor by an employer", boss, "13700000003", firm.ID, people.RoleAuditor,
				"people.director_gives"},
			{"a supervisor", boss, "13700000004", firm.ID, people.RoleSupervisor, ""},
			{"a supervisor of another", boss, "13700000004", otherFirm.ID, people.RoleSupervisor,
				"people.not_allowed"},
			{"a supervisor of nobody", as(clerk), "13700000004", "", people.RoleSupervisor,
				"people.employer_missing"},
			{"a supervisor of two", as(clerk), "13700000004", otherFirm.ID, people.RoleSupervisor,
				"people.other_employer"},
			{"a supervisor of none such", as(clerk), "13700000005", "emp_none", people.RoleSupervisor,
				"people.employer_not_found"},
			{"a worker", as(director), "13700000006", "", people.RoleWorker, "people.role_not_given"},
			{"the system", as(director), "13700000006", "", people.RoleSystem, "people.role_not_given"},
			{"by a worker", as(worker), "13700000006", "", people.RoleClerk, "people.not_allowed"},
			{"by nobody", context.Background(), "13700000006", "", people.RoleClerk, "people.not_logged_in"},
		} {
			wantCode(t, c.what, create(c.ctx, c.phone, c.firm, c.role), c.want)
		}
		if a := people.ActorOf(b.logIn(t, "13700000004")); a.EmployerID != firm.ID ||
			!a.Has(people.RoleSupervisor) || a.Has(people.RoleEmployer) {
			t.Errorf("supervisor %+v", a)
		}
		clk.Add(time.Hour)
		s, err := b.LogIn(context.Background(), people.LogIn{Phone: "13700000002",
			Code: b.request(t, "13700000002")})
		if err != nil || len(s.Roles) != 1 || s.Roles[0] != people.RoleClerk ||
			!s.ExpiresAt.Equal(clk.Now().Add(12*time.Hour)) {
			t.Errorf("clerk's session %+v, %v", s, err)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM accounts WHERE roles = ''`); n != 0 {
			t.Errorf("%d accounts are left behind by refusals", n)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM audit WHERE what <> 'card'`); n != 3 {
			t.Errorf("%d audit rows", n)
		}
		if err := b.Check(founding, d, clk.Now()); err != nil {
			t.Error(err)
		}
	})
}

// Goal: a card is kept masked and opened for the bank with an audit row; a number is shown in clear
// only to who may see it, and every look is on record, also the worker's own.
func TestNumbers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx, v := b.worker(t, phoneA, idA)
		card := func(ctx context.Context) (people.Card, error) {
			return db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (people.Card, error) {
				return b.CardTx(ctx, tx, v.ID)
			})
		}
		bank := people.AsSystem(context.Background(), "ledger.send")
		_, err := card(bank)
		if f := wantCode(t, "no card", err, "people.no_bank_card"); f != nil && f.Kind != fault.Conflict {
			t.Errorf("kind %s", f.Kind)
		}
		in := people.SetBankCard{Keyed: b.key(), WorkerID: v.ID, CardNumber: "6228 4804 0256 4890 018"}
		for range 2 {
			set, err := b.SetBankCard(ctx, in)
			if err != nil || set != (people.CardView{WorkerID: v.ID, CardMasked: "****0018"}) {
				t.Errorf("set %+v, %v", set, err)
			}
		}
		for _, c := range []struct {
			ctx          context.Context
			worker, card string
			code         string
		}{
			{ctx, v.ID, "6228480402564890019", "people.card_check"},
			{ctx, v.ID, "1", "people.card_form"},
			{ctx, "wrk_other", cardA, "people.not_allowed"},
			{as(clerk), "wrk_none", cardA, "people.worker_not_found"},
		} {
			_, err := b.SetBankCard(c.ctx, people.SetBankCard{Keyed: b.key(), WorkerID: c.worker,
				CardNumber: c.card})
			wantCode(t, c.code, err, c.code)
		}
		if got, err := card(bank); err != nil || got.Number != cardA {
			t.Errorf("for the bank: %v, %v", got, err)
		}
		_, err = b.SetBankCard(ctx, people.SetBankCard{Keyed: b.key(), WorkerID: v.ID,
			CardNumber: "6222000000000000004"})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := card(bank); err != nil || got.Number != "6222000000000000004" {
			t.Errorf("the new card: %v, %v", got, err)
		}
		looks(t, b, ctx, v)
	})
}

func looks(t *testing.T, b *bundle, ctx context.Context, v people.WorkerView) {
	t.Helper()
	for _, c := range []struct {
		ctx        context.Context
		what, want string
		code       string
	}{
		{ctx, "id_number", idA, ""}, {as(clerk), "phone", phoneA, ""},
		{as(clerk), "card", "6222000000000000004", ""}, {ctx, "name", "", "people.what_unknown"},
		{as(worker), "id_number", "", "people.not_allowed"},
		{as(auditor), "id_number", "", "people.not_allowed"},
	} {
		b.clk.Add(time.Second)
		got, err := b.ShowNumber(c.ctx, people.ShowNumber{WorkerID: v.ID, What: c.what,
			Reason: "核对工资卡"})
		wantCode(t, c.what, err, c.code)
		if got.Number != c.want {
			t.Errorf("%s: %s, want %s", c.what, got.Number, c.want)
		}
	}
	list, err := b.FindAudits(ctx, people.Get{WorkerID: v.ID})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range list.Audits {
		who := a.AccountID
		if who == people.ActorOf(ctx).AccountID {
			who = "me"
		}
		got = append(got, who+" "+a.What)
	}
	want := "acc_c card, acc_c phone, me id_number"
	if !strings.HasPrefix(strings.Join(got, ", "), want) || len(got) != 7 {
		t.Errorf("audits %v", got)
	}
	_, err = b.FindAudits(as(worker), people.Get{WorkerID: v.ID})
	wantCode(t, "another's audits", err, "people.not_allowed")
}

// Goal: sessions and codes go when their time has passed, in bounded steps, and nothing else.
func TestForget(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		for range 3 {
			b.logIn(t, phoneA)
		}
		clk.Add(30*24*time.Hour - time.Hour)
		ctx := b.logIn(t, phoneA)
		clk.Add(2 * time.Hour)
		sweep := b.Sweeps()[0]
		if n, err := sweep.Run(context.Background(), clk.Now()); err != nil || n != 3 {
			t.Errorf("forgot %d, %v", n, err)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM sessions`); n != 1 {
			t.Errorf("%d sessions", n)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM codes`); n != 1 {
			t.Errorf("%d codes", n)
		}
		if _, err := b.ShowMe(ctx, people.Me{}); err != nil {
			t.Errorf("the account: %v", err)
		}
	})
}

// Goal: a city opened with another key file is refused before anything is sealed with it.
func TestBindKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b, ctx := setup(t, d, clk), context.Background()
		for range 2 {
			if err := b.BindKey(ctx); err != nil {
				t.Fatal(err)
			}
		}
		bind := func(keys ...crypt.Key) error {
			ring, err := crypt.NewRing(keys...)
			if err != nil {
				t.Fatal(err)
			}
			deps := b.deps(t, d)
			deps.Box = ring
			return people.New(deps).BindKey(ctx)
		}
		wantCode(t, "another key", bind(crypt.KeyFromSeed(8)), "people.wrong_key")
		wantCode(t, "a key in front", bind(crypt.KeyFromSeed(8), crypt.KeyFromSeed(7)),
			"people.wrong_key")
		if err := bind(crypt.KeyFromSeed(7), crypt.KeyFromSeed(8)); err != nil {
			t.Errorf("a key added at the end: %v", err)
		}
	})
}

// Goal: law 9. After every operation of the slice no ID, phone or card number stands in clear in
// any table, nor a digest of one that can be tried out; the check finds each breach by itself.
func TestCheck(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx, v := b.worker(t, phoneA, idA)
		b.employer(t, phoneB, usccA)
		_, err := b.SetBankCard(ctx, people.SetBankCard{Keyed: b.key(), WorkerID: v.ID,
			CardNumber: cardA})
		if err == nil {
			_, err = b.ShowNumber(ctx, people.ShowNumber{WorkerID: v.ID, What: "card"})
		}
		if err != nil {
			t.Fatal(err)
		}
		noneInClear(t, d)
		check := func() error { return (&people.Service{}).Check(context.Background(), d, clk.Now()) }
		if err := check(); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			law, breach string
			args        []any
		}{
			{"the phone of account", `UPDATE accounts SET phone_sealed = $1`, []any{[]byte(idA)}},
			{"the ID number of worker", `UPDATE workers SET id_sealed = $1`, []any{[]byte(idA)}},
			{"the card of worker", `UPDATE cards SET card_sealed = $1`, []any{[]byte(cardA)}},
			{"is no digest", `UPDATE workers SET id_blind = $1`, []any{strings.Repeat("z", 64)}},
			{"clear in the name", `UPDATE accounts SET name = $1`, []any{"x " + phoneA}},
			{"clear in the words", `UPDATE employers SET address = $1`, []any{"x" + idA + "。"}},
			{"clear in the stored answer", `UPDATE deeds SET answer = $1 WHERE scope = (SELECT
				MAX(scope) FROM deeds WHERE SUBSTR(scope, 1, 7) = 'people.')`, []any{`"` + cardA + `"`}},
			{"may work from", `UPDATE workers SET birth_date = '2010-03-02'`, nil},
			{"may work from", `UPDATE workers SET birth_date = '2010-03-01', age_min = 18`, nil},
			{"does not know it", `UPDATE accounts SET worker_id = ''`, nil},
			{"not its own", `UPDATE accounts SET worker_id = 'wrk_x' WHERE worker_id = ''`, nil},
			{"does not exist", `UPDATE accounts SET employer_id = 'e' WHERE employer_id = ''`, nil},
		} {
			err := breached(d, c.breach, c.args)
			if err == nil || !strings.Contains(err.Error(), c.law) {
				t.Errorf("%s: %v, want %q", c.breach, err, c.law)
			}
			for _, number := range []string{phoneA, idA, cardA} {
				if err != nil && strings.Contains(err.Error(), number) {
					t.Errorf("the violation shows the number: %v", err)
				}
			}
		}
		if err := check(); err != nil {
			t.Errorf("after the breaches were rolled back: %v", err)
		}
	})
}

// breached runs a statement, checks inside the same transaction, and rolls both back.
func breached(d *db.DB, statement string, args []any) error {
	_, err := db.InTx(context.Background(), d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		if _, err := tx.Exec(ctx, statement, args...); err != nil {
			return false, err
		}
		err := (&people.Service{}).Check(ctx, tx, tx.Now)
		return false, errors.Join(errors.New("rolled back"), err)
	})
	return err
}

// noneInClear reads every cell of the tables that the slice writes, and looks for the numbers and
// for their plain digests.
func noneInClear(t *testing.T, d *db.DB) {
	t.Helper()
	for _, query := range []string{
		`SELECT phone_sealed, phone_blind || name || roles FROM accounts`,
		`SELECT id_sealed, id_blind || name FROM workers`,
		`SELECT card_sealed, worker_id FROM cards`,
		`SELECT phone_sealed, '' FROM accounts`,
		`SELECT id_sealed, answer || scope || key || input_hash FROM deeds, workers`,
		`SELECT id_sealed, topic || payload FROM changes, workers`,
		`SELECT id_sealed, what || subject FROM audit, workers`,
		`SELECT id_sealed, code_blind || subject || phone_blind || purpose FROM codes, workers`,
		`SELECT id_sealed, token_hash FROM sessions, workers`,
	} {
		rows := 0
		err := db.Each(context.Background(), d, query, nil, func(scan func(...any) error) error {
			var sealed []byte
			var text string
			if err := scan(&sealed, &text); err != nil {
				return err
			}
			rows++
			for _, number := range []string{phoneA, phoneB, idA, cardA} {
				if strings.Contains(string(sealed)+text, number) {
					t.Errorf("%s shows %s", query, number)
				}
			}
			return nil
		})
		if err != nil || rows == 0 {
			t.Errorf("%s: %d rows, %v", query, rows, err)
		}
	}
}

// Goal: the hash of a command's input is made of digests under the city's key: whoever has a copy
// of the database cannot try out phone numbers against it.
func TestInputHashIsKeyed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		hash := func(seed uint64) string {
			ring, err := crypt.NewRing(crypt.KeyFromSeed(seed))
			if err != nil {
				t.Fatal(err)
			}
			deps := b.deps(t, d)
			deps.Box = ring
			key := b.key()
			_, err = people.New(deps).RequestCode(context.Background(),
				people.RequestCode{Keyed: deed.Key(key.IdempotencyKey), Phone: phoneA})
			if err != nil {
				t.Fatal(err)
			}
			var h string
			err = db.Row(context.Background(), d, []any{&h},
				`SELECT input_hash FROM deeds WHERE key = $1`, key.IdempotencyKey)
			if err != nil {
				t.Fatal(err)
			}
			return h
		}
		if a, again, other := hash(1), hash(1), hash(2); a != again || a == other {
			t.Error("the hash does not depend on the key, or on more than it")
		}
	})
}
