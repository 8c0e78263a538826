package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/internal/i18n"
)

// number is a cell that the spreadsheet holds as a number, as it writes it; day is one that it
// shows as a date. Anything else in a row is text.
type (
	number string
	day    string
)

// messy writes a workbook as an office would leave it: merged rows of title and author above the
// header, numbers and dates among the texts. It is written by hand, because no library would.
func (c *town) messy(title string, rows ...[]any) []byte {
	c.t.Helper()
	var sheet strings.Builder
	cell := func(column, row int, v any) {
		at := fmt.Sprintf("%c%d", 'A'+column, row)
		switch v := v.(type) {
		case number:
			fmt.Fprintf(&sheet, `<c r=%q><v>%s</v></c>`, at, string(v))
		case day:
			fmt.Fprintf(&sheet, `<c r=%q s="1"><v>%s</v></c>`, at, string(v))
		default:
			var text bytes.Buffer
			c.ok(xml.EscapeText(&text, []byte(v.(string))))
			fmt.Fprintf(&sheet, `<c r=%q t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, at,
				text.String())
		}
	}
	for i, row := range append([][]any{{title}, {"填报单位：某某社区　填报日期：2026.3.2"}}, rows...) {
		fmt.Fprintf(&sheet, `<row r="%d">`, i+1)
		for k, v := range row {
			cell(k, i+1, v)
		}
		sheet.WriteString(`</row>`)
	}
	const (
		head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
		main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
		rel  = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
		pkg  = `http://schemas.openxmlformats.org/package/2006/`
		of   = `application/vnd.openxmlformats-officedocument.spreadsheetml.`
	)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + pkg + `content-types">` +
			`<Default Extension="rels" ` +
			`ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + of + `sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + of + `worksheet+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + of + `styles+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + pkg + `relationships"><Relationship Id="r1" Type="` +
			rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook ` + main + ` xmlns:r="` + rel +
			`"><sheets><sheet name="名册" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + pkg + `relationships">` +
			`<Relationship Id="r1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="r2" Type="` + rel + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", `<styleSheet ` + main + `><fonts count="1"><font/></fonts>` +
			`<fills count="1"><fill/></fills><borders count="1"><border/></borders>` +
			`<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/>` +
			`<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`},
		{"xl/worksheets/sheet1.xml", `<worksheet ` + main + `><sheetData>` + sheet.String() +
			`</sheetData><mergeCells count="2"><mergeCell ref="A1:G1"/><mergeCell ref="A2:G2"/>` +
			`</mergeCells></worksheet>`},
	} {
		w, err := z.Create(part[0])
		c.ok(err)
		_, err = w.Write([]byte(head + part[1]))
		c.ok(err)
	}
	c.ok(z.Close())
	return out.Bytes()
}

// full writes digits as a Chinese keyboard does.
func full(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, text)
}

// numbered makes the n-th valid number of somebody born on a day. Source: GB 11643.
func numbered(born string, n int) string {
	s := fmt.Sprintf("%s%s%03d", region, strings.ReplaceAll(born, "-", ""), n)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(s[i]-'0')
	}
	return s + string("10X98765432"[sum%11])
}

// Goal: a clerk's messy roster: merged title rows, mixed dates, full-width digits, apostrophes,
// numbers that the spreadsheet has cut, half of the ID numbers wrong. What can be read goes in, and
// each fault is named with its row and its column.
func TestMessyWorkbook(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		id := func(n int) string { return numbered("1990-01-01", n) }
		phone := func(n int) string { return fmt.Sprintf("1380000%04d", n) }
		changed := func(s string, at int) string {
			to := "1"
			if s[at] == '1' {
				to = "2"
			}
			return s[:at] + to + s[at+1:]
		}
		rows := []struct {
			id, birth, phone any
			sex, want        string // the code; "" goes in
		}{
			{id(1), "1990.1.1", phone(1), "", ""},
			{full(id(2)), "1990年1月1日", full(phone(2)), "", ""},
			{"'" + id(3), "19900101", number("13800000003"), "", ""},
			{" " + id(4)[:6] + " " + id(4)[6:] + "　", day("32874"), phone(4), "", ""},
			{id(5), number("32874"), phone(5), "", ""},
			{id(6), "1990/1/1 0:00", "138 0000 0006", "", ""},
			{id(7), "", number("1.3800000007E10"), "", ""},
			{number("3.3019919900101E+17"), "", phone(8), "", "sheet.scientific"},
			{"3.30E+17", "", phone(9), "", "sheet.scientific"},
			{id(10)[:15] + "000", "", phone(10), "", "sheet.scientific"},
			{changed(id(11), 16), "", phone(11), "", "people.id_check"},
			{id(12)[:17], "", phone(12), "", "people.id_form"},
			{id(13)[2:], "", phone(13), "", "people.id_form"},
			{id(14) + "1", "", phone(14), "", "people.id_form"},
			{"330199900101123", "", phone(15), "", "people.id_old"},
			{id(16)[:6] + "19901301" + id(16)[14:], "", phone(16), "", "people.id_birth"},
			{"无", "", phone(17), "", "people.id_form"},
			{"", "", phone(18), "", "intake.cell_empty"},
			{numbered("2012-01-01", 19), "", phone(19), "", "people.too_young"},
			{id(20), "1991-01-01", phone(20), "", "intake.birth_differs"},
			{id(21), "九零年", phone(21), "", "sheet.date_form"},
			{id(22), "1990.2.30", phone(22), "", "sheet.date_none"},
			{id(23), "", "1380000", "", "people.phone_form"},
			{id(1), "", phone(24), "", "intake.twice_in_file"},
			{id(25), "", phone(25), "男女", "sheet.choice"},
		}
		sheet := [][]any{{"序 号", "姓　名*", "身份证号码", "性别", "出生日期", "手机号", "备注"}}
		want := map[int]string{}
		good := int64(0)
		for i, r := range rows {
			sheet = append(sheet, []any{number(fmt.Sprint(i + 1)), "王小明", r.id, r.sex, r.birth, r.phone, ""})
			if r.want == "" {
				good++
			} else {
				want[i+4] = r.want // three rows stand above
			}
		}
		v := c.send(intake.Workers, "返乡人员登记表.xlsx", c.messy("某某社区返乡务工人员登记表", sheet...))
		if v.Rows != int64(len(rows)) || v.In != good || v.Bad != int64(len(want)) {
			t.Errorf("%d rows, %d in, %d bad; want %d, %d, %d", v.Rows, v.In, v.Bad, len(rows), good,
				len(want))
		}
		list, err := c.Intake.FindProblems(c.clerk, intake.GetProblems{ImportID: v.ID,
			Lang: i18n.Chinese})
		c.ok(err)
		for _, p := range list.Problems {
			if want[p.Row] != p.Code {
				t.Errorf("row %d: %s (%s), want %q", p.Row, p.Code, p.Text, want[p.Row])
			}
			if !strings.HasPrefix(p.Text, fmt.Sprintf("第%d行", p.Row)) ||
				p.Field == "" && p.Code != "intake.twice_in_file" {
				t.Errorf("row %d does not say where: %q", p.Row, p.Text)
			}
			delete(want, p.Row)
		}
		for row, code := range want {
			t.Errorf("row %d: %s was not named", row, code)
		}
		c.lawful()
	})
}
