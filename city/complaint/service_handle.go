package complaint

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// mine refuses staff who are complained of, or act for the employer who is.
func mine(ctx context.Context, c Complaint) error {
	a := people.ActorOf(ctx)
	if c.Subject == OnStaff && c.SubjectID == a.AccountID ||
		c.EmployerID != "" && c.EmployerID == a.EmployerID {
		return fault.New(fault.Forbidden, "complaint.own_case").OnField("complaint_id")
	}
	return nil
}

// handle is one step of staff: permission, the complaint as it is, what becomes of it by move, and
// its new clocks, in one deed. move may tell and do what follows.
func handle[In any](
	ctx context.Context, s *Service, op string, key deed.Keyed, in In, id string,
	move func(ctx context.Context, tx *db.Tx, c *Complaint) (words string, err error),
) (View, error) {
	return deed.Once(ctx, s.DB, scope(ctx, op), key, in,
		func(ctx context.Context, tx *db.Tx) (View, error) {
			c, err := getComplaint(ctx, tx, id)
			if err != nil {
				return View{}, err
			}
			if err := mine(ctx, c); err != nil {
				return View{}, err
			}
			before := c.State
			words, err := move(ctx, tx, &c)
			if err != nil {
				return View{}, err
			}
			today := civil.DateOf(tx.Now)
			if c.State != Investigating || before != Accepted { // one clock runs through both
				if err := s.setClocks(&c, today); err != nil {
					return View{}, err
				}
			}
			err = change(ctx, tx, c, people.ActorOf(ctx).AccountID, words)
			if err != nil {
				return View{}, err
			}
			return viewOf(c, today), feed.PutTx(ctx, tx, Moved{c.ID, c.Kind, c.State, c.EmployerID})
		})
}

// Accept decides whether a complaint is looked into.
type Accept struct {
	deed.Keyed
	ComplaintID string `json:"complaint_id" path:"complaint_id"`
	Accept      bool   `json:"accept"`
	Reason      string `json:"reason,omitempty" maxLength:"1000" doc:"why not, and where to turn instead"`
}

// AcceptComplaint takes a complaint on, or says why not and tells the complainant. Who takes it on
// owns it.
// Faults: complaint.reason_missing (invalid); complaint.not_found; complaint.state (conflict);
// complaint.own_case (forbidden).
func (s *Service) AcceptComplaint(ctx context.Context, in Accept) (View, error) {
	if err := people.Must(ctx, people.PermHandleComplaint, ""); err != nil {
		return View{}, err
	}
	if !in.Accept && in.Reason == "" {
		return View{}, fault.New(fault.Invalid, "complaint.reason_missing").OnField("reason")
	}
	return handle(ctx, s, "accept", in.Keyed, in, in.ComplaintID,
		func(ctx context.Context, tx *db.Tx, c *Complaint) (string, error) {
			if err := c.mustBe(Received); err != nil {
				return "", err
			}
			c.OwnerID = people.ActorOf(ctx).AccountID
			if in.Accept {
				c.State = Accepted
				return "", s.tellTx(ctx, tx, *c, "complaint_accepted")
			}
			c.State, c.Reason = NotAccepted, in.Reason
			return in.Reason, s.tellTx(ctx, tx, *c, "complaint_refused")
		})
}

// Step moves a complaint on without a decision.
type Step struct {
	deed.Keyed
	ComplaintID string `json:"complaint_id" path:"complaint_id"`
}

// Investigate begins to look into an accepted complaint; whoever begins owns it from then on.
// Faults: complaint.not_found; complaint.state (conflict); complaint.own_case (forbidden).
func (s *Service) Investigate(ctx context.Context, in Step) (View, error) {
	if err := people.Must(ctx, people.PermHandleComplaint, ""); err != nil {
		return View{}, err
	}
	return handle(ctx, s, "investigate", in.Keyed, in, in.ComplaintID,
		func(ctx context.Context, _ *db.Tx, c *Complaint) (string, error) {
			if err := c.mustBe(Accepted); err != nil {
				return "", err
			}
			c.State, c.OwnerID = Investigating, people.ActorOf(ctx).AccountID
			return "", nil
		})
}

// Decide says what was found.
type Decide struct {
	deed.Keyed
	ComplaintID string `json:"complaint_id" path:"complaint_id"`
	Uphold      bool   `json:"uphold"`
	Finding     string `json:"finding" maxLength:"1000" doc:"what was found, on which evidence"`
}

// DecideComplaint upholds a complaint or not. Upheld, its consequences are part of the deed: a
// false vacancy leaves the public, and it counts for the
// employer's credit; a decision that falls at the second look takes the latter back.
// Faults: complaint.reason_missing (invalid); complaint.not_found; complaint.state (conflict);
// complaint.own_case (forbidden).
func (s *Service) DecideComplaint(ctx context.Context, in Decide) (View, error) {
	if err := people.Must(ctx, people.PermHandleComplaint, ""); err != nil {
		return View{}, err
	}
	if in.Finding == "" {
		return View{}, fault.New(fault.Invalid, "complaint.reason_missing").OnField("finding")
	}
	return handle(ctx, s, "decide", in.Keyed, in, in.ComplaintID,
		func(ctx context.Context, tx *db.Tx, c *Complaint) (string, error) {
			if err := c.mustBe(Investigating); err != nil {
				return "", err
			}
			earlier := c.Decision
			c.State, c.Reason = NotUpheld, in.Finding
			if in.Uphold {
				c.State = Upheld
			}
			c.Decision = c.State
			return in.Finding, s.followTx(ctx, tx, *c, earlier)
		})
}

// followTx does what follows from a decision.
func (s *Service) followTx(ctx context.Context, tx *db.Tx, c Complaint, earlier State) error {
	if c.Decision == NotUpheld {
		if earlier == Upheld && c.EmployerID != "" {
			return s.Fell(ctx, tx, c.ID, c.Reason)
		}
		return nil
	}
	if c.Kind == FalseVacancy && c.Subject == OnVacancy {
		// Not the complaint's id: the employer reads the reason, and the id tells when it was made.
		if err := s.Market.TakeDownTx(ctx, tx, c.SubjectID, string(FalseVacancy)); err != nil {
			return err
		}
	}
	if c.EmployerID == "" {
		return nil
	}
	return s.Upheld(ctx, tx, c.EmployerID, c.ID, string(c.Kind))
}

// Reply is the answer to a complainant.
type Reply struct {
	deed.Keyed
	ComplaintID string `json:"complaint_id" path:"complaint_id"`
	Words       string `json:"words" maxLength:"2000"`
}

// AnswerComplaint answers the complainant, who is told by message and reads it in the complaint.
// Faults: complaint.words (invalid); complaint.not_found; complaint.state (conflict);
// complaint.own_case (forbidden).
func (s *Service) AnswerComplaint(ctx context.Context, in Reply) (View, error) {
	if err := people.Must(ctx, people.PermHandleComplaint, ""); err != nil {
		return View{}, err
	}
	words, err := checkWords(in.Words)
	if err != nil {
		return View{}, err
	}
	return handle(ctx, s, "answer", in.Keyed, in, in.ComplaintID,
		func(ctx context.Context, tx *db.Tx, c *Complaint) (string, error) {
			if err := c.mustBe(Upheld, NotUpheld); err != nil {
				return "", err
			}
			c.State, c.Answer, c.AnsweredAt = Answered, words, tx.Now
			var err error
			if c.AnswerDays, err = s.workingDays(c.ReceivedAt, tx.Now); err != nil {
				return "", err
			}
			return words, s.tellTx(ctx, tx, *c, "complaint_answered")
		})
}

// Over says that a complaint needs nobody any more, and since when.
type Over struct {
	State State // Closed or NotAccepted
	At    time.Time
}

// OverTx tells which of the complaints are closed or were not accepted. At most 500.
func (s *Service) OverTx(
	ctx context.Context, r db.Reader, complaintIDs []string,
) (map[string]Over, error) {
	if len(complaintIDs) == 0 {
		return nil, nil
	}
	return overOf(ctx, r, complaintIDs)
}
