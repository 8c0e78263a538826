package wage

import (
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// LedgerRow is a line of the wage ledger that an employer must keep: the slip, and who it is about.
// IDNumber and Phone are masked but where somebody may see them, and then an audit row says so.
// Source: 国令724 art. 15.
type LedgerRow struct {
	SlipView
	IDNumber string `json:"id_number" doc:"身份证号码"`
	Phone    string `json:"phone" doc:"联系方式"`
}

// LedgerHeader is the first row of a wage ledger as a table, in the words of 国令724 art. 15.
func LedgerHeader() []string {
	return []string{"工资行", "用人单位", "统一社会信用代码", "支付周期起", "支付周期止", "支付日期", "支付对象姓名",
		"身份证号码", "联系方式", "开工", "收工", "工作时间（分钟）", "应发项目", "计价（元）", "数量", "应发数额（元）",
		"前次已发（元）", "代扣代缴扣除（元）", "实发数额（元）", "状态", "银行代发凭证"}
}

// items are the words for what is paid.
var items = map[string]string{ByHour: "计时工资", ByDay: "计日工资", ByPiece: "计件工资",
	ByWaiting: "到岗未用补偿", ByNotice: "取消补偿"}

// states are the words for where a line stands.
var states = map[State]string{Accrued: "待确认", Confirmed: "待发放", Instructed: "代发中",
	Failed: "被退回", Paid: "已到账", Reversed: "已冲正"}

// Cells gives the row as text, under LedgerHeader. Times are China's. No cell is a formula to a
// spreadsheet.
func (r LedgerRow) Cells() []string {
	item := r.Items[0]
	var deducted money.Fen
	for _, d := range r.Deductions {
		deducted += d.AmountFen
	}
	paid := ""
	if !r.PaidAt.IsZero() {
		paid = local(r.PaidAt)
	}
	cells := []string{r.LineID, r.EmployerName, r.EmployerUSCC, string(r.CycleFrom),
		string(r.CycleUntil), paid, r.WorkerName, r.IDNumber, r.Phone, local(r.StartAt), local(r.EndAt),
		fmt.Sprint(r.WorkedMin), items[item.Item], item.RateFen.String(), fmt.Sprint(item.Quantity),
		item.AmountFen.String(), r.EarlierFen.String(), deducted.String(), r.NetFen.String(),
		states[r.State], r.PayoutID}
	for i, c := range cells {
		cells[i] = guarded(c)
	}
	return cells
}

func local(at time.Time) string { return at.In(civil.Zone).Format("2006-01-02 15:04") }

// guarded keeps a spreadsheet from reading somebody's name as a formula: what begins with =, +, -,
// @ or a control character is written behind an apostrophe.
func guarded(cell string) string {
	if cell == "" {
		return cell
	}
	switch c := cell[0]; {
	case c == '=' || c == '+' || c == '-' || c == '@' || c < ' ':
		return "'" + cell
	}
	return cell
}

// ledgerPeriod checks the days of a ledger; both count.
// Faults: wage.ledger_days (invalid).
func ledgerPeriod(from, until civil.Date) error {
	for _, d := range []struct {
		field string
		day   civil.Date
	}{{"from", from}, {"until", until}} {
		if _, err := civil.ParseDate(string(d.day)); err != nil {
			return fault.New(fault.Invalid, "wage.ledger_days").OnField(d.field)
		}
	}
	if until < from {
		return fault.New(fault.Invalid, "wage.ledger_days").OnField("until")
	}
	return nil
}
