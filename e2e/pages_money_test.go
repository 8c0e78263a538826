package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
)

// Money: the statement, a refund in yuan, the wage ledger as a workbook; and an objection to the
// grade.
func TestPagesMoney(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		want(t, "the account", d.boss.open("/e/money"), http.StatusOK, "¥10,000",
			`value="`+c.code18(c.employer)+`"`, "!"+c.employer.id, "监管银行")
		want(t, "too much", d.boss.post("/e/refunds", url.Values{"amount_fen": {"99999.99"}}),
			http.StatusConflict, "alert-danger", `value="99999.99"`)
		wentTo(t, "a refund", d.boss.post("/e/refunds", url.Values{"amount_fen": {"12.34"}}),
			"/e/money?done=refund")
		if c.count(`SELECT COUNT(*) FROM payouts WHERE kind = 'refund' AND amount_fen = 1234`) != 1 {
			t.Error("no refund of 12.34")
		}
		today := string(civil.DateOf(c.clk.Now()))
		book := d.boss.post("/e/wage-book", url.Values{"from": {today}, "until": {today}})
		if book.status != http.StatusOK || !strings.HasPrefix(book.body, "PK") {
			t.Errorf("no workbook: %d %.200s", book.status, book.body)
		}
		want(t, "no grade yet", d.boss.post("/e/credit/appeal", url.Values{"words": {"不对"}}),
			http.StatusConflict, "alert-danger", "不对")
	})
}

// A payment that names nobody waits at the bureau, with what may be meant typed already; who
// decides says whose it is, and the money is there. Who gets it wrong is told so, with what was
// typed.
func TestPagesUnclaimed(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		v, err := c.People.GetEmployerTx(t.Context(), c.DB, c.employer.id)
		c.ok(err)
		before, err := c.Ledger.SidesTx(t.Context(), c.DB, c.employer.id)
		c.ok(err)
		c.paysIn(v.Name, 123_456)
		c.sweep(10 * time.Minute)
		path := "/g/credits/" + c.first("unclaimed_credits")
		want(t, "it waits", d.clerk.open("/g"), http.StatusOK, "收到但不知归谁的款")
		want(t, "it is listed", d.clerk.open("/g/bank"), http.StatusOK, path, v.Name, "¥1,234.56",
			`value="`+v.USCC+`"`)
		want(t, "an auditor reads", d.auditor.open("/g/bank"), http.StatusOK, "!"+path, "¥1,234.56")
		form := url.Values{"uscc": {"91500103MA0000000X"}, "words": {"回单"}}
		want(t, "and decides nothing", d.auditor.post(path, form), http.StatusForbidden)
		want(t, "a wrong code", d.clerk.post(path, form), http.StatusUnprocessableEntity,
			"alert-danger", `value="91500103MA0000000X"`, `value="回单"`)
		form.Set("uscc", strings.ToLower(v.USCC))
		want(t, "no words", d.director.post(path, url.Values{"uscc": {v.USCC}}),
			http.StatusUnprocessableEntity, "alert-danger")
		wentTo(t, "assigned", d.director.post(path, form), "/g/bank?done=credit_assigned")
		want(t, "once", d.clerk.post(path, form), http.StatusConflict, "alert-danger")
		c.paysIn("不是我们的", 700)
		c.sweep(10 * time.Minute)
		other := "/g/credits/" + c.text(`SELECT id FROM unclaimed_credits WHERE ended_at_ms = 0`)
		back := url.Values{"second": {"on"}, "uscc": {""}, "words": {""}}
		want(t, "sent back without words", d.clerk.post(other, back), http.StatusUnprocessableEntity,
			"alert-danger")
		back.Set("words", "退汇单 7")
		wentTo(t, "sent back", d.clerk.post(other, back), "/g/bank?done=credit_sent_back")
		want(t, "it is said", d.clerk.open("/g/bank?ustate=sent_back"), http.StatusOK, "不是我们的",
			"退汇单 7", "!"+v.Name)
		want(t, "told", d.clerk.open("/g/bank?ustate=assigned"), http.StatusOK, v.Name, "回单")
		want(t, "on the audit log", d.clerk.open("/g/audit"), http.StatusOK, "认领入金")
		after, err := c.Ledger.SidesTx(t.Context(), c.DB, c.employer.id)
		c.ok(err)
		if after.FreeFen != before.FreeFen+123_456 {
			t.Errorf("free: %d before, %d after", before.FreeFen, after.FreeFen)
		}
		c.lawful()
	})
}
