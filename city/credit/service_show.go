package credit

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/i18n"
)

// CreditOf asks for an employer's grade.
type CreditOf struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
	Lang       string `json:"lang,omitempty" query:"lang" enum:"zh-CN,en" doc:"zh-CN if left out"`
}

// CreditView is an employer's grade with all that it rests on.
type CreditView struct {
	EmployerID string       `json:"employer_id"`
	Grade      Grade        `json:"grade" enum:"A,B,C,N" doc:"that counts; N: too little is known"`
	Meaning    string       `json:"meaning"`
	Computed   Grade        `json:"computed" enum:"A,B,C,N" doc:"by rule, before a person's override"`
	Points     int64        `json:"points"`
	Reasons    []ReasonView `json:"reasons" doc:"the dearest first"`
	GradeID    string       `json:"grade_id,omitempty"`
	Version    int64        `json:"version" doc:"of the rule"`
	Rules      Rules        `json:"rules" doc:"the numbers it was reckoned with"`
	Facts      Facts        `json:"facts"`
	From       time.Time    `json:"from,omitzero" doc:"facts from then …"`
	To         time.Time    `json:"to,omitzero" doc:"… until then, without it"`
	At         time.Time    `json:"at,omitzero" doc:"as they were known then"`
	Until      civil.Date   `json:"until,omitempty" doc:"last day of a person's override"`
	Voices     *Voices      `json:"voices,omitempty" doc:"of workers; no part of the grade"`
	DepositBP  int64        `json:"deposit_bp" doc:"part of the usual wage deposit; 10000 is all"`
	Appeal     string       `json:"appeal" doc:"how to have a person look at it"`
}

// ReasonView is what one fact costs, in words.
type ReasonView struct {
	Code   string `json:"code"`
	Bad    int64  `json:"bad"`
	Of     int64  `json:"of,omitempty"`
	Points int64  `json:"points"`
	Words  string `json:"words"`
}

// ShowCredit shows an employer its own grade: what it is, why, and what to do against it.
// Faults: people.employer_not_found.
// Source: 个人信息保护法 24: the explanation of an automated decision.
func (s *Service) ShowCredit(ctx context.Context, in CreditOf) (CreditView, error) {
	if err := people.Must(ctx, people.PermSeeEmployer, in.EmployerID); err != nil {
		return CreditView{}, err
	}
	employer, err := s.People.GetEmployerTx(ctx, s.DB, in.EmployerID)
	if err != nil {
		return CreditView{}, err
	}
	st, err := standingOf(ctx, s.DB, in.EmployerID)
	if err != nil {
		return CreditView{}, err
	}
	day := civil.DateOf(s.DB.Now())
	appealDays, err := s.number("credit.appeal_days", employer.Region, day)
	if err != nil {
		return CreditView{}, err
	}
	deposit, err := s.DepositBP(ctx, s.DB, in.EmployerID, day)
	if err != nil {
		return CreditView{}, err
	}
	lang := orChinese(in.Lang)
	v := CreditView{EmployerID: in.EmployerID, Grade: st.grade(day), Computed: st.Grade,
		Points: st.Points, Reasons: s.reasons(lang, st), GradeID: st.ID, Version: st.Rules.Version,
		Rules: st.Rules, Facts: st.Facts, DepositBP: deposit,
		Appeal: s.Text.Say(lang, "credit.how_to_appeal", map[string]any{"days": appealDays})}
	v.Meaning = s.Text.Say(lang, "credit.grade."+string(v.Grade), nil)
	if v.Voices, err = s.voices(ctx, in.EmployerID); err != nil {
		return CreditView{}, err
	}
	if st.ID != "" {
		v.From, v.To, v.At = st.from, st.to, st.at
	}
	if st.over.holds(day) {
		v.Until = st.over.Until
	}
	return v, nil
}

func orChinese(lang string) string {
	if lang == "" {
		return i18n.Chinese
	}
	return lang
}

// reasons says in words what the facts cost.
func (s *Service) reasons(lang string, st standing) []ReasonView {
	out := []ReasonView{}
	if st.ID == "" {
		return out
	}
	for _, l := range st.Rules.Judge(st.Facts).Losses {
		out = append(out, ReasonView{l.Code, l.Bad, l.Of, l.Points, s.Text.Say(lang,
			"credit.reason."+l.Code, map[string]any{"bad": l.Bad, "of": l.Of, "points": l.Points})})
	}
	return out
}

// CreditOfVacancy asks for the grade of whoever offers a vacancy.
type CreditOfVacancy struct {
	VacancyID string `json:"vacancy_id" path:"vacancy_id"`
	Lang      string `json:"lang,omitempty" query:"lang" enum:"zh-CN,en" doc:"zh-CN if left out"`
}

// VacancyCredit is what somebody who looks for work sees of an employer's credit.
type VacancyCredit struct {
	VacancyID  string   `json:"vacancy_id"`
	EmployerID string   `json:"employer_id"`
	Grade      Grade    `json:"grade" enum:"A,B,C,N"`
	Meaning    string   `json:"meaning"`
	Reasons    []string `json:"reasons" doc:"the main ones, in words"`
	Voices     *Voices  `json:"voices,omitempty" doc:"of workers, when enough have spoken"`
}

// ShowVacancyCredit shows anybody the grade behind a vacancy and its main reasons.
// Faults: credit.vacancy_not_found.
func (s *Service) ShowVacancyCredit(
	ctx context.Context, in CreditOfVacancy,
) (VacancyCredit, error) {
	if err := people.Must(ctx, people.PermFindWork, ""); err != nil {
		return VacancyCredit{}, err
	}
	employerID, err := employerOfVacancy(ctx, s.DB, in.VacancyID)
	if err != nil {
		return VacancyCredit{}, err
	}
	st, err := standingOf(ctx, s.DB, employerID)
	if err != nil {
		return VacancyCredit{}, err
	}
	lang := orChinese(in.Lang)
	v := VacancyCredit{VacancyID: in.VacancyID, EmployerID: employerID,
		Grade: st.grade(civil.DateOf(s.DB.Now())), Reasons: []string{}}
	v.Meaning = s.Text.Say(lang, "credit.grade."+string(v.Grade), nil)
	all := s.reasons(lang, st)
	for _, r := range all[:min(len(all), reasonsMax)] {
		v.Reasons = append(v.Reasons, r.Words)
	}
	v.Voices, err = s.voices(ctx, employerID)
	return v, err
}
