package sim

import (
	"context"
	"fmt"
	"strings"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/money"
)

const healthCertBP = 6000 // of workers who bring a health certificate

// said adds to an employer's vacancy what its trade is like, and now and then words at which a
// clerk must look.
func (w *world) said(n int, v *market.Publish) {
	switch v.Title {
	case "装卸工", "搬家工":
		v.Conditions = []market.Condition{market.HeavyLoad}
	case "会展协助":
		v.MinorOK = true
	}
	if w.chance(w.cfg.FaultsBP, "doubtful words", n, w.day) {
		v.Content += "45岁以下。"
	}
	if w.chance(w.cfg.FaultsBP, "re-posted", n, w.day) {
		v.Source = "演示零工市场"
	}
}

// bringPaper lets a newcomer enter a health certificate; some run out within days.
func (w *world) bringPaper(ctx context.Context, a actor) error {
	if !w.chance(healthCertBP, "has a health certificate", a.N) {
		return nil
	}
	age := w.n(300, "certificate's age", a.N)
	if w.chance(w.cfg.FaultsBP, "runs out", a.N) {
		age = 360 + w.n(4, "last days", a.N)
	}
	issued := civil.DateOf(w.clk.Now()).AddDays(-age)
	_, err := w.city.Skills.AddCertificate(a.as(ctx), skill.AddCertificate{WorkerID: a.WorkerID,
		Keyed: deed.Key(fmt.Sprint("sim/certificate/", a.N)), Kind: "cert.health",
		Number: fmt.Sprintf("%s%06d", a.Region, a.N), IssuedOn: issued,
		Evidence: strings.Repeat("5a", 32)})
	_, err = w.did(err)
	return err
}

// checkPapers is the clerk in the morning and the afternoon: certificates that wait are verified,
// but for a few whose picture shows nothing.
func (w *world) checkPapers(ctx context.Context, now int) error {
	if !w.due(9*60+30, now) && !w.due(15*60, now) {
		return nil
	}
	ctx = w.clerk.as(ctx)
	queue, err := w.city.Skills.FindWaiting(ctx, skill.FindWaiting{})
	if err != nil {
		return err
	}
	for _, c := range queue.Certificates {
		in := skill.VerifyCertificate{Keyed: deed.Key("sim/verify/" + c.ID), CertificateID: c.ID,
			Decision: skill.Verified}
		if w.chance(w.cfg.FaultsBP, "blurred", c.ID) {
			in.Decision, in.Reason = skill.Refused, "照片不清楚（演示）"
		}
		_, err := w.city.Skills.VerifyCertificate(ctx, in)
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// changeMinds is an employer at noon that pays more for what it published in the morning, or moves
// the hours: whoever has accepted keeps the old terms.
func (w *world) changeMinds(ctx context.Context, now int) error {
	if !w.due(12*60, now) {
		return nil
	}
	for n, e := range w.employers {
		if !e.known() || !w.chance(2*w.cfg.FaultsBP, "changes its mind", n, w.day) {
			continue
		}
		id, err := publishedSince(ctx, w.city.DB, e.EmployerID, civil.DateOf(w.clk.Now()).Midnight())
		if err != nil {
			return err
		}
		if id == "" {
			continue
		}
		in := market.Change{VacancyID: id, Publish: w.vacancy(n, e)}
		in.Keyed = deed.Key(fmt.Sprintf("sim/change/%d/%d", n, w.day))
		in.RateFen += money.Fen(10 + w.n(200, "raise", n, w.day))
		_, err = w.city.Market.ChangeVacancy(e.as(ctx), in)
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}
