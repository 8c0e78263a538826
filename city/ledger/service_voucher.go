package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/sheet"
)

// GetVoucher asks for one entry of the books.
type GetVoucher struct {
	ID string `json:"id" query:"id" required:"true" maxLength:"120" doc:"of a line of a statement"`
}

// VoucherPosting is one posting of an entry.
type VoucherPosting struct {
	Kind      string    `json:"kind" doc:"of the account: bank, employer, hold, payable, …"`
	AmountFen money.Fen `json:"amount_fen"`
}

// VoucherView is an entry of the books with its postings, which sum to zero.
type VoucherView struct {
	ID         string           `json:"id"`
	What       string           `json:"what"`
	At         time.Time        `json:"at"`
	EmployerID string           `json:"employer_id"`
	Postings   []VoucherPosting `json:"postings"`
	SHA256     string           `json:"sha256" doc:"of the entry as it stands in the books"`
}

// ShowVoucher shows an entry behind a line of a statement. An employer sees its own.
// Faults: ledger.voucher_not_found, also for another's.
func (s *Service) ShowVoucher(ctx context.Context, in GetVoucher) (VoucherView, error) {
	if err := people.Must(ctx, people.PermSeeFunds, ""); err != nil {
		return VoucherView{}, err
	}
	v, err := getVoucher(ctx, s.DB, in.ID)
	if err == nil && people.Must(ctx, people.PermSeeFunds, v.EmployerID) != nil {
		err = noVoucher()
	}
	if err != nil {
		return VoucherView{}, err
	}
	return v, nil
}

// BookedAtTx tells when an entry was written into the books.
// Faults: ledger.voucher_not_found.
func (s *Service) BookedAtTx(
	ctx context.Context, r db.Reader, entryID string,
) (time.Time, error) {
	v, err := getVoucher(ctx, r, entryID)
	return v.At, err
}

func noVoucher() error {
	return fault.New(fault.NotFound, "ledger.voucher_not_found").OnField("id")
}

// ExportAccount asks for an employer's statement as a workbook that can be told from a changed one.
type ExportAccount struct {
	EmployerID string     `json:"employer_id" path:"employer_id"`
	From       civil.Date `json:"from,omitempty" doc:"first day; 31 days if left out"`
	Until      civil.Date `json:"until,omitempty" doc:"last day; today if left out"`
}

// StampedFile is a workbook and the stamp that the audit log keeps of it.
type StampedFile struct {
	FileName string `json:"file_name"`
	Content  []byte `json:"content" doc:"the .xlsx, base64"`
	Stamp    string `json:"stamp" doc:"SHA-256 over the rows, in order"`
}

const exportLinesMax = 20_000 // of a statement: a year of a large employer

// ExportAccount gives the statement with the digest of each entry, and in its last row the stamp of
// all rows. The audit log keeps the stamp, so that a changed workbook does not fit it.
// Faults: civil.days (invalid); ledger.export_long (conflict); people.employer_not_found.
func (s *Service) ExportAccount(ctx context.Context, in ExportAccount) (StampedFile, error) {
	if err := people.Must(ctx, people.PermSeeFunds, in.EmployerID); err != nil {
		return StampedFile{}, err
	}
	from, until, err := period(in.From, in.Until, civil.DateOf(s.DB.Now()))
	if err != nil {
		return StampedFile{}, err
	}
	e, err := s.Register.GetEmployerTx(ctx, s.DB, in.EmployerID)
	if err != nil {
		return StampedFile{}, err
	}
	lines, err := entriesOf(ctx, s.DB, in.EmployerID, place{atMS: clock.MS(from.Midnight()) - 1},
		clock.MS(until.AddDays(1).Midnight()), exportLinesMax+1)
	if err == nil && len(lines) > exportLinesMax {
		err = fault.New(fault.Conflict, "ledger.export_long", "max", exportLinesMax).OnField("from")
	}
	if err != nil {
		return StampedFile{}, err
	}
	stamp := sha256.New()
	fmt.Fprintf(stamp, "%s %s %s\n", in.EmployerID, from, until)
	content, err := sheet.List("台账 statement", exportHead,
		func(yield func([]string, error) bool) {
			for _, l := range lines {
				v, err := getVoucher(ctx, s.DB, l.ID)
				row := []string{l.At.In(civil.Zone).Format(time.DateTime), l.What, l.ID,
					l.FreeFen.String(), l.HeldFen.String(), l.OwedFen.String(), l.BankFen.String(), v.SHA256}
				fmt.Fprintln(stamp, row)
				if !yield(row, err) {
					return
				}
			}
			yield([]string{e.Name, string(from), string(until), "", "", "", "SHA-256",
				hex.EncodeToString(stamp.Sum(nil))}, nil)
		})
	if err != nil {
		return StampedFile{}, err
	}
	sum := hex.EncodeToString(stamp.Sum(nil))
	_, err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, s.Register.AuditTx(ctx, tx, "exported account", sum)
	})
	return StampedFile{FileName: fmt.Sprintf("%s-%s-%s.xlsx", e.Name, from, until),
		Content: content, Stamp: sum}, err
}

// exportHead is the header of an exported statement, in both languages.
var exportHead = []string{"时间 time", "事项 what", "凭证 voucher", "可用 free", "冻结 held",
	"应付 owed", "银行 bank", "校验码 SHA-256"}
