package people

import (
	"context"
	"errors"
	"strings"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// ActorTx gives an account as somebody who asks, with the roles that it has now: for work that was
// asked for earlier and is done by a sweep.
// Faults: people.account_not_found.
func (s *Service) ActorTx(ctx context.Context, r db.Reader, accountID string) (Actor, error) {
	a, err := accountByID(ctx, r, accountID)
	if errors.Is(err, db.ErrNone) {
		err = noAccount()
	}
	return Actor{AccountID: a.ID, Roles: a.Roles, WorkerID: a.WorkerID, EmployerID: a.EmployerID}, err
}

// AuditTx writes into the audit log that the one who asks saw or took something. subject is an id
// or the name of a list.
func (s *Service) AuditTx(ctx context.Context, tx *db.Tx, what, subject string) error {
	return record(ctx, tx, what, subject, "")
}

// NoteTaken writes into the audit log that who asks took a list out of the program as a workbook.
func (s *Service) NoteTaken(ctx context.Context, list string) error {
	if err := Must(ctx, PermTakeList, ""); err != nil {
		return err
	}
	_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, record(ctx, tx, "exported list", list, "")
	})
	return err
}

// EmployerByUSCCTx reads an employer by its credit code.
// Faults: people.uscc_form, people.uscc_check (invalid); people.employer_not_found.
func (s *Service) EmployerByUSCCTx(
	ctx context.Context, r db.Reader, uscc string,
) (Employer, error) {
	code, err := ParseUSCC(uscc)
	if err != nil {
		return Employer{}, err
	}
	id, err := employerIDByUSCC(ctx, r, code)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.NotFound, "people.employer_not_found").OnField("uscc")
	}
	if err != nil {
		return Employer{}, err
	}
	return getEmployer(ctx, r, id)
}

// EmployersNamedTx tells which employers references name, as somebody wrote them beside a payment:
// the credit code, whatever its case, width and spaces, or the employer's id. What names nobody is
// left out.
func (s *Service) EmployersNamedTx(
	ctx context.Context, r db.Reader, references []string,
) (map[string]Employer, error) {
	if len(references) == 0 {
		return nil, nil
	}
	var names []string
	for _, text := range references {
		names = append(names, strings.TrimSpace(text), typed(text))
	}
	list, err := employersNamed(ctx, r, names)
	if err != nil {
		return nil, err
	}
	byName, out := map[string]Employer{}, map[string]Employer{}
	for _, e := range list {
		byName[e.ID], byName[e.USCC] = e, e
	}
	for i, text := range references {
		for _, name := range names[2*i : 2*i+2] {
			if e, known := byName[name]; known {
				out[text] = e
			}
		}
	}
	return out, nil
}

// WorkersAfterTx lists at most limit workers, masked, in the order in which they came, from the one
// behind the given id on.
func (s *Service) WorkersAfterTx(
	ctx context.Context, r db.Reader, after string, limit int,
) ([]WorkerView, error) {
	day := civil.DateOf(s.DB.Now())
	var views []WorkerView
	err := eachWorkerAfter(ctx, r, after, limit, func(w Worker, sealed []byte) error {
		id, err := s.Box.Open(domainID, sealed)
		if err != nil {
			return err
		}
		views = append(views, workerView(w, IDNumber(id), day))
		return nil
	})
	return views, err
}

// EmployersAfterTx lists at most limit employers in the order in which they came, from the one
// behind the given id on.
func (s *Service) EmployersAfterTx(
	ctx context.Context, r db.Reader, after string, limit int,
) ([]EmployerView, error) {
	list, err := employersAfter(ctx, r, after, "", limit)
	return employerViews(list), err
}

func employerViews(list []Employer) []EmployerView {
	views := make([]EmployerView, len(list))
	for i, e := range list {
		views[i] = employerView(e)
	}
	return views
}
