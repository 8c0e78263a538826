package phone

import (
	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// hoursView is what the clock has of a placement and the form that says otherwise.
type hoursView struct {
	attendance.HoursView
	Placed    market.PlacedShift
	MayAsk    bool
	From, To  string // as a box has them
	Pieces    string
	Reason    string
	Asked     bool // has just asked
	Answered  bool
	Wrong     string
	Sentence  string
	OpenThere bool // one already waits for its answer
}

func (s *site) hoursPage(v *web.Visit, workerID string) error {
	return s.showHours(v, workerID, nil)
}

// showHours shows the clock's times, both sides' corrections, and until when one can be asked for.
func (s *site) showHours(v *web.Visit, workerID string, wrong *fault.Error) error {
	id := v.R.PathValue("placement_id")
	placed, err := s.Market.ShowPlacement(v.Ctx,
		market.GetPlacement{PlacementID: id, WorkerID: workerID})
	if err != nil {
		return err
	}
	has, err := s.Attendance.ShowHours(v.Ctx,
		attendance.GetHours{PlacementID: id, WorkerID: workerID})
	if err != nil {
		return err
	}
	q := v.R.URL.Query()
	page := hoursView{HoursView: has, Placed: placed, Asked: q.Has("asked"),
		Answered: q.Has("answered")}
	for _, c := range has.Corrections {
		page.OpenThere = page.OpenThere || c.State == "asked"
	}
	page.MayAsk = !page.OpenThere && s.Market.DB.Now().Before(has.AskUntil)
	if !has.EndedAt.IsZero() {
		page.From, page.To = ui.BoxTime(has.StartedAt), ui.BoxTime(has.EndedAt)
	}
	if wrong == nil {
		return v.Show(hoursTempl(page))
	}
	page.Wrong, page.Sentence = wrong.Field, v.Sentence(wrong)
	if v.Form.Has("started_at") {
		page.From, page.To = v.Form.Get("started_at"), v.Form.Get("ended_at")
		page.Pieces, page.Reason = v.Form.Get("pieces"), v.Form.Get("reason")
	}
	return v.ShowFault(wrong, hoursTempl(page))
}

// askHours asks the employer for other times.
func (s *site) askHours(v *web.Visit, workerID string) error {
	v.Form.Set("worker_id", workerID)
	var in attendance.AskCorrection
	err := v.Read(&in)
	if err == nil && in.Reason == "" {
		err = fault.New(fault.Invalid, "attendance.words_missing").OnField("reason")
	}
	if err == nil {
		_, err = s.Attendance.AskCorrection(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showHours(v, workerID, f)
	}
	return or(err, func() error { return v.Go("/placements/" + in.PlacementID + "/hours?asked=1") })
}

// answerHours says yes or no to the times that the employer proposes.
func (s *site) answerHours(v *web.Visit, workerID string) error {
	id := v.R.PathValue("placement_id")
	in := attendance.AnswerProposed{CorrectionID: v.Form.Get("correction_id"), WorkerID: workerID,
		Grant: v.Form.Get("grant") == "true", Words: v.Form.Get("words")}
	in.SetIdempotencyKey(v.Form.Get(web.KeyField))
	_, err := s.Attendance.AnswerProposal(v.Ctx, in)
	if f := fault.As(err); f != nil {
		return s.showHours(v, workerID, f)
	}
	return or(err, func() error { return v.Go("/placements/" + id + "/hours?answered=1") })
}

// feedbackView is the three questions after the work.
type feedbackView struct {
	Placed   market.PlacedShift
	Said     map[string]string
	Given    bool
	Sentence string
}

// asks are the questions, by the fields of credit.Feedback.
var asks = []string{"paid", "safe", "treated_well"}

func (s *site) feedbackPage(v *web.Visit, workerID string) error {
	return s.showFeedback(v, workerID, nil)
}

func (s *site) showFeedback(v *web.Visit, workerID string, wrong *fault.Error) error {
	placed, err := s.Market.ShowPlacement(v.Ctx, market.GetPlacement{
		PlacementID: v.R.PathValue("placement_id"), WorkerID: workerID})
	if err != nil {
		return err
	}
	page := feedbackView{Placed: placed, Given: v.R.URL.Query().Has("given"),
		Said: map[string]string{}}
	if wrong == nil {
		return v.Show(feedbackTempl(page))
	}
	for _, ask := range asks {
		page.Said[ask] = v.Form.Get(ask)
	}
	page.Sentence = v.Sentence(wrong)
	return v.ShowFault(wrong, feedbackTempl(page))
}

// giveFeedback takes the three answers; each has to be given, because silence is no "no".
func (s *site) giveFeedback(v *web.Visit, workerID string) error {
	v.Form.Set("worker_id", workerID)
	var err error
	for _, ask := range asks {
		if v.Form.Get(ask) == "" {
			err = fault.New(fault.Invalid, "phone.not_answered").OnField(ask)
		}
	}
	var in credit.Feedback
	if err == nil {
		err = v.Read(&in)
	}
	if err == nil {
		_, err = s.Credit.GiveFeedback(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showFeedback(v, workerID, f)
	}
	return or(err, func() error { return v.Go("/placements/" + in.PlacementID + "/feedback?given=1") })
}
