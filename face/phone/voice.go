package phone

import (
	"slices"

	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// complaintView is the form of a complaint and the complaints made before.
type complaintView struct {
	VacancyID, Words, Kind string
	Kinds                  []complaint.Kind
	Mine                   []complaint.View
	Filed                  bool
	Sentence               string
}

// kinds of complaint, as a worker would look for them.
var kinds = []complaint.Kind{complaint.Unpaid, complaint.Fees, complaint.FalseVacancy,
	complaint.TurnedAway, complaint.Discrimination, complaint.Unsafe, complaint.StaffConduct,
	complaint.Privacy}

func (s *site) complaintPage(v *web.Visit, _ string) error {
	return s.showComplaint(v, complaintView{VacancyID: v.Form.Get("vacancy"),
		Filed: v.Form.Has("filed")}, nil)
}

func (s *site) showComplaint(v *web.Visit, page complaintView, wrong *fault.Error) error {
	mine, err := s.Complaints.FindMine(v.Ctx, complaint.Mine{})
	if err != nil {
		return err
	}
	page.Kinds, page.Mine = kinds, mine.Complaints
	if wrong == nil {
		return v.Show(complaintTempl(page))
	}
	page.Sentence = v.Sentence(wrong)
	return v.ShowFault(wrong, complaintTempl(page))
}

// complain files a complaint on a vacancy, or else on the platform itself.
func (s *site) complain(v *web.Visit, _ string) error {
	page := complaintView{VacancyID: v.Form.Get("subject_id"), Words: v.Form.Get("words"),
		Kind: v.Form.Get("kind")}
	v.Form.Set("subject", string(complaint.OnPlatform))
	if page.VacancyID != "" {
		v.Form.Set("subject", string(complaint.OnVacancy))
	}
	var in complaint.File
	err := v.Read(&in)
	if err == nil {
		_, err = s.Complaints.FileComplaint(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showComplaint(v, page, f)
	}
	return or(err, func() error { return v.Go("/me/complaint?filed=1") })
}

// craft is a skill that may be ticked.
type craft struct {
	Key, Name string
	Held      bool
}

// certificate is a certificate by its name.
type certificate struct {
	Name  string
	State skill.State
}

// skillsView is what a worker can do and whether employers may see it.
type skillsView struct {
	Crafts       []craft
	Certificates []certificate
	Said         market.AvailabilityView
	Assessed     []string
	Saved        bool
	Sentence     string
}

func (s skillsView) assessed(key string) bool { return slices.Contains(s.Assessed, key) }

func (s *site) skillsPage(v *web.Visit, workerID string) error {
	return s.showSkills(v, workerID, nil)
}

func (s *site) showSkills(v *web.Visit, workerID string, wrong *fault.Error) error {
	page := skillsView{Saved: v.R.URL.Query().Has("saved")}
	held, err := s.Skills.ShowWorkerSkills(v.Ctx, skill.ShowWorkerSkills{WorkerID: workerID})
	if err != nil {
		return err
	}
	for _, c := range held.Certificates {
		name, _ := s.Skills.Name(c.Kind, v.Lang)
		page.Certificates = append(page.Certificates, certificate{name, c.State})
	}
	if page.Said, err = s.Market.ShowAvailability(v.Ctx,
		market.GetAvailability{WorkerID: workerID}); err != nil {
		return err
	}
	page.Assessed = held.Assessed
	has := map[string]bool{}
	for _, key := range held.Skills {
		has[key] = true
	}
	catalogue, err := s.Skills.Catalogue(v.Ctx, skill.ShowCatalogue{})
	if err != nil {
		return err
	}
	for _, k := range catalogue.Skills {
		name := k.ZH
		if v.Lang == i18n.English {
			name = k.EN
		}
		page.Crafts = append(page.Crafts, craft{k.Key, name, has[k.Key]})
	}
	if wrong == nil {
		return v.Show(skillsTempl(page))
	}
	page.Sentence = v.Sentence(wrong)
	return v.ShowFault(wrong, skillsTempl(page))
}

// addSkill notes what the worker can do, one skill at a time.
func (s *site) addSkill(v *web.Visit, workerID string) error {
	v.Form.Set("worker_id", workerID)
	var in skill.AddSkill
	err := v.Read(&in)
	if err == nil {
		_, err = s.Skills.AddSkill(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showSkills(v, workerID, f)
	}
	return or(err, func() error { return v.Go("/me/skills?saved=1") })
}
