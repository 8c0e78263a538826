package phone

import (
	"net/url"

	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/web"
)

// shiftView is a shift on its page. Plan is nil where the vacancy has none.
type shiftView struct {
	market.ShiftDetail
	Grade    string
	Plan     *insurance.Plan
	Requires []string             // what is asked for, by name
	Lacks    []market.Requirement // of it, what the worker who looks does not have
	Way      string               // address of a map
	Sentence string
}

// how is the way somebody gets the shift: "take" at once, "apply", or "offer" by the employer's
// offer only.
func (p shiftView) how() string {
	switch {
	case p.Hire != "offer":
		return "take"
	case p.Settlement == market.Employer:
		return "apply"
	}
	return "offer"
}

// shiftPage shows all that somebody must know before taking the shift, and one button.
func (s *site) shiftPage(v *web.Visit) error { return s.showShift(v, nil) }

func (s *site) showShift(v *web.Visit, wrong *fault.Error) error {
	p, err := s.Market.ShowShiftDetail(v.Ctx, market.GetShift{ShiftID: v.R.PathValue("shift_id")})
	if err != nil {
		return err
	}
	page := shiftView{ShiftDetail: p, Way: s.way(p.LonE6, p.LatE6, p.PlaceName)}
	for _, key := range p.Required {
		name, _ := s.Skills.Name(key, v.Lang)
		page.Requires = append(page.Requires, name)
	}
	if page.Plan, err = s.plan(v, p.PlanID); err != nil {
		return err
	}
	if id := people.ActorOf(v.Ctx).WorkerID; id != "" && len(p.Required) > 0 {
		why, err := s.Market.ExplainWork(v.Ctx, market.WhyShown{WorkerID: id, VacancyID: p.VacancyID,
			Lang: v.Lang})
		if err != nil {
			return err
		}
		page.Lacks = why.Lacks
	}
	grade, err := s.Credit.ShowVacancyCredit(v.Ctx, credit.CreditOfVacancy{VacancyID: p.VacancyID})
	if err != nil {
		return err
	}
	page.Grade = string(grade.Grade)
	if wrong == nil {
		return v.Show(shiftTempl(page))
	}
	page.Sentence = v.Sentence(wrong)
	return v.ShowFault(wrong, shiftTempl(page))
}

// plan finds an open plan, nil where there is none of that id.
func (s *site) plan(v *web.Visit, id string) (*insurance.Plan, error) {
	list, err := s.Insurance.FindPlans(v.Ctx, insurance.FindPlans{})
	for _, p := range list.Plans {
		if p.ID == id {
			return &p, err
		}
	}
	return nil, err
}

// accept takes the shift and leads to what is to be signed.
func (s *site) accept(v *web.Visit, workerID string) error {
	v.Form.Set("worker_id", workerID)
	var in market.Accept
	err := v.Read(&in)
	var placed market.PlacementView
	if err == nil {
		placed, err = s.Market.AcceptShift(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showShift(v, f)
	}
	return or(err, func() error { return v.Go("/contracts/" + placed.ContractID) })
}

// registerView is the form in which somebody becomes a worker.
type registerView struct {
	Name, IDNumber, Region, Next string
	Counties                     []county
	Texts                        []people.ConsentTextView // that are told, each with its box
	Wrong, Sentence              string
}

type county struct{ Code, Name string }

func (s *site) registerPage(v *web.Visit) error {
	if people.ActorOf(v.Ctx).AccountID == "" {
		return fault.New(fault.Unknown, "people.not_logged_in")
	}
	return s.showRegister(v, registerView{Next: v.Form.Get("next")}, nil)
}

// showRegister asks for name and number, and shows what they are for. Nothing is ticked before.
func (s *site) showRegister(v *web.Visit, r registerView, wrong *fault.Error) error {
	for _, code := range region.Counties(s.Region) {
		r.Counties = append(r.Counties, county{code, region.Name(code)})
	}
	for _, p := range []people.Purpose{people.PurposePrivacy, people.PurposeIdentity} {
		text, err := s.consentText(v, p)
		if err != nil {
			return err
		}
		r.Texts = append(r.Texts, text)
	}
	if wrong == nil {
		return v.Show(registerTempl(r))
	}
	r.Wrong, r.Sentence = wrong.Field, v.Sentence(wrong)
	return v.ShowFault(wrong, registerTempl(r))
}

// register makes the account a worker's and records what was ticked, in the words shown.
func (s *site) register(v *web.Visit) error {
	r := registerView{Name: v.Form.Get("name"), IDNumber: v.Form.Get("id_number"),
		Region: v.Form.Get("region"), Next: web.Take(v.Form, "next")}
	agreed := map[people.Purpose]string{}
	for _, p := range []people.Purpose{people.PurposePrivacy, people.PurposeIdentity} {
		agreed[p] = web.Take(v.Form, "agree_"+string(p))
		if agreed[p] == "" {
			return s.showRegister(v, r, fault.New(fault.Invalid, "phone.not_ticked").
				OnField("agree_"+string(p)))
		}
	}
	var in people.RegisterWorker
	err := v.Read(&in)
	var w people.WorkerView
	if err == nil {
		w, err = s.People.RegisterWorker(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showRegister(v, r, f)
	}
	if err != nil {
		return err
	}
	ctx, err := s.again(v)
	if err != nil {
		return err
	}
	for p, version := range agreed {
		in := people.GiveConsent{WorkerID: w.ID, Purpose: p, Version: version}
		in.SetIdempotencyKey(v.Form.Get(web.KeyField) + string(p))
		if _, err := s.People.GiveConsent(ctx, in); err != nil {
			return err
		}
	}
	return v.Go(r.Next)
}

// contractView is a contract on its page. Before it is signed, Ask says what is still to be agreed
// to; Sent, that the code is on its way.
type contractView struct {
	contract.View
	Shift     market.ShiftDetail
	Ask       *insurance.PlanForView
	ShareText people.ConsentTextView
	Sent      bool
	Wrong     string
	Sentence  string
}

func (s *site) contractPage(v *web.Visit, workerID string) error {
	return s.showContract(v, workerID, v.R.URL.Query().Has("sent"), nil)
}

func (s *site) showContract(v *web.Visit, workerID string, sent bool, wrong *fault.Error) error {
	page := contractView{Sent: sent}
	var err error
	id := v.R.PathValue("contract_id")
	if page.View, err = s.Contracts.Show(v.Ctx, contract.Show{ContractID: id}); err != nil {
		return err
	}
	placed, err := s.Market.ShowPlacement(v.Ctx,
		market.GetPlacement{PlacementID: page.PlacementID, WorkerID: workerID})
	if err != nil {
		return err
	}
	page.Shift = placed.Shift
	if page.State == contract.Drafted && placed.Shift.PlanID != "" {
		if err := s.stillToAsk(v, workerID, &page); err != nil {
			return err
		}
	}
	if wrong == nil {
		return v.Show(contractTempl(page))
	}
	page.Wrong, page.Sentence = wrong.Field, v.Sentence(wrong)
	return v.ShowFault(wrong, contractTempl(page))
}

// stillToAsk finds what the worker has not yet agreed to and cannot start without.
func (s *site) stillToAsk(v *web.Visit, workerID string, page *contractView) error {
	plan, err := s.Insurance.ShowPlanFor(v.Ctx,
		insurance.PlanFor{WorkerID: workerID, PlanID: page.Shift.PlanID})
	if err != nil {
		return err
	}
	page.Ask = &plan
	page.ShareText, err = s.consentText(v, people.PurposeShareInsurer)
	return err
}

// consentText gives the present words of a purpose in the visitor's language.
func (s *site) consentText(v *web.Visit, p people.Purpose) (people.ConsentTextView, error) {
	texts, err := s.People.FindConsentTexts(v.Ctx, people.ConsentTexts{Lang: v.Lang})
	for _, t := range texts.Texts {
		if t.Purpose == p {
			return t, err
		}
	}
	return people.ConsentTextView{}, err
}

// signCode records the two yeses to the insurance, where they were still missing, and sends the
// signing code.
func (s *site) signCode(v *web.Visit, workerID string) error {
	if v.Form.Has("plan_id") && (v.Form.Get("agree_plan") == "" || v.Form.Get("share_version") == "") {
		return s.showContract(v, workerID, false, fault.New(fault.Invalid, "phone.not_ticked"))
	}
	if v.Form.Has("plan_id") {
		web.Take(v.Form, "agree_plan")
		hash := web.Take(v.Form, "text_hash")
		v.Form.Set("worker_id", workerID)
		var in insurance.Consent
		err := v.Read(&in)
		if err == nil {
			_, err = s.Insurance.Consent(v.Ctx, in)
		}
		if f := fault.As(err); f != nil {
			return s.showContract(v, workerID, false, f)
		}
		if err != nil {
			return err
		}
		v.Form = url.Values{"text_hash": {hash}, web.KeyField: v.Form[web.KeyField]}
	}
	var in contract.RequestSignCode
	err := v.Read(&in)
	if err == nil {
		_, err = s.Contracts.RequestSignCode(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showContract(v, workerID, false, f)
	}
	return or(err, func() error { return v.Go("/contracts/" + in.ContractID + "?sent=1") })
}

// sign completes the contract with the code.
func (s *site) sign(v *web.Visit, workerID string) error {
	var in contract.Sign
	err := v.Read(&in)
	var r contract.Receipt
	if err == nil {
		r, err = s.Contracts.Sign(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showContract(v, workerID, true, f)
	}
	return or(err, func() error { return v.Go("/placements/" + r.PlacementID + "?signed=1") })
}
