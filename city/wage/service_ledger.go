package wage

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

const (
	ledgerRowsDefault = 50
	ledgerRowsMax     = 200
)

// WageLedger asks for a page of an employer's wage ledger: the lines of work that began in the
// period.
type WageLedger struct {
	EmployerID string     `json:"employer_id" path:"employer_id"`
	From       civil.Date `json:"from" query:"from" doc:"first day"`
	Until      civil.Date `json:"until" query:"until" doc:"last day"`
	After      string     `json:"after,omitempty" query:"after" doc:"next of the page before"`
	Limit      int        `json:"limit,omitempty" query:"limit" minimum:"0" maximum:"200"`
}

// ClearWageLedger asks for a page with the numbers in clear.
type ClearWageLedger struct {
	EmployerID string     `json:"employer_id" path:"employer_id"`
	From       civil.Date `json:"from" doc:"first day"`
	Until      civil.Date `json:"until" doc:"last day"`
	After      string     `json:"after,omitempty" doc:"next of the page before"`
	Limit      int        `json:"limit,omitempty" minimum:"0" maximum:"200"`
}

// WageLedgerView is a page of a wage ledger.
type WageLedgerView struct {
	Rows []LedgerRow `json:"rows"`
	Next string      `json:"next,omitempty" doc:"after of the next page; left out on the last"`
}

// GetWageLedger shows an employer its wage ledger, numbers masked. It is kept for three years and
// more: lines are never deleted.
// Faults: wage.ledger_days (invalid).
// Source: 国令724 art. 15.
func (s *Service) GetWageLedger(ctx context.Context, in WageLedger) (WageLedgerView, error) {
	if err := people.Must(ctx, people.PermSeeWageLedger, in.EmployerID); err != nil {
		return WageLedgerView{}, err
	}
	return s.ledgerPage(ctx, s.DB, in, masked)
}

// OpenWageLedger shows a page of a wage ledger with ID numbers and phones in clear, to whom the
// city lets see them; each number's look is in the audit log, in the same transaction.
// Faults: wage.ledger_days (invalid).
func (s *Service) OpenWageLedger(ctx context.Context, in ClearWageLedger) (WageLedgerView, error) {
	if err := people.Must(ctx, people.PermShowNumber, ""); err != nil {
		return WageLedgerView{}, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (WageLedgerView, error) {
		return s.ledgerPage(ctx, tx, WageLedger(in), func(row *LedgerRow, l Line) error {
			id, err := s.People.IDNumberTx(ctx, tx, l.WorkerID)
			if err != nil {
				return err
			}
			phone, err := s.People.ClearPhoneTx(ctx, tx, l.WorkerID)
			row.IDNumber, row.Phone = string(id), string(phone)
			return err
		})
	})
}

// numbers fills in a row's numbers.
type numbers func(row *LedgerRow, l Line) error

func masked(row *LedgerRow, _ Line) error {
	row.IDNumber, row.Phone = row.IDMasked, row.PhoneMasked
	return nil
}

func (s *Service) ledgerPage(
	ctx context.Context, r db.Reader, in WageLedger, numbers numbers,
) (WageLedgerView, error) {
	v := WageLedgerView{Rows: []LedgerRow{}}
	if err := ledgerPeriod(in.From, in.Until); err != nil {
		return v, err
	}
	if in.Limit == 0 {
		in.Limit = ledgerRowsDefault
	}
	limit := min(in.Limit, ledgerRowsMax)
	lines, err := ledgerLines(ctx, r, in.EmployerID, clock.MS(in.From.Midnight()),
		clock.MS(in.Until.AddDays(1).Midnight()), in.After, limit+1)
	if err != nil {
		return v, err
	}
	if len(lines) > limit {
		lines = lines[:limit]
		v.Next = lines[limit-1].ID
	}
	for _, l := range lines {
		slip, err := s.slip(ctx, r, l)
		if err != nil {
			return v, err
		}
		row := LedgerRow{SlipView: slip}
		if err := numbers(&row, l); err != nil {
			return v, err
		}
		v.Rows = append(v.Rows, row)
	}
	return v, nil
}

// EachLedgerRow gives all rows of a wage ledger in order, masked or in clear, page by page: for who
// writes them to a file.
// Faults: those of GetWageLedger and OpenWageLedger, and fn's.
func (s *Service) EachLedgerRow(
	ctx context.Context, in WageLedger, clear bool, fn func(LedgerRow) error,
) error {
	in.Limit = ledgerRowsMax
	page := s.GetWageLedger
	if clear {
		page = func(ctx context.Context, in WageLedger) (WageLedgerView, error) {
			return s.OpenWageLedger(ctx, ClearWageLedger(in))
		}
	}
	for {
		v, err := page(ctx, in)
		if err != nil {
			return err
		}
		for _, row := range v.Rows {
			if err := fn(row); err != nil {
				return err
			}
		}
		if v.Next == "" {
			return nil
		}
		in.After = v.Next
	}
}

// WriteLedger writes a wage ledger as CSV that a spreadsheet opens: UTF-8 with its mark, one
// header, and no cell that is a formula.
func (s *Service) WriteLedger(ctx context.Context, w io.Writer, in WageLedger, clear bool) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write wage ledger: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(LedgerHeader()); err != nil {
		return fmt.Errorf("write wage ledger: %w", err)
	}
	err := s.EachLedgerRow(ctx, in, clear, func(row LedgerRow) error { return out.Write(row.Cells()) })
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}
