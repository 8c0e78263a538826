package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// AddToRoster is an employer entering somebody it employs.
type AddToRoster struct {
	deed.Keyed
	EmployerID string     `json:"employer_id" path:"employer_id"`
	Name       string     `json:"name" maxLength:"50" doc:"as on the ID card"`
	IDNumber   string     `json:"id_number" maxLength:"30"`
	Phone      string     `json:"phone" maxLength:"30"`
	Since      civil.Date `json:"since,omitempty" doc:"first day of work; today if left out"`
	Post       string     `json:"post,omitempty" maxLength:"60" doc:"what the person does"`
}

// RosterView is an entry as its employer sees it. The worker is named only once agreed.
type RosterView struct {
	ID          string      `json:"id"`
	EmployerID  string      `json:"employer_id"`
	Name        string      `json:"name"`
	IDMasked    string      `json:"id_masked"`
	PhoneMasked string      `json:"phone_masked"`
	Since       civil.Date  `json:"since"`
	Post        string      `json:"post,omitempty"`
	State       RosterState `json:"state" enum:"named,agreed,denied,ended"`
	WorkerID    string      `json:"worker_id,omitempty" doc:"when the worker has agreed"`
	StateAt     time.Time   `json:"state_at"`
}

const postRunesMax = 60

// AddToRoster enters somebody whom an employer employs (职工名册). Nobody is registered by it: who
// has that ID number, or comes to have an account later, reads it and agrees or denies, and only
// then does the employer learn that they are here. Entered again it is the same entry; one that was
// ended begins anew.
// Faults: people.name_form, people.id_form, people.id_old, people.id_birth, people.id_check,
// people.phone_form, people.text_form, people.text_number, people.too_young (invalid);
// people.roster_denied (conflict); people.employer_not_found.
// Source: 劳动合同法实施条例 8 (the roster); 禁止使用童工规定 4 (the age is looked at).
func (s *Service) AddToRoster(ctx context.Context, in AddToRoster) (RosterView, error) {
	if err := Must(ctx, PermKeepRoster, in.EmployerID); err != nil {
		return RosterView{}, err
	}
	e, id, phone, err := s.readEntry(in)
	if err != nil {
		return RosterView{}, err
	}
	in.IDNumber, in.Phone = e.idBlind, s.Box.Blind(domainPhone, string(phone)) // what is hashed
	return deed.Once(ctx, s.DB, scope(ctx, "add_to_roster"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (RosterView, error) {
			employer, err := getEmployer(ctx, tx, in.EmployerID)
			if err != nil {
				return RosterView{}, err
			}
			day := civil.DateOf(tx.Now)
			least, err := s.Policy.At("people.age_minimum", employer.Region, day)
			if err != nil {
				return RosterView{}, err
			}
			if err := checkAge(id.Birth(), day, int(least.Value)); err != nil {
				return RosterView{}, err
			}
			return s.enterTx(ctx, tx, e, employer, id, phone)
		}, db.Lane("id_number", e.idBlind))
}

// readEntry checks what can be checked without looking anything up.
func (s *Service) readEntry(in AddToRoster) (e rosterEntry, id IDNumber, phone Phone, err error) {
	e = rosterEntry{EmployerID: in.EmployerID, Since: in.Since, State: RosterNamed}
	if e.Name, err = parseName(in.Name, "name"); err != nil {
		return e, id, phone, err
	}
	if id, err = ParseIDNumber(in.IDNumber); err != nil {
		return e, id, phone, err
	}
	if phone, err = ParsePhone(in.Phone); err != nil {
		return e, id, phone, err
	}
	if in.Post != "" {
		if e.Post, err = parseText(in.Post, "post", postRunesMax); err != nil {
			return e, id, phone, err
		}
	}
	if e.Since == "" {
		e.Since = civil.DateOf(s.DB.Now())
	}
	if _, err := civil.ParseDate(string(e.Since)); err != nil {
		return e, id, phone, fault.New(fault.Invalid, "people.roster_since").OnField("since")
	}
	e.idBlind = s.Box.Blind(domainID, string(id))
	if e.idSealed, err = s.Box.Seal(domainID, string(id)); err != nil {
		return e, id, phone, fmt.Errorf("seal ID number: %w", err)
	}
	if e.phoneSealed, err = s.Box.Seal(domainPhone, string(phone)); err != nil {
		return e, id, phone, fmt.Errorf("seal phone: %w", err)
	}
	return e, id, phone, nil
}

func (s *Service) enterTx(
	ctx context.Context, tx *db.Tx, e rosterEntry, employer Employer, id IDNumber, phone Phone,
) (RosterView, error) {
	was, err := entryOfPerson(ctx, tx, e.EmployerID, e.idBlind)
	switch {
	case errors.Is(err, db.ErrNone):
		e.ID = tx.ID("rst")
		err = insertEntry(ctx, tx, e, ActorOf(ctx).AccountID)
	case err != nil:
	case was.State == RosterDenied:
		err = fault.New(fault.Conflict, "people.roster_denied").OnField("id_number")
	case was.State == RosterEnded:
		e.ID = was.ID
		err = enterAgain(ctx, tx, e)
	default: // it stands already
		v, err := s.rosterView(was)
		return v, err
	}
	if err != nil {
		return RosterView{}, err
	}
	v := RosterView{ID: e.ID, EmployerID: e.EmployerID, Name: e.Name, IDMasked: id.String(),
		PhoneMasked: phone.String(), Since: e.Since, Post: e.Post, State: RosterNamed, StateAt: tx.Now}
	accountID, err := accountOfPerson(ctx, tx, e.idBlind)
	if err != nil || accountID == "" {
		return v, err // who is not here yet reads it when they come
	}
	return v, s.Send(ctx, tx, Message{AccountID: accountID, Template: "on_roster",
		Args: map[string]string{"employer": employer.Name}, Key: "on_roster/" + e.ID + "/" +
			tx.Now.Format(time.RFC3339)})
}

func (s *Service) rosterView(e rosterEntry) (RosterView, error) {
	id, err := s.Box.Open(domainID, e.idSealed)
	if err != nil {
		return RosterView{}, fmt.Errorf("open ID number of entry %s: %w", e.ID, err)
	}
	phone, err := s.Box.Open(domainPhone, e.phoneSealed)
	if err != nil {
		return RosterView{}, fmt.Errorf("open phone of entry %s: %w", e.ID, err)
	}
	v := RosterView{ID: e.ID, EmployerID: e.EmployerID, Name: e.Name,
		IDMasked: IDNumber(id).String(), PhoneMasked: Phone(phone).String(), Since: e.Since,
		Post: e.Post, State: e.State, StateAt: e.StateAt}
	if e.State == RosterAgreed {
		v.WorkerID = e.WorkerID
	}
	return v, nil
}

// Roster asks for an employer's roster, a page at a time.
type Roster struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
	After      string `json:"after,omitempty" query:"after" maxLength:"60" doc:"next of the page before"`
}

// RosterPage is a page of it, in the order of entry.
type RosterPage struct {
	Entries []RosterView `json:"entries"`
	Next    string       `json:"next,omitempty" doc:"ask with it for the next page"`
}

const rosterPageMax = 100 // rows a page shows

// ListRosterPage lists whom an employer has entered, masked.
func (s *Service) ListRosterPage(ctx context.Context, in Roster) (RosterPage, error) {
	if err := Must(ctx, PermKeepRoster, in.EmployerID); err != nil {
		return RosterPage{}, err
	}
	list, err := entriesOfEmployer(ctx, s.DB, in.EmployerID, in.After, rosterPageMax+1)
	list, next := db.Page(list, rosterPageMax, func(e rosterEntry) string { return e.ID })
	p := RosterPage{Entries: []RosterView{}, Next: next}
	for _, e := range list {
		v, err := s.rosterView(e)
		if err != nil {
			return RosterPage{}, err
		}
		p.Entries = append(p.Entries, v)
	}
	return p, err
}

// EndRosterEntry is an employer whose somebody has left.
type EndRosterEntry struct {
	deed.Keyed
	EmployerID string `json:"employer_id" path:"employer_id"`
	EntryID    string `json:"entry_id" path:"entry_id"`
}

// EndRosterEntry ends an entry; it stays on record.
// Faults: people.roster_not_found; people.roster_state (conflict).
func (s *Service) EndRosterEntry(ctx context.Context, in EndRosterEntry) (RosterView, error) {
	if err := Must(ctx, PermKeepRoster, in.EmployerID); err != nil {
		return RosterView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "end_roster_entry"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (RosterView, error) {
			e, err := getEntry(ctx, tx, in.EntryID)
			if err == nil && e.EmployerID != in.EmployerID {
				err = noEntry()
			}
			return s.moveEntryTx(ctx, tx, e, RosterEnded, err)
		})
}

// MyRosters asks which employers say to employ the worker.
type MyRosters struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// MyRosterView is such an entry as the worker sees it.
type MyRosterView struct {
	ID           string      `json:"id"`
	EmployerID   string      `json:"employer_id"`
	EmployerName string      `json:"employer_name"`
	Name         string      `json:"name" doc:"as the employer wrote it"`
	Since        civil.Date  `json:"since"`
	Post         string      `json:"post,omitempty"`
	State        RosterState `json:"state" enum:"named,agreed,denied,ended"`
}

// MyRosterList is all of them, newest first.
type MyRosterList struct {
	Entries []MyRosterView `json:"entries"`
}

// FindMyRosters lists which employers have entered the worker.
func (s *Service) FindMyRosters(ctx context.Context, in MyRosters) (MyRosterList, error) {
	if err := Must(ctx, PermConsent, in.WorkerID); err != nil {
		return MyRosterList{}, err
	}
	list, err := entriesOfWorker(ctx, s.DB, in.WorkerID, rosterPageMax)
	return MyRosterList{list}, err
}

// AnswerRoster is the worker's word on such an entry.
type AnswerRoster struct {
	deed.Keyed
	WorkerID string `json:"worker_id" path:"worker_id"`
	EntryID  string `json:"entry_id" path:"entry_id"`
	Agree    bool   `json:"agree"`
}

// AnswerRoster agrees to an entry, so that the employer may offer work by name, or denies it; who
// denied cannot be entered by that employer again.
// Faults: people.roster_not_found; people.roster_state (conflict).
func (s *Service) AnswerRoster(ctx context.Context, in AnswerRoster) (MyRosterView, error) {
	if err := Must(ctx, PermConsent, in.WorkerID); err != nil {
		return MyRosterView{}, err
	}
	to := RosterDenied
	if in.Agree {
		to = RosterAgreed
	}
	return deed.Once(ctx, s.DB, scope(ctx, "answer_roster"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (MyRosterView, error) {
			e, err := getEntry(ctx, tx, in.EntryID)
			if err == nil && e.WorkerID != in.WorkerID {
				err = noEntry()
			}
			if _, err = s.moveEntryTx(ctx, tx, e, to, err); err != nil {
				return MyRosterView{}, err
			}
			return MyRosterView{ID: e.ID, EmployerID: e.EmployerID, Name: e.Name, Since: e.Since,
				Post: e.Post, State: to}, nil
		}, db.Lane("worker", in.WorkerID))
}

func (s *Service) moveEntryTx(
	ctx context.Context, tx *db.Tx, e rosterEntry, to RosterState, err error,
) (RosterView, error) {
	if err == nil {
		err = e.mayBecome(to)
	}
	if err == nil {
		err = setEntry(ctx, tx, e.ID, to)
	}
	if err != nil {
		return RosterView{}, err
	}
	e.State, e.StateAt = to, tx.Now
	return s.rosterView(e)
}

func noEntry() error {
	return fault.New(fault.NotFound, "people.roster_not_found").OnField("entry_id")
}
