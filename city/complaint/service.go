package complaint

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/feed"
)

// Domains of the sealed fields and of the digests.
const (
	domainContact = "complaint.contact"
	domainMessage = "complaint.message"
)

// looksSealed is what a check without a key can see of a sealed field.
func looksSealed(field []byte) bool { return crypt.LooksSealed(field) }

// Employers knows who is complained of; people.Service is one.
type Employers interface {
	GetEmployerTx(ctx context.Context, r db.Reader, id string) (people.Employer, error)
}

// Messages tells people; notify.Service is one.
type Messages interface {
	PutTx(ctx context.Context, tx *db.Tx, m notify.Message) error
}

// Vacancies takes what is false out of public; market.Service is one.
type Vacancies interface {
	TakeDownTx(ctx context.Context, tx *db.Tx, vacancyID, reason string) error
}

// Deps are what complaints stand on. Upheld and Fell tell credit, a neighbour, what a decision
// means for an employer; app hands them in, and without them nobody is told.
type Deps struct {
	DB       *db.DB
	Policy   *policy.Book
	Box      crypt.Box
	Calendar *civil.Calendar
	People   Employers
	Notify   Messages
	Market   Vacancies
	Upheld   func(ctx context.Context, tx *db.Tx, employerID, complaintID, words string) error
	Fell     func(ctx context.Context, tx *db.Tx, complaintID, words string) error
}

// Service is what people complain of and what becomes of it.
type Service struct{ Deps }

// New returns the service.
func New(d Deps) *Service {
	if d.Upheld == nil {
		d.Upheld = func(context.Context, *db.Tx, string, string, string) error { return nil }
	}
	if d.Fell == nil {
		d.Fell = func(context.Context, *db.Tx, string, string) error { return nil }
	}
	return &Service{d}
}

func scope(ctx context.Context, op string) string {
	return "complaint." + op + "/" + people.ActorOf(ctx).AccountID
}

// ownScope is the scope of a complainant's deed. It holds a digest and not the account: the table
// of keys would name who complains.
func (s *Service) ownScope(ctx context.Context, op string) string {
	return "complaint." + op + "/" + s.blindOf(ctx)
}

func (s *Service) blindOf(ctx context.Context) string {
	return s.Box.Blind(domainContact, people.ActorOf(ctx).AccountID)
}

// File is a complaint as it is made.
type File struct {
	deed.Keyed
	Kind      Kind    `json:"kind" enum:"false_vacancy,fees,discrimination,turned_away,unpaid,unsafe,staff_conduct,privacy"`
	Subject   Subject `json:"subject" enum:"vacancy,employer,staff,platform"`
	SubjectID string  `json:"subject_id,omitempty" maxLength:"60" doc:"of the vacancy, employer or staff's account"`
	Words     string  `json:"words" maxLength:"2000" doc:"what happened, when, where, who"`
	Digest    string  `json:"digest,omitempty" maxLength:"64" doc:"SHA-256 of a picture or recording"`
	Anonymous bool    `json:"anonymous,omitempty" doc:"nobody who handles it sees who complains"`
}

// View is a complaint as its complainant or staff see it.
type View struct {
	ID         string     `json:"id"`
	Kind       Kind       `json:"kind"`
	Subject    Subject    `json:"subject"`
	SubjectID  string     `json:"subject_id,omitempty"`
	EmployerID string     `json:"employer_id,omitempty"`
	Anonymous  bool       `json:"anonymous,omitempty"`
	AccountID  string     `json:"account_id,omitempty" doc:"who complains; never of an anonymous one"`
	Words      string     `json:"words"`
	State      State      `json:"state"`
	Decision   State      `json:"decision,omitempty" doc:"upheld or not_upheld"`
	OwnerID    string     `json:"owner_id,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Answer     string     `json:"answer,omitempty"`
	Reopened   bool       `json:"reopened,omitempty"`
	ReceivedAt time.Time  `json:"received_at"`
	DueOn      civil.Date `json:"due_on,omitempty" doc:"by when the service has promised its next step"`
	LegalOn    civil.Date `json:"legal_on,omitempty" doc:"by when the law wants it"`
	Overdue    bool       `json:"overdue,omitempty"`
	AnsweredAt time.Time  `json:"answered_at,omitzero"`
}

func viewOf(c Complaint, today civil.Date) View {
	return View{ID: c.ID, Kind: c.Kind, Subject: c.Subject, SubjectID: c.SubjectID,
		EmployerID: c.EmployerID, Anonymous: c.Anonymous, AccountID: c.AccountID, Words: c.Words,
		State: c.State, Decision: c.Decision, OwnerID: c.OwnerID, Reason: c.Reason, Answer: c.Answer,
		Reopened: c.Reopened, ReceivedAt: c.ReceivedAt, DueOn: c.DueOn, LegalOn: c.LegalOn,
		Overdue: c.open() && c.DueOn < today, AnsweredAt: c.AnsweredAt}
}

// FileComplaint takes a complaint of anybody whose phone is proven: a worker, an employer, or a
// visitor who has logged in with a code and registered nothing.
// Faults: complaint.words, complaint.digest, complaint.subject, complaint.subject_missing
// (invalid); complaint.subject_not_found.
func (s *Service) FileComplaint(ctx context.Context, in File) (View, error) {
	if err := people.Must(ctx, people.PermComplain, ""); err != nil {
		return View{}, err
	}
	words, err := checkWords(in.Words)
	if err != nil {
		return View{}, err
	}
	if err := checkSubject(in); err != nil {
		return View{}, err
	}
	if err := checkDigest(in.Digest); err != nil {
		return View{}, err
	}
	return deed.Once(ctx, s.DB, s.ownScope(ctx, "file"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (View, error) {
			account := people.ActorOf(ctx).AccountID
			c := Complaint{ID: tx.ID("cmp"), Kind: in.Kind, Subject: in.Subject, SubjectID: in.SubjectID,
				Anonymous: in.Anonymous, Words: words, State: Received, ReceivedAt: tx.Now,
				blind: s.blindOf(ctx)}
			if !in.Anonymous {
				c.AccountID = account
			}
			var err error
			if c.contact, err = s.Box.Seal(domainContact, account); err != nil {
				return View{}, fmt.Errorf("seal who complains: %w", err)
			}
			if c.EmployerID, err = s.subjectTx(ctx, tx, in); err != nil {
				return View{}, err
			}
			if err := s.setClocks(&c, civil.DateOf(tx.Now)); err != nil {
				return View{}, err
			}
			return viewOf(c, civil.DateOf(tx.Now)), s.fileTx(ctx, tx, c, in.Digest)
		})
}

func (s *Service) fileTx(ctx context.Context, tx *db.Tx, c Complaint, digest string) error {
	if err := insertComplaint(ctx, tx, c); err != nil {
		return err
	}
	if err := insertStep(ctx, tx, c, 0, "", ""); err != nil {
		return err
	}
	if digest != "" {
		err := insertNote(ctx, tx, c.ID, NoteView{Side: sideComplainant, Digest: digest}, "")
		if err != nil {
			return err
		}
	}
	return feed.PutTx(ctx, tx, Moved{c.ID, c.Kind, c.State, c.EmployerID})
}

// subjectTx proves that the subject is there, and gives the employer behind it.
func (s *Service) subjectTx(ctx context.Context, tx *db.Tx, in File) (string, error) {
	switch {
	case in.Subject == OnVacancy:
		return employerOfVacancy(ctx, tx, in.SubjectID)
	case in.Subject == OnEmployer:
		_, err := s.People.GetEmployerTx(ctx, tx, in.SubjectID)
		return in.SubjectID, err
	case in.Subject == OnStaff && in.SubjectID != "":
		roles, err := rolesOfAccount(ctx, tx, in.SubjectID)
		if err == nil && !slices.ContainsFunc(strings.Split(roles, ","), func(r string) bool {
			return r == string(people.RoleClerk) || r == string(people.RoleDirector) ||
				r == string(people.RoleAuditor)
		}) {
			err = noSubject()
		}
		return "", err
	}
	return "", nil
}

// setClocks sets both clocks of the state in which a complaint now is, from this day.
func (s *Service) setClocks(c *Complaint, today civil.Date) error {
	c.DueOn, c.LegalOn = "", ""
	stage, ok := clocks[c.State]
	if !ok {
		return nil
	}
	for _, q := range []struct {
		code string
		to   *civil.Date
	}{{"complaint." + stage + "_days", &c.DueOn}, {"complaint." + stage + "_legal_days", &c.LegalOn}} {
		n, err := s.Policy.At(q.code, "", today)
		if err != nil {
			return err
		}
		if *q.to, err = s.Calendar.DueOn(today, int(n.Value)); err != nil {
			return err
		}
	}
	return nil
}

// tellTx tells the complainant. The message's key does not show which complaint it belongs to: the
// message names an account.
func (s *Service) tellTx(ctx context.Context, tx *db.Tx, c Complaint, template string) error {
	account, err := s.Box.Open(domainContact, c.contact)
	if err != nil {
		return fmt.Errorf("open who made complaint %s: %w", c.ID, err)
	}
	key := s.Box.Blind(domainMessage, fmt.Sprintf("%s/%s/%d", template, c.ID, c.Steps))
	return s.Notify.PutTx(ctx, tx, notify.Message{AccountID: account, Template: template, Key: key,
		Args: map[string]string{"day": string(civil.DateOf(c.ReceivedAt))}})
}
