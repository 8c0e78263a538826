package oversight

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// Deps are what matters stand on. Title reads, in the name of who asks, what a matter is about and
// gives its title. Settled tells which of the things of a kind need nobody any more. app hands both
// in, because what they read belongs to neighbours. Tell writes a message to an account.
type Deps struct {
	DB     *db.DB
	People *people.Service
	Title  func(ctx context.Context, k Kind, subjectID string) (string, error)
	Tell   func(ctx context.Context, tx *db.Tx, m people.Message) error

	Settled func(
		ctx context.Context, r db.Reader, k Kind, subjectIDs []string,
	) (map[string]Settlement, error)
}

// Service is the matters.
type Service struct{ Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d} }

func scope(ctx context.Context, op string) string {
	return "oversight." + op + "/" + people.ActorOf(ctx).AccountID
}

// Assign is a matter as it is given to somebody.
type Assign struct {
	deed.Keyed
	Kind      Kind       `json:"kind" enum:"wage,complaint,employer,other"`
	SubjectID string     `json:"subject_id,omitempty" maxLength:"60" doc:"of the wage line, complaint or employer"`
	OwnerID   string     `json:"owner_id" maxLength:"60" doc:"account of the clerk or director who must act"`
	Words     string     `json:"words" maxLength:"500" doc:"what is to be done"`
	DueOn     civil.Date `json:"due_on" doc:"by when"`
}

// View is a matter with the names that go with it.
type View struct {
	ID        string     `json:"id"`
	Kind      Kind       `json:"kind"`
	SubjectID string     `json:"subject_id,omitempty"`
	Title     string     `json:"title"`
	Words     string     `json:"words"`
	Assigner  string     `json:"assigner"`
	OwnerID   string     `json:"owner_id"`
	Owner     string     `json:"owner"`
	DueOn     civil.Date `json:"due_on"`
	Overdue   bool       `json:"overdue,omitempty"`
	State     State      `json:"state"`
	At        time.Time  `json:"at"`
	ClosedAt  time.Time  `json:"closed_at,omitzero"`
	// Settled of an open matter is read when it is asked for; a closed one keeps what was so then.
	Settled *Settlement `json:"settled,omitempty" doc:"what it is about needs nobody any more"`
}

// StepView is one step of a matter.
type StepView struct {
	Step  string    `json:"step" enum:"assign,accept,report,return,close"`
	Who   string    `json:"who"`
	Words string    `json:"words,omitempty"`
	At    time.Time `json:"at"`
}

// FullView is a matter with its steps, and what who asks may do next.
type FullView struct {
	View
	Steps  []StepView `json:"steps"`
	May    []string   `json:"may,omitempty" doc:"accept, report, close or return"`
	Passes bool       `json:"passes,omitempty" doc:"you may give it to another owner"`
}

func (s *Service) view(ctx context.Context, r db.Reader, m Matter) (View, error) {
	v := View{ID: m.ID, Kind: m.Kind, SubjectID: m.SubjectID, Title: m.Title, Words: m.Words,
		OwnerID: m.OwnerID, DueOn: m.DueOn, State: m.State, At: m.At, ClosedAt: m.ClosedAt,
		Overdue: m.overdue(civil.DateOf(s.DB.Now()))}
	if m.Settled != (Settlement{}) {
		v.Settled = &m.Settled
	}
	var err error
	if v.Assigner, err = s.People.NameTx(ctx, r, m.AssignerID); err != nil {
		return v, err
	}
	v.Owner, err = s.People.NameTx(ctx, r, m.OwnerID)
	return v, err
}

// AssignMatter gives a matter to a clerk or director, who is told.
// Faults: oversight.words, oversight.due, oversight.subject (invalid); oversight.not_staff
// (conflict); people.account_not_found; those of what it is about.
func (s *Service) AssignMatter(ctx context.Context, in Assign) (View, error) {
	if err := people.Must(ctx, people.PermAssignMatter, ""); err != nil {
		return View{}, err
	}
	m := Matter{Kind: in.Kind, SubjectID: in.SubjectID, OwnerID: in.OwnerID, Words: in.Words,
		DueOn: in.DueOn, State: Assigned, AssignerID: people.ActorOf(ctx).AccountID}
	if err := m.check(civil.DateOf(s.DB.Now())); err != nil {
		return View{}, err
	}
	title := in.Words
	if (in.Kind == AboutOther) != (in.SubjectID == "") {
		return View{}, fault.New(fault.Invalid, "oversight.subject").OnField("subject_id")
	}
	if in.SubjectID != "" {
		var err error
		if title, err = s.Title(ctx, in.Kind, in.SubjectID); err != nil {
			return View{}, err
		}
	}
	m.Title = cut(title)
	return deed.Once(ctx, s.DB, scope(ctx, "assign"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (View, error) {
			if err := s.mustOwn(ctx, tx, in.OwnerID); err != nil {
				return View{}, err
			}
			m.ID, m.At = tx.ID("mat"), tx.Now
			if err := insertMatter(ctx, tx, m); err != nil {
				return View{}, err
			}
			if err := s.tellTx(ctx, tx, m, "matter_assigned", m.OwnerID); err != nil {
				return View{}, err
			}
			return s.view(ctx, tx, m)
		})
}

func (s *Service) tellTx(
	ctx context.Context, tx *db.Tx, m Matter, template, accountID string,
) error {
	return s.Tell(ctx, tx, people.Message{AccountID: accountID, Template: template,
		Args: map[string]string{"title": m.Title, "day": string(m.DueOn)},
		Key:  fmt.Sprintf("%s/%s/%d", template, m.ID, m.Steps)})
}

// Step moves a matter on with words.
type Step struct {
	deed.Keyed
	MatterID string `json:"matter_id" path:"matter_id"`
	Words    string `json:"words,omitempty" maxLength:"500"`
}

// AcceptMatter is its owner taking it on.
// Faults: oversight.not_found; oversight.not_owner (forbidden); oversight.state (conflict).
func (s *Service) AcceptMatter(ctx context.Context, in Step) (View, error) {
	if err := people.Must(ctx, people.PermAnswerMatter, ""); err != nil {
		return View{}, err
	}
	return move(ctx, s, "accept", in.Keyed, in, in.MatterID, in.Words,
		func(_ *db.Tx, m *Matter) error {
			if err := m.mayAnswer(people.ActorOf(ctx).AccountID); err != nil {
				return err
			}
			if err := m.mustBe(Assigned); err != nil {
				return err
			}
			m.State = Accepted
			return nil
		})
}

// ReportMatter is its owner saying what came of it.
// Faults: oversight.words (invalid); oversight.not_found; oversight.not_owner (forbidden);
// oversight.state (conflict).
func (s *Service) ReportMatter(ctx context.Context, in Step) (View, error) {
	if err := people.Must(ctx, people.PermAnswerMatter, ""); err != nil {
		return View{}, err
	}
	if err := checkWords(in.Words); err != nil {
		return View{}, err
	}
	return move(ctx, s, "report", in.Keyed, in, in.MatterID, in.Words,
		func(_ *db.Tx, m *Matter) error {
			if err := m.mayAnswer(people.ActorOf(ctx).AccountID); err != nil {
				return err
			}
			if err := m.mustBe(Accepted); err != nil {
				return err
			}
			m.State = Reported
			return nil
		})
}

// Pass gives a matter to another owner.
type Pass struct {
	deed.Keyed
	MatterID string `json:"matter_id" path:"matter_id"`
	OwnerID  string `json:"owner_id" doc:"the account of a clerk or director"`
	Words    string `json:"words" maxLength:"500" doc:"why: has left, is ill …"`
}

// PassMatter gives a matter that has no report yet to another clerk or director, who is told: its
// owner has left the bureau, or cannot do it. Its last day stays.
// Faults: oversight.words (invalid); oversight.not_found, people.account_not_found;
// oversight.not_passer (forbidden); oversight.state, oversight.not_staff, oversight.same_owner
// (conflict).
func (s *Service) PassMatter(ctx context.Context, in Pass) (View, error) {
	if err := people.Must(ctx, people.PermAssignMatter, ""); err != nil {
		return View{}, err
	}
	if err := checkWords(in.Words); err != nil {
		return View{}, err
	}
	return move(ctx, s, "pass", in.Keyed, in, in.MatterID, in.Words,
		func(tx *db.Tx, m *Matter) error {
			a := people.ActorOf(ctx)
			if err := m.mayPass(a.AccountID, a.Has(people.RoleDirector)); err != nil {
				return err
			}
			if m.OwnerID == in.OwnerID {
				return fault.New(fault.Conflict, "oversight.same_owner").OnField("owner_id")
			}
			if err := s.mustOwn(ctx, tx, in.OwnerID); err != nil {
				return err
			}
			m.OwnerID, m.State = in.OwnerID, Assigned
			return s.tellTx(ctx, tx, *m, "matter_assigned", m.OwnerID)
		})
}

// mustOwn refuses an owner who is neither clerk nor director.
// Faults: people.account_not_found; oversight.not_staff (conflict).
func (s *Service) mustOwn(ctx context.Context, r db.Reader, accountID string) error {
	a, err := s.People.ActorTx(ctx, r, accountID)
	if err == nil && !a.Has(people.RoleClerk) && !a.Has(people.RoleDirector) {
		err = fault.New(fault.Conflict, "oversight.not_staff").OnField("owner_id")
	}
	return err
}

// End closes a reported matter, or sends it back.
type End struct {
	deed.Keyed
	MatterID string `json:"matter_id" path:"matter_id"`
	Close    bool   `json:"close" doc:"false sends it back to its owner"`
	Words    string `json:"words,omitempty" maxLength:"500" doc:"why it is sent back"`
}

// CloseMatter ends a matter whose report is good, or sends it back with what is missing. One whose
// subject is settled needs no report. Who must act on it does not close it.
// Faults: oversight.words (invalid, sent back without); oversight.not_found;
// oversight.not_assigner (forbidden); oversight.state (conflict).
func (s *Service) CloseMatter(ctx context.Context, in End) (View, error) {
	if err := people.Must(ctx, people.PermAssignMatter, ""); err != nil {
		return View{}, err
	}
	step := "close"
	if !in.Close {
		step = "return"
		if err := checkWords(in.Words); err != nil {
			return View{}, err
		}
	}
	return move(ctx, s, step, in.Keyed, in, in.MatterID, in.Words,
		func(tx *db.Tx, m *Matter) error {
			a := people.ActorOf(ctx)
			if err := m.mayClose(a.AccountID, a.Has(people.RoleDirector)); err != nil {
				return err
			}
			if !in.Close {
				if err := m.mustBe(Reported); err != nil {
					return err
				}
				m.State = Accepted
				return s.tellTx(ctx, tx, *m, "matter_returned", m.OwnerID)
			}
			all := []Matter{*m}
			if err := s.settle(ctx, tx, all); err != nil {
				return err
			}
			m.Settled = all[0].Settled
			if err := m.mayEnd(); err != nil {
				return err
			}
			m.State, m.ClosedAt = Closed, tx.Now
			return nil
		})
}

// settle writes into open matters what has been settled.
func (s *Service) settle(ctx context.Context, r db.Reader, all []Matter) error {
	ids := map[Kind][]string{}
	for _, m := range all {
		if m.State != Closed && m.SubjectID != "" {
			ids[m.Kind] = append(ids[m.Kind], m.SubjectID)
		}
	}
	for kind, of := range ids {
		found, err := s.Settled(ctx, r, kind, of)
		if err != nil {
			return err
		}
		for i, m := range all {
			if m.Kind == kind && m.State != Closed {
				all[i].Settled = found[m.SubjectID]
			}
		}
	}
	return nil
}

// move takes one step in a transaction.
func move[In any](
	ctx context.Context, s *Service, step string, key deed.Keyed, in In, id, words string,
	change func(tx *db.Tx, m *Matter) error,
) (View, error) {
	return deed.Once(ctx, s.DB, scope(ctx, step), key, in,
		func(ctx context.Context, tx *db.Tx) (View, error) {
			m, err := getMatter(ctx, tx, id)
			if err == nil {
				err = change(tx, &m)
			}
			if err == nil {
				err = updateMatter(ctx, tx, m, step, people.ActorOf(ctx).AccountID, words)
			}
			if err != nil {
				return View{}, err
			}
			return s.view(ctx, tx, m)
		})
}

// Find asks for matters. Without a state it is those that are not closed.
type Find struct {
	Mine      bool   `json:"mine,omitempty" query:"mine" doc:"only those that who asks must act on"`
	Closed    bool   `json:"closed,omitempty" query:"closed"`
	SubjectID string `json:"subject_id,omitempty" query:"subject_id" maxLength:"60"`
	After     string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// List is a page of matters: of open ones the first due first, of closed ones the last due.
type List struct {
	Matters []View `json:"matters"`
	Next    string `json:"next,omitempty" doc:"ask with it for the next page"`
}

const listMax = 500 // matters of a page; the next one begins behind it

// FindMatters lists open or closed matters, listMax at a time.
// Faults: db.mark (invalid).
func (s *Service) FindMatters(ctx context.Context, in Find) (List, error) {
	if err := people.Must(ctx, people.PermSeeMatters, ""); err != nil {
		return List{}, err
	}
	find := which{closed: in.Closed, subject: in.SubjectID}
	if in.Mine {
		find.owner = people.ActorOf(ctx).AccountID
	}
	first := db.Mark{}
	if in.Closed {
		first.MS = clock.MS(farOff.Midnight())
	}
	var err error
	if find.from, err = db.ParseMark(in.After, first); err != nil {
		return List{}, err
	}
	found, err := findMatters(ctx, s.DB, find, listMax+1)
	found, next := db.Page(found, listMax, func(m Matter) string {
		return db.Mark{MS: clock.MS(m.DueOn.Midnight()), ID: m.ID}.String()
	})
	if err == nil {
		err = s.settle(ctx, s.DB, found)
	}
	out := List{Matters: make([]View, 0, len(found)), Next: next}
	for _, m := range found {
		v, err := s.view(ctx, s.DB, m)
		if err != nil {
			return List{}, err
		}
		out.Matters = append(out.Matters, v)
	}
	return out, err
}

// farOff is later than any matter is due.
const farOff = civil.Date("9999-01-01")

// Get asks for one matter.
type Get struct {
	MatterID string `json:"matter_id" path:"matter_id"`
}

// ShowMatter shows a matter with its steps.
// Faults: oversight.not_found.
func (s *Service) ShowMatter(ctx context.Context, in Get) (FullView, error) {
	if err := people.Must(ctx, people.PermSeeMatters, ""); err != nil {
		return FullView{}, err
	}
	m, err := getMatter(ctx, s.DB, in.MatterID)
	if err != nil {
		return FullView{}, err
	}
	all := []Matter{m}
	if err := s.settle(ctx, s.DB, all); err != nil {
		return FullView{}, err
	}
	m = all[0]
	v, err := s.view(ctx, s.DB, m)
	if err != nil {
		return FullView{}, err
	}
	steps, err := stepsOf(ctx, s.DB, m.ID)
	if err != nil {
		return FullView{}, err
	}
	out := FullView{View: v, Steps: make([]StepView, len(steps)), May: may(ctx, m)}
	a := people.ActorOf(ctx)
	out.Passes = m.mayPass(a.AccountID, a.Has(people.RoleDirector)) == nil
	for i, st := range steps {
		name, err := s.People.NameTx(ctx, s.DB, st.accountID)
		if err != nil {
			return FullView{}, err
		}
		out.Steps[i] = StepView{st.step, name, st.words, st.at}
	}
	return out, nil
}

// may is what who asks can do next.
func may(ctx context.Context, m Matter) []string {
	a := people.ActorOf(ctx)
	closes := m.mayClose(a.AccountID, a.Has(people.RoleDirector)) == nil
	switch {
	case m.State == Reported && closes:
		return []string{"close", "return"}
	case m.mayEnd() == nil && closes:
		return []string{"close"}
	case m.State == Assigned && m.mayAnswer(a.AccountID) == nil:
		return []string{"accept"}
	case m.State == Accepted && m.mayAnswer(a.AccountID) == nil:
		return []string{"report"}
	}
	return nil
}
