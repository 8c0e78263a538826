package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/sheet"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/sim"
)

// workbook writes rows of text as a sheet; the first is the header.
func (c *town) workbook(rows ...[]string) []byte {
	c.t.Helper()
	data, err := sheet.List("名册", rows[0], func(yield func([]string, error) bool) {
		for _, r := range rows[1:] {
			if !yield(r, nil) {
				return
			}
		}
	})
	c.ok(err)
	return data
}

// send imports a workbook and works on it to the end.
func (c *town) send(k intake.Kind, name string, data []byte) intake.ImportView {
	c.t.Helper()
	v, err := c.Intake.StartImport(c.clerk, intake.Upload{Keyed: c.key(), Kind: k, FileName: name,
		Content: data, Region: region})
	c.ok(err)
	for range 10 {
		c.sweep(time.Second)
		v, err = c.Intake.ShowImport(c.clerk, intake.GetImport{ImportID: v.ID})
		c.ok(err)
		if v.State != intake.Waiting {
			return v
		}
	}
	c.t.Fatalf("the import still waits: %+v", v)
	return v
}

// problems says what is wrong, a line for each row.
func (c *town) problems(v intake.ImportView, lang string) string {
	c.t.Helper()
	list, err := c.Intake.FindProblems(c.clerk, intake.GetProblems{ImportID: v.ID, Lang: lang})
	c.ok(err)
	var lines []string
	for _, p := range list.Problems {
		lines = append(lines, p.Text)
	}
	return strings.Join(lines, "\n")
}

func (c *town) says(got, want string) {
	c.t.Helper()
	if got != want {
		c.t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

var workerHead = []string{"序号", "姓 名*", "身份证号码", "性别", "手机"}

// workerRow is row n of a roster, a person who can be registered.
func workerRow(n int) []string {
	name, id, phone, _ := sim.MadeUp(11, n, region)
	return []string{fmt.Sprint(n), name, id, "", phone}
}

// Goal: a clerk's roster comes in row by row: the good ones go in, each bad one is named with row,
// column and what would be right, in both languages; the error sheet holds only those; nothing of
// it is readable in the database.
func TestImportWorkers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		good, twice := workerRow(1), workerRow(2)
		wrong := workerRow(3)
		last := map[bool]string{true: "1", false: "0"}[wrong[2][17] == '0']
		right := wrong[2][17:]
		wrong[2] = wrong[2][:17] + last
		data := c.workbook(workerHead, good, twice, wrong,
			[]string{"4", "王五", "3.30E+17", "", "13800138000"},
			[]string{"5", "", "330199199001010011", "", "13800138000"},
			twice, []string{"7", "赵六", "330199199001010011", "女", "13800138000"},
			[]string{"8", "孙七", "330199201201011240", "", "13800138000"})
		v := c.send(intake.Workers, "名册.xlsx", data)
		if v.State != intake.Done || v.Rows != 8 || v.In != 2 || v.Bad != 6 || v.Same != 0 {
			t.Errorf("import: %+v", v)
		}
		c.says(firstLines(c.problems(v, i18n.Chinese), 5),
			"第4行 身份证号：身份证号的校验位不对：按前17位算应为 "+right+"，请逐位核对。\n"+
				"第5行 身份证号：号码被表格变成了“3.30E+17”，末尾几位已经丢失；请把这一列设为文本格式后重新输入号码。\n"+
				"第6行 姓名：必填，不能为空。\n"+
				"第7行：与本表第3行重复。\n"+
				"第8行 性别：与身份证号第17位不符（奇数为男，偶数为女），请核对。")
		english := strings.Split(c.problems(v, i18n.English), "\n")
		c.says(english[3], "Row 7: It repeats row 3 of this table.")
		back, err := c.Intake.MakeErrorSheet(c.clerk, intake.GetSheet{ImportID: v.ID})
		c.ok(err)
		if back.FileName != "名册-错误.xlsx" || bytes.Equal(back.Content, data) {
			t.Errorf("the error sheet is %s", back.FileName)
		}
		again := c.send(intake.Workers, back.FileName, back.Content)
		if again.Rows != 6 || again.Bad != 5 || again.Same != 1 { // the twin is in, word for word
			t.Errorf("the error sheet again, unmended: %+v, %s", again, c.problems(again, ""))
		}
		if n := c.count(`SELECT COUNT(*) FROM workers`); n != 2 {
			t.Errorf("%d workers", n)
		}
		gauges, err := c.Intake.Gauges(context.Background(), c.DB, c.clk.Now().Add(-time.Hour),
			c.clk.Now().Add(time.Second))
		c.ok(err)
		if gauges[0].Num != 0 || gauges[1].Num != 11 || gauges[1].Den != 14 {
			t.Errorf("gauges: %+v", gauges)
		}
		if n := c.count(`SELECT COUNT(*) FROM audit WHERE subject = $1`, v.ID); n != 2 {
			t.Errorf("%d audit rows of the import and its error sheet", n)
		}
		c.lawful()
	})
}

func firstLines(text string, n int) string {
	lines := strings.Split(text, "\n")
	return strings.Join(lines[:min(n, len(lines))], "\n")
}

// Goal: the same file again, another with a known row in other words, and one with somebody who
// registered without a file: nothing comes in twice, and each is told why.
func TestImportTwice(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		data := c.workbook(workerHead, workerRow(1), workerRow(2))
		if v := c.send(intake.Workers, "a.xlsx", data); v.In != 2 {
			t.Fatalf("first: %+v", v)
		}
		if v := c.send(intake.Workers, "a.xlsx", data); v.In != 0 || v.Same != 2 || v.Bad != 0 {
			t.Errorf("the same file: %+v", v)
		}
		c.clk.Add(30 * 24 * time.Hour) // the deeds' keys are forgotten by then
		c.sweep(time.Hour)
		if v := c.send(intake.Workers, "a.xlsx", data); v.In != 0 || v.Same != 2 || v.Bad != 0 {
			t.Errorf("the same file a month later: %+v", v)
		}
		other := workerRow(1)
		other[1] = "改名"
		name, id, phone, _ := sim.MadeUp(11, 5, region)
		_, err := c.People.RegisterWorker(c.clerk, people.RegisterWorker{Keyed: c.key(), Name: name,
			IDNumber: id, Region: region, Phone: phone})
		c.ok(err)
		known := workerRow(5)
		known[4] = "13900139000"
		v := c.send(intake.Workers, "b.xlsx", c.workbook(workerHead, other, known, workerRow(6)))
		if v.In != 1 || v.Bad != 2 {
			t.Errorf("the other file: %+v", v)
		}
		c.says(c.problems(v, i18n.Chinese), "第2行：与 2026-03-02 导入的“a.xlsx”第2行重复，内容不同；如需更正请在系统里修改。\n"+
			"第3行 身份证号：这个身份证号已经登记过；如果不是您本人登记的，请联系工作人员。")
		c.lawful()
	})
}

// Goal: a preview says what the import would do, and leaves nothing: no worker, no account, no row,
// no file, no refusal of a vacancy.
func TestPreviewImport(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		tables := []string{"workers", "accounts", "imports", "import_rows", "refusals", "vacancies",
			"changes", "audit"}
		before := map[string]int64{}
		for _, table := range tables {
			before[table] = c.count(`SELECT COUNT(*) FROM ` + table)
		}
		bad := workerRow(2)
		bad[4] = "12345"
		p, err := c.Intake.PreviewImport(c.clerk, intake.Upload{Keyed: c.key(), Kind: intake.Workers,
			FileName: "a.xlsx", Region: region,
			Content: c.workbook(workerHead, workerRow(1), bad, workerRow(1))})
		c.ok(err)
		if p.Rows != 3 || p.WouldIn != 1 || p.Bad != 2 || p.ErrorSheet == nil || len(p.Problems) != 2 {
			t.Errorf("preview: %+v", p)
		}
		rows := [][]string{vacancyHead, c.vacancyRow("分拣员"), c.vacancyRow("分拣员，男士优先")}
		p, err = c.Intake.PreviewImport(c.clerk, intake.Upload{Keyed: c.key(), Kind: intake.Vacancies,
			FileName: "b.xlsx", Content: c.workbook(rows...)})
		c.ok(err)
		if p.WouldIn != 1 || p.Bad != 1 {
			t.Errorf("preview of vacancies: %+v", p)
		}
		for _, table := range tables {
			if n := c.count(`SELECT COUNT(*) FROM ` + table); n != before[table] {
				t.Errorf("%s has %d rows more", table, n-before[table])
			}
		}
	})
}

var vacancyHead = []string{"统一社会信用代码", "岗位名称", "工作内容", "职业代码", "工作地点", "招聘人数", "工资（元）",
	"计薪单位", "开始日期", "结束日期", "上班时间", "下班时间", "休息分钟", "保险方案"}

func (c *town) vacancyRow(title string) []string {
	return []string{sim.USCC(region, 1), title, "按单分拣。", "4-02-06-01", "分拣中心", "3人", "25元/小时",
		"时", "2026.3.5", "2026/3/6", "8点30分", "17:30", "30", c.planID}
}

// Goal: employers come in on behalf of their phones, and vacancies through the gate: a vetted
// employer's good one waits for its signature and is public with it, a discriminating one is
// refused with the words, others name the cell.
func TestImportEmployersAndVacancies(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		code := sim.USCC(region, 77)
		wrong := code[:17] + map[bool]string{true: "1", false: "0"}[code[17] == '0']
		v := c.send(intake.Employers, "单位.xlsx", c.workbook(
			[]string{"某某区用工单位名录"},
			[]string{"单位名称", "统一社会信用代码", "地址", "法人", "联系电话", "所在县区"},
			[]string{"演示制造", code, "演示路2号", "李四", "19970000077", "重庆市渝中区"},
			[]string{"演示制造二厂", wrong, "演示路3号", "李四", "19970000078", "重庆市渝中区"}))
		if v.In != 1 || v.Bad != 1 || !strings.HasPrefix(c.problems(v, ""), "第4行 统一社会信用代码：") {
			t.Errorf("employers: %+v\n%s", v, c.problems(v, ""))
		}
		if e, err := c.People.EmployerByUSCCTx(context.Background(), c.DB, code); err != nil ||
			e.Name != "演示制造" || e.Region != region {
			t.Errorf("the employer is %+v, %v", e, err)
		}
		none, cheap := c.vacancyRow("仓管员"), c.vacancyRow("理货员")
		none[4], cheap[6] = "没有的地点", "5"
		v = c.send(intake.Vacancies, "岗位.xlsx", c.workbook(vacancyHead, c.vacancyRow("分拣员"),
			c.vacancyRow("分拣员，男士优先"), none, cheap, c.vacancyRow("分拣员")))
		if v.In != 1 || v.Bad != 4 {
			t.Errorf("vacancies: %+v\n%s", v, c.problems(v, ""))
		}
		for i, want := range []string{"第3行 岗位名称：", "第4行 工作地点：", "第5行 工资：", "第6行：与本表第2行重复。"} {
			lines := strings.Split(c.problems(v, ""), "\n")
			if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
				t.Errorf("problem %d: %v, want %s", i, lines, want)
			}
		}
		if n := c.count(`SELECT COUNT(*) FROM shifts WHERE starts_at_ms = $1 AND heads = 3`,
			time.Date(2026, 3, 5, 0, 30, 0, 0, time.UTC).UnixMilli()); n != 1 {
			t.Errorf("%d shifts begin at 8:30 on the first day", n)
		}
		unsigned, err := c.Market.FindUnsignedVacancies(c.employer.ctx,
			market.UnsignedVacancies{EmployerID: c.employer.id})
		c.ok(err)
		if len(unsigned.Vacancies) != 1 {
			t.Fatalf("waiting for the employer: %+v", unsigned)
		}
		sign := market.SignVacancy{Keyed: c.key(), EmployerID: c.employer.id,
			VacancyID: unsigned.Vacancies[0].ID}
		_, err = c.Market.ReviewVacancy(c.clerk, market.Review{Keyed: c.key(), VacancyID: sign.VacancyID,
			Publish: true, Ground: "x"})
		if !fault.Is(err, "market.vacancy_state") {
			t.Errorf("a clerk publishes what is not signed: %v", err)
		}
		if _, err := c.Market.SignVacancy(c.clerk, sign); !fault.Is(err, "people.not_allowed") {
			t.Errorf("a clerk signs: %v", err)
		}
		signed, err := c.Market.SignVacancy(c.employer.ctx, sign)
		c.ok(err)
		if signed.State != market.Published || len(signed.ShiftIDs) != 2 {
			t.Errorf("signed: %+v", signed)
		}
		sign.Keyed = c.key()
		if _, err := c.Market.SignVacancy(c.employer.ctx, sign); !fault.Is(err, "market.vacancy_state") {
			t.Errorf("signed twice: %v", err)
		}
		c.accept(c.newWorker(1), signed.ShiftIDs[0])
		c.lawful()
	})
}

// Goal: lists go out masked, with an audit row, and only to whom they may; a template is read as an
// empty table.
func TestExportAndTemplate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		c.shift(2)
		_, id, _, _ := sim.MadeUp(7, 1, region)
		for _, kind := range []intake.Kind{intake.Workers, intake.Employers, intake.Vacancies} {
			f, err := c.Intake.ExportList(c.clerk, intake.Export{Kind: kind})
			c.ok(err)
			table, err := sheet.Open(f.Content, []sheet.Column{{Key: "id", Title: "编号", Required: true},
				{Key: "masked", Title: "身份证号（脱敏）"}, {Key: "name", Title: "姓名"}, {Key: "title", Title: "岗位名称"},
				{Key: "uscc", Title: "统一社会信用代码"}})
			c.ok(err)
			rows := 0
			c.ok(table.Each(func(r sheet.Row) error {
				rows++
				if kind == intake.Workers && (r.Text("id") != w.id || r.Text("masked") == id ||
					!strings.Contains(r.Text("masked"), "****")) {
					t.Errorf("the list shows %v", r.Cells())
				}
				return nil
			}))
			table.Close()
			if rows != 1 {
				t.Errorf("%s: %d rows", kind, rows)
			}
			if n := c.count(`SELECT COUNT(*) FROM audit WHERE subject = $1`, "list/"+string(kind)); n != 1 {
				t.Errorf("%s: %d audit rows", kind, n)
			}
			if _, err := c.Intake.ExportList(c.employer.ctx, intake.Export{Kind: kind}); err == nil {
				t.Errorf("an employer takes the list of %s", kind)
			}
			for _, lang := range i18n.Languages() {
				f, err := c.Intake.ShowTemplate(c.clerk, intake.GetTemplate{Kind: kind, Lang: lang})
				c.ok(err)
				_, err = c.Intake.StartImport(c.clerk, intake.Upload{Keyed: c.key(), Kind: kind,
					FileName: f.FileName, Content: f.Content})
				if err == nil || !strings.Contains(err.Error(), "intake.no_rows") {
					t.Errorf("the empty template of %s in %s: %v", kind, lang, err)
				}
			}
		}
	})
}

// Goal: the wage ledger of a period goes out as a workbook: masked for the employer, in clear for a
// clerk with each number in the audit log; an employer gets its own and not in clear.
func TestExportWageLedger(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		_, id, _, _ := sim.MadeUp(7, 1, region)
		line := c.work(w, c.accept(w, c.shift(1))).LineID
		ask := intake.ExportWageLedger{EmployerID: c.employer.id, From: "2026-03-01",
			Until: "2026-03-31"}
		numbers := func(ctx context.Context) string {
			t.Helper()
			f, err := c.Intake.ExportWageLedger(ctx, ask)
			c.ok(err)
			table, err := sheet.Open(f.Content, []sheet.Column{{Key: "line", Title: "工资行",
				Required: true}, {Key: "id", Title: "身份证号码", Required: true}})
			c.ok(err)
			defer table.Close()
			var got []string
			c.ok(table.Each(func(r sheet.Row) error {
				got = append(got, r.Text("line")+" "+r.Text("id"))
				return nil
			}))
			return strings.Join(got, "\n")
		}
		masked := people.IDNumber(id).String()
		c.says(numbers(c.employer.ctx), line+" "+masked)
		c.says(numbers(c.clerk), line+" "+masked)
		before := c.count(`SELECT COUNT(*) FROM audit WHERE subject = $1`, w.id)
		const denied = "people.not_allowed"
		ask.Clear = true
		c.says(numbers(c.clerk), line+" "+id)
		if c.count(`SELECT COUNT(*) FROM audit WHERE subject = $1`, w.id) == before {
			t.Error("a number in clear leaves no audit row")
		}
		if _, err := c.Intake.ExportWageLedger(c.employer.ctx, ask); !fault.Is(err, denied) {
			t.Errorf("an employer gets numbers in clear: %v", err)
		}
		ask.Clear, ask.EmployerID = false, "emp_none"
		if _, err := c.Intake.ExportWageLedger(c.employer.ctx, ask); !fault.Is(err, denied) {
			t.Errorf("another's ledger: %v", err)
		}
	})
}

// Goal: a process dies between the rows' deeds and what is written down of them, and another goes
// on: each row went in once, and the figures are those of one run.
func TestImportGoesOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		rows := [][]string{workerHead}
		for n := range 30 {
			rows = append(rows, workerRow(n))
		}
		up := intake.Upload{Keyed: c.key(), Kind: intake.Workers, FileName: "a.xlsx",
			Content: c.workbook(rows...), Region: region}
		v, err := c.Intake.StartImport(c.clerk, up)
		c.ok(err)
		if _, err := c.Intake.Work(context.Background(), ""); err != nil {
			t.Fatal(err)
		}
		c.exec(`DELETE FROM import_rows WHERE n > 11`) // as if the process had died before it
		up.Keyed = c.key()
		if again, err := c.Intake.StartImport(c.clerk, up); err != nil || again.ID != v.ID {
			t.Errorf("the file that is being worked on is begun again: %+v, %v", again, err)
		}
		done, err := c.Intake.Wait(context.Background(), v.ID, nil)
		c.ok(err)
		if done.State != intake.Done || done.In != 30 || done.Bad != 0 {
			t.Errorf("import: %+v\n%s", done, c.problems(done, ""))
		}
		if n := c.count(`SELECT COUNT(*) FROM workers`); n != 30 {
			t.Errorf("%d workers", n)
		}
		c.lawful()
	})
}

// Goal: over HTTP a clerk sends a workbook, sees how far it is and what is wrong, and takes the
// error sheet, a template and a list home; a body beyond the bound is refused.
func TestImportOverHTTP(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s := serve(c)
		do[people.CodeSent](s, "", "/codes", map[string]any{"phone": "19990000001"})
		token := do[people.Session](s, "", "/sessions",
			map[string]any{"phone": "19990000001", "code": c.code("19990000001")}).Token
		bad := workerRow(2)
		bad[2] = "12345"
		up := map[string]any{"file_name": "a.xlsx", "region": region,
			"content": c.workbook(workerHead, workerRow(1), bad)}
		v := do[intake.ImportView](s, token, "/imports/workers", up)
		c.sweep(time.Second)
		c.sweep(time.Second)
		a := s.call(request{method: "GET", path: web.Prefix + "/imports/" + v.ID, token: token})
		c.ok(json.Unmarshal([]byte(a.body), &v))
		if v.State != intake.Done || v.In != 1 || v.Bad != 1 {
			t.Errorf("the import is %s", a.body)
		}
		a = s.call(request{method: "GET", path: web.Prefix + "/imports/" + v.ID + "/problems?lang=en",
			token: token})
		if !strings.Contains(a.body, "Row 3, ID number: ") {
			t.Errorf("problems: %s", a.body)
		}
		f := do[intake.FileView](s, token, "/imports/"+v.ID+"/error-sheet", map[string]any{})
		if f.FileName != "a-错误.xlsx" || !bytes.HasPrefix(f.Content, []byte("PK")) {
			t.Errorf("the error sheet is %s, %d bytes", f.FileName, len(f.Content))
		}
		f = do[intake.FileView](s, token, "/exports/workers", map[string]any{})
		if !bytes.HasPrefix(f.Content, []byte("PK")) {
			t.Errorf("the list is %s, %d bytes", f.FileName, len(f.Content))
		}
		a = s.call(request{method: "POST", path: web.Prefix + "/imports/workers", token: token,
			key: "large", body: `{"content": "` + strings.Repeat("A", 2<<20) + `"}`})
		if a.Code != "web.body_too_large" {
			t.Errorf("a large body: %d %s", a.status, a.Code)
		}
	})
}

// Goal: twenty who send one file at once begin one import, and four who work on it at once bring
// each row in once; the same key twice is one import, with another file it is refused.
func TestImportRaces(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		rows := [][]string{workerHead}
		for n := range 40 {
			rows = append(rows, workerRow(n))
		}
		up := intake.Upload{Kind: intake.Workers, FileName: "a.xlsx", Content: c.workbook(rows...),
			Region: region}
		var wait sync.WaitGroup
		ids := make([]string, 20)
		for k := range ids {
			up := up
			up.Keyed = c.key()
			wait.Go(func() {
				v, err := c.Intake.StartImport(c.clerk, up)
				if err != nil {
					t.Error(err)
				}
				ids[k] = v.ID
			})
		}
		wait.Wait()
		slices.Sort(ids)
		if ids = slices.Compact(ids); len(ids) != 1 || c.count(`SELECT COUNT(*) FROM imports`) != 1 {
			t.Fatalf("imports: %v", ids)
		}
		for range 4 {
			wait.Go(func() {
				if _, err := c.Intake.Work(context.Background(), ids[0]); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		done, err := c.Intake.Wait(context.Background(), ids[0], nil)
		c.ok(err)
		if done.In != 40 || c.count(`SELECT COUNT(*) FROM workers`) != 40 {
			t.Errorf("import: %+v\n%s", done, c.problems(done, ""))
		}
		up.Keyed = deed.Key("one key")
		first, err := c.Intake.StartImport(c.clerk, up)
		c.ok(err)
		second, err := c.Intake.StartImport(c.clerk, up)
		if err != nil || second.ID != first.ID {
			t.Errorf("the same key: %+v, %v", second, err)
		}
		up.Content = c.workbook(workerHead, workerRow(1))
		if _, err := c.Intake.StartImport(c.clerk, up); !fault.Is(err, "deed.key_reused") {
			t.Errorf("the key with another file: %v", err)
		}
		c.lawful()
	})
}

// Goal: whoever loses the clerk's role does not import any more, and an import whose original is
// gone fails with a code; both end.
func TestImportEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		v, err := c.Intake.StartImport(c.clerk, intake.Upload{Keyed: c.key(), Kind: intake.Workers,
			FileName: "13800138000.xlsx", Content: c.workbook(workerHead, workerRow(1)), Region: region})
		c.ok(err)
		if strings.Contains(v.FileName, "13800138000") {
			t.Errorf("the file's name shows a number: %s", v.FileName)
		}
		c.exec(`UPDATE accounts SET roles = '' WHERE roles = 'clerk'`)
		c.sweep(time.Second)
		c.sweep(time.Second)
		v, err = c.Intake.ShowImport(c.clerk, intake.GetImport{ImportID: v.ID})
		c.ok(err)
		if v.State != intake.Done || v.Bad != 1 || v.In != 0 {
			t.Errorf("without the role: %+v", v)
		}
		v, err = c.Intake.StartImport(c.clerk, intake.Upload{Keyed: c.key(), Kind: intake.Workers,
			FileName: "b.xlsx", Content: c.workbook(workerHead, workerRow(2)), Region: region})
		c.ok(err)
		c.exec(`UPDATE imports SET sha256 = $1 WHERE id = $2`, strings.Repeat("0", 64), v.ID)
		c.sweep(time.Second)
		v, err = c.Intake.ShowImport(c.clerk, intake.GetImport{ImportID: v.ID})
		c.ok(err)
		if v.State != intake.Failed || v.Code != "blob.not_found" {
			t.Errorf("without the original: %+v", v)
		}
		c.lawful()
	})
}

// Goal: each law of the intake can be broken, and is found.
func TestIntakeLaws(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		bad := workerRow(2)
		bad[2] = "1"
		v := c.send(intake.Workers, "a.xlsx", c.workbook(workerHead, workerRow(1), bad, workerRow(3)))
		for _, b := range []struct{ do, undo, want string }{
			{`UPDATE import_rows SET subject_id = 'x' || subject_id WHERE n = 2`,
				`UPDATE import_rows SET subject_id = substr(subject_id, 2) WHERE n = 2`,
				"subject is not there"},
			{`UPDATE imports SET rows = 4`, `UPDATE imports SET rows = 3`, "not on record"},
		} {
			c.exec(b.do)
			err := c.Intake.Check(context.Background(), c.DB, c.clk.Now())
			if err == nil || !strings.Contains(err.Error(), b.want) {
				t.Errorf("%s: %v", b.do, err)
			}
			c.exec(b.undo)
		}
		c.exec(`UPDATE import_rows SET subject_id = (SELECT MIN(id) FROM workers) WHERE n IN (2, 4)`)
		if err := c.Intake.Check(context.Background(), c.DB, c.clk.Now()); err == nil ||
			!strings.Contains(err.Error(), "two rows") {
			t.Errorf("one worker by two rows: %v", err)
		}
		c.exec(`UPDATE import_rows SET subject_id = (SELECT MAX(id) FROM workers) WHERE n = 4`)
		c.exec(`UPDATE import_rows SET fault_sealed = $1 WHERE n = 3`, []byte("330199199001010011"))
		if err := c.Intake.Check(context.Background(), c.DB, c.clk.Now()); err == nil ||
			!strings.Contains(err.Error(), "not sealed") {
			t.Errorf("a fault in clear of %s: %v", v.ID, err)
		}
	})
}

// sendOwn imports an employer's own workbook and works on it to the end.
func (c *town) sendOwn(e who, k intake.Kind, data []byte) intake.ImportView {
	c.t.Helper()
	v, err := c.Intake.StartImport(e.ctx, intake.Upload{Keyed: c.key(), Kind: k, FileName: "本单位.xlsx",
		Content: data, Region: region, EmployerID: e.id})
	c.ok(err)
	c.sweep(time.Second)
	c.sweep(time.Second)
	v, err = c.Intake.ShowImport(e.ctx, intake.GetImport{ImportID: v.ID})
	c.ok(err)
	return v
}

// Goal: an employer brings in its own vacancies, public at once because it signs them by that, and
// its roster; another employer's rows are bad, its files are not there, other kinds are refused.
func TestImportOwn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		rival := c.newEmployer(2)
		foreign := c.vacancyRow("抢来的岗位")
		foreign[0] = sim.USCC(region, 2)
		v := c.sendOwn(c.employer, intake.Vacancies, c.workbook(vacancyHead, c.vacancyRow("分拣员"),
			foreign))
		if v.State != intake.Done || v.In != 1 || v.Bad != 1 || v.EmployerID != c.employer.id {
			t.Fatalf("vacancies: %+v", v)
		}
		if n := c.count(`SELECT COUNT(*) FROM vacancies WHERE state = 'published'`); n != 1 {
			t.Errorf("%d public", n)
		}
		list, err := c.Intake.FindProblems(c.employer.ctx, intake.GetProblems{ImportID: v.ID})
		c.ok(err)
		if len(list.Problems) != 1 || list.Problems[0].Code != "intake.not_yours" ||
			list.Problems[0].Row != 3 {
			t.Errorf("problems: %+v", list)
		}

		worker := c.newWorker(1)
		name, id, phone, _ := sim.MadeUp(7, 1, region)
		r := c.sendOwn(c.employer, intake.Roster, c.workbook(
			[]string{"姓名", "身份证号", "手机", "入职日期", "岗位"},
			[]string{name, id, phone, "2026年2月3日", "分拣"}, workerRow(2)[1:],
			[]string{"王五", "3.30E+17", "13800138000", "", ""}))
		if r.In != 1 || r.Bad != 2 {
			t.Errorf("roster: %+v", r)
		}
		mine, err := c.People.FindMyRosters(worker.ctx, people.MyRosters{WorkerID: worker.id})
		c.ok(err)
		if len(mine.Entries) != 1 || mine.Entries[0].Since != "2026-02-03" {
			t.Errorf("she reads %+v", mine)
		}
		_, err = c.Intake.ShowImport(rival.ctx, intake.GetImport{ImportID: r.ID})
		c.refused("another's file", err, "intake.import_not_found")
		_, err = c.Intake.StartImport(c.employer.ctx, intake.Upload{Keyed: c.key(),
			Kind: intake.Workers, FileName: "a.xlsx", Content: c.workbook(workerHead, workerRow(3)),
			EmployerID: c.employer.id})
		c.refused("a register of workers", err, "intake.kind_not_yours")
		_, err = c.Intake.StartImport(c.employer.ctx, intake.Upload{Keyed: c.key(),
			Kind: intake.Roster, FileName: "a.xlsx", Content: c.workbook(workerHead, workerRow(3)),
			EmployerID: rival.id})
		c.refused("for another", err, "people.not_allowed")
		own, err := c.Intake.FindImports(rival.ctx, intake.FindImports{EmployerID: rival.id})
		c.ok(err)
		if len(own.Imports) != 0 {
			t.Errorf("the rival reads %+v", own)
		}
		c.lawful()
	})
}
