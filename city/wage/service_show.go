package wage

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

const (
	employerLinesMax = 200 // a desk's page; the oldest are first, and they go away when paid
	workerLinesMax   = 100
	stuckLinesMax    = 100
)

func scope(ctx context.Context, op string) string {
	return "wage." + op + "/" + people.ActorOf(ctx).AccountID
}

// LineView is a line as its two sides see it. Times that have not come are left out.
type LineView struct {
	ID          string    `json:"id"`
	PlacementID string    `json:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	WorkerName  string    `json:"worker_name,omitempty" doc:"in an employer's statement: they had a contract"`
	EmployerID  string    `json:"employer_id"`
	State       State     `json:"state"`
	PayUnit     string    `json:"pay_unit"`
	RateFen     money.Fen `json:"rate_fen"`
	WorkedMin   int64     `json:"worked_min"`
	AmountFen   money.Fen `json:"amount_fen"`
	UnfundedFen money.Fen `json:"unfunded_fen,omitempty" doc:"for which the employer has no money"`
	Late        bool      `json:"late,omitempty"`
	Unpaid      string    `json:"unpaid,omitempty" enum:"hours,dispute,funds,insolvent,bank,refused,returned" doc:"why it is late and not paid"`
	Reason      string    `json:"reason,omitempty" doc:"why the bank refused, a code or its words"`
	StartAt     time.Time `json:"start_at"`
	EndAt       time.Time `json:"end_at"`
	DueAt       time.Time `json:"due_at"`
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
	PaidAt      time.Time `json:"paid_at,omitzero"`
}

func viewsOf(lines []Line, now time.Time) []LineView {
	out := make([]LineView, len(lines))
	for i, l := range lines {
		out[i] = LineView{l.ID, l.PlacementID, l.WorkerID, "", l.EmployerID, l.State, l.PayUnit,
			l.RateFen, l.WorkedMin, l.AmountFen, l.UnfundedFen, l.lateAt(now), "", l.Reason, l.StartAt,
			l.EndAt, l.DueAt, l.ConfirmedAt, l.PaidAt}
	}
	return out
}

// viewsTx also says of each late line why it is not paid.
func (s *Service) viewsTx(
	ctx context.Context, r db.Reader, lines []Line, now time.Time,
) ([]LineView, error) {
	out := viewsOf(lines, now)
	for i, l := range lines {
		if !out[i].Late || l.State == Paid {
			continue
		}
		var err error
		if out[i].Unpaid, err = s.reasonTx(ctx, r, l); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ConfirmHours is an employer's word that hours are right.
type ConfirmHours struct {
	deed.Keyed
	EmployerID string   `json:"employer_id" path:"employer_id"`
	LineIDs    []string `json:"line_ids" minItems:"1" maxItems:"200"`
}

// HoursConfirmed tells how many lines waited for it; the others were confirmed before.
type HoursConfirmed struct {
	Confirmed int `json:"confirmed"`
}

// ConfirmHours confirms the hours of lines: they are paid at once.
// Faults: wage.lines_count (invalid), wage.line_not_found.
func (s *Service) ConfirmHours(ctx context.Context, in ConfirmHours) (HoursConfirmed, error) {
	if err := people.Must(ctx, people.PermConfirmHours, in.EmployerID); err != nil {
		return HoursConfirmed{}, err
	}
	if len(in.LineIDs) == 0 || len(in.LineIDs) > batch {
		return HoursConfirmed{}, fault.New(fault.Invalid, "wage.lines_count", "max", batch).
			OnField("line_ids")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "confirm_hours"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (HoursConfirmed, error) {
			lines, err := linesIn(ctx, tx, in.LineIDs)
			if err != nil {
				return HoursConfirmed{}, err
			}
			owned := map[string]bool{}
			for _, l := range lines {
				owned[l.ID] = l.EmployerID == in.EmployerID
			}
			for _, id := range in.LineIDs {
				if !owned[id] {
					return HoursConfirmed{}, noLine().OnField("line_ids")
				}
			}
			n, err := confirmTx(ctx, tx, lines, people.ActorOf(ctx).AccountID)
			return HoursConfirmed{n}, err
		})
}

// Statement asks for an employer's money and what it owes.
type Statement struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
}

// StatementView is an employer's money and its unpaid lines, the oldest first.
type StatementView struct {
	Funds
	Lines []LineView `json:"lines"`
}

// GetStatement shows an employer's funds and the lines that are not paid yet: those whose hours
// wait for a word, those on their way, those without money, those that are late.
func (s *Service) GetStatement(ctx context.Context, in Statement) (StatementView, error) {
	if err := people.Must(ctx, people.PermSeeFunds, in.EmployerID); err != nil {
		return StatementView{}, err
	}
	funds, err := s.FundsTx(ctx, s.DB, in.EmployerID)
	if err != nil {
		return StatementView{}, err
	}
	lines, err := owedBy(ctx, s.DB, in.EmployerID, employerLinesMax)
	if err != nil {
		return StatementView{}, err
	}
	views, err := s.viewsTx(ctx, s.DB, lines, s.DB.Now())
	if err != nil {
		return StatementView{}, err
	}
	return StatementView{funds, views}, s.nameWorkers(ctx, views)
}

// nameWorkers writes the names into an employer's lines: who has earned something had a contract
// with the whole name in it.
func (s *Service) nameWorkers(ctx context.Context, lines []LineView) error {
	return people.NameRows(ctx, s.DB, s.People, lines, func(l LineView) string { return l.WorkerID },
		func(l *LineView, n people.Names) { l.WorkerName = n.Whole })
}

// MyWages asks for a worker's wages.
type MyWages struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// WagesView is a worker's wages, the newest first.
type WagesView struct {
	UnpaidFen money.Fen  `json:"unpaid_fen"`
	PaidFen   money.Fen  `json:"paid_fen"`
	Lines     []LineView `json:"lines"`
}

// GetMyWages shows what a worker has earned and what has arrived.
func (s *Service) GetMyWages(ctx context.Context, in MyWages) (WagesView, error) {
	if err := people.Must(ctx, people.PermSeeWage, in.WorkerID); err != nil {
		return WagesView{}, err
	}
	var v WagesView
	var err error
	if v.UnpaidFen, v.PaidFen, err = byWorker(ctx, s.DB, in.WorkerID); err != nil {
		return v, err
	}
	lines, err := linesOfWorker(ctx, s.DB, in.WorkerID, workerLinesMax)
	if err != nil {
		return v, err
	}
	v.Lines, err = s.viewsTx(ctx, s.DB, lines, s.DB.Now())
	return v, err
}

// Slip asks for a line's slip.
type Slip struct {
	LineID string `json:"line_id" path:"line_id"`
}

// SlipItem is a row of a slip.
type SlipItem struct {
	Item      string    `json:"item" doc:"hour, day, piece, waiting, notice: what the rate is for"`
	RateFen   money.Fen `json:"rate_fen"`
	Quantity  int64     `json:"quantity" doc:"minutes worked, or pieces"`
	AmountFen money.Fen `json:"amount_fen"`
}

// SlipView is a 工资清单: what 国令724 art. 15 wants on record for each payment.
type SlipView struct {
	LineID       string     `json:"line_id"`
	PlacementID  string     `json:"placement_id"`
	EmployerName string     `json:"employer_name" doc:"用人单位"`
	EmployerUSCC string     `json:"employer_uscc" doc:"统一社会信用代码"`
	CycleFrom    civil.Date `json:"cycle_from" doc:"支付周期"`
	CycleUntil   civil.Date `json:"cycle_until"`
	DueAt        time.Time  `json:"due_at" doc:"应付时间"`
	PaidAt       time.Time  `json:"paid_at,omitzero" doc:"支付日期"`
	WorkerName   string     `json:"worker_name" doc:"支付对象姓名"`
	IDMasked     string     `json:"id_masked" doc:"身份证号码"`
	PhoneMasked  string     `json:"phone_masked" doc:"联系方式"`
	StartAt      time.Time  `json:"start_at" doc:"工作时间"`
	EndAt        time.Time  `json:"end_at"`
	WorkedMin    int64      `json:"worked_min"`
	Items        []SlipItem `json:"items" doc:"应发工资项目及数额"`
	Rounding     string     `json:"rounding" doc:"half_up: to the nearest fen, a half up, once"`
	EarlierFen   money.Fen  `json:"earlier_fen,omitempty" doc:"of which an earlier line has paid"`
	Deductions   []SlipItem `json:"deductions" doc:"代扣、代缴、扣除项目和数额: the platform takes nothing off"`
	NetFen       money.Fen  `json:"net_fen" doc:"实发工资数额"`
	State        State      `json:"state"`
	ConfirmedAt  time.Time  `json:"confirmed_at,omitzero" doc:"工时确认时间"`
	ByClock      bool       `json:"by_clock,omitempty" doc:"the hours confirmed themselves: nobody did in time"`
	PayoutID     string     `json:"payout_id,omitempty" doc:"银行代发工资凭证: the bank's key"`
	Reason       string     `json:"reason,omitempty" doc:"why the bank refused it or sent it back"`
}

// GetSlip shows a line's slip to its worker, its employer and the city.
// Faults: wage.line_not_found.
// Source: 国令724 art. 15.
func (s *Service) GetSlip(ctx context.Context, in Slip) (SlipView, error) {
	if err := people.Must(ctx, people.PermSeeWage, ""); err != nil {
		return SlipView{}, err
	}
	l, err := getLine(ctx, s.DB, in.LineID)
	if err != nil {
		return SlipView{}, err
	}
	if people.Must(ctx, people.PermSeeWage, l.WorkerID) != nil &&
		people.Must(ctx, people.PermSeeWage, l.EmployerID) != nil {
		return SlipView{}, noLine() // whose it is, is nobody else's business
	}
	return s.slip(ctx, s.DB, l)
}

func (s *Service) slip(ctx context.Context, r db.Reader, l Line) (SlipView, error) {
	employer, err := s.People.GetEmployerTx(ctx, r, l.EmployerID)
	if err != nil {
		return SlipView{}, err
	}
	worker, err := s.People.GetWorkerTx(ctx, r, l.WorkerID)
	if err != nil {
		return SlipView{}, err
	}
	id, err := s.People.IdentityTx(ctx, r, l.WorkerID)
	if err != nil {
		return SlipView{}, err
	}
	phone, err := s.People.KeptPhoneTx(ctx, r, l.WorkerID)
	if err != nil {
		return SlipView{}, err
	}
	item := SlipItem{Item: l.PayUnit, RateFen: l.RateFen, Quantity: l.WorkedMin, AmountFen: l.GrossFen}
	if l.PayUnit == ByPiece || l.PayUnit == ByNotice {
		item.Quantity = l.Pieces
	}
	v := SlipView{LineID: l.ID, PlacementID: l.PlacementID, EmployerName: employer.Name,
		EmployerUSCC: employer.USCC, CycleFrom: civil.DateOf(l.StartAt),
		CycleUntil: civil.DateOf(l.EndAt), DueAt: l.DueAt, PaidAt: l.PaidAt, WorkerName: worker.Name,
		IDMasked: id.Masked, PhoneMasked: phone.String(), StartAt: l.StartAt, EndAt: l.EndAt,
		WorkedMin: l.WorkedMin, Items: []SlipItem{item}, Rounding: "half_up", EarlierFen: l.EarlierFen,
		Deductions: []SlipItem{}, NetFen: l.AmountFen, State: l.State,
		ConfirmedAt: l.ConfirmedAt, ByClock: l.ConfirmedBy == confirmedByClock, Reason: l.Reason}
	if l.State == Paid {
		v.PayoutID = l.PayoutID
	}
	return v, nil
}

// StuckLines asks for the lines that wait for a clerk.
type StuckLines struct{}

// LineList is a bounded list of lines, the oldest first.
type LineList struct {
	Lines []LineView `json:"lines"`
}

// FindStuckLines lists lines that the bank has refused too often to be tried again by themselves.
func (s *Service) FindStuckLines(ctx context.Context, _ StuckLines) (LineList, error) {
	if err := people.Must(ctx, people.PermSeeCounted, ""); err != nil {
		return LineList{}, err
	}
	lines, err := stuckLines(ctx, s.DB, stuckLinesMax)
	return LineList{viewsOf(lines, s.DB.Now())}, err
}

// PayAgain sets a refused line going again.
type PayAgain struct {
	deed.Keyed
	LineID string `json:"line_id" path:"line_id"`
}

// PayAgain lets a clerk repeat the payment of a refused line, when the card has been mended.
// Faults: wage.line_not_found; wage.not_refused (conflict).
func (s *Service) PayAgain(ctx context.Context, in PayAgain) (LineView, error) {
	if err := people.Must(ctx, people.PermPayWages, ""); err != nil {
		return LineView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "pay_again"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (LineView, error) {
			l, err := getLine(ctx, tx, in.LineID)
			if err != nil {
				return LineView{}, err
			}
			if l.State != Failed {
				return LineView{}, fault.New(fault.Conflict, "wage.not_refused").OnField("line_id")
			}
			return viewsOf([]Line{l}, tx.Now)[0], retry(ctx, tx, l.ID)
		})
}
