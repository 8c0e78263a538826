package credit

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/ident"
)

// Who said it.
const (
	byWorker   = "worker"
	byEmployer = "employer"
)

// Where a feedback stands.
const (
	counted  = "counted"
	appealed = "appealed"
	kept     = "kept"   // a person looked at it and it still counts
	struck   = "struck" // a person looked at it and it counts no more
)

// Feedback is what a worker says of an employer after the work.
type Feedback struct {
	deed.Keyed
	PlacementID string `json:"placement_id" path:"placement_id"`
	WorkerID    string `json:"worker_id"`
	Paid        bool   `json:"paid" doc:"paid as agreed"`
	Safe        bool   `json:"safe" doc:"the work was safe"`
	TreatedWell bool   `json:"treated_well"`
}

// Thanks is what an employer says of a worker after the work: something good, or nothing.
type Thanks struct {
	deed.Keyed
	PlacementID string `json:"placement_id" path:"placement_id"`
	EmployerID  string `json:"employer_id"`
	Thanks      string `json:"thanks" enum:"punctual,careful,skilled,helpful"`
}

// FeedbackView is what one side said of a placement.
type FeedbackView struct {
	ID          string    `json:"id"`
	PlacementID string    `json:"placement_id,omitempty" doc:"not shown to an employer"`
	EmployerID  string    `json:"employer_id"`
	Side        string    `json:"side" enum:"worker,employer"`
	Paid        string    `json:"paid,omitempty" enum:"yes,no"`
	Safe        string    `json:"safe,omitempty" enum:"yes,no"`
	Treated     string    `json:"treated,omitempty" enum:"yes,no"`
	Thanks      string    `json:"thanks,omitempty"`
	State       string    `json:"state" enum:"counted,appealed,kept,struck"`
	Appeal      string    `json:"appeal,omitempty"`
	Answer      string    `json:"answer,omitempty"`
	At          time.Time `json:"at,omitzero" doc:"not shown to an employer"`

	workerID string
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// GiveFeedback takes a worker's three answers about a placement that was done, once. They are
// shown as counts beside the grade, and only when enough have spoken that nobody is picked out.
// Faults: credit.placement_not_found; credit.not_done, credit.feedback_given (conflict).
func (s *Service) GiveFeedback(ctx context.Context, in Feedback) (FeedbackView, error) {
	if err := people.Must(ctx, people.PermGiveFeedback, in.WorkerID); err != nil {
		return FeedbackView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "feedback"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (FeedbackView, error) {
			f := FeedbackView{Side: byWorker, Paid: yesNo(in.Paid), Safe: yesNo(in.Safe),
				Treated: yesNo(in.TreatedWell), workerID: in.WorkerID}
			return sayTx(ctx, tx, in.PlacementID, f)
		})
}

// ThankWorker keeps an employer's thanks for a placement that was done, once. There is no way to
// say anything else of a worker.
// Faults: as GiveFeedback.
func (s *Service) ThankWorker(ctx context.Context, in Thanks) (FeedbackView, error) {
	if err := people.Must(ctx, people.PermThankWorker, in.EmployerID); err != nil {
		return FeedbackView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "thanks"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (FeedbackView, error) {
			f := FeedbackView{Side: byEmployer, Thanks: in.Thanks, EmployerID: in.EmployerID}
			return sayTx(ctx, tx, in.PlacementID, f)
		})
}

// sayTx writes what a side of a done placement says, once.
func sayTx(
	ctx context.Context, tx *db.Tx, placementID string, f FeedbackView,
) (FeedbackView, error) {
	workerID, employerID, done, err := sidesOf(ctx, tx, placementID)
	if err != nil {
		return f, err
	}
	if f.Side == byWorker && f.workerID != workerID ||
		f.Side == byEmployer && f.EmployerID != employerID {
		return f, noPlacement()
	}
	if !done {
		return f, fault.New(fault.Conflict, "credit.not_done").OnField("placement_id")
	}
	f.ID = ident.Timeless(tx.ID("fbk")) // the employer sees it, and the minute would name who spoke
	f.PlacementID, f.workerID, f.EmployerID = placementID, workerID, employerID
	f.State, f.At = counted, tx.Now
	return f, insertFeedback(ctx, tx, f)
}

func noPlacement() error {
	return fault.New(fault.NotFound, "credit.placement_not_found").OnField("placement_id")
}

// AppealFeedback is an employer that says that a worker's answers are wrong.
type AppealFeedback struct {
	deed.Keyed
	FeedbackID string `json:"feedback_id" path:"feedback_id"`
	EmployerID string `json:"employer_id"`
	Words      string `json:"words" maxLength:"1000"`
}

// AppealFeedback asks for a person to look at a worker's answers, once; until then they count.
// Faults: credit.words_missing (invalid); credit.feedback_not_found; credit.feedback_state
// (conflict).
func (s *Service) AppealFeedback(ctx context.Context, in AppealFeedback) (FeedbackView, error) {
	if err := people.Must(ctx, people.PermAppealCredit, in.EmployerID); err != nil {
		return FeedbackView{}, err
	}
	if in.Words == "" {
		return FeedbackView{}, fault.New(fault.Invalid, "credit.words_missing").OnField("words")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "appeal_feedback"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (FeedbackView, error) {
			f, err := moveFeedback(ctx, tx, feedbackMove{id: in.FeedbackID, from: counted, to: appealed,
				appeal: in.Words, employerID: in.EmployerID})
			return f.nameless(), err
		})
}

// FeedbackAppeals asks for the appeals that wait.
type FeedbackAppeals struct{}

// FeedbackList is a list of feedback.
type FeedbackList struct {
	Feedback []FeedbackView `json:"feedback"`
}

// FindFeedbackAppeals lists the feedback that waits for a person, oldest first, at most listMax.
func (s *Service) FindFeedbackAppeals(
	ctx context.Context, _ FeedbackAppeals,
) (FeedbackList, error) {
	if err := people.Must(ctx, people.PermReviewCredit, ""); err != nil {
		return FeedbackList{}, err
	}
	list, err := appealedFeedback(ctx, s.DB)
	return FeedbackList{list}, err
}

// FeedbackOf asks for what workers said of an employer.
type FeedbackOf struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
}

// FindFeedback lists what workers said of an employer, the newest listMax, so that it can answer.
// Who said it is not shown, nor in which order it was said; while the employer has fewer voices
// than policy credit.feedback_least, nothing is.
func (s *Service) FindFeedback(ctx context.Context, in FeedbackOf) (FeedbackList, error) {
	if err := people.Must(ctx, people.PermSeeEmployer, in.EmployerID); err != nil {
		return FeedbackList{}, err
	}
	voices, err := s.voices(ctx, in.EmployerID)
	if err != nil || voices == nil {
		return FeedbackList{Feedback: []FeedbackView{}}, err
	}
	list, err := feedbackOn(ctx, s.DB, in.EmployerID)
	for i := range list {
		list[i] = list[i].nameless()
	}
	slices.SortFunc(list, func(a, b FeedbackView) int { return cmp.Compare(a.ID, b.ID) })
	return FeedbackList{list}, err
}

// nameless is a worker's feedback as the employer sees it: placement and time would name who spoke.
func (f FeedbackView) nameless() FeedbackView {
	f.PlacementID, f.At = "", time.Time{}
	return f
}

// ReviewFeedback is a person's decision on an appealed feedback.
type ReviewFeedback struct {
	deed.Keyed
	FeedbackID string `json:"feedback_id" path:"feedback_id"`
	Strike     bool   `json:"strike"`
	Words      string `json:"words" maxLength:"1000" doc:"the reason"`
}

// ReviewFeedback keeps or strikes an appealed feedback, with a reason.
// Faults: credit.words_missing (invalid); credit.feedback_not_found; credit.feedback_state
// (conflict).
func (s *Service) ReviewFeedback(ctx context.Context, in ReviewFeedback) (FeedbackView, error) {
	if err := people.Must(ctx, people.PermReviewCredit, ""); err != nil {
		return FeedbackView{}, err
	}
	if in.Words == "" {
		return FeedbackView{}, fault.New(fault.Invalid, "credit.words_missing").OnField("words")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "review_feedback"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (FeedbackView, error) {
			to := kept
			if in.Strike {
				to = struck
			}
			return moveFeedback(ctx, tx, feedbackMove{id: in.FeedbackID, from: appealed, to: to,
				answer: in.Words, reviewerID: people.ActorOf(ctx).AccountID})
		})
}
