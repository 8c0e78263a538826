package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/sim"
)

// certificate gives a worker a health certificate that a clerk has seen.
func (c *town) certificate(w who) string {
	c.t.Helper()
	paper, err := c.Skills.AddCertificate(w.ctx, skill.AddCertificate{Keyed: c.key(), WorkerID: w.id,
		Kind: "cert.health", Number: "500103" + w.id[len(w.id)-6:],
		IssuedOn: civil.DateOf(c.clk.Now()).AddDays(-30), Evidence: strings.Repeat("ab", 32)})
	c.ok(err)
	c.decide(paper.ID, skill.Verified, "")
	return paper.ID
}

func (c *town) decide(paperID string, decision skill.State, reason string) {
	c.t.Helper()
	_, err := c.Skills.VerifyCertificate(c.clerk, skill.VerifyCertificate{Keyed: c.key(),
		CertificateID: paperID, Decision: decision, Reason: reason})
	c.ok(err)
}

// broker makes an employer an agency and attaches a broker to it.
func (c *town) broker(e who) string {
	c.t.Helper()
	_, err := c.Market.AddDocument(e.ctx, market.AddDocument{Keyed: c.key(), EmployerID: e.id,
		Kind: market.DocPermit, Number: "渝人服证字0001", Content: []byte("%PDF-1.7"),
		ValidUntil: "2099-12-31"})
	c.ok(err)
	_, err = c.Market.VetEmployer(c.clerk, market.Vet{Keyed: c.key(), EmployerID: e.id,
		Decision: "vetted", Agency: true})
	c.ok(err)
	_, idNumber, _, _ := sim.MadeUp(7, 99, region)
	b, err := c.Market.AttachBroker(e.ctx, market.AttachBroker{Keyed: c.key(), EmployerID: e.id,
		Name: "钱七", IDNumber: idNumber})
	c.ok(err)
	return b.ID
}

// Goal: nobody waits at table without a health certificate: not taken on without one, and not let
// in when it was revoked since; the arrival stays on record with the reason, and nobody is insured.
func TestStartWithoutCertificate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		v := c.vacancy(2)
		v.Title, v.Occupation = "传菜员", "4-03-02-05"
		public, err := c.Market.PublishVacancy(c.employer.ctx, v)
		c.ok(err)
		w, other := c.newWorker(1), c.newWorker(2)
		_, err = c.Market.AcceptShift(w.ctx, market.Accept{Keyed: c.key(),
			ShiftID: public.ShiftIDs[0], WorkerID: w.id})
		c.mustFail(err, "market.certificate_missing")
		paper := c.certificate(w)
		c.certificate(other)
		p, q := c.accept(w, public.ShiftIDs[0]), c.accept(other, public.ShiftIDs[0])
		c.sign(w, p.ContractID)
		c.decide(paper, skill.Revoked, "体检结果不合格")
		c.clk.Set(p.StartsAt.Add(-2 * time.Minute))
		_, err = c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
		c.mustFail(err, "market.certificate_missing")
		for query, want := range map[string]int64{
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'refused'`: 1,
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'start'`:   0,
			`SELECT COUNT(*) FROM covers`:                              0,
			`SELECT COUNT(*) FROM accept_refusals`:                     1,
		} {
			if n := c.count(query); n != want {
				t.Errorf("%s: %d, want %d", query, n, want)
			}
		}
		c.work(other, q)
		c.lawful()
	})
}

// Goal: who has accepted works at the old pay when the vacancy is changed, and the next one at the
// new; both are paid to the fen.
func TestChangedPay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		first, second := c.newWorker(1), c.newWorker(2)
		v := c.vacancy(2)
		old, err := c.Market.PublishVacancy(c.employer.ctx, v)
		c.ok(err)
		p := c.accept(first, old.ShiftIDs[0])
		in := market.Change{VacancyID: old.ID, Publish: v}
		in.Keyed, in.RateFen = c.key(), 3_000
		now, err := c.Market.ChangeVacancy(c.employer.ctx, in)
		c.ok(err)
		q := c.accept(second, now.ShiftIDs[0])
		c.sign(second, q.ContractID)
		c.work(first, p)
		c.lawful()
		if n := c.count(`SELECT amount_fen FROM wage_lines`); n != 2_500*75/10 {
			t.Errorf("the first earned %d fen", n)
		}
		if n := c.count(`SELECT COUNT(*) FROM contracts c JOIN contract_offers o ON o.id = c.offer_id
			WHERE o.terms LIKE '%"RateFen":3000%'`); n != 1 {
			t.Errorf("%d contracts at the new pay", n)
		}
	})
}
