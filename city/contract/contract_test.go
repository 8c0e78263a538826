package contract

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

var (
	limits  = Bounds{DayMin: 240, WeekMin: 1440}
	promise = Promise{PayWithinMin: 1440, AutoConfirmMin: 720}
)

// Goal: the decision table gives the contract that the law asks for, and its boundaries are right
// from both sides.
func TestChoose(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		facts Facts
		want  Template
	}{
		{"a full day", Facts{DayMin: 480, WeekMin: 480}, Labour},
		{"four hours", Facts{DayMin: 240, WeekMin: 240}, PartTime},
		{"four hours and a minute", Facts{DayMin: 241, WeekMin: 241}, Labour},
		{"twenty-four hours in the week", Facts{DayMin: 240, WeekMin: 1440}, PartTime},
		{"a minute more in the week", Facts{DayMin: 240, WeekMin: 1441}, Labour},
		{"a full-time post with a short day", Facts{DayMin: 60, WeekMin: 60, FullTime: true}, Labour},
		{"over the age", Facts{DayMin: 480, WeekMin: 480, OverAge: true}, OverAge},
		{"over the age, short", Facts{DayMin: 60, WeekMin: 60, OverAge: true}, OverAge},
		{"over the age on a platform", Facts{OverAge: true, Platform: true}, OverAge},
		{"a platform's rider", Facts{DayMin: 600, WeekMin: 3000, Platform: true}, Platform},
		{"a platform's rider, short", Facts{DayMin: 60, WeekMin: 60, Platform: true}, Platform},
		{"a neighbour's garden", Facts{DayMin: 60, WeekMin: 60, Personal: true}, Personal},
		{"a pensioner in a neighbour's garden", Facts{Personal: true, OverAge: true}, Personal},
	} {
		if got := Choose(c.facts, limits); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

var (
	employer = Employer{"余杭某电子商务有限公司", "91330110MA2XXXXX0X", "杭州市余杭区文一西路1号", "王芳"}
	worker   = Worker{"张三", "重庆市渝中区", "500****1234"}
)

func goodTerms() Terms {
	day := civil.Date("2026-03-03")
	return Terms{WorkType: "task", Settlement: "platform", Title: "分拣员", Content: "包裹分拣、扫码、码放",
		PlaceName: "三号仓", PlaceAddress: "余杭区仓前街道1号", Region: "330110", StartsAt: day.At(8 * 60),
		EndsAt: day.At(17 * 60), BreakMin: 60, PayUnit: "hour", RateFen: 2600, InsurancePlan: "pln_1"}
}

// Goal: an offer or a worker without a mandatory clause is refused, and the missing field named.
func TestMandatoryClauses(t *testing.T) {
	t.Parallel()
	if err := CheckOffer(employer, goodTerms()); err != nil {
		t.Fatalf("a complete offer: %v", err)
	}
	type change func(*Employer, *Terms)
	for field, spoil := range map[string]change{
		"employer.name":      func(e *Employer, _ *Terms) { e.Name = " " },
		"employer.uscc":      func(e *Employer, _ *Terms) { e.USCC = "" },
		"employer.address":   func(e *Employer, _ *Terms) { e.Address = "\t" },
		"employer.principal": func(e *Employer, _ *Terms) { e.Principal = "" },
		"starts_at":          func(_ *Employer, t *Terms) { t.StartsAt = time.Time{} },
		"ends_at":            func(_ *Employer, t *Terms) { t.EndsAt = t.StartsAt },
		"title":              func(_ *Employer, t *Terms) { t.Title = "" },
		"content":            func(_ *Employer, t *Terms) { t.Content = "　" },
		"place_name":         func(_ *Employer, t *Terms) { t.PlaceName = "" },
		"place_address":      func(_ *Employer, t *Terms) { t.PlaceAddress = "" },
		"region":             func(_ *Employer, t *Terms) { t.Region = "" },
		"break_min":          func(_ *Employer, t *Terms) { t.BreakMin = 9 * 60 },
		"settlement":         func(_ *Employer, t *Terms) { t.Settlement = "" },
		"pay_unit":           func(_ *Employer, t *Terms) { t.PayUnit = "year" },
		"rate_fen":           func(_ *Employer, t *Terms) { t.RateFen = 0 },
	} {
		e, terms := employer, goodTerms()
		spoil(&e, &terms)
		f := fault.As(CheckOffer(e, terms))
		if f == nil || f.Code != "contract.clause_missing" || f.Kind != fault.Invalid ||
			f.Field != field {
			t.Errorf("without %s: got %v", field, f)
		}
	}
	for field, w := range map[string]Worker{"worker.name": {"", "a", "b"},
		"worker.address": {"a", "", "b"}, "worker.id_number": {"a", "b", ""}} {
		if f := fault.As(CheckWorker(w)); f == nil || f.Field != field || f.Args["item"] != 2 {
			t.Errorf("without %s: got %v", field, f)
		}
	}
	if err := CheckWorker(worker); err != nil {
		t.Errorf("a named worker: %v", err)
	}
}

// Goal: work types that nobody knows are refused, the known ones are read as what they are.
func TestFactsOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		workType, payUnit string
		want              Facts
	}{
		{"", "hour", Facts{DayMin: 480, WeekMin: 480}},
		{"task", "day", Facts{DayMin: 480, WeekMin: 480}},
		{"part_time", "hour", Facts{DayMin: 480, WeekMin: 480}},
		{"full_time", "hour", Facts{DayMin: 480, WeekMin: 480, FullTime: true}},
		{"task", "month", Facts{DayMin: 480, WeekMin: 480, FullTime: true}},
		{"platform", "piece", Facts{DayMin: 480, WeekMin: 480, Platform: true}},
		{"personal", "day", Facts{DayMin: 480, WeekMin: 480, Personal: true}},
	} {
		terms := goodTerms()
		terms.WorkType, terms.PayUnit = c.workType, c.payUnit
		if got, err := factsOf(terms); err != nil || got != c.want {
			t.Errorf("%s by the %s: got %+v, %v, want %+v", c.workType, c.payUnit, got, err, c.want)
		}
	}
	terms := goodTerms()
	terms.WorkType = "slave"
	if _, err := factsOf(terms); !fault.Is(err, "contract.work_type") {
		t.Errorf("unknown work type: got %v", err)
	}
}

// Goal: whatever the template, the whole text says all nine items of art. 17, in the values given,
// leaves nothing open and stays short enough to read on a phone.
func TestTexts(t *testing.T) {
	t.Parallel()
	for tpl, words := range map[Template][]string{
		Labour:   {"劳动合同\n", "用人单位", "依法为乙方参加社会保险", "不约定试用期"},
		PartTime: {"非全日制劳动合同", "工伤保险费", "4小时", "24小时", "十五日"},
		OverAge:  {"用工协议", "超过法定退休年龄", "工伤保险"},
		Platform: {"书面协议", "职业伤害保障", "算法"},
		Personal: {"劳务协议", "民法典", "接受劳务方"},
	} {
		offerText, err := renderOffer(employer, goodTerms(), 12, promise)
		if err != nil {
			t.Fatal(err)
		}
		page, err := renderPage(tpl, employer.Name, worker, limits)
		if err != nil {
			t.Fatal(err)
		}
		text := Text(page, Offer{Text: offerText})
		for _, want := range append(words, employer.Name, employer.USCC, employer.Address,
			employer.Principal, worker.Name, worker.Address, worker.IDMasked, "分拣员", "包裹分拣", "三号仓",
			"仓前街道1号", "2026年3月3日08:00", "2026年3月3日17:00", "休息1小时", "计酬工作时间8小时", "每小时人民币26.00元",
			"24小时内（收工后12小时未确认", "pln_1", "受益人不得为甲方", "名额12名", "社会保险", "职业危害", "不得扣押", "期限", "验证码") {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", tpl, want)
			}
		}
		if n := utf8.RuneCountInString(text); strings.Contains(text, "<no value>") ||
			strings.Contains(text, "{{") || strings.Contains(text, "\n\n\n") || n > 2500 {
			t.Errorf("%s (%d runes) has something left open:\n%s", tpl, n, text)
		}
	}
}

// Goal: what the terms do not have, the offer does not promise.
func TestOfferVariants(t *testing.T) {
	t.Parallel()
	terms := goodTerms()
	terms.Settlement, terms.InsurancePlan, terms.BreakMin, terms.PayUnit = "employer", "", 0, "month"
	terms.Protection, terms.TermMonths = "进入冷库须穿防寒服。", 12
	text, err := renderOffer(employer, terms, 1, promise)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"每月人民币", "为期12个月", "第一个工作日为", "按月计酬", "不扣除休息", "进入冷库须穿防寒服。"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q:\n%s", want, text)
		}
	}
	for _, not := range []string{"专用账户", "意外", "防护用品"} {
		if strings.Contains(text, not) {
			t.Errorf("says %q:\n%s", not, text)
		}
	}
}

// Goal: the same terms are the same bytes, whatever zone or clock they came from.
func TestCanonicalTerms(t *testing.T) {
	t.Parallel()
	a := goodTerms()
	b := a
	b.StartsAt = b.StartsAt.In(civil.Zone).Add(400 * time.Microsecond)
	one, err := a.canonical()
	if err != nil {
		t.Fatal(err)
	}
	if two, err := b.canonical(); err != nil || one != two {
		t.Errorf("the same terms differ:\n%s\n%s (%v)", one, two, err)
	}
	b.RateFen++
	if two, err := b.canonical(); err != nil || one == two {
		t.Errorf("a fen more makes no difference (%v)", err)
	}
}

// Goal: lengths and weeks are said as people say them.
func TestWords(t *testing.T) {
	t.Parallel()
	for min, want := range map[int64]string{30: "30分钟", 60: "1小时", 510: "8小时30分钟"} {
		if got := length(min); got != want {
			t.Errorf("%d minutes: %s", min, got)
		}
	}
	for day, monday := range map[civil.Date]civil.Date{"2026-03-02": "2026-03-02",
		"2026-03-08": "2026-03-02", "2026-03-09": "2026-03-09", "2026-03-04": "2026-03-02"} {
		from, to := week(day)
		if civil.DateOf(from) != monday || to.Sub(from) != 7*24*time.Hour {
			t.Errorf("week of %s: %s to %s", day, from, to)
		}
	}
}
