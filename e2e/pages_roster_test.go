package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/sheet"
	"github.com/gongyi/gongyi/sim"
)

// rosterRow is a person's row of the workbook, by column.
func (c *town) rosterRow(name string) map[string]string {
	c.t.Helper()
	f, err := c.Market.ExportWorkforce(c.employer.ctx,
		market.ExportWorkforce{EmployerID: c.employer.id})
	c.ok(err)
	var columns []sheet.Column
	for _, title := range []string{"姓名", "性别", "公民身份号码", "现住址（县级）", "联系方式", "用工形式", "用工起始时间",
		"劳动合同期限", "合同状态", "岗位", "完成班次", "意外险保至", "最近到账工资（元）"} {
		columns = append(columns, sheet.Column{Key: title, Title: title, Required: title == "姓名"})
	}
	table, err := sheet.Open(f.Content, columns)
	c.ok(err)
	defer table.Close()
	row := map[string]string{}
	c.ok(table.Each(func(r sheet.Row) error {
		if r.Text("姓名") == name {
			row = r.Cells()
		}
		return nil
	}))
	return row
}

// Who works for an employer stands on its roster, with first day, contract, shifts, cover and last
// wage, numbers masked; who works for another does not. The workbook has the columns of the rule:
// numbers in clear, each a look on record, of whom the employer has a signed labour contract with.
func TestPagesRoster(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		want(t, "nobody yet", d.boss.open("/e/roster"), http.StatusOK, "还没有人接过本单位的班次")
		wants, done := c.newWorker(31), c.newWorker(32)
		doneName, doneID, donePhone, _ := sim.MadeUp(7, 32, region)
		wantName, wantID, _, _ := sim.MadeUp(7, 31, region)
		v := c.vacancy(2)
		v.WorkType = "full_time"
		p := c.taken(done, v)
		c.starts(done, p)
		c.leaves(done, p, p.EndsAt)
		for range 8 {
			c.sweep(2 * time.Hour)
		}
		task := c.vacancy(2)
		task.WorkType = "platform"
		c.taken(wants, task)

		s := serve(c) // the sessions of before have ended
		enter := func(phone string) *browser { return s.with(c.session(phone)) }
		d.boss, d.helper, d.clerk = enter(c.employer.phone), enter("19990000004"), enter("19990000001")
		page := d.boss.open("/e/roster")
		want(t, "two", page, http.StatusOK, doneName, wantName, "全日制", "新就业形态", "¥187.50", "已签", "到班次结束",
			"另有 1 班待上", "!"+doneID, "!"+wantID, "!"+donePhone, "下载花名册")
		want(t, "sought", d.boss.open("/e/roster?q="+url.QueryEscape(doneName)), http.StatusOK,
			doneName, "!"+wantName)
		want(t, "filtered", d.boss.open("/e/roster?kind=platform"), http.StatusOK, wantName,
			"!>"+doneName+"<")
		want(t, "a supervisor", d.helper.open("/e/roster"), http.StatusForbidden)
		want(t, "another employer", enter(c.newEmployer(9).phone).open("/e/roster"),
			http.StatusOK, "!"+doneName)
		_, err := c.Market.FindWorkforce(c.newEmployer(8).ctx,
			market.Workforce{EmployerID: c.employer.id})
		if !fault.Is(err, "people.not_allowed") {
			t.Errorf("another's roster: %v", err)
		}

		all, err := c.Market.FindWorkforce(c.employer.ctx, market.Workforce{EmployerID: c.employer.id})
		c.ok(err)
		if len(all.Rows) != 2 || all.Rows[0].WorkerID != wants.id || all.Next != "" {
			t.Fatalf("%+v", all)
		}
		rest, err := c.Market.FindWorkforce(c.employer.ctx, market.Workforce{EmployerID: c.employer.id,
			After: db.Mark{MS: clock.MS(all.Rows[0].LastAt), ID: wants.id}.String()})
		if err != nil || len(rest.Rows) != 1 || rest.Rows[0].WorkerID != done.id {
			t.Errorf("behind the first: %+v, %v", rest, err)
		}

		looks := func(w who) int64 {
			return c.count(`SELECT COUNT(*) FROM audit WHERE subject = $1 AND account_id = $2
				AND what IN ('id_number', 'phone')`, w.id, people.ActorOf(c.employer.ctx).AccountID)
		}
		book := d.boss.post("/e/roster/workbook", url.Values{})
		if book.status != http.StatusOK || !strings.HasPrefix(book.body, "PK") {
			t.Fatalf("no workbook: %d %.200s", book.status, book.body)
		}
		if looks(done) != 2 || looks(wants) != 0 {
			t.Errorf("%d looks at an employee's numbers, %d at the other's", looks(done), looks(wants))
		}
		row := c.rosterRow(doneName)
		if row["公民身份号码"] != doneID || row["联系方式"] != donePhone || row["用工形式"] != "全日制" ||
			row["合同状态"] != "已签" || row["完成班次"] != "1" || row["用工起始时间"] == "" ||
			!strings.HasPrefix(row["最近到账工资（元）"], "187.50 ") || row["意外险保至"] == "" ||
			!strings.HasSuffix(row["劳动合同期限"], " 一个班次") || row["现住址（县级）"] == "" {
			t.Errorf("the employee's row: %v", row)
		}
		row = c.rosterRow(wantName)
		if row["公民身份号码"] == wantID || !strings.Contains(row["公民身份号码"], "****") ||
			row["用工起始时间"] != "" || row["完成班次"] != "0" {
			t.Errorf("the other's row: %v", row)
		}
		want(t, "on the audit log", d.clerk.open("/g/audit"), http.StatusOK, "导出职工花名册")
		want(t, "a supervisor takes it", d.helper.post("/e/roster/workbook", url.Values{}),
			http.StatusForbidden)
		c.lawful()
	})
}

// Whom an employer has entered by a list stands below, and is marked as gone there, once.
func TestPagesRosterEntered(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		name, id, phone, _ := sim.MadeUp(7, 5, region)
		e, err := c.People.AddToRoster(c.employer.ctx, people.AddToRoster{Keyed: c.key(),
			EmployerID: c.employer.id, Name: name, IDNumber: id, Phone: phone, Post: "装卸工"})
		c.ok(err)
		path := "/e/roster/" + e.ID + "/end"
		want(t, "entered", d.boss.open("/e/roster"), http.StatusOK, name, "装卸工", "待本人确认", path, "!"+id)
		wentTo(t, "gone", d.boss.post(path, url.Values{}), "/e/roster?done=roster_ended")
		want(t, "no button", d.boss.open("/e/roster"), http.StatusOK, name, "!"+path)
		want(t, "once", d.boss.post(path, url.Values{}), http.StatusConflict, "alert-danger")
	})
}
