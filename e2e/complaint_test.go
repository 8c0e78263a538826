package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
)

// handled brings a complaint to its decision and answer by the clerk.
func (c *town) handled(id string, uphold bool) {
	c.t.Helper()
	_, err := c.Complaints.AcceptComplaint(c.clerk, complaint.Accept{Keyed: c.key(), ComplaintID: id,
		Accept: true})
	c.ok(err)
	_, err = c.Complaints.Investigate(c.clerk, complaint.Step{Keyed: c.key(), ComplaintID: id})
	c.ok(err)
	_, err = c.Complaints.DecideComplaint(c.clerk, complaint.Decide{Keyed: c.key(), ComplaintID: id,
		Uphold: uphold, Finding: "电话核实，现场没有此岗位"})
	c.ok(err)
	_, err = c.Complaints.AnswerComplaint(c.clerk, complaint.Reply{Keyed: c.key(), ComplaintID: id,
		Words: "岗位不实，已下架"})
	c.ok(err)
}

// Goal: a visitor with nothing but a phone says that a vacancy is false. Upheld, it is public no
// more, whoever was placed on it is released and told, the visitor reads the answer, and the
// employer's grade explains that a complaint was upheld.
func TestFalseVacancy(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		shift := c.shift(2)
		placed := c.accept(w, shift)
		found, err := c.Market.ShowShift(w.ctx, market.GetShift{ShiftID: shift})
		c.ok(err)
		visitor := c.logIn("19950000009")
		made, err := c.Complaints.FileComplaint(visitor, complaint.File{Keyed: c.key(),
			Kind: complaint.FalseVacancy, Subject: complaint.OnVacancy, SubjectID: found.VacancyID,
			Words: "打电话过去说没有这个活", Anonymous: true})
		c.ok(err)
		c.handled(made.ID, true)

		if _, err := c.Market.ShowShift(w.ctx, market.GetShift{ShiftID: shift}); !fault.Is(err,
			"market.shift_not_found") {
			t.Errorf("the false vacancy is still shown: %v", err)
		}
		if n := c.count(`SELECT COUNT(*) FROM placements WHERE id = $1
			AND state = 'cancelled_by_employer'`, placed.ID); n != 1 {
			t.Error("the placement on it stands")
		}
		if n := c.count(`SELECT (SELECT COUNT(*) FROM vacancies WHERE reason LIKE '%cmp_%')
			+ (SELECT COUNT(*) FROM placements WHERE reason LIKE '%cmp_%')`); n != 0 {
			t.Error("the employer reads the complaint's id, which tells when it was made")
		}
		if n := c.count(`SELECT COUNT(*) FROM messages WHERE account_id = $1
			AND template IN ('shift_cancelled', 'called_off_late')`, w.accountID); n != 1 {
			t.Error("who was placed on it was not told")
		}
		c.sweep(time.Hour)
		told := false
		for _, sms := range c.box.SMS("19950000009") {
			told = told || strings.Contains(sms.Text, "投诉已有答复")
		}
		if !told {
			t.Error("the answer did not reach the visitor's phone")
		}
		own, err := c.Complaints.ShowComplaint(visitor, complaint.Get{ComplaintID: made.ID})
		if err != nil || own.Answer != "岗位不实，已下架" {
			t.Errorf("the visitor reads %+v, %v", own, err)
		}
		c.sweep(24 * time.Hour)
		v, err := c.Credit.ShowCredit(c.employer.ctx, credit.CreditOf{EmployerID: c.employer.id})
		if err != nil || v.Facts.Complaints != 1 || v.Grade != credit.GradeB {
			t.Errorf("the employer's credit: %+v, %v", v, err)
		}
		c.lawful()
	})
}

// Goal: a worker's own access copy holds all their complaints; one that staff make for them holds
// nothing that says that an anonymous complaint is theirs, not even a message about it.
func TestCopyKeepsAComplainantAnonymous(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		for _, anonymous := range []bool{true, false} {
			made, err := c.Complaints.FileComplaint(w.ctx, complaint.File{Keyed: c.key(),
				Kind: complaint.Fees, Subject: complaint.OnEmployer, SubjectID: c.employer.id,
				Words: "收了我两百元押金", Anonymous: anonymous, Digest: strings.Repeat("ab", 32)})
			c.ok(err)
			c.handled(made.ID, true)
		}
		held := func(ctx context.Context, reason string) (complaints, notes, messages int) {
			v, err := c.People.DownloadCopy(ctx, people.DownloadCopy{WorkerID: w.id, Reason: reason})
			c.ok(err)
			for _, h := range v.Holdings {
				for _, row := range h.Rows {
					template, _ := row["template"].(string)
					switch {
					case h.Name == "complaints":
						complaints++
					case h.Name == "complaint_notes":
						notes++
					case strings.HasPrefix(template, "complaint_"):
						messages++
					}
				}
			}
			return complaints, notes, messages
		}
		if n, notes, told := held(w.ctx, ""); n != 2 || notes != 2 || told != 4 {
			t.Errorf("the worker's own: %d complaints, %d notes, %d messages", n, notes, told)
		}
		if n, notes, told := held(c.clerk, "本人到场"); n != 1 || notes != 1 || told != 0 {
			t.Errorf("made by a clerk: %d complaints, %d notes, %d messages", n, notes, told)
		}
	})
}

// Goal: an employer on a public list publishes nothing, through the real operation, and does again
// when the entry is lifted.
func TestListedPublishesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		m, err := c.Credit.ListEmployer(c.clerk, credit.List{Keyed: c.key(), EmployerID: c.employer.id,
			Source: "演示名单〔2026〕1号"})
		c.ok(err)
		if _, err := c.Market.PublishVacancy(c.employer.ctx, c.vacancy(1)); !fault.Is(err,
			"credit.listed") {
			t.Errorf("listed: %v", err)
		}
		_, err = c.Credit.LiftListing(c.clerk, credit.Lift{Keyed: c.key(), MarkID: m.ID,
			Words: "已付清并承诺"})
		c.ok(err)
		c.shift(1)
		c.lawful()
	})
}
