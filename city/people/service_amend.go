package people

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

const domainAmendment = "people.amendment"

// AskAmendment says what is wrong in the register and what would be right.
type AskAmendment struct {
	deed.Keyed
	WorkerID string `json:"worker_id" path:"worker_id"`
	Field    string `json:"field" enum:"name,id_number"`
	Value    string `json:"value" maxLength:"50" doc:"as on the ID card"`
	Reason   string `json:"reason" minLength:"1" maxLength:"100"`
}

// AmendmentView is a request, masked: the clerk compares with the ID card and not with a screen.
type AmendmentView struct {
	ID         string         `json:"id"`
	WorkerID   string         `json:"worker_id"`
	Field      string         `json:"field"`
	Value      string         `json:"value" doc:"an ID number is masked"`
	Reason     string         `json:"reason"`
	State      AmendmentState `json:"state" enum:"asked,granted,denied"`
	Answer     string         `json:"answer,omitempty"`
	AskedAt    time.Time      `json:"asked_at"`
	AnsweredAt time.Time      `json:"answered_at,omitzero"`
}

// AskAmendment writes the request; nothing in the register changes before a clerk has seen the ID
// card. One request a field is open at a time.
// Faults: people.field_unknown, people.name_form, people.id_form, people.id_old, people.id_birth,
// people.id_check, people.text_form, people.text_number (invalid); people.worker_not_found;
// people.amendment_open (conflict).
func (s *Service) AskAmendment(ctx context.Context, in AskAmendment) (AmendmentView, error) {
	if err := Must(ctx, PermChangeWorker, in.WorkerID); err != nil {
		return AmendmentView{}, err
	}
	value, masked, err := readAmended(in.Field, in.Value)
	if err != nil {
		return AmendmentView{}, err
	}
	reason, err := parseText(in.Reason, "reason", reasonRunesMax)
	if err != nil {
		return AmendmentView{}, err
	}
	sealed, err := s.Box.Seal(domainAmendment, value)
	if err != nil {
		return AmendmentView{}, fmt.Errorf("seal amendment: %w", err)
	}
	in.Value = s.Box.Blind(domainAmendment, value) // what is hashed
	return deed.Once(ctx, s.DB, scope(ctx, "ask_amendment"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (AmendmentView, error) {
			if _, err := getWorker(ctx, tx, in.WorkerID); err != nil {
				return AmendmentView{}, err
			}
			a := amendment{ID: tx.ID("amd"), WorkerID: in.WorkerID, Field: in.Field, Masked: masked,
				Reason: reason, State: AmendmentAsked, sealed: sealed, AskedAt: tx.Now}
			return a.view(), insertAmendment(ctx, tx, a)
		}, db.Lane("worker", in.WorkerID))
}

// readAmended reads a new name or ID number and gives it as it may be shown.
func readAmended(field, text string) (value, masked string, err error) {
	switch field {
	case "name":
		value, err = parseName(text, "value")
		return value, value, err
	case "id_number":
		id, err := ParseIDNumber(text)
		return string(id), id.String(), err
	}
	return "", "", fault.New(fault.Invalid, "people.field_unknown").OnField("field")
}

func (a amendment) view() AmendmentView {
	return AmendmentView{ID: a.ID, WorkerID: a.WorkerID, Field: a.Field, Value: a.Masked,
		Reason: a.Reason, State: a.State, Answer: a.Answer, AskedAt: a.AskedAt,
		AnsweredAt: a.AnsweredAt}
}

// AnswerAmendment is a clerk's answer, after a look at the ID card.
type AnswerAmendment struct {
	deed.Keyed
	AmendmentID string `json:"amendment_id" path:"amendment_id"`
	Grant       bool   `json:"grant"`
	Words       string `json:"words,omitempty" maxLength:"100" doc:"why not; required to deny"`
}

// AnswerAmendment grants a request, and puts the register right in the same transaction, or denies
// it with words. The worker is told either way. Contracts that were signed stay as they were
// signed.
// Faults: people.amendment_not_found; people.amendment_answered, people.id_taken (conflict);
// people.reason_missing, people.text_form, people.text_number (invalid); people.too_young
// (invalid): by the new birth date the worker should not have been registered, which is a case for
// the bureau.
func (s *Service) AnswerAmendment(
	ctx context.Context, in AnswerAmendment,
) (AmendmentView, error) {
	if err := Must(ctx, PermAnswerAmendment, ""); err != nil {
		return AmendmentView{}, err
	}
	words := ""
	if !in.Grant || in.Words != "" {
		var err error
		if words, err = parseReason(ctx, in.Words, ""); err != nil {
			return AmendmentView{}, err
		}
	}
	return deed.Once(ctx, s.DB, scope(ctx, "answer_amendment"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (AmendmentView, error) {
			a, err := getAmendment(ctx, tx, in.AmendmentID)
			if err == nil && a.State != AmendmentAsked {
				err = fault.New(fault.Conflict, "people.amendment_answered").OnField("amendment_id")
			}
			if err == nil && in.Grant {
				err = s.amendTx(ctx, tx, a)
			}
			if err != nil {
				return AmendmentView{}, err
			}
			a.State, a.Answer, a.AnsweredAt = AmendmentDenied, words, tx.Now
			if in.Grant {
				a.State = AmendmentGranted
			}
			return a.view(), s.answerTx(ctx, tx, a)
		}, db.Lane("amendment", in.AmendmentID))
}

// answerTx writes the answer and tells the worker.
func (s *Service) answerTx(ctx context.Context, tx *db.Tx, a amendment) error {
	if err := updateAmendment(ctx, tx, a, ActorOf(ctx).AccountID); err != nil {
		return err
	}
	w, err := getWorker(ctx, tx, a.WorkerID)
	if err != nil {
		return err
	}
	return s.Send(ctx, tx, Message{AccountID: w.AccountID, Template: "amendment_" + string(a.State),
		Key:  "amendment/" + a.ID,
		Args: map[string]string{"day": string(civil.DateOf(a.AskedAt))}})
}

// amendTx puts the register right.
func (s *Service) amendTx(ctx context.Context, tx *db.Tx, a amendment) error {
	value, err := s.Box.Open(domainAmendment, a.sealed)
	if err != nil {
		return fmt.Errorf("open amendment %s: %w", a.ID, err)
	}
	if a.Field == "name" {
		err = updateName(ctx, tx, a.WorkerID, value)
	} else {
		err = s.amendIDTx(ctx, tx, a.WorkerID, IDNumber(value))
	}
	if err != nil {
		return err
	}
	return record(ctx, tx, "amended "+a.Field, a.WorkerID, a.Reason)
}

func (s *Service) amendIDTx(
	ctx context.Context, tx *db.Tx, workerID string, id IDNumber,
) error {
	registered, ageMin, err := registrationOf(ctx, tx, workerID)
	if err == nil {
		err = checkAge(id.Birth(), civil.DateOf(registered), ageMin)
	}
	if err != nil {
		return err
	}
	sealed, err := s.Box.Seal(domainID, string(id))
	if err != nil {
		return fmt.Errorf("seal ID number: %w", err)
	}
	return updateID(ctx, tx, newWorker{Worker: Worker{ID: workerID, Sex: id.Sex(),
		BirthDate: id.Birth()}, sealed: sealed, blind: s.Box.Blind(domainID, string(id))})
}

// Amendments is a list of requests.
type Amendments struct {
	Amendments []AmendmentView `json:"amendments"`
	Next       string          `json:"next,omitempty" doc:"ask with it for the next page"`
}

// AmendmentsWaiting asks for what a clerk has to answer.
type AmendmentsWaiting struct {
	After string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

const amendmentsMax = 200

// FindAmendmentsWaiting lists the requests that wait for an answer, oldest first, amendmentsMax at
// a time.
// Faults: db.mark (invalid).
func (s *Service) FindAmendmentsWaiting(
	ctx context.Context, in AmendmentsWaiting,
) (Amendments, error) {
	if err := Must(ctx, PermAnswerAmendment, ""); err != nil {
		return Amendments{}, err
	}
	behind, err := db.ParseMark(in.After, db.Mark{})
	if err != nil {
		return Amendments{}, err
	}
	list, err := amendmentsWaiting(ctx, s.DB, behind, amendmentsMax+1)
	list, next := db.Page(list, amendmentsMax, func(a amendment) string {
		return db.Mark{MS: clock.MS(a.AskedAt), ID: a.ID}.String()
	})
	out, err := amendmentViews(list, err)
	out.Next = next
	return out, err
}

// FindAmendments lists a worker's requests and their answers, newest first.
func (s *Service) FindAmendments(ctx context.Context, in Get) (Amendments, error) {
	if err := Must(ctx, PermSeeWorker, in.WorkerID); err != nil {
		return Amendments{}, err
	}
	return amendmentViews(amendmentsOf(ctx, s.DB, in.WorkerID, amendmentsMax))
}

func amendmentViews(list []amendment, err error) (Amendments, error) {
	out := Amendments{Amendments: make([]AmendmentView, len(list))}
	for i, a := range list {
		out.Amendments[i] = a.view()
	}
	return out, err
}
