package market_test

import (
	"testing"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// agency lets an employer in as an agency whose permit ends on that day.
func (b *bundle) agency(e boss, until civil.Date) {
	b.t.Helper()
	for _, p := range append(b.papers(e), market.AddDocument{Keyed: b.key(), EmployerID: e.id,
		Kind: market.DocPermit, Number: "渝人服证字0001", Content: scan, ValidUntil: until}) {
		must(b.AddDocument(e, p))(b.t)
	}
	must(b.VetEmployer(b.clerk, market.Vet{Keyed: b.key(), EmployerID: e.id, Decision: "vetted",
		Agency: true}))(b.t)
}

// Goal: a broker is attached to one agency with a permit in force, shown in its dossier, and free
// for another when he is let go.
func TestBrokers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		one, two := b.employer(2), b.employer(3)
		b.agency(one, "2026-12-31")
		b.agency(two, "2026-03-02")
		number := idNumber("1980-01-01", 7)
		attach := func(e boss) (market.BrokerView, error) {
			return b.AttachBroker(e, market.AttachBroker{Keyed: b.key(), EmployerID: e.id, Name: "钱七",
				IDNumber: number})
		}
		_, err := attach(b.boss)
		refuses(t, "no agency", err, "market.not_an_agency", "employer_id")
		in := market.AttachBroker{Keyed: b.key(), EmployerID: one.id, Name: "钱七", IDNumber: number}
		v := must(b.AttachBroker(one, in))(t)
		if again := must(b.AttachBroker(one, in))(t); again != v || v.IDMasked == number {
			t.Errorf("the same key twice: %+v and %+v", v, again)
		}
		_, err = attach(two)
		refuses(t, "of another agency", err, "market.broker_attached", "id_number")
		dossier := must(b.ShowDossier(b.clerk, market.ShowDossier{EmployerID: one.id}))(t)
		if len(dossier.Brokers) != 1 || dossier.Brokers[0] != v {
			t.Errorf("shown %+v", dossier.Brokers)
		}
		detach := market.DetachBroker{Keyed: b.key(), EmployerID: two.id, BrokerID: v.ID}
		_, err = b.DetachBroker(two, detach)
		refuses(t, "another's broker", err, "market.broker_not_found", "broker_id")
		detach.EmployerID = one.id
		must(b.DetachBroker(one, detach))(t)
		detach.Keyed = b.key()
		_, err = b.DetachBroker(one, detach)
		refuses(t, "let go twice", err, "market.broker_left", "broker_id")
		clk.Set(civil.Date("2026-03-03").At(0))
		_, err = attach(two)
		refuses(t, "the permit has run out", err, "market.document_expired", "employer_id")
		for _, table := range []string{"deeds WHERE answer", "brokers WHERE id_blind",
			"brokers WHERE id_masked"} {
			if b.count(`SELECT COUNT(*) FROM `+table+` LIKE '%'||$1||'%'`, number) != 0 {
				t.Errorf("%s hold the ID number", table)
			}
		}
	})
}

// Goal: twenty agencies' deeds want the same person at once: one has him.
func TestBrokerRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		agencies := []boss{b.employer(2), b.employer(3)}
		for _, e := range agencies {
			b.agency(e, "2026-12-31")
		}
		race(t, "market.broker_attached", "id_number", func(i int) error {
			e := agencies[i%2]
			_, err := b.AttachBroker(e, market.AttachBroker{Keyed: b.key(), EmployerID: e.id, Name: "钱七",
				IDNumber: idNumber("1980-01-01", 7)})
			return err
		})
	})
}
