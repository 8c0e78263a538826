package desk

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/ui"
)

// policy shows the numbers of the rules, each with its source. They are changed with the program's
// data, under review, and not here.
func (s *site) policy(v *visit) error {
	today := civil.DateOf(s.People.DB.Now())
	l := listing{title: "desk.g.policy", empty: "desk.policy.none", path: "/g/policy",
		columns: []column{{key: "desk.policy.what"}, {key: "desk.policy.value", num: true},
			{key: "desk.policy.where"}, {key: "desk.policy.days"}, {key: "desk.policy.source"}},
		filters: []filter{{"topic", "desk.policy.topic", "desk.topic."},
			{"now", "desk.policy.days", "desk.policy."}}}
	for _, e := range s.Policy.Entries() {
		topic, _, _ := strings.Cut(e.Code, ".")
		now := "now"
		switch {
		case e.From > today:
			now = "later"
		case e.Until != "" && e.Until < today:
			now = "ended"
		}
		source := text(v.source(e.Source))
		if e.Assumed {
			source.Sub = v.say("desk.policy.assumed")
		}
		l.rows = append(l.rows, row{tags: map[string]string{"topic": topic, "now": now},
			cells: []ui.Cell{text(v.half(e.About)), v.number(e),
				text(cmp.Or(region.FullName(e.Region), v.say("desk.policy.anywhere"))),
				text(string(e.From) + " – " + cmp.Or(string(e.Until), v.say("desk.forever"))), source}})
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.g.policy"), "/g/policy"), v.list(l))
}

// half gives the visitor's language of a text that has both: 中文 · English.
func (v *visit) half(text string) string {
	zh, en, both := strings.Cut(text, " · ")
	if both && v.Lang != "zh-CN" {
		return en
	}
	return zh
}

var (
	articles = regexp.MustCompile(`\s*art\. (\d+(?:, \d+)*)`)
	since    = regexp.MustCompile(`,? in force (\d{4}-\d{2}-\d{2})`)
	english  = regexp.MustCompile(`(?::[\d\s+−-]*[A-Za-z]|[\[(+−-]*[A-Za-z]{2}).*`)
	tiers    = regexp.MustCompile(`\s*\[(?:T\d|M)\]`)
)

// source gives where a number comes from. The data name laws as an English reader looks them up;
// whoever reads Chinese gets article and first day in Chinese, and the remarks left out.
func (v *visit) source(words string) string {
	if v.Lang != "zh-CN" {
		return words
	}
	words, _, _ = strings.Cut(words, " · ")
	words = tiers.ReplaceAllString(words, "")
	words = since.ReplaceAllString(articles.ReplaceAllString(words, "第${1}条"), "，自${1}施行")
	var parts []string
	for part := range strings.SplitSeq(words, ";") {
		part = strings.Trim(english.ReplaceAllString(part, ""), " ,:：，。")
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "；")
}

func (v *visit) number(e policy.Entry) ui.Cell {
	c := count(e.Value)
	switch e.Unit {
	case "fen":
		c.Text = ui.Money(money.Fen(e.Value))
	case "bp":
		c.Text = percent(e.Value)
	case "times", "points":
	default:
		c.Text = fmt.Sprint(e.Value) + " " + v.sayOr("desk.policy.unit."+e.Unit, e.Unit)
	}
	return c
}

// deed words what stands in the audit log; roles given or taken are named behind it.
func (v *visit) deed(what string) string {
	for _, deed := range []string{"gave roles", "took roles"} {
		if roles, ok := strings.CutPrefix(what, deed+" "); ok {
			return v.say("desk.audit."+deed, "roles", v.roles(people.RolesOf(roles)))
		}
	}
	if strings.HasPrefix(what, "document ") {
		return v.say("desk.audit.document")
	}
	return v.sayOr("desk.audit."+what, what)
}

// deedKind is what the audit log is filtered by: whoever's roles they were.
func deedKind(what string) string {
	if strings.HasPrefix(what, "gave roles ") || strings.HasPrefix(what, "took roles ") {
		return "roles"
	}
	if strings.HasPrefix(what, "document ") {
		return "document"
	}
	return what
}

// because words why a deed was done: a rule's code, or what somebody wrote.
func (v *visit) because(reason string) string {
	if strings.HasPrefix(reason, "people.keep_") {
		return v.say("desk.audit_reason.kept")
	}
	return v.sayOr("desk.audit_reason."+reason, reason)
}

// subject words what a deed was about: who, or which page's list was taken, or what kind of thing.
// Its id is in the answer of the operation, for whoever has to look it up.
func (v *visit) subject(a people.CityAuditView) string {
	if a.Whose != "" {
		return a.Whose
	}
	if path := strings.Split(a.Subject, "/"); len(path) > 1 && path[0] == "" {
		desk := v.sayOr("desk.audit.desk."+path[1], "–")
		if len(path) > 2 {
			return v.sayOr("desk."+path[1]+"."+path[2], v.sayOr("desk.g."+path[2], desk))
		}
		return desk
	}
	kind, _, named := strings.Cut(a.Subject, "_")
	switch {
	case named:
		return v.sayOr("desk.audit.kind."+kind, "–")
	case strings.HasPrefix(a.Subject, "list/"):
		return "–" // the deed names it
	}
	return a.Subject // the stamp of a statement, to be compared with the one on paper
}

// audit is the log of who saw or took what.
func (s *site) audit(v *visit) error {
	l := listing{title: "desk.g.audit", empty: "desk.audit.none", path: "/g/audit",
		seeks: true,
		columns: []column{{key: "desk.time"}, {key: "desk.audit.who"}, {key: "desk.audit.what"},
			{key: "desk.audit.whose"}, {key: "desk.reason"}, {key: "desk.audit.hash"}},
		filters: []filter{{"what", "desk.audit.what", "desk.audit."},
			{"who", "desk.audit.who", ""}}}
	err := v.fill(&l, func(after, words string) (rows []row, next string, err error) {
		found, err := s.People.FindCityAudits(v.Ctx, people.CityAudits{After: after, Q: words})
		for _, a := range found.Audits {
			rows = append(rows, v.auditRow(a))
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.g.audit"), "/g/audit"), v.list(l))
}

func (v *visit) auditRow(a people.CityAuditView) row {
	who := text(a.Who)
	if strings.HasPrefix(a.Who, "system:") {
		who = text(v.say("desk.role.system"))
	}
	return row{tags: map[string]string{"what": deedKind(a.What), "who": who.Text},
		cells: []ui.Cell{v.when(a.At), who, text(v.deed(a.What)), text(v.subject(a)),
			text(v.because(a.Reason)), text(a.Hash[:12] + "…")}}
}
