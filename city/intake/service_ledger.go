package intake

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/sheet"
)

// WageBook gives an employer's wage ledger row by row; wage.Service is one.
type WageBook interface {
	EachLedgerRow(ctx context.Context, in wage.WageLedger, clear bool,
		fn func(wage.LedgerRow) error) error
}

// ExportWageLedger asks for an employer's wage ledger as a workbook.
type ExportWageLedger struct {
	EmployerID string     `json:"employer_id" path:"employer_id"`
	From       civil.Date `json:"from" doc:"first day"`
	Until      civil.Date `json:"until" doc:"last day"`
	Clear      bool       `json:"clear,omitempty" doc:"numbers in clear, for whom the city lets see them"`
}

var errEnough = errors.New("intake: nobody wants more rows")

// ExportWageLedger gives the ledger that an employer must keep, with the fields of the rule; the
// numbers are masked, or in clear with an audit row for each. Whoever takes it is in the audit log;
// it has no key and its answer is stored nowhere.
// Faults: wage.ledger_days (invalid); people.employer_not_found; intake.list_long (conflict).
// Source: 国令724 art. 15.
func (s *Service) ExportWageLedger(ctx context.Context, in ExportWageLedger) (FileView, error) {
	if err := people.Must(ctx, people.PermSeeWageLedger, in.EmployerID); err != nil {
		return FileView{}, err
	}
	if in.Clear {
		if err := people.Must(ctx, people.PermShowNumber, ""); err != nil {
			return FileView{}, err
		}
	}
	e, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (people.Employer, error) {
		e, err := s.People.GetEmployerTx(ctx, tx, in.EmployerID)
		if err != nil {
			return e, err
		}
		return e, s.People.AuditTx(ctx, tx, "exported wage ledger", in.EmployerID)
	})
	if err != nil {
		return FileView{}, err
	}
	name := s.Text.Say("", "intake.list.wages", nil)
	content, err := sheet.List(name, wage.LedgerHeader(), func(yield func([]string, error) bool) {
		n := 0
		ask := wage.WageLedger{EmployerID: in.EmployerID, From: in.From, Until: in.Until}
		err := s.Wages.EachLedgerRow(ctx, ask, in.Clear, func(row wage.LedgerRow) error {
			if n++; n > listRowsMax {
				return fault.New(fault.Conflict, "intake.list_long", "max", listRowsMax)
			}
			if !yield(row.Cells(), nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	})
	return FileView{FileName: name + "-" + e.Name + "-" + string(in.From) + ".xlsx",
		Content: content}, err
}
