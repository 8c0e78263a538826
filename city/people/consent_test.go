package people_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/i18n"
)

var update = flag.Bool("update", false, "rewrite testdata")

// Goal: the words of a version are pinned. Whoever changes them without raising the version in
// consent.go meets this test; after raising it, -update rewrites the file.
func TestConsentTexts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		zh, err := b.FindConsentTexts(context.Background(), people.ConsentTexts{})
		if err != nil {
			t.Fatal(err)
		}
		en, err := b.FindConsentTexts(context.Background(), people.ConsentTexts{Lang: i18n.English})
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for i, c := range zh.Texts {
			if e := en.Texts[i]; e.Text == c.Text || e.Hash != c.Hash || e.Purpose != c.Purpose {
				t.Errorf("%s: the languages do not differ as they should", c.Purpose)
			}
			fmt.Fprintf(&got, "%s %s %s needed=%t opt_out=%t\n", c.Purpose, c.Version, c.Hash, c.Needed,
				c.OptOut)
		}
		file := filepath.Join("testdata", "consents.txt")
		if *update {
			if err := os.WriteFile(file, []byte(got.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || string(want) != got.String() {
			t.Errorf("the words changed under an old version (%v):\n%s", err, got.String())
		}
	})
}

// Goal: a consent holds from its giving to its withdrawal, purpose by purpose and in the words of
// the present version; each kind of purpose blocks what needs it and nothing else.
func TestConsents(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx, v := b.worker(t, phoneA, idA)
		give := func(ctx context.Context, p people.Purpose, version string) error {
			_, err := b.GiveConsent(ctx, people.GiveConsent{Keyed: b.key(), WorkerID: v.ID, Purpose: p,
				Version: version})
			return err
		}
		withdraw := func(p people.Purpose) error {
			_, err := b.WithdrawConsent(ctx, people.WithdrawConsent{Keyed: b.key(), WorkerID: v.ID,
				Purpose: p})
			return err
		}
		allowed := func(p people.Purpose) error { return b.AllowedTx(ctx, d, v.ID, p) }
		bank, place, rec := people.PurposeShareBank, people.PurposeLocation, people.PurposeRecommend

		wantCode(t, "told, nothing said", allowed(bank), "")
		wantCode(t, "asked, nothing said", allowed(place), "people.no_consent")
		wantCode(t, "on, nothing said", allowed(rec), "")
		wantCode(t, "what?", give(ctx, "everything", "1"), "people.purpose_unknown")
		wantCode(t, "what back?", withdraw("everything"), "people.purpose_unknown")
		wantCode(t, "old words", give(ctx, place, "0"), "people.consent_version")
		wantCode(t, "by a clerk", give(as(clerk), place, "1"), "people.not_allowed")
		wantCode(t, "nothing to take back", withdraw(place), "people.no_consent")

		for _, p := range []people.Purpose{bank, place} {
			wantCode(t, "given", give(ctx, p, "1"), "")
			wantCode(t, "then allowed", allowed(p), "")
		}
		c, err := b.ConsentTx(ctx, d, v.ID, place)
		if err != nil || c != (people.ConsentView{WorkerID: v.ID, Purpose: place, Version: "1",
			Given: true, At: clk.Now()}) {
			t.Errorf("%+v, %v", c, err)
		}
		for _, p := range []people.Purpose{bank, place, rec} {
			wantCode(t, "withdrawn", withdraw(p), "")
			wantCode(t, "then refused", allowed(p), "people.consent_withdrawn")
			wantCode(t, "withdrawn twice", withdraw(p), "people.no_consent")
		}
		wantCode(t, "identity is untouched", allowed(people.PurposeIdentity), "")
		_, err = b.SetBankCard(ctx, people.SetBankCard{Keyed: b.key(), WorkerID: v.ID,
			CardNumber: cardA})
		wantCode(t, "a card that the bank may not have", err, "people.consent_withdrawn")
		wantCode(t, "agreed again", give(ctx, rec, "1"), "")
		wantCode(t, "on again", allowed(rec), "")

		list, err := b.FindConsents(ctx, people.Get{WorkerID: v.ID})
		if err != nil || len(list.Consents) != 3 {
			t.Errorf("%+v, %v", list, err)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM consents WHERE worker_id = $1`, v.ID); n != 6 {
			t.Errorf("%d rows", n)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM consent_texts`); n != 3 {
			t.Errorf("%d kept texts", n)
		}
	})
}

// Goal: when the words change, who was asked is asked again, and who was told is not.
func TestConsentOutdated(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx, v := b.worker(t, phoneA, idA)
		for _, p := range []people.Purpose{people.PurposeShareBank, people.PurposeLocation} {
			_, err := b.GiveConsent(ctx, people.GiveConsent{Keyed: b.key(), WorkerID: v.ID, Purpose: p,
				Version: "1"})
			if err != nil {
				t.Fatal(err)
			}
		}
		b.exec(t, `UPDATE consents SET version = '0'`) // as if the words had changed since
		wantCode(t, "told", b.AllowedTx(ctx, d, v.ID, people.PurposeShareBank), "")
		wantCode(t, "asked", b.AllowedTx(ctx, d, v.ID, people.PurposeLocation),
			"people.consent_outdated")
		list, err := b.FindConsents(ctx, people.Get{WorkerID: v.ID})
		if err != nil || len(list.Consents) != 2 || !list.Consents[0].Outdated {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// exec runs a statement behind the service's back.
func (b *bundle) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	_, err := db.InTx(context.Background(), b.d, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return tx.Exec(ctx, statement, args...)
	})
	if err != nil {
		t.Fatal(err)
	}
}
