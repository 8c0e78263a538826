package complaint

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// Who a note is from.
const (
	sideComplainant = "complainant"
	sideStaff       = "staff"
)

// Get asks for one complaint.
type Get struct {
	ComplaintID string `json:"complaint_id" path:"complaint_id"`
}

// FullView is a complaint with its steps and evidence.
type FullView struct {
	View
	Steps []StepView `json:"steps"`
	Notes []NoteView `json:"notes"`
}

// StepView is one step of a complaint.
type StepView struct {
	State State     `json:"state"`
	Words string    `json:"words,omitempty"`
	At    time.Time `json:"at"`
}

// NoteView is one piece of evidence.
type NoteView struct {
	Side   string    `json:"side" enum:"complainant,staff"`
	Words  string    `json:"words,omitempty"`
	Digest string    `json:"digest,omitempty"`
	At     time.Time `json:"at"`
}

// hers lets the complainant pass, known by the digest, and staff who may see complaints; a stranger
// is told that there is none.
func (s *Service) hers(ctx context.Context, c Complaint) (own bool, err error) {
	if c.blind == s.blindOf(ctx) {
		return true, nil
	}
	if people.Must(ctx, people.PermSeeComplaints, "") != nil {
		return false, noComplaint()
	}
	return false, mine(ctx, c)
}

// ShowComplaint shows a complaint to its complainant and to staff who are not complained of.
// Faults: complaint.not_found; complaint.own_case (forbidden).
func (s *Service) ShowComplaint(ctx context.Context, in Get) (FullView, error) {
	if err := people.Must(ctx, people.PermComplain, ""); err != nil {
		return FullView{}, err
	}
	c, err := getComplaint(ctx, s.DB, in.ComplaintID)
	if err != nil {
		return FullView{}, err
	}
	if _, err := s.hers(ctx, c); err != nil {
		return FullView{}, err
	}
	v := FullView{View: viewOf(c, civil.DateOf(s.DB.Now()))}
	if v.Steps, err = stepsOf(ctx, s.DB, c.ID); err != nil {
		return FullView{}, err
	}
	v.Notes, err = notesOf(ctx, s.DB, c.ID)
	return v, err
}

// Mine asks for one's own complaints.
type Mine struct{}

// Complaints is a list of complaints.
type Complaints struct {
	Complaints []View `json:"complaints"`
	Next       string `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindMine lists the asker's own complaints, newest first, at most listMax.
func (s *Service) FindMine(ctx context.Context, _ Mine) (Complaints, error) {
	if err := people.Must(ctx, people.PermComplain, ""); err != nil {
		return Complaints{}, err
	}
	all, err := ofAccount(ctx, s.DB, s.blindOf(ctx))
	return s.views(ctx, all), err
}

// Queue asks for what waits for staff.
type Queue struct {
	After string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// FindOpen lists what waits for staff, the first due first, listMax at a time; not what is
// complained of the asker.
// Faults: db.mark (invalid).
func (s *Service) FindOpen(ctx context.Context, in Queue) (Complaints, error) {
	if err := people.Must(ctx, people.PermSeeComplaints, ""); err != nil {
		return Complaints{}, err
	}
	behind, err := db.ParseMark(in.After, db.Mark{})
	if err != nil {
		return Complaints{}, err
	}
	all, err := openOnes(ctx, s.DB, behind, listMax+1)
	all, next := db.Page(all, listMax, func(c Complaint) string {
		return db.Mark{MS: clock.MS(c.DueOn.Midnight()), ID: c.ID}.String()
	})
	out := s.views(ctx, all)
	out.Next = next
	return out, err
}

func (s *Service) views(ctx context.Context, all []Complaint) Complaints {
	out := Complaints{Complaints: []View{}}
	for _, c := range all {
		if c.blind == s.blindOf(ctx) || mine(ctx, c) == nil {
			out.Complaints = append(out.Complaints, viewOf(c, civil.DateOf(s.DB.Now())))
		}
	}
	return out
}

// Note is a piece of evidence to be added.
type Note struct {
	deed.Keyed
	ComplaintID string `json:"complaint_id" path:"complaint_id"`
	Words       string `json:"words,omitempty" maxLength:"2000"`
	Digest      string `json:"digest,omitempty" maxLength:"64" doc:"SHA-256 of a picture or recording"`
}

// AddNote adds evidence to a complaint that is not closed: words, a digest, or both.
// Faults: complaint.words, complaint.digest (invalid); complaint.not_found; complaint.state,
// complaint.notes_full (conflict); complaint.own_case (forbidden).
func (s *Service) AddNote(ctx context.Context, in Note) (NoteView, error) {
	if err := people.Must(ctx, people.PermComplain, ""); err != nil {
		return NoteView{}, err
	}
	n := NoteView{Digest: in.Digest}
	if err := checkDigest(in.Digest); err != nil {
		return n, err
	}
	if in.Words != "" || in.Digest == "" {
		var err error
		if n.Words, err = checkWords(in.Words); err != nil {
			return n, err
		}
	}
	return deed.Once(ctx, s.DB, s.ownScope(ctx, "note"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (NoteView, error) {
			c, err := getComplaint(ctx, tx, in.ComplaintID)
			if err != nil {
				return n, err
			}
			own, err := s.hers(ctx, c)
			if err != nil {
				return n, err
			}
			if c.State == Closed || c.State == NotAccepted {
				return n, c.mustBe()
			}
			account := people.ActorOf(ctx).AccountID
			n.Side, n.At = sideStaff, tx.Now
			if own {
				n.Side, account = sideComplainant, ""
			} else if err := people.Must(ctx, people.PermHandleComplaint, ""); err != nil {
				return n, err
			}
			return n, insertNote(ctx, tx, c.ID, n, account)
		})
}

// Reopen asks for a second look.
type Reopen struct {
	deed.Keyed
	ComplaintID string `json:"complaint_id" path:"complaint_id"`
	Words       string `json:"words" maxLength:"1000" doc:"what was overlooked"`
}

// ReopenComplaint lets the complainant ask for a second look, once: at an answer, or at a complaint
// that was not accepted. It has new clocks and no owner.
// Faults: complaint.words (invalid); complaint.not_found; complaint.state, complaint.reopened
// (conflict).
func (s *Service) ReopenComplaint(ctx context.Context, in Reopen) (View, error) {
	if err := people.Must(ctx, people.PermComplain, ""); err != nil {
		return View{}, err
	}
	words, err := checkWords(in.Words)
	if err != nil {
		return View{}, err
	}
	return deed.Once(ctx, s.DB, s.ownScope(ctx, "reopen"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (View, error) {
			c, err := getComplaint(ctx, tx, in.ComplaintID)
			if err != nil {
				return View{}, err
			}
			if c.blind != s.blindOf(ctx) {
				return View{}, noComplaint()
			}
			if c.Reopened {
				return View{}, fault.New(fault.Conflict, "complaint.reopened").OnField("complaint_id")
			}
			if err := c.mustBe(Answered, Closed, NotAccepted); err != nil {
				return View{}, err
			}
			c.Reopened, c.AnsweredAt, c.OwnerID = true, time.Time{}, ""
			if c.State == NotAccepted {
				c.State = Received
			} else {
				c.State = Accepted
			}
			today := civil.DateOf(tx.Now)
			if err := s.setClocks(&c, today); err != nil {
				return View{}, err
			}
			if err := change(ctx, tx, c, "", words); err != nil {
				return View{}, err
			}
			return viewOf(c, today), feed.PutTx(ctx, tx, Moved{c.ID, c.Kind, c.State, c.EmployerID})
		})
}

// OpenCases counts what is accepted against an employer and not yet decided; app hands it to
// credit.
func (s *Service) OpenCases(ctx context.Context, r db.Reader, employerID string) (int64, error) {
	return openCases(ctx, r, employerID)
}

// workingDays counts the working days from one instant to another; calendar days where the year's
// holidays are not known, which are never fewer.
func (s *Service) workingDays(from, to time.Time) (int64, error) {
	n, err := s.Calendar.WorkingDays(civil.DateOf(from), civil.DateOf(to))
	if fault.Is(err, "civil.year_unknown") {
		return int64(to.Sub(from) / (24 * time.Hour)), nil
	}
	return int64(n), err
}
