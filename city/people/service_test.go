package people_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/i18n"
)

var schema = []fs.FS{feed.Migrations, people.Migrations}

const (
	phoneA  = "13800138000"
	phoneB  = "13900139000"
	idA     = "330199199001010011"
	idB     = "330199196811300025"
	usccA   = "91330199MA0000015A"
	usccB   = "92330199MA00000232"
	cardA   = "6228480402564890018"
	county  = "330110"
	codeMax = 5 // policy people.code_tries and people.code_per_hour
)

// bundle is a register with a box for the messages it sends.
type bundle struct {
	*people.Service
	d   *db.DB
	clk *clock.Fake

	mu   sync.Mutex
	sent []people.Message
	fail error // what sending answers
	keys int
}

func setup(t *testing.T, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	b := &bundle{d: d, clk: clk}
	b.Service = people.New(b.deps(t, d))
	return b
}

func (b *bundle) deps(t *testing.T, d *db.DB) people.Deps {
	t.Helper()
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	ring, err := crypt.NewRing(crypt.KeyFromSeed(7))
	if err != nil {
		t.Fatal(err)
	}
	return people.Deps{DB: d, Policy: book, Box: ring,
		Send: func(_ context.Context, tx *db.Tx, m people.Message) error {
			b.mu.Lock()
			fail := b.fail
			b.mu.Unlock()
			if fail == nil {
				tx.AfterCommit(func() {
					b.mu.Lock()
					defer b.mu.Unlock()
					b.sent = append(b.sent, m)
				})
			}
			return fail
		}}
}

// key gives a new idempotency key.
func (b *bundle) key() deed.Keyed {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keys++
	return deed.Key(fmt.Sprintf("k%d", b.keys))
}

// code gives the last code sent to the phone.
func (b *bundle) code(phone string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.sent) - 1; i >= 0; i-- {
		if b.sent[i].Phone == phone {
			return b.sent[i].Args["code"]
		}
	}
	return ""
}

func (b *bundle) request(t *testing.T, phone string) string {
	t.Helper()
	_, err := b.RequestCode(context.Background(), people.RequestCode{Keyed: b.key(), Phone: phone})
	if err != nil {
		t.Fatal(err)
	}
	return b.code(phone)
}

// logIn gives a context in which the phone's account asks.
func (b *bundle) logIn(t *testing.T, phone string) context.Context {
	t.Helper()
	b.clk.Add(15 * time.Minute) // so that no test meets the bound of codes per hour by chance
	s, err := b.LogIn(context.Background(), people.LogIn{Phone: phone, Code: b.request(t, phone)})
	if err != nil {
		t.Fatal(err)
	}
	return b.enter(t, s.Token)
}

func (b *bundle) enter(t *testing.T, token string) context.Context {
	t.Helper()
	a, err := b.Authenticate(context.Background(), token)
	if err != nil {
		t.Fatal(err)
	}
	return people.WithActor(context.Background(), a)
}

func (b *bundle) worker(t *testing.T, phone, id string) (context.Context, people.WorkerView) {
	t.Helper()
	ctx := b.logIn(t, phone)
	v, err := b.RegisterWorker(ctx, people.RegisterWorker{Keyed: b.key(), Name: "王芳", IDNumber: id,
		Region: county})
	if err != nil {
		t.Fatal(err)
	}
	a := people.ActorOf(ctx)
	a.WorkerID, a.Roles = v.ID, []people.Role{people.RoleWorker}
	return people.WithActor(ctx, a), v
}

func (b *bundle) count(t *testing.T, query string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := db.Row(context.Background(), b.d, []any{&n}, query, args...); err != nil {
		t.Fatal(err)
	}
	return n
}

// sentences are loaded once for all tests.
var sentences = sync.OnceValues(i18n.Load)

// wantCode wants the fault, and that its sentence can be said in both languages with its args.
func wantCode(t *testing.T, what string, err error, code string) *fault.Error {
	t.Helper()
	if got := fault.CodeOf(err); got != code {
		t.Errorf("%s: got %q (%v), want %q", what, got, err, code)
	}
	f := fault.As(err)
	if f == nil {
		return nil
	}
	book, err := sentences()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages() {
		if said := book.Say(lang, f.Code, f.Args); said == f.Code || strings.Contains(said, "{") {
			t.Errorf("%s: in %s it says %q", what, lang, said)
		}
	}
	return f
}

func wrong(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

// Goal: a code logs in once, opens an account at the first time and finds it again; the session is
// known by its token only, ends by itself, and ends when told to.
func TestLogIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b, ctx := setup(t, d, clk), context.Background()
		b.request(t, "+86 138-0013-8000")
		code := b.code(phoneA)
		if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
			t.Fatalf("code %q", code)
		}
		m := b.sent[0]
		if m.Phone != phoneA || m.Template != "code_login" || m.Args["min"] != "5" || m.Key == "" {
			t.Errorf("message %+v", m)
		}
		s, err := b.LogIn(ctx, people.LogIn{Phone: phoneA, Code: " " + code})
		if err != nil || len(s.Token) < 43 || len(s.Roles) != 0 ||
			!s.ExpiresAt.Equal(clk.Now().Add(30*24*time.Hour)) {
			t.Fatalf("session %+v, %v", s, err)
		}
		_, err = b.LogIn(ctx, people.LogIn{Phone: phoneA, Code: code})
		wantCode(t, "the same code again", err, "people.code_none")
		a, err := b.Authenticate(ctx, s.Token)
		if err != nil || a.AccountID != s.AccountID || a.WorkerID != "" {
			t.Errorf("actor %+v, %v", a, err)
		}
		me, err := b.ShowMe(people.WithActor(ctx, a), people.Me{})
		if err != nil || me.PhoneMasked != "138****8000" || me.AccountID != s.AccountID {
			t.Errorf("me %+v, %v", me, err)
		}
		second, err := b.LogIn(ctx, people.LogIn{Phone: phoneA, Code: b.request(t, phoneA)})
		if err != nil || second.AccountID != s.AccountID || second.Token == s.Token {
			t.Errorf("second log-in %+v, %v", second, err)
		}
		for _, token := range []string{"", "x", s.Token + "x", s.Token[1:]} {
			_, err = b.Authenticate(ctx, token)
			if f := wantCode(t, "token "+token, err, "people.not_logged_in"); f != nil &&
				f.Kind != fault.Unknown {
				t.Errorf("kind %s", f.Kind)
			}
		}
		if n := b.count(t, `SELECT COUNT(*) FROM sessions WHERE token_hash = $1`, s.Token); n != 0 {
			t.Error("the token itself is stored")
		}
		sessionsEnd(t, b, s, second)
	})
}

func sessionsEnd(t *testing.T, b *bundle, s, second people.Session) {
	ctx := context.Background()
	out, err := b.LogOut(b.enter(t, s.Token), people.LogOut{})
	if err != nil || out.Sessions != 1 {
		t.Errorf("log out: %+v, %v", out, err)
	}
	_, err = b.Authenticate(ctx, s.Token)
	wantCode(t, "after log-out", err, "people.not_logged_in")
	last := b.enter(t, second.Token)
	b.clk.Set(second.ExpiresAt.Add(-time.Millisecond))
	b.enter(t, second.Token)
	b.clk.Set(second.ExpiresAt)
	_, err = b.Authenticate(ctx, second.Token)
	wantCode(t, "at its end", err, "people.session_ended")
	third, err := b.LogIn(ctx, people.LogIn{Phone: phoneA, Code: b.request(t, phoneA)})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := b.LogOut(last, people.LogOut{Everywhere: true}); err != nil || out.Sessions != 2 {
		t.Errorf("log out everywhere: %+v, %v", out, err)
	}
	_, err = b.Authenticate(ctx, third.Token)
	wantCode(t, "after log-out everywhere", err, "people.not_logged_in")
	_, err = b.LogOut(ctx, people.LogOut{})
	wantCode(t, "nobody logs out", err, "people.not_logged_in")
}

// Goal: wrong codes are counted although the log-in fails; at the last try the code is void, even
// the right one; a code ends with its time; a newer one replaces it.
func TestWrongCodes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b, ctx := setup(t, d, clk), context.Background()
		try := func(code string) error {
			_, err := b.LogIn(ctx, people.LogIn{Phone: phoneA, Code: code})
			return err
		}
		wantCode(t, "no code sent", try("123456"), "people.code_none")
		code := b.request(t, phoneA)
		for left := codeMax - 1; left > 0; left-- {
			f := wantCode(t, "wrong", try(wrong(code)), "people.code_wrong")
			if f != nil && (f.Args["left"] != left || f.Field != "code" || f.Kind != fault.Invalid) {
				t.Errorf("left %v, want %d: %v", f.Args["left"], left, f)
			}
		}
		wantCode(t, "the last try", try(wrong(code)), "people.code_locked")
		wantCode(t, "the right one, too late", try(code), "people.code_locked")
		if n := b.count(t, `SELECT tries FROM codes`); n != codeMax {
			t.Errorf("%d tries are counted", n)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM accounts`); n != 0 {
			t.Errorf("%d accounts", n)
		}
		old := b.request(t, phoneA)
		fresh := b.request(t, phoneA)
		if old != fresh {
			wantCode(t, "replaced", try(old), "people.code_wrong")
		}
		clk.Add(5*time.Minute - time.Millisecond)
		if err := try(fresh); err != nil {
			t.Errorf("at the last moment: %v", err)
		}
		late := b.request(t, phoneA)
		clk.Add(5 * time.Minute)
		wantCode(t, "after its time", try(late), "people.code_expired")
		wantCode(t, "no phone", func() error {
			_, err := b.LogIn(ctx, people.LogIn{Phone: "12", Code: late})
			return err
		}(), "people.phone_form")
	})
}

// Goal: codes in an hour are bounded for a phone and a kind, the refusal says when to come back,
// and the bound moves with the hour; a repeated key sends nothing twice.
func TestCodesPerHour(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b, ctx := setup(t, d, clk), context.Background()
		first, key := clk.Now(), b.key()
		for range 3 {
			sent, err := b.RequestCode(ctx, people.RequestCode{Keyed: key, Phone: phoneA})
			if err != nil || !sent.Until.Equal(first.Add(5*time.Minute)) {
				t.Fatalf("sent %+v, %v", sent, err)
			}
		}
		if len(b.sent) != 1 {
			t.Fatalf("%d messages for one key", len(b.sent))
		}
		for range codeMax - 1 {
			clk.Add(time.Minute)
			b.request(t, phoneA)
		}
		request := func(phone string) error {
			_, err := b.RequestCode(ctx, people.RequestCode{Keyed: b.key(), Phone: phone})
			return err
		}
		f := wantCode(t, "one too many", request(phoneA), "people.code_too_many")
		again := first.Add(time.Hour).In(civil.Zone).Format("15:04")
		wait := int64(first.Add(time.Hour).Sub(clk.Now()) / time.Second)
		if f != nil && (f.Kind != fault.Limited || f.Args["again_at"] != again ||
			f.Args["retry_s"] != wait) {
			t.Errorf("%v, want again at %s, in %d s", f, again, wait)
		}
		if err := request(phoneB); err != nil {
			t.Errorf("another phone: %v", err)
		}
		clk.Set(first.Add(time.Hour - time.Millisecond))
		wantCode(t, "just before", request(phoneA), "people.code_too_many")
		clk.Set(first.Add(time.Hour))
		if err := request(phoneA); err != nil {
			t.Errorf("an hour after the first: %v", err)
		}
		wantCode(t, "and again", request(phoneA), "people.code_too_many")
		wantCode(t, "not a phone", request("12345"), "people.phone_form")
	})
}

// Goal: when the message cannot be handed out, no code is left behind.
func TestRequestCodeLastStepFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fail = errors.New("outbox")
		_, err := b.RequestCode(context.Background(), people.RequestCode{Keyed: b.key(), Phone: phoneA})
		if !errors.Is(err, b.fail) {
			t.Errorf("got %v", err)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM codes`); n != 0 {
			t.Errorf("%d codes", n)
		}
	})
}

// Goal: of twenty who type the same code at once one gets a session; twenty who guess at once do
// not get more than the tries a code has.
func TestLogInRacers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		race := func(code string) map[string]int {
			var mu sync.Mutex
			var wg sync.WaitGroup
			got := map[string]int{}
			for range 20 {
				wg.Go(func() {
					_, err := b.LogIn(context.Background(), people.LogIn{Phone: phoneA, Code: code})
					mu.Lock()
					defer mu.Unlock()
					got[fault.CodeOf(err)]++
				})
			}
			wg.Wait()
			return got
		}
		if got := race(b.request(t, phoneA)); got[""] != 1 || got["people.code_none"] != 19 {
			t.Errorf("one right code: %v", got)
		}
		got := race(wrong(b.request(t, phoneA)))
		if got["people.code_wrong"] != codeMax-1 || got["people.code_locked"] != 20-codeMax+1 {
			t.Errorf("guesses: %v", got)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM accounts`); n != 1 {
			t.Errorf("%d accounts for one phone", n)
		}
	})
}

// Goal: a code for a deed is counted outside the deed and spent inside it: wrong tries stay counted
// when the deed fails, a deed that was never tried finds nothing, a code is for one deed, bound to
// its account and purpose, and the same right code may be shown again for a repeat.
func TestDeedCodes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b, ctx := setup(t, d, clk), context.Background()
		me := people.ActorOf(b.logIn(t, phoneA)).AccountID
		other := people.ActorOf(b.logIn(t, phoneB)).AccountID
		const purpose = "sign/ctr_1"
		send := func(account, purpose string) error {
			_, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
				return true, b.SendCodeTx(ctx, tx, account, purpose)
			})
			return err
		}
		use := func(account, purpose, code string) error {
			_, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
				return true, b.UseCodeTx(ctx, tx, account, purpose, code)
			})
			return err
		}
		wantCode(t, "no such account", send("acc_none", purpose), "people.account_not_found")
		wantCode(t, "none sent", b.TryCode(ctx, me, purpose, "123456"), "people.code_none")
		if err := send(me, purpose); err != nil {
			t.Fatal(err)
		}
		code := b.code(phoneA)
		if m := b.sent[len(b.sent)-1]; m.AccountID != me || m.Template != "code_sign" {
			t.Errorf("message %+v", m)
		}
		wantCode(t, "not tried", use(me, purpose, code), "people.code_none")
		wantCode(t, "wrong", b.TryCode(ctx, me, purpose, wrong(code)), "people.code_wrong")
		wantCode(t, "wrong is not proved", use(me, purpose, wrong(code)), "people.code_none")
		wantCode(t, "other purpose", b.TryCode(ctx, me, "sign/ctr_2", code), "people.code_none")
		wantCode(t, "other account", b.TryCode(ctx, other, purpose, code), "people.code_none")
		for range 2 {
			if err := b.TryCode(ctx, me, purpose, code); err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, "proved for another purpose", use(me, "sign/ctr_2", code), "people.code_none")
		wantCode(t, "proved for another account", use(other, purpose, code), "people.code_none")
		if err := use(me, purpose, code); err != nil {
			t.Fatal(err)
		}
		wantCode(t, "spent", use(me, purpose, code), "people.code_none")
		if err := b.TryCode(ctx, me, purpose, code); err != nil {
			t.Errorf("shown again for a repeat: %v", err)
		}
		wantCode(t, "wrong after it was spent", b.TryCode(ctx, me, purpose, wrong(code)),
			"people.code_none")
		if n := b.count(t, `SELECT tries FROM codes WHERE purpose = $1`, purpose); n != 1 {
			t.Errorf("%d tries are counted", n)
		}
		deedCodesEnd(t, b, me, send, use)
	})
}

func deedCodesEnd(
	t *testing.T, b *bundle, me string, send func(a, p string) error, use func(a, p, c string) error,
) {
	ctx := context.Background()
	if err := send(me, "sign/late"); err != nil {
		t.Fatal(err)
	}
	code := b.code(phoneA)
	if err := b.TryCode(ctx, me, "sign/late", code); err != nil {
		t.Fatal(err)
	}
	b.clk.Add(5 * time.Minute)
	wantCode(t, "proved, then too late", use(me, "sign/late", code), "people.code_none")
	for n := range codeMax - 2 { // two were sent already
		if err := send(me, fmt.Sprintf("sign/%d", n)); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, "sign codes of an hour", send(me, "sign/more"), "people.code_too_many")
	b.request(t, phoneA) // log-in codes are counted apart
}

// Goal: a worker registers once, with masked numbers in the answer; the account then has the role
// and the id; an account may be worker and employer.
func TestRegisterWorker(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx := b.logIn(t, phoneA)
		in := people.RegisterWorker{Keyed: b.key(), Name: " 王芳 ", IDNumber: idB, Region: county}
		v, err := b.RegisterWorker(ctx, in)
		want := people.WorkerView{ID: v.ID, Name: "王芳", IDMasked: "330****0025", Sex: people.Female,
			Age: 57, Region: county}
		if err != nil || v != want || !strings.HasPrefix(v.ID, "wrk_") {
			t.Fatalf("%+v, %v", v, err)
		}
		if again, err := b.RegisterWorker(ctx, in); err != nil || again != v {
			t.Errorf("the same key: %+v, %v", again, err)
		}
		in.IDNumber = idA
		_, err = b.RegisterWorker(ctx, in)
		wantCode(t, "the same key, another number", err, "deed.key_reused")
		in.Keyed = b.key()
		_, err = b.RegisterWorker(ctx, in)
		wantCode(t, "twice", err, "people.already_worker")
		_, err = b.RegisterEmployer(ctx, people.RegisterEmployer{Keyed: b.key(), USCC: usccB,
			Name: "王芳小吃店", Address: "文一西路1号", Principal: "王芳", Region: county})
		if err != nil {
			t.Fatal(err)
		}
		a := people.ActorOf(b.logIn(t, phoneA))
		if a.WorkerID != v.ID || a.EmployerID == "" || !a.Has(people.RoleWorker) ||
			!a.Has(people.RoleEmployer) {
			t.Errorf("actor %+v", a)
		}
		w, err := b.GetWorkerTx(ctx, d, v.ID)
		if err != nil || w != (people.Worker{ID: v.ID, AccountID: a.AccountID, Name: "王芳",
			Sex: people.Female, BirthDate: "1968-11-30", Region: county}) {
			t.Errorf("worker %+v, %v", w, err)
		}
		if shown, err := b.ShowWorker(people.WithActor(ctx, a), people.Get{WorkerID: v.ID}); err != nil ||
			shown != v {
			t.Errorf("shown %+v, %v", shown, err)
		}
		_, err = b.GetWorkerTx(ctx, d, "wrk_none")
		wantCode(t, "no such worker", err, "people.worker_not_found")
		if n := b.count(t, `SELECT COUNT(*) FROM changes WHERE topic = 'people.worker_registered.v1'
			AND subject = $1`, v.ID); n != 1 {
			t.Errorf("%d events", n)
		}
	})
}

// Goal: bad input is refused with its field and leaves nothing; a fifteen-year-old and a person on
// the sixteenth birthday are refused, the day after it is fine.
func TestRegisterWorkerRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx := b.logIn(t, phoneA)
		good := people.RegisterWorker{Name: "王芳", IDNumber: idA, Region: county}
		for _, c := range []struct {
			change      func(*people.RegisterWorker)
			code, field string
		}{
			{func(r *people.RegisterWorker) { r.Name = "1" }, "people.name_form", "name"},
			{func(r *people.RegisterWorker) { r.IDNumber = idA[:17] + "2" }, "people.id_check", "id_number"},
			{func(r *people.RegisterWorker) { r.IDNumber = idA[:15] }, "people.id_old", "id_number"},
			{func(r *people.RegisterWorker) { r.IDNumber = "330199201011240267" }, "people.too_young",
				"id_number"},
			{func(r *people.RegisterWorker) { r.Region = "999999" }, "people.region_unknown", "region"},
			{func(r *people.RegisterWorker) { r.Region = "33" }, "people.region_unknown", "region"},
			{func(r *people.RegisterWorker) { r.Phone = phoneB }, "people.not_allowed", ""},
			{func(r *people.RegisterWorker) { r.IdempotencyKey = "" }, "deed.key_missing",
				"Idempotency-Key"},
		} {
			in := good
			in.Keyed = b.key()
			c.change(&in)
			_, err := b.RegisterWorker(ctx, in)
			if f := wantCode(t, c.code, err, c.code); f != nil && f.Field != c.field {
				t.Errorf("%s: field %s", c.code, f.Field)
			}
		}
		_, err := b.RegisterWorker(context.Background(), good)
		wantCode(t, "nobody", err, "people.not_logged_in")
		if n := b.count(t, `SELECT COUNT(*) FROM workers`) + b.count(t, `SELECT COUNT(*) FROM deeds
			WHERE SUBSTR(scope, 1, 15) = 'people.register'`); n != 0 {
			t.Errorf("%d rows are left behind", n)
		}
		// Made up: born 2009-11-22, so sixteen from 2025-11-23 on; and born 2010-11-24.
		young := good
		young.IDNumber = "330199201011240267"
		sixteenth := civil.Date("2026-11-24")
		clk.Set(sixteenth.AddDays(1).Midnight().Add(-time.Millisecond)) // the birthday's last moment
		young.Keyed = b.key()
		_, err = b.RegisterWorker(ctx, young)
		f := wantCode(t, "on the birthday", err, "people.too_young")
		if f != nil && f.Args["first_day"] != sixteenth.AddDays(1) {
			t.Errorf("first day %v", f.Args["first_day"])
		}
		clk.Add(time.Millisecond)
		v, err := b.RegisterWorker(ctx, young)
		if err != nil || v.Age != 16 {
			t.Errorf("the day after: %+v, %v", v, err)
		}
		if err := b.Check(ctx, d, clk.Now()); err != nil {
			t.Error(err)
		}
	})
}

// Goal: of twenty accounts that register one ID number at once one wins and the others learn why;
// the same on two processes, which share no lanes.
func TestRegisterRacers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		var accounts []context.Context
		for n := range 20 {
			accounts = append(accounts, b.logIn(t, fmt.Sprintf("138%08d", n)))
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		got := map[string]int{}
		for _, ctx := range accounts {
			wg.Go(func() {
				_, err := b.RegisterWorker(ctx, people.RegisterWorker{Keyed: b.key(), Name: "王芳",
					IDNumber: idA, Region: county})
				mu.Lock()
				defer mu.Unlock()
				got[fault.CodeOf(err)]++
			})
		}
		wg.Wait()
		if got[""] != 1 || got["people.id_taken"] != 19 {
			t.Errorf("got %v", got)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM accounts WHERE worker_id <> ''`); n != 1 {
			t.Errorf("%d accounts are workers", n)
		}
	})
}

// Goal: two processes on one PostgreSQL, without a common lane, still register an ID number once.
func TestRegisterTwoProcesses(t *testing.T) {
	t.Parallel()
	url, clk := dbtest.Schema(t), clock.NewFake(dbtest.Start)
	var both []*bundle
	for range 2 {
		d, err := db.Open(context.Background(), url, db.Options{Clock: clk, Migrations: schema,
			Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		both = append(both, setup(t, d, clk))
	}
	var accounts []context.Context
	for n := range 8 {
		accounts = append(accounts, both[n%2].logIn(t, fmt.Sprintf("138%08d", n)))
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	got := map[string]int{}
	for n, ctx := range accounts {
		wg.Go(func() {
			_, err := both[n%2].RegisterWorker(ctx, people.RegisterWorker{
				Keyed: deed.Key(fmt.Sprint("r", n)), Name: "王芳", IDNumber: idA, Region: county})
			mu.Lock()
			defer mu.Unlock()
			got[fault.CodeOf(err)]++
		})
	}
	wg.Wait()
	if got[""] != 1 || got["people.id_taken"] != 7 {
		t.Errorf("got %v", got)
	}
}

// Goal: a clerk registers somebody by phone; the person finds the registration when logging in.
func TestRegisterOnBehalf(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		in := people.RegisterWorker{Keyed: b.key(), Name: "王芳", IDNumber: idA, Region: county,
			Phone: phoneB}
		v, err := b.RegisterWorker(as(clerk), in)
		if err != nil {
			t.Fatal(err)
		}
		if a := people.ActorOf(b.logIn(t, phoneB)); a.WorkerID != v.ID || !a.Has(people.RoleWorker) {
			t.Errorf("actor %+v", a)
		}
		in.Keyed, in.IDNumber = b.key(), idB
		_, err = b.RegisterWorker(as(clerk), in)
		wantCode(t, "the phone is a worker's", err, "people.already_worker")
		in.Keyed, in.Phone = b.key(), "1"
		_, err = b.RegisterWorker(as(clerk), in)
		wantCode(t, "no phone", err, "people.phone_form")
	})
}
