package contract

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
)

// whole is a contract with all its rows.
type whole struct {
	c     Contract
	o     Offer
	chain []Evidence
}

func (w whole) verify() error { return Verify(w.c, w.o, w.chain) }

func (w whole) clone() whole { return whole{w.c, w.o, slices.Clone(w.chain)} }

// signed makes a contract as the service does, signed at the second code.
func signed(t testing.TB) whole {
	t.Helper()
	at := clock.At(1_772_400_000_000)
	o, err := newOffer(employer, goodTerms(), 3, promise)
	if err != nil {
		t.Fatal(err)
	}
	o.ID, o.ShiftID, o.EmployerID, o.AccountID, o.SignedAt = "ofr_1", "shf_1", "emp_1", "acc_e", at
	o.Hash = o.digest()
	page, err := renderPage(Labour, o.EmployerName, worker, limits)
	if err != nil {
		t.Fatal(err)
	}
	c := Contract{ID: "ctr_1", PlacementID: "plc_1", OfferID: o.ID, WorkerID: "wrk_1",
		AccountID: "acc_w", EmployerID: "emp_1", Person: strings.Repeat("ab", 32), Template: Labour,
		StartsAt: goodTerms().StartsAt, PlannedMin: 480, State: Signed, DraftedAt: at.Add(time.Minute),
		SignedAt: at.Add(3 * time.Minute), TextHash: textHash(Text(page, o))}
	w := whole{c: c, o: o}
	for _, at := range []struct {
		at    time.Time
		steps []step
	}{
		{c.DraftedAt, []step{{KindOffered, line(offeredOf(o))},
			{KindDrafted, line(draftedOf(c)) + "\n" + page}}},
		{c.DraftedAt, []step{{KindShown, line(shownBody{"acc_w", c.TextHash})},
			{KindCodeSent, line(codeSentBody{"acc_w", CodePurpose(c.ID)})}}},
		{c.DraftedAt, []step{{KindCodeSent, line(codeSentBody{"acc_w", CodePurpose(c.ID)})}}},
		{c.SignedAt, []step{{KindSignedWorker, line(signedBody{"acc_w", "sms_code", "00", c.TextHash})},
			{KindCompleted, line(completedBody{c.TextHash})}}},
	} {
		rows, head := w.c.Head.chain(c.ID, at.at, at.steps...)
		w.chain, w.c.Head = append(w.chain, rows...), head
	}
	return w
}

func voided(t *testing.T) whole {
	t.Helper()
	w := signed(t)
	rows, head := w.c.Head.chain(w.c.ID, w.c.SignedAt.Add(time.Hour),
		step{KindVoided, line(voidedBody{"acc_e", "cancelled_by_employer"})})
	w.c.State, w.c.Head, w.chain = Void, head, append(w.chain, rows...)
	return w
}

// Goal: a contract as recorded verifies: signed, and voided after that.
func TestVerifyOK(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]whole{"signed": signed(t), "voided": voided(t)} {
		if err := w.verify(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// changes calls try after every smallest change of a struct's fields, byte by byte, and undoes it.
func changes(v reflect.Value, try func(field string)) {
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		switch old := f.Interface().(type) {
		case int64:
			f.SetInt(old + 1)
			try(name)
			f.SetInt(old)
		case time.Time:
			f.Set(reflect.ValueOf(old.Add(time.Millisecond)))
			try(name)
			f.Set(reflect.ValueOf(old))
		case Head:
			changes(f, try)
		default: // a string of some type
			text := f.String()
			for at := range len(text) {
				b := []byte(text)
				b[at] ^= 1
				f.SetString(string(b))
				try(fmt.Sprintf("%s[%d]", name, at))
			}
			f.SetString(text + "x")
			try(name + " longer")
			f.SetString(text)
		}
	}
}

// Goal: whoever changes any byte of any row is found out, and the row is named.
func TestTampering(t *testing.T) {
	t.Parallel()
	w := voided(t)
	tried := 0
	expect := func(table string) func(string) {
		return func(field string) {
			tried++
			var flaw *Flaw
			if err := w.verify(); !errors.As(err, &flaw) || !strings.HasPrefix(flaw.Row, table) {
				t.Errorf("%s %s: got %v", table, field, err)
			}
		}
	}
	changes(reflect.ValueOf(&w.c).Elem(), expect("contracts "))
	changes(reflect.ValueOf(&w.o).Elem(), expect("contract_offers "))
	for i := range w.chain {
		changes(reflect.ValueOf(&w.chain[i]).Elem(),
			expect(fmt.Sprintf("contract_evidence ctr_1/%d", i+1)))
	}
	if err := w.verify(); err != nil || tried < 5000 {
		t.Errorf("after %d changes and as many repairs: %v", tried, err)
	}
}

// Goal: rows taken out, put in twice or in another order, and a chain cut at its end, are found.
func TestTamperedChain(t *testing.T) {
	t.Parallel()
	good := signed(t)
	last := len(good.chain)
	for i := range last {
		w := good.clone()
		w.chain = slices.Delete(w.chain, i, i+1)
		if w.verify() == nil {
			t.Errorf("without row %d: nothing is said", i+1)
		}
		w = good.clone()
		w.chain = slices.Insert(w.chain, i, w.chain[i])
		if w.verify() == nil {
			t.Errorf("row %d twice: nothing is said", i+1)
		}
		if i > 0 {
			w = good.clone()
			w.chain[i-1], w.chain[i] = w.chain[i], w.chain[i-1]
			if w.verify() == nil {
				t.Errorf("rows %d and %d swapped: nothing is said", i, i+1)
			}
		}
	}
	w := good.clone()
	w.chain = nil
	if w.verify() == nil {
		t.Error("no chain: nothing is said")
	}
}

// Goal: a chain forged from one place on, hashes and all, is still found at what it contradicts:
// the head, the contract's columns, the offer, or the order that the law asks for.
func TestForgedChain(t *testing.T) {
	t.Parallel()
	reseal := func(w *whole, from int) {
		var head Head
		for i := range w.chain {
			e := &w.chain[i]
			if e.N, e.Prev = head.N+1, head.Hash; i >= from {
				e.Hash = e.digest()
			}
			head = Head{e.N, e.Hash}
		}
	}
	for name, c := range map[string]struct {
		forge func(*whole)
		row   string
	}{
		"a later signature": {func(w *whole) {
			w.chain[5].At = w.chain[5].At.Add(time.Hour)
			reseal(w, 5)
		}, "contracts ctr_1"},
		"an unshown text": {func(w *whole) {
			w.chain = slices.Delete(w.chain, 2, 5)
			reseal(w, 2)
			w.c.Head = Head{int64(len(w.chain)), w.chain[len(w.chain)-1].Hash}
		}, "contract_evidence ctr_1/3"},
		"no signature": {func(w *whole) {
			w.chain = slices.Delete(w.chain, 5, 6)
			reseal(w, 5)
			w.c.Head = Head{int64(len(w.chain)), w.chain[len(w.chain)-1].Hash}
		}, "contract_evidence ctr_1/6"},
		"signed, never completed": {func(w *whole) {
			w.chain = w.chain[:6]
			w.c.Head = Head{6, w.chain[5].Hash}
		}, "contract_evidence ctr_1/7"},
		"another page": {func(w *whole) {
			w.chain[1].Body += "乙方放弃社会保险。"
			reseal(w, 1)
			w.c.Head = Head{int64(len(w.chain)), w.chain[len(w.chain)-1].Hash}
		}, "contracts ctr_1"},
		"another offer": {func(w *whole) {
			w.o.Heads = 300
			w.o.Hash = w.o.digest()
		}, "contract_offers ofr_1"},
	} {
		w := signed(t)
		c.forge(&w)
		var flaw *Flaw
		if err := w.verify(); !errors.As(err, &flaw) || flaw.Row != c.row {
			t.Errorf("%s: got %v, want %s", name, err, c.row)
		}
	}
}

// Goal: a flaw in a column is named by that column.
func TestFlawNamesColumn(t *testing.T) {
	t.Parallel()
	w := signed(t)
	w.c.WorkerID = "wrk_2"
	const want = "contracts ctr_1 is not as recorded: worker_id"
	if err := w.verify(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Goal: fields cannot lend each other bytes in a digest.
func TestDigest(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, fields := range [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"},
		{"1:a,", "b"}, {"a", "1:b,"}} {
		d := digest(fields...)
		if other, twice := seen[d]; twice {
			t.Errorf("%q and %s have one digest", fields, other)
		}
		seen[d] = fmt.Sprintf("%q", fields)
	}
}

func BenchmarkVerify(b *testing.B) {
	w := signed(b)
	for b.Loop() {
		if err := w.verify(); err != nil {
			b.Fatal(err)
		}
	}
}
