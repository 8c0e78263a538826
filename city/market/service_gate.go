package market

import (
	"context"
	"slices"

	"github.com/gongyi/gongyi/city/market/gate"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/i18n"
)

// FindingView is what the gate marked in a text: the rule, the very words and where they stand in
// the text as it was written, and what would be right.
type FindingView struct {
	RuleID  string    `json:"rule_id" db:"rule_id"`
	Action  string    `json:"action"  db:"action"`
	Field   string    `json:"field"   db:"field"`
	From    int       `json:"from"    db:"from_rune" doc:"in characters"`
	To      int       `json:"to"      db:"to_rune"`
	Span    string    `json:"span"    db:"span"`
	Suggest i18n.Both `json:"suggest" db:"-"`
}

// NoticeView is something that somebody must know: its code, and what it says.
type NoticeView struct {
	Code string    `json:"code"`
	Text i18n.Both `json:"text"`
}

func (s *Service) notices(codes []string) []NoticeView {
	var all []NoticeView
	for _, code := range codes {
		all = append(all, NoticeView{code, s.both("market.notice." + code)})
	}
	return all
}

// reasonUnknown is why a vacancy waits where policy does not know a number of its region.
const reasonUnknown = "unknown"

// screen runs the texts through the gate: a blocking finding is a fault that names the rule, the
// words and what would be right.
func (s *Service) screen(in Publish) ([]FindingView, error) {
	var soft []FindingView
	for _, f := range gate.Screen(words(in.Title, in.Content)) {
		if f.Action == gate.Block {
			return nil, forbidden(f, s.both(f.Suggest))
		}
		soft = append(soft, FindingView{f.RuleID, string(f.Action), f.Field, f.From, f.To, f.Span,
			s.both(f.Suggest)})
	}
	return soft, nil
}

func words(title, content string) []gate.Field {
	return []gate.Field{{Name: "title", Text: title}, {Name: "content", Text: content}}
}

func forbidden(f gate.Finding, suggest i18n.Both) error {
	return fault.New(fault.Invalid, "market.forbidden_words", "rule", f.RuleID, "span", f.Span,
		"from", f.From, "to", f.To, "suggest", suggest).OnField(f.Field)
}

// protect adds to a vacancy what the law adds: its conditions, the certificates that occupation and
// conditions ask for, its last public day, and the employer's duties. It refuses what minors may
// not do, and days that are past or too far.
// Faults (invalid): market.condition, market.minors_occupation, market.minors_condition,
// market.valid_past, market.valid_far.
func (s *Service) protect(in *Publish, v *VacancyView, region string, today civil.Date) error {
	all, err := conditionsOf(*in)
	if err != nil {
		return err
	}
	if in.MinorOK {
		if s.Skills.AdultsOnly(in.Occupation) {
			return fault.New(fault.Invalid, "market.minors_occupation").OnField("minor_ok")
		}
		if bar := minorsBar(all); bar != "" {
			return fault.New(fault.Invalid, "market.minors_condition",
				"condition", s.both("market.condition."+string(bar))).OnField("minor_ok")
		}
	}
	in.Conditions, in.Required = all, s.required(*in, all)
	if err := s.setValid(in, region, today); err != nil {
		return err
	}
	v.ValidUntil = in.ValidUntil
	limit, err := s.Policy.At("contract.parttime_day_min", region, today)
	if err != nil {
		return err
	}
	v.Duties = s.notices(dutiesOf(*in, all, limit.Value))
	return nil
}

// required gives what a vacancy asks for with the certificates that the law asks for: those of the
// occupation and of the conditions.
func (s *Service) required(in Publish, all []Condition) []string {
	required := slices.Clone(in.Required)
	for _, k := range s.Skills.Required(in.Occupation) {
		if !slices.Contains(required, k) {
			required = append(required, k)
		}
	}
	return withPermits(required, all)
}

// setValid gives a vacancy its last public day: the employer's, or that of the last shift.
// Source: 人力资源市场暂行条例 24 with the 2026 notice: a validity date or regular refreshing.
func (s *Service) setValid(in *Publish, region string, today civil.Date) error {
	daysMax, err := s.Policy.At("market.valid_days_max", region, today)
	if err != nil {
		return err
	}
	latest := today.AddDays(int(daysMax.Value))
	switch {
	case in.ValidUntil == "":
		for _, shift := range in.Shifts {
			in.ValidUntil = max(in.ValidUntil, civil.DateOf(shift.StartsAt))
		}
		in.ValidUntil = min(in.ValidUntil, latest)
	case in.ValidUntil < today:
		return fault.New(fault.Invalid, "market.valid_past").OnField("valid_until")
	case in.ValidUntil > latest:
		return fault.New(fault.Invalid, "market.valid_far", "days", daysMax.Value,
			"latest", string(latest)).OnField("valid_until")
	}
	return nil
}

// Review is a clerk's decision on a vacancy that waits.
type Review struct {
	deed.Keyed
	VacancyID    string   `json:"vacancy_id" path:"vacancy_id"`
	Publish      bool     `json:"publish"`
	LegalGrounds []Ground `json:"legal_grounds,omitempty" maxItems:"7" doc:"closed list: genuine_fitness, food_safety_45, minors_61, no_national_ban, not_of_worker, local_number_checked, women_619"`
	Ground       string   `json:"ground" maxLength:"200" doc:"in words: how the ground holds, or why it is refused"`
}

// ReviewVacancy lets a clerk publish or refuse a vacancy that waits. To publish, each mark of
// the gate needs a legal ground from the closed list that answers for its rule; grounds, words and
// marks are kept.
// Faults: market.reason_missing, market.ground_unknown, market.ground_missing (invalid),
// market.vacancy_state (conflict); those of mustBeVetted and Deps.Credit (forbidden).
func (s *Service) ReviewVacancy(ctx context.Context, in Review) (VacancyView, error) {
	if err := people.Must(ctx, people.PermReviewVacancy, ""); err != nil {
		return VacancyView{}, err
	}
	if in.Ground == "" {
		return VacancyView{}, fault.New(fault.Invalid, "market.reason_missing").OnField("ground")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "review"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (VacancyView, error) {
			return s.reviewTx(ctx, tx, in)
		})
}

func (s *Service) reviewTx(ctx context.Context, tx *db.Tx, in Review) (VacancyView, error) {
	v := VacancyView{ID: in.VacancyID, State: Refused, Reason: in.Ground, ShiftIDs: []string{}}
	marks, err := findingsOf(ctx, tx, in.VacancyID)
	if err != nil {
		return v, err
	}
	reviewer := people.ActorOf(ctx).AccountID
	was, err := waitingVacancy(ctx, tx, in.VacancyID)
	if err != nil {
		return v, err
	}
	if in.Publish {
		v.State = Published
		var rules []string
		for _, m := range marks {
			rules = append(rules, m.RuleID)
		}
		if was.Reason == reasonUnknown {
			rules = append(rules, unknownNumber)
		}
		if err := checkGrounds(in.LegalGrounds, rules); err != nil {
			return v, err
		}
		if err := s.mustBeVetted(ctx, tx, was.EmployerID, civil.DateOf(tx.Now)); err != nil {
			return v, err
		}
		if _, err := s.creditTx(ctx, tx, was.EmployerID, v); err != nil {
			return v, err // what no clerk may pass over; whether to wait is decided here
		}
	}
	if err := reviewVacancy(ctx, tx, v, reviewer); err != nil {
		return v, err
	}
	if err := insertReview(ctx, tx, tx.ID("rvw"), in, v, marks, reviewer); err != nil {
		return v, err
	}
	if !in.Publish {
		return v, nil
	}
	if v.ShiftIDs, err = openShiftsOf(ctx, tx, in.VacancyID); err != nil {
		return v, err
	}
	return v, feed.PutTx(ctx, tx, VacancyPublished{v.ID, was.EmployerID, v.ShiftIDs})
}

// WaitingVacancies asks for the clerk's queue.
type WaitingVacancies struct {
	After string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// WaitingList is a page of the vacancies that wait, the longest waiting first.
type WaitingList struct {
	Vacancies []WaitingView `json:"vacancies"`
	Next      string        `json:"next,omitempty" doc:"ask with it for the next page"`
}

// WaitingView is one row of the clerk's queue, with what the gate marked.
type WaitingView struct {
	ID         string        `json:"id"          db:"id"`
	EmployerID string        `json:"employer_id" db:"employer_id"`
	Employer   string        `json:"employer,omitempty" db:"-" doc:"its name"`
	CreatedMS  int64         `json:"-"           db:"created_at_ms"` // since when it is in the list
	Title      string        `json:"title"       db:"title"`
	Content    string        `json:"content"     db:"content"`
	Reason     string        `json:"reason"      db:"reason"`
	Findings   []FindingView `json:"findings"    db:"-"`
}

// nameEmployers writes whose they are into a clerk's list of vacancies.
func (s *Service) nameEmployers(ctx context.Context, list []WaitingView) error {
	for i, v := range list {
		e, err := s.People.GetEmployerTx(ctx, s.DB, v.EmployerID)
		if err != nil {
			return err
		}
		list[i].Employer = e.Name
	}
	return nil
}

// FindWaitingVacancies lists the vacancies that wait for a clerk, the oldest first, listMax at a
// time.
// Faults: db.mark (invalid).
func (s *Service) FindWaitingVacancies(
	ctx context.Context, in WaitingVacancies,
) (WaitingList, error) {
	if err := people.Must(ctx, people.PermReviewVacancy, ""); err != nil {
		return WaitingList{}, err
	}
	behind, err := db.ParseMark(in.After, db.Mark{})
	if err != nil {
		return WaitingList{}, err
	}
	list, err := waitingVacancies(ctx, s.DB, behind, listMax+1)
	list, next := db.Page(list, listMax, func(v WaitingView) string {
		return db.Mark{MS: v.CreatedMS, ID: v.ID}.String()
	})
	if err == nil {
		err = s.nameEmployers(ctx, list)
	}
	if err == nil {
		err = s.markFindings(ctx, list)
	}
	return WaitingList{list, next}, err
}

// GetWaiting asks for one of the vacancies that wait for a clerk.
type GetWaiting struct {
	VacancyID string `json:"vacancy_id" path:"vacancy_id"`
}

// ShowWaitingVacancy shows a vacancy that waits for a clerk, with what the gate marked.
// Faults: market.vacancy_state (conflict).
func (s *Service) ShowWaitingVacancy(ctx context.Context, in GetWaiting) (WaitingView, error) {
	if err := people.Must(ctx, people.PermReviewVacancy, ""); err != nil {
		return WaitingView{}, err
	}
	v, err := waitingVacancy(ctx, s.DB, in.VacancyID)
	if err != nil {
		return v, err
	}
	one := []WaitingView{v}
	if err := s.nameEmployers(ctx, one); err != nil {
		return v, err
	}
	err = s.markFindings(ctx, one)
	return one[0], err
}

// markFindings writes what the gate marked into a clerk's list of vacancies.
func (s *Service) markFindings(ctx context.Context, list []WaitingView) (err error) {
	for i := range list {
		if list[i].Findings, err = findingsOf(ctx, s.DB, list[i].ID); err != nil {
			return err
		}
		for n, f := range list[i].Findings {
			list[i].Findings[n].Suggest = s.both("gate." + f.RuleID)
		}
	}
	return nil
}
