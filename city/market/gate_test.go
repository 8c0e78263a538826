package market_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/i18n"
)

// Goal: a vacancy that waits comes before a clerk with its marks, and is published on a legal
// ground that answers for each of them; ground, words and marks are kept, and the law needs them.
func TestReviewVacancy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		in := b.vacancy(1)
		in.Content = "井下工限男（女职工禁忌）。４５岁以下。"
		v := must(b.PublishVacancy(b.boss, in))(t)
		queue := must(b.FindWaitingVacancies(b.clerk, market.WaitingVacancies{}))(t).Vacancies
		if len(queue) != 1 || len(queue[0].Findings) != 2 || queue[0].Findings[1].Span != "４５岁以下" ||
			queue[0].Findings[1].From != 13 || queue[0].Findings[0].Suggest.ZH == "" {
			t.Fatalf("queue %+v", queue)
		}
		decide := func(grounds ...market.Ground) (market.VacancyView, error) {
			return b.ReviewVacancy(b.clerk, market.Review{Keyed: b.key(), VacancyID: v.ID, Publish: true,
				LegalGrounds: grounds, Ground: "看过"})
		}
		_, err := decide(market.GroundWomen)
		refuses(t, "one ground for two", err, "market.ground_missing", "legal_grounds")
		_, err = decide("custom")
		refuses(t, "no ground", err, "market.ground_unknown", "legal_grounds")
		got := must(decide(market.GroundWomen, market.GroundNoBan))(t)
		if got.State != market.Published || len(got.ShiftIDs) != 1 || got.ShiftIDs[0] != v.ShiftIDs[0] {
			t.Errorf("published as %+v", got)
		}
		must(b.accept(b.worker(1, "1990-01-01"), v.ShiftIDs[0]))(t)
		_, err = decide(market.GroundWomen, market.GroundNoBan)
		refuses(t, "twice", err, "market.vacancy_state", "vacancy_id")
		b.lawful()
		b.breaks(`UPDATE vacancy_reviews SET legal_grounds = ''`, "legal ground")
	})
}

// Goal: the sentence of a refusal says the rule, the words and what would be right.
func TestForbiddenSentence(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		in := b.vacancy(1)
		in.Title = "分拣员　限 男"
		_, err := b.PublishVacancy(b.boss, in)
		said := must(i18n.Load())(t).Say("zh-CN", "market.forbidden_words", faultArgs(err))
		for _, part := range []string{"“限 男”", "sex.limit", "第 4 至 7 个字", "请写明岗位所需的能力"} {
			if !strings.Contains(said, part) {
				t.Errorf("%s lacks %s", said, part)
			}
		}
	})
}

// Goal: what minors may not do cannot be opened to them; what the law adds to a vacancy is added.
func TestPublishProtects(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		for what, c := range map[string]struct {
			change      func(*market.Publish)
			code, field string
		}{
			"height": {func(v *market.Publish) { v.Conditions = []market.Condition{market.Height} },
				"market.minors_condition", "minor_ok"},
			"a loader": {func(v *market.Publish) { v.Occupation = "loader" },
				"market.minors_occupation", "minor_ok"},
			"easy": {func(v *market.Publish) { v.Conditions = []market.Condition{"easy"} },
				"market.condition", "conditions"},
			"yesterday": {func(v *market.Publish) { v.ValidUntil = "2026-03-01" },
				"market.valid_past", "valid_until"},
			"91 days": {func(v *market.Publish) { v.ValidUntil = "2026-06-01" },
				"market.valid_far", "valid_until"},
		} {
			v := b.vacancy(1)
			v.MinorOK = true
			c.change(&v)
			_, err := b.PublishVacancy(b.boss, v)
			refuses(t, what, err, c.code, c.field)
		}
		v := b.vacancy(1)
		v.Occupation, v.Conditions = "4-03-02-05", []market.Condition{market.Height}
		got := b.publish(v)
		if len(got.Duties) != 2 || got.Duties[0].Code != "women" || got.Duties[1].Code != "part_time" ||
			got.Duties[0].Text.ZH == "" || got.ValidUntil != "2026-03-03" {
			t.Errorf("published as %+v", got)
		}
		shift := must(b.ShowShift(b.boss, market.GetShift{ShiftID: got.ShiftIDs[0]}))(t)
		if strings.Join(shift.Required, " ") != "cert.health cert.special_height" ||
			len(shift.Conditions) != 1 {
			t.Errorf("shown as %+v", shift)
		}
	})
}

// Goal: the same vacancy is not there twice: an employer's own while heads are left, a re-posted
// one at all; a re-posted one is shown with its source.
func TestPublishTwice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		first := b.publish(b.vacancy(1))
		_, err := b.PublishVacancy(b.boss, b.vacancy(2))
		refuses(t, "once more", err, "market.vacancy_there", "shifts")
		other := b.vacancy(1)
		other.Title = "打包员"
		b.publish(other)
		must(b.accept(b.worker(1, "1990-01-01"), first.ShiftIDs[0]))(t)
		again := b.vacancy(1)
		again.Source = "永康零工市场"
		_, err = b.PublishVacancy(b.boss, again)
		refuses(t, "re-posted", err, "market.vacancy_there", "shifts")
		b.publish(b.vacancy(1))
		again.Keyed, again.Title = b.key(), "理货员"
		v := b.publish(again)
		shift := must(b.ShowShift(b.boss, market.GetShift{ShiftID: v.ShiftIDs[0]}))(t)
		if shift.Source != again.Source {
			t.Errorf("shown without its source: %+v", shift)
		}
	})
}

// Goal: minors get what is open to them and nothing else, from the day after a birthday; refusals
// that protect are kept once.
func TestAcceptMinor(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		minor := b.worker(1, "2009-06-01")
		adults := b.publish(b.vacancy(5)).ShiftIDs[0]
		for range 2 {
			_, err := b.accept(minor, adults)
			refuses(t, "for adults", err, "market.adults_only", "worker_id")
		}
		if n := b.count(`SELECT COUNT(*) FROM accept_refusals`); n != 1 {
			t.Errorf("%d refusals kept", n)
		}
		open := b.vacancy(5)
		open.Title, open.MinorOK = "打包员", true
		shiftID := b.publish(open).ShiftIDs[0]
		_, err := db.InTx(b.clerk, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE vacancies SET conditions = 'hazard' WHERE title = '打包员'`)
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.accept(minor, shiftID)
		refuses(t, "hazard", err, "market.minors_condition", "worker_id")
		must(b.accept(b.worker(2, "1990-01-01"), shiftID))(t)
	})
}

// certificate gives a worker a verified certificate.
func (b *bundle) certificate(w hand, kind, number string, issued, expires civil.Date) string {
	b.t.Helper()
	c := must(b.skills.AddCertificate(w, skill.AddCertificate{Keyed: b.key(), WorkerID: w.id,
		Kind: kind, Number: number, IssuedOn: issued, ExpiresOn: expires, Evidence: digest}))(b.t)
	must(b.skills.VerifyCertificate(b.clerk, skill.VerifyCertificate{Keyed: b.key(),
		CertificateID: c.ID, Decision: skill.Verified}))(b.t)
	return c.ID
}

// Goal: catering asks for a health certificate that is valid to the end of the shift, at acceptance
// and again at the start; the sentence names the certificate.
func TestCertificateGate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		v := b.vacancy(5)
		v.Title, v.Occupation = "传菜员", "4-03-02-05"
		late := v.Shifts[0]
		late.StartsAt = civil.Date("2026-03-03").At(20 * 60)
		late.EndsAt = late.StartsAt.Add(5 * time.Hour) // ends on the 4th
		v.Shifts = append(v.Shifts, late)
		ids := b.publish(v).ShiftIDs
		w := b.worker(1, "1990-01-01")
		_, err := b.accept(w, ids[0])
		refuses(t, "without", err, "market.certificate_missing", "worker_id")
		if name, _ := faultArgs(err)["certificate"].(i18n.Both); !strings.HasPrefix(name.ZH, "健康证") {
			t.Errorf("names %v", faultArgs(err))
		}
		id := b.certificate(w, "cert.health", "500103001", "2025-03-04", "2026-03-03")
		_, err = b.accept(w, ids[1])
		refuses(t, "a day short", err, "market.certificate_expired", "worker_id")
		if day := faultArgs(err)["day"]; day != "2026-03-03" {
			t.Errorf("says %v", day)
		}
		p := must(b.accept(w, ids[0]))(t)
		job := must(b.JobTx(b.clerk, d, p.ID))(t)
		if err := b.MayStartTx(b.clerk, d, job); err != nil {
			t.Errorf("with it: %v", err)
		}
		must(b.skills.VerifyCertificate(b.clerk, skill.VerifyCertificate{Keyed: b.key(),
			CertificateID: id, Decision: skill.Revoked, Reason: "查实无效"}))(t)
		refuses(t, "revoked meanwhile", b.MayStartTx(b.clerk, d, job), "market.certificate_missing",
			"worker_id")
		b.lawful()
	})
}

// Goal: a day of more than eleven hours is refused whoever the employers are; overtime of the month
// and work beyond part-time are told.
func TestAcceptHours(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund(b.boss, 10_000_000)
		w := b.worker(1, "1990-01-01")
		v := b.vacancy(5)
		v.Shifts = nil
		day := civil.Date("2026-03-03")
		add := func(n, fromMin, minutes int) {
			from := day.AddDays(n).At(fromMin)
			v.Shifts = append(v.Shifts, market.ShiftPlan{StartsAt: from,
				EndsAt: from.Add(time.Duration(minutes) * time.Minute), Heads: 5})
		}
		for n := range 12 {
			add(n, 8*60, 660) // three hours of overtime
		}
		add(0, 20*60, 60)
		ids := b.publish(v).ShiftIDs
		for n := range 12 {
			p := must(b.accept(w, ids[n]))(t)
			codes := ""
			for _, notice := range p.Notices {
				codes += notice.Code + " "
			}
			want := "part_time "
			if n == 11 { // 12 × 3 h
				want = "overtime part_time "
			}
			if codes != want {
				t.Errorf("day %d: told %q, want %q", n, codes, want)
			}
		}
		_, err := b.accept(w, ids[12])
		refuses(t, "a twelfth hour", err, "market.day_hours", "shift_id")
		b.lawful()
	})
}

// Goal: who steps in counts with what is left of the shift, for the longest day and for the clash.
func TestStepIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund(b.boss, 10_000_000)
		v := b.vacancy(5)
		day := civil.DateOf(clk.Now()).AddDays(1)
		shift := func(fromMin, untilMin int, breakMin int64) market.ShiftPlan {
			return market.ShiftPlan{StartsAt: day.At(fromMin), EndsAt: day.At(untilMin), BreakMin: breakMin,
				Heads: 5}
		}
		early, long := shift(6*60, 10*60, 0), shift(8*60, 17*60, 60)
		morning, evening := shift(8*60, 12*60, 60), shift(12*60+30, 23*60+30, 0)
		odd := early
		odd.EndsAt = day.At(11*60 + 50).Add(30 * time.Second)
		v.Shifts = []market.ShiftPlan{early, long, morning, evening, odd}
		ids := b.publish(v).ShiftIDs
		three := []hand{b.worker(1, "1990-01-01"), b.worker(2, "1990-01-01"), b.worker(3, "1990-01-01")}
		must(b.accept(three[0], ids[0]))(t)
		must(b.accept(three[2], ids[4]))(t)
		clk.Set(day.At(11*60 + 50).Add(15 * time.Second))
		must(b.accept(three[0], ids[1]))(t) // 240 and 310 minutes
		must(b.accept(three[1], ids[2]))(t) // ten minutes, the break not taken off
		_, err := b.accept(three[1], ids[3])
		refuses(t, "ten minutes and eleven hours", err, "market.day_hours", "shift_id")
		clk.Add(20 * time.Second)
		_, err = b.accept(three[2], ids[1])
		refuses(t, "in the minute of the other's end", err, "market.clash", "shift_id")
		b.lawful()
	})
}
