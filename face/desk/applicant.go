package desk

import (
	"fmt"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/ui"
)

func applicantsPath(v *visit) string {
	return "/e/vacancies/" + v.R.PathValue("vacancy_id") + "/people"
}

// applicants is who wants a vacancy: shortlist, interview, offer; the answer is the worker's.
func (s *site) applicants(v *visit, id string) error {
	vacancy, err := s.Market.ShowVacancy(v.Ctx, market.GetVacancy{EmployerID: id,
		VacancyID: v.R.PathValue("vacancy_id")})
	if err != nil {
		return err
	}
	met, err := s.Market.FindInterviews(v.Ctx, market.InterviewsOf{EmployerID: id,
		VacancyID: vacancy.ID})
	if err != nil {
		return err
	}
	slots, err := s.Market.FindInterviewSlots(v.Ctx, market.SlotsOf{VacancyID: vacancy.ID})
	if err != nil {
		return err
	}
	path := applicantsPath(v)
	var found market.ApplicationPage
	l := v.applicantList(path)
	err = v.fill(&l, func(after, _ string) ([]row, string, error) {
		found, err = s.Market.ListApplicationsPage(v.Ctx, market.Applications{EmployerID: id,
			VacancyID: vacancy.ID, After: after, Lang: v.Lang})
		return v.applicantRows(path, vacancy, found), found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	parts := []templComponent{v.list(l)}
	at := "/e/vacancies/" + vacancy.ID
	parts = append(parts, v.list(v.interviewList(at, met, found)), v.list(v.slotList(at, slots)),
		v.slotForm(at))
	return v.page(v.employerFrame(v.say("desk.applicants")+" · "+vacancy.Title, "/e/vacancies"),
		parts...)
}

func (v *visit) applicantList(path string) listing {
	return listing{title: "desk.applicants.all", empty: "desk.applicants.none", path: path,
		columns: []column{{key: "desk.worker"}, {key: "desk.state"},
			{key: "desk.applicant.note"}, {key: "desk.applicant.at"}, {key: "desk.applicant.until"},
			{key: "desk.do", still: true}},
		filters: []filter{{"state", "desk.state", "desk.application."}}}
}

func (v *visit) applicantRows(
	path string, vacancy market.VacancyText, found market.ApplicationPage,
) (rows []row) {
	for _, a := range found.Applications {
		name := text(a.WorkerName)
		if a.RecommendedBy != "" {
			name.Sub = v.say("desk.applicant.recommended")
		}
		state := v.state("application", string(a.State))
		state.Sub = a.Words
		rows = append(rows, row{tags: map[string]string{"state": string(a.State)},
			cells: []ui.Cell{name, state, text(a.Note), v.when(a.AppliedAt), v.when(a.ExpiresAt),
				part(v.applicantDeeds(path+"/"+a.ID, vacancy, a))}})
	}
	return rows
}

// applicantDeeds is what can be done about one applicant now.
func (v *visit) applicantDeeds(
	path string, vacancy market.VacancyText, a market.ApplicationView,
) templComponent {
	var forms []templComponent
	open := []market.State{market.Applied, market.Shortlisted, market.Interviewing}
	if a.State == market.Applied {
		forms = append(forms, v.form(ui.DeskForm{Bare: true, Path: path + "/shortlist",
			Submit: v.say("desk.applicant.shortlist")}))
	}
	if slices.Contains(open, a.State) {
		var shifts []ui.Option
		for _, c := range vacancy.Shifts {
			if c.State == market.Open && c.Taken < c.Heads && c.EndsAt.After(v.s.People.DB.Now()) {
				shifts = append(shifts, ui.Option{Value: c.ID, Label: ui.Span(v.words, c.StartsAt,
					c.EndsAt)})
			}
		}
		offer := v.form(ui.DeskForm{Bare: true, Path: path + "/offer",
			Submit: v.say("desk.applicant.offer"), Inputs: []ui.Input{{Name: "shift_id",
				Label: v.say("desk.applicant.from"), Type: "select", Options: shifts}}})
		if len(shifts) == 0 {
			offer = ui.Note("", v.say("desk.applicant.full"))
		}
		forms = append(forms, detailsTempl(v.say("desk.applicant.offer"), offer,
			v.asked(path+"/offer")))
	}
	if slices.Contains(open, a.State) || a.State == market.Offered {
		forms = append(forms, detailsTempl(v.say("desk.applicant.refuse"),
			v.form(ui.DeskForm{Bare: true, Path: path + "/refuse", Tone: "late",
				Submit: v.say("desk.applicant.refuse"), Inputs: []ui.Input{{Name: "reason",
					Label: v.say("desk.reason"), Type: "select", Options: v.choice("market.refusal.",
						"filled", "experience", "certificate", "interview", "hours", "unreachable")}}}),
			v.asked(path+"/refuse")))
	}
	if a.State == market.Accepted && a.ShiftID != "" {
		forms = append(forms, ui.Links([]ui.Link{{Label: v.say("desk.applicant.board"),
			Path: "/e/shifts/" + a.ShiftID}}))
	}
	if len(forms) == 0 {
		return nil
	}
	return allTempl(forms)
}

func (v *visit) interviewList(
	path string, met market.InterviewList, found market.ApplicationPage,
) listing {
	names := map[string]string{}
	for _, a := range found.Applications {
		names[a.ID] = a.WorkerName
	}
	l := listing{title: "desk.interviews", empty: "desk.interviews.none", path: path, bare: true,
		name: "i", columns: []column{{key: "desk.worker"}, {key: "desk.shift.when"},
			{key: "desk.state"}, {key: "desk.do", still: true}}}
	now := v.s.People.DB.Now()
	for _, c := range met.Interviews {
		var deed templComponent
		if (c.State == "booked" || c.State == "came") && !now.Before(c.StartsAt) {
			outcomes := []string{"passed", "refused"}
			if c.State == "booked" {
				outcomes = []string{"came", "passed", "refused", "not_come"}
			}
			deed = v.form(ui.DeskForm{Bare: true, Path: path + "/interviews/" + c.ID + "/outcome",
				Submit: v.say("desk.interview.record"), Inputs: []ui.Input{{Name: "outcome",
					Label: v.say("desk.interview.outcome"), Type: "select",
					Options: v.choice("desk.interview.", outcomes...)}}})
		}
		name := names[c.ApplicationID]
		if name == "" {
			name = v.say("desk.unknown")
		}
		l.rows = append(l.rows, row{cells: []ui.Cell{text(name), v.span(c.StartsAt, c.EndsAt),
			v.state("interview", c.State), part(deed)}})
	}
	return l
}

func (v *visit) slotList(path string, slots market.SlotList) listing {
	l := listing{title: "desk.slots", empty: "desk.slots.none", path: path, bare: true, name: "s",
		columns: []column{{key: "desk.shift.when"}, {key: "desk.address"},
			{key: "desk.slot.left", num: true}, {key: "desk.do", still: true}}}
	for _, c := range slots.Slots {
		l.rows = append(l.rows, row{cells: []ui.Cell{v.span(c.StartsAt, c.EndsAt), text(c.Address),
			count(c.Left), part(v.form(ui.DeskForm{Bare: true, Tone: "plain", Path: path + "/slots/" +
				c.ID + "/cancel", Submit: v.say("desk.slot.cancel")}))}})
	}
	return l
}

func (v *visit) slotForm(path string) templComponent {
	day := civil.DateOf(v.s.People.DB.Now()).AddDays(1).At(9 * 60)
	return v.form(ui.DeskForm{Path: path + "/slots", Title: v.say("desk.slot.open"),
		Note: v.say("desk.slot.note"), Submit: v.say("desk.slot.open"), Inputs: []ui.Input{
			{Name: "starts_at", Label: v.say("desk.shift.starts"), Type: "datetime-local",
				Value: ui.BoxTime(day), Width: 4},
			{Name: "ends_at", Label: v.say("desk.shift.ends"), Type: "datetime-local",
				Value: ui.BoxTime(day.Add(2 * time.Hour)), Width: 4},
			{Name: "capacity", Label: v.say("desk.slot.capacity"), Type: "number", Min: "1",
				Value: fmt.Sprint(slotSeats), Width: 4},
			{Name: "address", Label: v.say("desk.address"), Max: 200}}})
}

const slotSeats = 5 // the form's first proposal

// onApplicants does something about an applicant and shows them all again.
func (s *site) onApplicants(v *visit, id, path, done string, do func() error) error {
	again := func(v *visit) error { return s.applicants(v, id) }
	return v.act(path, again, func() (string, error) {
		v.Form.Set("employer_id", id)
		return applicantsPath(v) + "?done=" + done, do()
	})
}

func (s *site) shortlist(v *visit, id string) error {
	path := applicantsPath(v) + "/" + v.R.PathValue("application_id")
	return s.onApplicants(v, id, path+"/shortlist", "shortlisted", func() error {
		var in market.Choice
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Market.Shortlist(v.Ctx, in)
		return err
	})
}

func (s *site) refuse(v *visit, id string) error {
	path := applicantsPath(v) + "/" + v.R.PathValue("application_id")
	return s.onApplicants(v, id, path+"/refuse", "applicant_refused", func() error {
		var in market.RefuseApplicant
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Market.RefuseApplication(v.Ctx, in)
		return err
	})
}

func (s *site) offer(v *visit, id string) error {
	path := applicantsPath(v) + "/" + v.R.PathValue("application_id")
	return s.onApplicants(v, id, path+"/offer", "offered", func() error {
		var in market.OfferApplicant
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Market.OfferApplication(v.Ctx, in)
		return err
	})
}

func (s *site) openSlot(v *visit, id string) error {
	path := "/e/vacancies/" + v.R.PathValue("vacancy_id") + "/slots"
	return s.onApplicants(v, id, path, "slot", func() error {
		var in market.OpenSlot
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Market.OpenInterviewSlot(v.Ctx, in)
		return err
	})
}

func (s *site) cancelSlot(v *visit, id string) error {
	path := "/e/vacancies/" + v.R.PathValue("vacancy_id") + "/slots/" + v.R.PathValue("slot_id")
	return s.onApplicants(v, id, path+"/cancel", "slot_off", func() error {
		var in market.CancelSlot
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Market.CancelInterviewSlot(v.Ctx, in)
		return err
	})
}

func (s *site) recordInterview(v *visit, id string) error {
	path := "/e/vacancies/" + v.R.PathValue("vacancy_id") + "/interviews/" +
		v.R.PathValue("interview_id")
	return s.onApplicants(v, id, path+"/outcome", "interview", func() error {
		var in market.Outcome
		if err := v.Read(&in); err != nil {
			return err
		}
		_, err := s.Market.RecordInterview(v.Ctx, in)
		return err
	})
}
