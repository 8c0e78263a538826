package contract_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/contract"
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
)

var schema = []fs.FS{people.Migrations, contract.Migrations, feed.Migrations}

// bundle is a city with one employer; every code sent is kept in codes, by phone.
type bundle struct {
	t      testing.TB
	d      *db.DB
	clk    *clock.Fake
	people *people.Service
	s      *contract.Service
	boss   context.Context
	emp    string

	keys  atomic.Int64
	mu    sync.Mutex
	codes map[string]string
	told  map[string]people.Message // by key
}

func setup(t testing.TB, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	box, err := crypt.NewRing(crypt.KeyFromSeed(1))
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{t: t, d: d, clk: clk, codes: map[string]string{}, told: map[string]people.Message{}}
	b.people = people.New(people.Deps{DB: d, Policy: book, Box: box,
		Send: func(_ context.Context, _ *db.Tx, m people.Message) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.codes[m.Phone] = m.Args["code"]
			return nil
		}})
	b.s = contract.New(contract.Deps{DB: d, Policy: book, People: b.people, Tell: b.tell})
	b.boss = b.logIn("13900000000")
	e := must(b.people.RegisterEmployer(b.boss, people.RegisterEmployer{Keyed: b.key(),
		USCC: "91330199MA0000015A", Name: "余杭某电子商务有限公司", Address: "杭州市余杭区文一西路1号",
		Principal: "王芳", Region: "330110"}))(t)
	b.emp, b.boss = e.ID, b.logIn("13900000000")
	return b
}

// tell keeps what both sides are told.
func (b *bundle) tell(_ context.Context, _ *db.Tx, m people.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told[m.Key] = m
	return nil
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (b *bundle) key() deed.Keyed { return deed.Key(fmt.Sprint("key-", b.keys.Add(1))) }

func (b *bundle) code(phone string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.codes[phone]
}

func (b *bundle) logIn(phone string) context.Context {
	b.t.Helper()
	ctx := context.Background()
	must(b.people.RequestCode(ctx, people.RequestCode{Keyed: b.key(), Phone: phone}))(b.t)
	s := must(b.people.LogIn(ctx, people.LogIn{Phone: phone, Code: b.code(phone)}))(b.t)
	return people.WithActor(ctx, must(b.people.Authenticate(ctx, s.Token))(b.t))
}

// hand is a worker with a phone.
type hand struct {
	context.Context
	id, phone string
}

// worker registers somebody born on that day; an odd n is a man.
func (b *bundle) worker(n int, birth civil.Date) hand {
	b.t.Helper()
	phone := fmt.Sprintf("138%08d", n)
	ctx := b.logIn(phone)
	w := must(b.people.RegisterWorker(ctx, people.RegisterWorker{Keyed: b.key(), Name: "张三",
		IDNumber: idNumber(birth, n), Region: "500103"}))(b.t)
	return hand{b.logIn(phone), w.ID, phone}
}

// idNumber makes a valid number of the fictitious region 330199. Source: GB 11643.
func idNumber(birth civil.Date, seq int) string {
	s := fmt.Sprintf("330199%s%03d", strings.ReplaceAll(string(birth), "-", ""), seq)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

func terms(startsAt time.Time, hours int) contract.Terms {
	return contract.Terms{WorkType: "task", Settlement: "platform", Title: "分拣员", Content: "包裹分拣",
		PlaceName: "三号仓", PlaceAddress: "余杭区仓前街道1号", Region: "330110", StartsAt: startsAt,
		EndsAt: startsAt.Add(time.Duration(hours) * time.Hour), PayUnit: "hour", RateFen: 2600,
		InsurancePlan: "pln_1"}
}

func (b *bundle) tx(
	ctx context.Context, fn func(context.Context, *db.Tx) (string, error),
) (string, error) {
	return db.InTx(ctx, b.d, fn)
}

func (b *bundle) offer(shiftID string, heads int, t contract.Terms) (string, error) {
	return b.tx(b.boss, func(ctx context.Context, tx *db.Tx) (string, error) {
		return b.s.OfferTx(ctx, tx, contract.OfferCmd{ShiftID: shiftID, EmployerID: b.emp, Heads: heads,
			Terms: t})
	})
}

func (b *bundle) draft(w hand, placementID, shiftID string, t contract.Terms) (string, error) {
	return b.tx(w, func(ctx context.Context, tx *db.Tx) (string, error) {
		worker, err := b.people.GetWorkerTx(ctx, tx, w.id)
		if err != nil {
			return "", err
		}
		return b.s.DraftTx(ctx, tx, contract.DraftCmd{PlacementID: placementID, ShiftID: shiftID,
			Worker: worker, Terms: t})
	})
}

// drafted gives a worker a contract on a shift of their own.
func (b *bundle) drafted(w hand, name string, t contract.Terms) string {
	b.t.Helper()
	must(b.offer("shf_"+name, 3, t))(b.t)
	return must(b.draft(w, "plc_"+name, "shf_"+name, t))(b.t)
}

func (b *bundle) requestCode(w hand, contractID string) (string, error) {
	v, err := b.s.Show(w, contract.Show{ContractID: contractID})
	if err != nil {
		return "", err
	}
	_, err = b.s.RequestSignCode(w, contract.RequestSignCode{Keyed: b.key(), ContractID: contractID,
		TextHash: v.TextHash})
	return b.code(w.phone), err
}

func (b *bundle) sign(w hand, contractID string) contract.Receipt {
	b.t.Helper()
	code := must(b.requestCode(w, contractID))(b.t)
	return must(b.s.Sign(w, contract.Sign{Keyed: b.key(), ContractID: contractID, Code: code}))(b.t)
}

func (b *bundle) check() error { return b.s.Check(context.Background(), b.d, b.clk.Now()) }

func (b *bundle) count(query string, args ...any) int64 {
	b.t.Helper()
	return must(db.Get[int64](context.Background(), b.d, query, args...))(b.t)
}

func wantFault(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

var monday = civil.Date("2026-03-02")

// Goal: from offer to both signatures: every step is on record, in order, verifies, and is told.
func TestSign(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		shift := terms(monday.At(9*60), 8)
		id := b.drafted(w, "a", shift)
		_, err := b.s.SignedTx(w, d, "plc_a")
		wantFault(t, err, "contract.not_signed")
		_, err = b.s.SignedTx(w, d, "plc_none")
		wantFault(t, err, "contract.not_signed")

		clk.Add(time.Minute)
		r := b.sign(w, id)
		ref := must(b.s.SignedTx(w, d, "plc_a"))(t)
		if ref.ContractID != id || !ref.SignedAt.Equal(clk.Now()) || !r.SignedAt.Equal(clk.Now()) {
			t.Errorf("signed: %+v, %+v", ref, r)
		}
		v := must(b.s.Show(w, contract.Show{ContractID: id}))(t)
		if !v.Intact || v.Flaw != "" || v.State != contract.Signed || v.Template != contract.Labour {
			t.Errorf("shown: %+v", v)
		}
		var kinds []string
		for _, e := range v.Evidence {
			kinds = append(kinds, string(e.Kind))
		}
		const want = "offered drafted shown code_sent signed_worker completed"
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("evidence: %s", got)
		}
		end := v.Evidence[len(v.Evidence)-1]
		if end.Hash != r.EvidenceHash || r.TextHash != v.TextHash {
			t.Errorf("receipt %+v, last row %+v", r, end)
		}
		events := must(db.List[string](w, d, `SELECT subject || payload FROM changes
			WHERE topic = 'contract.signed.v1'`))(t)
		if len(events) != 1 || !strings.HasPrefix(events[0], id+"{") ||
			!strings.Contains(events[0], r.EvidenceHash) {
			t.Errorf("events: %q", events)
		}
		found := must(b.s.FindContracts(w, contract.FindContracts{WorkerID: w.id}))(t)
		if len(found.Contracts) != 1 || found.Contracts[0].State != contract.Signed {
			t.Errorf("found: %+v", found)
		}
		if err := b.check(); err != nil {
			t.Error(err)
		}
	})
}

// Goal: who said no to the use of name and ID number signs nothing, as the words of that consent
// tell, and signs once they agree again.
func TestSignNeedsIdentity(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		id := b.drafted(w, "a", terms(monday.At(9*60), 8))
		must(b.people.WithdrawConsent(w, people.WithdrawConsent{Keyed: b.key(), WorkerID: w.id,
			Purpose: people.PurposeIdentity}))(t)
		code := must(b.requestCode(w, id))(t)
		_, err := b.s.Sign(w, contract.Sign{Keyed: b.key(), ContractID: id, Code: code})
		wantFault(t, err, "people.consent_withdrawn")
		must(b.people.GiveConsent(w, people.GiveConsent{Keyed: b.key(), WorkerID: w.id,
			Purpose: people.PurposeIdentity, Version: "1"}))(t)
		must(b.s.Sign(w, contract.Sign{Keyed: b.key(), ContractID: id, Code: code}))(t)
	})
}

// Goal: the ID number stands nowhere in clear; who may see it in clear does so audited.
func TestNumbers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		number := idNumber("1990-01-01", 1)
		id := b.drafted(w, "a", terms(monday.At(9*60), 8))
		b.sign(w, id)
		all := must(db.List[string](w, d, `SELECT body FROM contract_evidence UNION ALL
			SELECT text || terms FROM contract_offers UNION ALL SELECT answer || input_hash FROM deeds
			UNION ALL SELECT payload FROM changes`))(t)
		masked := false
		for _, text := range all {
			if strings.Contains(text, number) || strings.Contains(text, number[6:14]) {
				t.Errorf("in clear: %s", text)
			}
			masked = masked || strings.Contains(text, number[:3]+"****"+number[14:])
		}
		if !masked {
			t.Error("the masked number stands nowhere")
		}
		before := b.count(`SELECT COUNT(*) FROM audit`)
		v := must(b.s.Show(w, contract.Show{ContractID: id, Full: true}))(t)
		if v.IDNumber != number || strings.Contains(v.Text, number) {
			t.Errorf("shown in full: %q", v.IDNumber)
		}
		if n := b.count(`SELECT COUNT(*) FROM audit`) - before; n != 1 {
			t.Errorf("%d audit rows for one look", n)
		}
		if v := must(b.s.Show(b.boss, contract.Show{ContractID: id}))(t); v.IDNumber != "" || !v.Intact {
			t.Errorf("the employer sees %q, intact %v", v.IDNumber, v.Intact)
		}
		_, err := b.s.Show(b.boss, contract.Show{ContractID: id, Full: true})
		wantFault(t, err, "people.not_allowed")
	})
}

// Goal: what must not happen is refused with its own code and leaves nothing behind.
func TestRefusals(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w, stranger := b.worker(1, "1990-01-01"), b.worker(3, "1991-01-01")
		shift := terms(monday.At(9*60), 8)

		_, err := b.draft(w, "plc_a", "shf_a", shift)
		wantFault(t, err, "contract.not_offered")
		_, err = b.tx(w, func(ctx context.Context, tx *db.Tx) (string, error) {
			return b.s.OfferTx(ctx, tx, contract.OfferCmd{ShiftID: "shf_a", EmployerID: b.emp, Heads: 1,
				Terms: shift})
		})
		wantFault(t, err, "contract.not_the_employer")
		bad := shift
		bad.PlaceAddress = " "
		_, err = b.offer("shf_a", 1, bad)
		wantFault(t, err, "contract.clause_missing")
		bad = shift
		bad.WorkType = "hobby"
		_, err = b.offer("shf_a", 1, bad)
		wantFault(t, err, "contract.work_type")

		offerID := must(b.offer("shf_a", 2, shift))(t)
		if again := must(b.offer("shf_a", 2, shift))(t); again != offerID {
			t.Errorf("the same offer again is %s, not %s", again, offerID)
		}
		_, err = b.offer("shf_a", 3, shift)
		wantFault(t, err, "contract.offered_otherwise")
		dearer := shift
		dearer.RateFen++
		_, err = b.draft(w, "plc_a", "shf_a", dearer)
		wantFault(t, err, "contract.terms_differ")
		id := must(b.draft(w, "plc_a", "shf_a", shift))(t)
		_, err = b.draft(w, "plc_a", "shf_a", shift)
		wantFault(t, err, "contract.already_drafted")

		_, err = b.s.Show(stranger, contract.Show{ContractID: id})
		wantFault(t, err, "contract.not_found")
		_, err = b.s.Show(w, contract.Show{ContractID: "ctr_none"})
		wantFault(t, err, "contract.not_found")
		_, err = b.s.Show(context.Background(), contract.Show{ContractID: id})
		wantFault(t, err, "people.not_logged_in")
		_, err = b.s.FindContracts(stranger, contract.FindContracts{WorkerID: w.id})
		wantFault(t, err, "people.not_allowed")
		hash := must(b.s.Show(w, contract.Show{ContractID: id}))(t).TextHash
		_, err = b.s.RequestSignCode(stranger, contract.RequestSignCode{Keyed: b.key(), ContractID: id,
			TextHash: hash})
		wantFault(t, err, "contract.not_found")
		_, err = b.s.RequestSignCode(b.boss, contract.RequestSignCode{Keyed: b.key(), ContractID: id,
			TextHash: hash})
		wantFault(t, err, "people.not_allowed")
		_, err = b.s.RequestSignCode(w, contract.RequestSignCode{Keyed: b.key(), ContractID: id,
			TextHash: strings.Repeat("0", 64)})
		wantFault(t, err, "contract.text_differs")
		clk.Add(24 * time.Hour) // the sixteenth birthday is over; the shift was on it
		_, err = b.draft(b.worker(5, "2010-03-02"), "plc_b", "shf_a", shift)
		wantFault(t, err, "contract.too_young")
		if n := b.count(`SELECT COUNT(*) FROM contract_evidence`); n != 2 {
			t.Errorf("%d rows of evidence, want those of the draft", n)
		}
		if err := b.check(); err != nil {
			t.Error(err)
		}
	})
}

// Goal: only the right code of this contract signs; wrong tries are counted, a used one is spent.
func TestCodes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		a := b.drafted(w, "a", terms(monday.At(9*60), 8))
		c := b.drafted(w, "c", terms(monday.AddDays(1).At(9*60), 8))
		sign := func(id, code string) error {
			_, err := b.s.Sign(w, contract.Sign{Keyed: b.key(), ContractID: id, Code: code})
			return err
		}
		wantFault(t, sign(a, "123456"), "people.code_none")
		code := must(b.requestCode(w, a))(t)
		wrong := "000000"
		if code == wrong {
			wrong = "000001"
		}
		wantFault(t, sign(a, wrong), "people.code_wrong")
		wantFault(t, sign(c, code), "people.code_none")
		if n := b.count(`SELECT SUM(tries) FROM codes WHERE kind = 'sign'`); n != 1 {
			t.Errorf("%d wrong tries counted, want 1", n)
		}
		clk.Add(6 * time.Minute)
		wantFault(t, sign(a, code), "people.code_expired")
		if err := sign(a, must(b.requestCode(w, a))(t)); err != nil {
			t.Fatal(err)
		}
		wantFault(t, sign(a, b.code(w.phone)), "contract.already_signed")
		_, err := b.s.RequestSignCode(w, contract.RequestSignCode{Keyed: b.key(), ContractID: a,
			TextHash: must(b.s.Show(w, contract.Show{ContractID: a}))(t).TextHash})
		wantFault(t, err, "contract.already_signed")
		if err := b.check(); err != nil {
			t.Error(err)
		}
	})
}

// Goal: the same key twice is one signature and one answer, even after the code's time has passed.
func TestSignTwice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		id := b.drafted(w, "a", terms(monday.At(9*60), 8))
		in := contract.Sign{Keyed: b.key(), ContractID: id, Code: must(b.requestCode(w, id))(t)}
		first := must(b.s.Sign(w, in))(t)
		for range 2 {
			if again := must(b.s.Sign(w, in))(t); again != first {
				t.Errorf("again: %+v, first: %+v", again, first)
			}
			clk.Add(time.Hour)
		}
		if n := b.count(`SELECT COUNT(*) FROM contract_evidence WHERE kind = 'signed_worker'`); n != 1 {
			t.Errorf("%d signatures", n)
		}
	})
}

// Goal: twenty who sign the same contract at once make one signature.
func TestSignRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		id := b.drafted(w, "a", terms(monday.At(9*60), 8))
		code := must(b.requestCode(w, id))(t)
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, err := b.s.Sign(w, contract.Sign{Keyed: b.key(), ContractID: id, Code: code})
				switch {
				case err == nil:
					won.Add(1)
				case !fault.Is(err, "contract.already_signed"):
					t.Errorf("a loser hears %v", err)
				}
			})
		}
		wg.Wait()
		if n := b.count(`SELECT COUNT(*) FROM contract_evidence WHERE kind = 'signed_worker'`); n != 1 ||
			won.Load() != 1 {
			t.Errorf("%d winners, %d signatures", won.Load(), n)
		}
		if err := b.check(); err != nil {
			t.Error(err)
		}
	})
}

// Goal: when the last step of the deed around them fails, neither draft nor void leaves a row.
func TestLastStepFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		shift := terms(monday.At(9*60), 8)
		must(b.offer("shf_a", 1, shift))(t)
		last := errors.New("the last step fails")
		_, err := b.tx(w, func(ctx context.Context, tx *db.Tx) (string, error) {
			worker, err := b.people.GetWorkerTx(ctx, tx, w.id)
			if err != nil {
				return "", err
			}
			if _, err := b.s.DraftTx(ctx, tx, contract.DraftCmd{PlacementID: "plc_a", ShiftID: "shf_a",
				Worker: worker, Terms: shift}); err != nil {
				return "", err
			}
			return "", last
		})
		n := b.count(`SELECT COUNT(*) FROM contracts`) + b.count(`SELECT COUNT(*) FROM contract_evidence`)
		if !errors.Is(err, last) || n != 0 {
			t.Errorf("draft: %v, %d rows", err, n)
		}
		id := must(b.draft(w, "plc_a", "shf_a", shift))(t)
		b.sign(w, id)
		_, err = b.tx(b.boss, func(ctx context.Context, tx *db.Tx) (string, error) {
			if err := b.s.VoidTx(ctx, tx, "plc_a", "no_show"); err != nil {
				return "", err
			}
			return "", last
		})
		if _, e := b.s.SignedTx(w, d, "plc_a"); e != nil || !errors.Is(err, last) {
			t.Errorf("void: %v, then %v", err, e)
		}
		if err := b.check(); err != nil {
			t.Error(err)
		}
	})
}

// Goal: a void contract, signed or not, lets nobody start or sign, says why, and still verifies.
func TestVoid(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		a := b.drafted(w, "a", terms(monday.At(9*60), 8))
		c := b.drafted(w, "c", terms(monday.AddDays(1).At(9*60), 8))
		b.sign(w, a)
		code := must(b.requestCode(w, c))(t)
		for _, placement := range []string{"plc_a", "plc_c", "plc_a", "plc_none"} {
			_, err := b.tx(b.boss, func(ctx context.Context, tx *db.Tx) (string, error) {
				return "", b.s.VoidTx(ctx, tx, placement, "cancelled_by_employer")
			})
			if err != nil {
				t.Fatalf("void %s: %v", placement, err)
			}
		}
		_, err := b.s.SignedTx(w, d, "plc_a")
		wantFault(t, err, "contract.not_signed")
		_, err = b.s.Sign(w, contract.Sign{Keyed: b.key(), ContractID: c, Code: code})
		wantFault(t, err, "contract.void")
		for _, id := range []string{a, c} {
			v := must(b.s.Show(w, contract.Show{ContractID: id}))(t)
			last := v.Evidence[len(v.Evidence)-1]
			if !v.Intact || v.State != contract.Void || !v.SignedAt.IsZero() ||
				!strings.Contains(last.Body, "cancelled_by_employer") {
				t.Errorf("%+v", v)
			}
		}
		if err := b.check(); err != nil {
			t.Error(err)
		}
	})
}

// Goal: the template follows the worker's age and the week's hours with that employer; a void
// contract's hours do not count.
func TestTemplateOfWorker(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		man, woman, old := b.worker(1, "1964-01-01"), b.worker(2, "1972-06-01"), b.worker(3, "1960-01-01")
		template := func(w hand, name string, day civil.Date, hours int) contract.Template {
			id := b.drafted(w, name, terms(day.At(9*60), hours))
			v := must(b.s.Show(w, contract.Show{ContractID: id}))(t)
			if !v.Intact {
				t.Errorf("%s: %s", name, v.Flaw)
			}
			return v.Template
		}
		for _, c := range []struct {
			who   hand
			hours int
			want  contract.Template
		}{{man, 8, contract.OverAge}, {woman, 8, contract.Labour}, {old, 4, contract.OverAge}} {
			got := template(c.who, fmt.Sprint("age", c.who.id, c.hours), "2026-03-20", c.hours)
			if got != c.want {
				t.Errorf("%s, %d h: %s, want %s", c.who.id, c.hours, got, c.want)
			}
		}
		for day := range 7 { // 4 h a day: the seventh makes it 28 h in the week
			want := contract.PartTime
			if day == 6 {
				want = contract.Labour
			}
			if got := template(woman, fmt.Sprint("d", day), monday.AddDays(day), 4); got != want {
				t.Errorf("day %d: %s, want %s", day, got, want)
			}
		}
		_, err := b.tx(b.boss, func(ctx context.Context, tx *db.Tx) (string, error) {
			return "", b.s.VoidTx(ctx, tx, "plc_d0", "cancelled_by_worker")
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := template(woman, "next week", monday.AddDays(7), 4); got != contract.PartTime {
			t.Errorf("next week: %s", got)
		}
	})
}

// Goal: Check and Show name the row in which a byte was changed, whatever the table and column.
func TestTamperedRows(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		id := b.drafted(w, "a", terms(monday.At(9*60), 8))
		b.sign(w, id)
		exec := func(query string) {
			t.Helper()
			must(db.InTx(w, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
				return tx.Exec(ctx, query)
			}))(t)
		}
		for table, columns := range map[string]string{
			"contract_offers": "shift_id employer_id employer_name account_id heads signed_at_ms " +
				"terms text hash",
			"contracts": "placement_id signed_at_ms worker_id account_id employer_id person template " +
				"starts_at_ms planned_min drafted_at_ms evidence_n evidence_hash text_hash",
			"contract_evidence": "at_ms body prev_hash hash",
		} {
			for column := range strings.FieldsSeq(columns) {
				change, undo := `%[2]s || 'x'`, `SUBSTR(%[2]s, 1, LENGTH(%[2]s) - 1)`
				if strings.HasSuffix(column, "_ms") || strings.HasSuffix(column, "_min") ||
					column == "heads" || column == "evidence_n" {
					change, undo = `%[2]s + 1`, `%[2]s - 1`
				}
				where := ""
				if table == "contract_evidence" {
					where = " WHERE n = 5"
				}
				exec(fmt.Sprintf(`UPDATE %[1]s SET %[2]s = `+change, table, column) + where)
				err := b.check()
				if err == nil || !strings.Contains(err.Error(), table+" ") ||
					!strings.Contains(err.Error(), id) {
					t.Errorf("%s.%s: Check says %v", table, column, err)
				}
				v := must(b.s.Show(w, contract.Show{ContractID: id}))
				if column != "worker_id" { // then it is another's and not shown to this one
					if v := v(t); v.Intact || !strings.HasPrefix(v.Flaw, table+" ") {
						t.Errorf("%s.%s: Show says %q", table, column, v.Flaw)
					}
				}
				exec(fmt.Sprintf(`UPDATE %[1]s SET %[2]s = `+undo, table, column) + where)
			}
		}
		for _, c := range []struct{ table, change, undo string }{
			{"contracts", `SET state = 'drafted'`, `SET state = 'signed'`},
			{"contract_evidence", `SET kind = 'completed' WHERE n = 5`,
				`SET kind = 'signed_worker' WHERE n = 5`},
			{"contract_evidence", `SET n = 9 WHERE n = 5`, `SET n = 5 WHERE n = 9`},
		} {
			exec("UPDATE " + c.table + " " + c.change)
			if err := b.check(); err == nil || !strings.Contains(err.Error(), c.table+" "+id) {
				t.Errorf("%s: Check says %v", c.change, err)
			}
			exec("UPDATE " + c.table + " " + c.undo)
		}
		if err := b.check(); err != nil {
			t.Errorf("all undone: %v", err)
		}
		exec(`DELETE FROM contract_evidence WHERE n = 6`)
		if err := b.check(); err == nil {
			t.Error("the last row is gone and Check says nothing")
		}
	})
}

// Goal: no employer is bound to more workers than it signed for; Check says when it is.
func TestHeads(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		shift := terms(monday.At(9*60), 8)
		offer := must(b.offer("shf_a", 1, shift))(t)
		must(b.draft(b.worker(1, "1990-01-01"), "plc_1", "shf_a", shift))(t)
		if err := b.check(); err != nil {
			t.Fatal(err)
		}
		must(b.draft(b.worker(3, "1990-01-01"), "plc_2", "shf_a", shift))(t)
		if err := b.check(); err == nil || !strings.Contains(err.Error(), offer) {
			t.Errorf("two contracts on one head: %v", err)
		}
	})
}

// Goal: C01 counts what was signed in the period and stands, and the pairs that work covered.
func TestGauges(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w, other := b.worker(1, "1990-01-01"), b.worker(3, "1990-01-01")
		b.sign(w, b.drafted(w, "a", terms(monday.At(9*60), 8)))
		b.sign(w, b.drafted(w, "b", terms(monday.AddDays(1).At(9*60), 8)))
		b.drafted(other, "c", terms(monday.At(9*60), 8))
		values := must(b.s.Gauges(w, d, monday.Midnight(), monday.AddDays(2).Midnight()))(t)
		if len(values) != 3 || values[2].Num != 0 || values[0].Num != 2 || values[1].Num != 1 ||
			values[1].Den != 2 {
			t.Errorf("got %+v", values)
		}
		values = must(b.s.Gauges(w, d, monday.AddDays(2).Midnight(), monday.AddDays(3).Midnight()))(t)
		if values[0].Num != 0 || values[1].Den != 0 {
			t.Errorf("later: %+v", values)
		}
	})
}

// Goal: the contracts behind C01 are as many as it counts; one that is void or not signed is not
// among them; nobody but the bureau reads the list; it comes whole, page after page.
func TestCounted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w, other := b.worker(1, "1990-01-01"), b.worker(3, "1990-01-01")
		one := b.drafted(w, "a", terms(monday.At(9*60), 8))
		b.sign(w, one)
		b.sign(w, b.drafted(w, "b", terms(monday.AddDays(1).At(9*60), 8)))
		b.drafted(other, "c", terms(monday.At(9*60), 8))
		director := people.WithActor(context.Background(), people.Actor{AccountID: "dir",
			Roles: []people.Role{people.RoleDirector}})
		day := civil.DateOf(clk.Now())
		check := func(want int64) contract.CountedList {
			t.Helper()
			list := must(b.s.FindCounted(director, contract.FindCounted{}))(t)
			values := must(b.s.Gauges(director, d, day.Midnight(), day.AddDays(1).Midnight()))(t)
			dbtest.Whole(t, int(want), int(want+99)/100, func(l contract.CountedLine) string { return l.ID },
				func(after string) ([]contract.CountedLine, string, error) {
					l, err := b.s.FindCounted(director, contract.FindCounted{After: after})
					return l.Contracts, l.Next, err
				})
			if values[0].Num != want || list.Count != want {
				t.Errorf("the figure is %d, the list %d, not %d", values[0].Num, list.Count, want)
			}
			return list
		}
		list := check(2)
		if l := list.Contracts[0]; l.WorkerName == "" || l.Employer == "" || l.Title == "" ||
			l.SignedAt.IsZero() {
			t.Errorf("a line: %+v", l)
		}
		dbtest.Copies(t, d, "contracts", list.Contracts[1].ID, 230, map[string]string{
			"id": "'con_x' || CAST(1000 + i AS TEXT)", "placement_id": "'plm_x' || CAST(i AS TEXT)",
			"state": "CASE WHEN i > 210 THEN 'void' ELSE state END"})
		check(212)
		_, err := b.s.FindCounted(w, contract.FindCounted{})
		if !fault.Is(err, "people.not_allowed") {
			t.Error(err)
		}
		for code, in := range map[string]contract.FindCounted{"civil.days": {Until: "x"},
			"db.mark": {After: "x"}} {
			if _, err := b.s.FindCounted(director, in); !fault.Is(err, code) {
				t.Errorf("%+v: %v", in, err)
			}
		}
	})
}
