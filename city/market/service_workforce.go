package market

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/sheet"
)

// Standings tells how contracts stand; contract.Service is one.
type Standings interface {
	StandingsTx(ctx context.Context, r db.Reader, placementIDs []string) (
		map[string]contract.Standing, error)
	EmployeesTx(ctx context.Context, r db.Reader, employerID string, workerIDs []string) (
		map[string]bool, error)
}

// LastCovers tells until when people were last insured; insurance.Service is one.
type LastCovers interface {
	LastCoversTx(ctx context.Context, r db.Reader, employerID string, workerIDs []string) (
		map[string]time.Time, error)
}

// LastWages tells what people were last paid; wage.Service is one.
type LastWages interface {
	LastWagesTx(ctx context.Context, r db.Reader, employerID string, workerIDs []string) (
		map[string]wage.LastWage, error)
}

const (
	workforcePage = 200 // persons a page shows
	// workforceMax bounds a workbook: each number in it is a row of the audit log.
	workforceMax = 5_000
)

// Workforce asks for who works for an employer, a page at a time.
type Workforce struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
	After      string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
	Q          string `json:"q,omitempty" query:"q" maxLength:"60" doc:"in the name"`
}

// WorkforceRow is somebody who has taken an employer's work. The name stands in the contract too;
// numbers are masked.
type WorkforceRow struct {
	WorkerID      string            `json:"worker_id"`
	Name          string            `json:"name"`
	Sex           people.Sex        `json:"sex" enum:"female,male"`
	IDMasked      string            `json:"id_masked"`
	PhoneMasked   string            `json:"phone_masked"`
	Region        string            `json:"region" doc:"GB/T 2260 code of the county lived in"`
	Since         time.Time         `json:"since,omitzero" doc:"first start of work; left out before it"`
	LastAt        time.Time         `json:"last_at" doc:"when the newest work begins or began"`
	Done          int64             `json:"done" doc:"shifts"`
	ToCome        int64             `json:"to_come" doc:"shifts"`
	PlacementID   string            `json:"placement_id" doc:"the newest"`
	Title         string            `json:"title" doc:"of the newest"`
	WorkType      string            `json:"work_type,omitempty"`
	PayUnit       string            `json:"pay_unit"`
	TermMonths    int64             `json:"term_months,omitempty"`
	ContractID    string            `json:"contract_id,omitempty"`
	ContractState contract.State    `json:"contract_state,omitempty" enum:"drafted,signed,void"`
	Contract      contract.Template `json:"contract,omitempty"`
	InsuredUntil  time.Time         `json:"insured_until,omitzero" doc:"of the newest cover"`
	WageFen       money.Fen         `json:"wage_fen,omitempty" doc:"the newest that was paid"`
	WagePaidAt    time.Time         `json:"wage_paid_at,omitzero"`

	labour bool // both have signed a labour contract
}

// WorkforceList is a page of them, whoever began last first.
type WorkforceList struct {
	Rows []WorkforceRow `json:"rows"`
	Next string         `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindWorkforce lists who has taken an employer's work, with first day, shifts, contract, cover and
// last wage.
func (s *Service) FindWorkforce(ctx context.Context, in Workforce) (WorkforceList, error) {
	if err := people.Must(ctx, people.PermKeepRoster, in.EmployerID); err != nil {
		return WorkforceList{}, err
	}
	return s.workforce(ctx, s.DB, in)
}

func (s *Service) workforce(
	ctx context.Context, r db.Reader, in Workforce,
) (WorkforceList, error) {
	before, err := db.ParseMark(in.After, db.Mark{MS: math.MaxInt64})
	if err != nil {
		return WorkforceList{}, err
	}
	list, err := workforceOf(ctx, r, in.EmployerID, in.Q, before, workforcePage+1)
	if err != nil {
		return WorkforceList{}, err
	}
	list, next := db.Page(list, workforcePage, func(row WorkforceRow) string {
		return db.Mark{MS: clock.MS(row.LastAt), ID: row.WorkerID}.String()
	})
	return WorkforceList{list, next}, s.fillWorkforce(ctx, r, in.EmployerID, list)
}

// fillWorkforce writes into the rows what other slices know.
func (s *Service) fillWorkforce(
	ctx context.Context, r db.Reader, employerID string, list []WorkforceRow,
) error {
	workers, placements := make([]string, len(list)), make([]string, len(list))
	for i, row := range list {
		workers[i], placements[i] = row.WorkerID, row.PlacementID
	}
	persons, err := s.People.PersonsTx(ctx, r, workers)
	if err != nil {
		return err
	}
	papers, err := s.Standings.StandingsTx(ctx, r, placements)
	if err != nil {
		return err
	}
	employees, err := s.Standings.EmployeesTx(ctx, r, employerID, workers)
	if err != nil {
		return err
	}
	covers, err := s.LastCovers.LastCoversTx(ctx, r, employerID, workers)
	if err != nil {
		return err
	}
	wages, err := s.LastWages.LastWagesTx(ctx, r, employerID, workers)
	for i := range list {
		row := &list[i]
		p, c, w := persons[row.WorkerID], papers[row.PlacementID], wages[row.WorkerID]
		row.Name, row.Sex, row.Region = p.Name, p.Sex, p.Region
		row.IDMasked, row.PhoneMasked = p.IDMasked, p.PhoneMasked
		row.ContractID, row.ContractState, row.Contract = c.ID, c.State, c.Template
		row.labour = employees[row.WorkerID]
		row.InsuredUntil = covers[row.WorkerID]
		row.WageFen, row.WagePaidAt = w.AmountFen, w.PaidAt
	}
	return err
}

// ExportWorkforce asks for the roster as a workbook.
type ExportWorkforce struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
	Lang       string `json:"lang,omitempty" enum:"zh-CN,en" doc:"of the header"`
}

// WorkforceFile is the workbook.
type WorkforceFile struct {
	FileName string `json:"file_name"`
	Content  []byte `json:"content" doc:"the .xlsx, base64"`
}

// ExportWorkforce gives an employer the roster that it has to keep, in the columns of the rule as
// far as they are known here. Numbers are in clear of those with whom it has a labour contract that
// both have signed, and each is a look in the audit log; masked of all others, whom the rule does
// not name. Whoever takes the workbook is in the audit log; it has no key and its answer is stored
// nowhere.
// Faults: people.employer_not_found; market.workforce_long (conflict).
// Source: 劳动合同法 7, 劳动合同法实施条例 8; ADR 0036.
func (s *Service) ExportWorkforce(
	ctx context.Context, in ExportWorkforce,
) (WorkforceFile, error) {
	if err := people.Must(ctx, people.PermKeepRoster, in.EmployerID); err != nil {
		return WorkforceFile{}, err
	}
	employer, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (people.Employer, error) {
		e, err := s.People.GetEmployerTx(ctx, tx, in.EmployerID)
		if err != nil {
			return e, err
		}
		return e, s.People.AuditTx(ctx, tx, "exported workforce", in.EmployerID)
	})
	if err != nil {
		return WorkforceFile{}, err
	}
	say := func(key string, args map[string]any) string {
		return s.Text.Say(in.Lang, "market.workforce."+key, args)
	}
	name := say("title", nil)
	var header []string
	for _, c := range workforceColumns {
		header = append(header, say("column."+c, nil))
	}
	content, err := sheet.List(name, header, func(yield func([]string, error) bool) {
		ask := Workforce{EmployerID: in.EmployerID}
		for n := 0; n < workforceMax; {
			page, err := s.clearPage(ctx, ask)
			if n += len(page.Rows); err == nil && n >= workforceMax && page.Next != "" {
				err = fault.New(fault.Conflict, "market.workforce_long", "max", workforceMax)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range page.Rows {
				if !yield(row.cells(say), nil) {
					return
				}
			}
			if ask.After = page.Next; page.Next == "" {
				return
			}
		}
	})
	return WorkforceFile{FileName: fmt.Sprintf("%s-%s-%s.xlsx", name, employer.Name,
		civil.DateOf(s.DB.Now())), Content: content}, err
}

// clearPage is a page with the numbers of those in clear whom the law puts on the roster, each look
// on record in the same transaction.
func (s *Service) clearPage(ctx context.Context, ask Workforce) (WorkforceList, error) {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (WorkforceList, error) {
		page, err := s.workforce(ctx, tx, ask)
		if err != nil {
			return page, err
		}
		for i := range page.Rows {
			row := &page.Rows[i]
			if !row.labour || row.IDMasked == "" { // or erased
				continue
			}
			id, err := s.People.IDNumberTx(ctx, tx, row.WorkerID)
			if err != nil {
				return page, err
			}
			phone, err := s.People.ClearPhoneTx(ctx, tx, row.WorkerID)
			if err != nil {
				return page, err
			}
			row.IDMasked, row.PhoneMasked = string(id), string(phone)
		}
		return page, nil
	})
}

// workforceColumns are those of the rule that are known here, then what else an employer asks for.
var workforceColumns = []string{"name", "sex", "id_number", "address", "phone", "work_type",
	"since", "term", "contract", "post", "done", "insured", "wage"}

func (r WorkforceRow) cells(say func(string, map[string]any) string) []string {
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return string(civil.DateOf(t))
	}
	contractState, paid := "", ""
	if r.ContractState != "" {
		contractState = say("contract."+string(r.ContractState), nil)
	}
	if !r.WagePaidAt.IsZero() {
		paid = r.WageFen.String() + " " + day(r.WagePaidAt)
	}
	kind := r.WorkType
	if kind == "" {
		kind = "task"
	}
	return []string{r.Name, say("sex."+string(r.Sex), nil), r.IDMasked, region.FullName(r.Region),
		r.PhoneMasked, say("kind."+kind, nil), day(r.Since),
		say("term."+term(r.PayUnit, r.TermMonths),
			map[string]any{"day": day(r.LastAt), "n": r.TermMonths}),
		contractState, r.Title, fmt.Sprint(r.Done), day(r.InsuredUntil), paid}
}
