package market_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/i18n"
)

// Goal: an employer is let in with a whole dossier only; the clerk sees what is missing, and the
// decision keeps the papers, without anybody's ID number.
func TestDossier(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		e := b.employer(2)
		vet := func(agency bool) error {
			_, err := b.VetEmployer(b.clerk, market.Vet{Keyed: b.key(), EmployerID: e.id,
				Decision: "vetted", Agency: agency})
			return err
		}
		papers := b.papers(e)
		for n, p := range papers {
			refuses(t, string(p.Kind), vet(false), "market.dossier_missing", "employer_id")
			v := must(b.ShowDossier(b.clerk, market.ShowDossier{EmployerID: e.id}))(t)
			if len(v.Lacks) != len(papers)-n || v.Lacks[0].Kind != p.Kind || v.State != "" ||
				v.Lacks[0].Flaw != market.FlawMissing || v.Lacks[0].Name.ZH == "" {
				t.Errorf("before %s: %+v", p.Kind, v)
			}
			must(b.AddDocument(e, p))(t)
		}
		refuses(t, "an agency", vet(true), "market.dossier_missing", "employer_id")
		other := papers[3]
		other.Keyed, other.Holder = b.key(), "赵六"
		must(b.AddDocument(e, other))(t)
		refuses(t, "another's authority", vet(false), "market.dossier_handler", "employer_id")
		papers[3].Keyed = b.key()
		must(b.AddDocument(e, papers[3]))(t)
		if err := vet(false); err != nil {
			t.Fatal(err)
		}
		v := must(b.ShowDossier(e, market.ShowDossier{EmployerID: e.id}))(t)
		if v.State != "vetted" || v.ValidUntil != "2026-12-31" || len(v.Lacks) != 0 ||
			len(v.Decisions) != 1 || len(v.Decisions[0].Facts) != 4 {
			t.Errorf("vetted: %+v", v)
		}
		text := string(must(json.Marshal(v))(t))
		for _, table := range []string{"deeds WHERE answer", "vetting_decisions WHERE facts",
			"employer_documents WHERE number"} {
			if b.count(`SELECT COUNT(*) FROM `+table+` LIKE '%'||$1||'%'`, papers[2].Number) != 0 {
				t.Errorf("%s hold the ID number", table)
			}
		}
		if strings.Contains(text, papers[2].Number) {
			t.Error("the dossier shows the ID number")
		}
	})
}

// Goal: a paper holds on its last day; the day after, publishing ends with the sentence that names
// it, and a new paper and a new decision let the employer in again.
func TestDossierLapses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		permit := market.AddDocument{Keyed: b.key(), EmployerID: b.boss.id, Kind: market.DocPermit,
			Number: "渝人服证字0001", Content: scan, ValidUntil: "2026-03-02"}
		must(b.AddDocument(b.boss, permit))(t)
		vet := market.Vet{Keyed: b.key(), EmployerID: b.boss.id, Decision: "vetted", Agency: true}
		if v := must(b.VetEmployer(b.clerk, vet))(t); v.ValidUntil != permit.ValidUntil {
			t.Errorf("vetted until %s", v.ValidUntil)
		}
		b.publish(b.vacancy(1))
		clk.Set(civil.Date("2026-03-03").At(8 * 60))
		_, err := b.PublishVacancy(b.boss, b.vacancy(1))
		refuses(t, "the day after", err, "market.document_expired", "employer_id")
		text := must(i18n.Load())(t)
		said := text.Say("zh-CN", "market.document_expired", faultArgs(err))
		if !strings.HasPrefix(said, "人力资源服务许可证已于 2026-03-02 到期") {
			t.Errorf("said %s", said)
		}
		vet.Keyed = b.key()
		_, err = b.VetEmployer(b.clerk, vet)
		refuses(t, "with the old paper", err, "market.dossier_lapsed", "employer_id")
		permit.Keyed, permit.ValidUntil = b.key(), "2030-01-01"
		must(b.AddDocument(b.boss, permit))(t)
		vet.Keyed = b.key()
		must(b.VetEmployer(b.clerk, vet))(t)
		b.publish(b.vacancy(1))
	})
}

// Goal: a paper that says too little, or what cannot be, is refused by its field.
func TestAddDocument(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		p := b.papers(b.boss)
		for what, c := range map[string]struct {
			paper       market.AddDocument
			change      func(*market.AddDocument)
			code, field string
		}{
			"no number": {p[0], func(a *market.AddDocument) { a.Number = " " },
				"market.item_missing", "number"},
			"another's": {p[0], func(a *market.AddDocument) { a.Number = uscc(9) },
				"market.licence_number", "number"},
			"no handler": {p[2], func(a *market.AddDocument) { a.Holder = "" },
				"market.item_missing", "holder"},
			"a wrong ID": {p[2], func(a *market.AddDocument) { a.Number = "330199198505050110" },
				"people.id_check", "number"},
			"no end": {p[3], func(a *market.AddDocument) { a.ValidUntil = "" },
				"market.item_missing", "valid_until"},
			"lapsed": {p[3], func(a *market.AddDocument) { a.ValidUntil = "2026-03-01" },
				"market.document_lapsed", "valid_until"},
			"no day": {p[3], func(a *market.AddDocument) { a.ValidUntil = "2026-02-30" },
				"market.document_day", "valid_until"},
			"short digest": {p[1], func(a *market.AddDocument) { a.Digest = "ab" },
				"market.document_digest", "digest"},
			"a long name": {p[3], func(a *market.AddDocument) { a.Holder = strings.Repeat("王", 61) },
				"market.item_long", "holder"},
			"nobody": {p[1], func(a *market.AddDocument) { a.EmployerID = "emp_no" },
				"people.employer_not_found", "employer_id"},
		} {
			c.paper.Keyed = b.key()
			c.change(&c.paper)
			_, err := b.AddDocument(b.clerk, c.paper)
			refuses(t, what, err, c.code, c.field)
		}
		_, err := b.AddDocument(b.employer(2), p[0])
		refuses(t, "another employer", err, "people.not_allowed", "")
	})
}

// Goal: a paper's file is kept sealed under its digest and comes back to its employer and to
// clerks only, each look on record; an agency is let in with the file of its permit, not with a
// digest of it.
func TestDocumentFiles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		permit := market.AddDocument{Keyed: b.key(), EmployerID: b.boss.id, Kind: market.DocPermit,
			Number: "渝人服证字0001", Digest: digest, ValidUntil: "2026-12-31"}
		bare := must(b.AddDocument(b.boss, permit))(t)
		vet := market.Vet{Keyed: b.key(), EmployerID: b.boss.id, Decision: "vetted", Agency: true}
		_, err := b.VetEmployer(b.clerk, vet)
		refuses(t, "only a digest", err, "market.dossier_file", "employer_id")
		get := market.GetDocumentFile{EmployerID: b.boss.id, DocumentID: bare.ID}
		_, err = b.GetDocumentFile(b.boss, get)
		refuses(t, "no file", err, "market.document_no_file", "document_id")

		permit.Keyed, permit.Content = b.key(), scan
		_, err = b.AddDocument(b.boss, permit)
		refuses(t, "another file's digest", err, "market.document_digest", "digest")
		permit.Digest, permit.Content = "", []byte("MZ program")
		_, err = b.AddDocument(b.boss, permit)
		refuses(t, "a program", err, "market.document_file", "content")
		permit.Content = append([]byte("%PDF-"), make([]byte, 5<<20)...)
		_, err = b.AddDocument(b.boss, permit)
		refuses(t, "too large", err, "market.document_large", "content")
		permit.Content = scan
		v := must(b.AddDocument(b.boss, permit))(t)
		if again := must(b.AddDocument(b.boss, permit))(t); again != v ||
			v.Media != "application/pdf" {
			t.Errorf("kept as %+v, then %+v", v, again)
		}
		vet.Keyed = b.key()
		must(b.VetEmployer(b.clerk, vet))(t)
		get.DocumentID = v.ID
		for _, ctx := range []context.Context{b.boss, b.clerk} {
			if f := must(b.GetDocumentFile(ctx, get))(t); string(f.Content) != string(scan) {
				t.Errorf("came back as %q", f.Content)
			}
		}
		get.EmployerID = b.employer(2).id
		_, err = b.GetDocumentFile(b.clerk, get)
		refuses(t, "of another", err, "market.document_not_found", "document_id")
		if n := b.count(`SELECT COUNT(*) FROM audit WHERE subject = $1`, v.ID); n != 2 {
			t.Errorf("%d audit rows", n)
		}
		if n := b.count(`SELECT COUNT(*) FROM deeds WHERE answer LIKE '%JVBERi0%'`); n != 0 {
			t.Error("the file lies in an answer")
		}
	})
}
