package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/gongyi/gongyi/internal/fault"
)

// roster is a kind of table as a slice would give it.
var roster = []Column{
	{Key: "name", Title: "姓名", Names: []string{"name", "劳动者姓名"}, Required: true},
	{Key: "id", Title: "身份证号", Names: []string{"身份证号码", "公民身份号码", "ID number"}, Required: true},
	{Key: "sex", Title: "性别", Choices: [][2]string{{"男", "male"}, {"女", "female"}}},
	{Key: "phone", Title: "联系电话", Names: []string{"手机", "手机号", "电话"}, Required: true},
}

// made builds a workbook with excelize.
func made(t testing.TB, fill func(f *excelize.File, sheet string)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f, f.GetSheetName(0))
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func set(t testing.TB, f *excelize.File, sheet string, row int, cells ...any) {
	t.Helper()
	if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", row), &cells); err != nil {
		t.Fatal(err)
	}
}

// all reads the rows of a workbook as "N:name/id/sex/phone".
func all(t *testing.T, data []byte) []string {
	t.Helper()
	table, err := Open(data, roster)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	var rows []string
	err = table.Each(func(r Row) error {
		mark := ""
		if r.Hidden {
			mark = "h"
		}
		rows = append(rows, fmt.Sprintf("%d%s:%s/%s/%s/%s", r.N, mark, r.Text("name"), r.Text("id"),
			r.Text("sex"), r.Text("phone")))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Goal: a county's roster: merged titles, unit and date, header in row 4 with stars, breaks and
// full-width brackets, columns in another order, blank rows, hidden rows, a sum and a signature.
func TestReadMessyRoster(t *testing.T) {
	t.Parallel()
	data := made(t, func(f *excelize.File, s string) {
		set(t, f, s, 1, "某某县返乡人员台账")
		if err := f.MergeCell(s, "A1", "F1"); err != nil {
			t.Fatal(err)
		}
		set(t, f, s, 2, "填报单位：某某镇", nil, "填报日期：2026.2.3", nil, "负责人：李四")
		set(t, f, s, 4, "序号", " 姓　名＊", "性别", "联系电话\n（必填）", "身份证号码 (18位)",
			"备注")
		set(t, f, s, 5, 1, "张三 ", "男", 13800138000, "'330199199001010011", "")
		set(t, f, s, 7, 2, "　李　四", 2, "１３９００１３９０００", "33019919681130002５", nil)
		set(t, f, s, 8, 3, "王五", "1", "13700137000", 3.30199199001010e17)
		set(t, f, s, 9, 4) // numbered in advance
		set(t, f, s, 11, "合计：3人")
		set(t, f, s, 12, "填表人：赵六", nil, nil, "审核人：")
		if err := f.SetRowVisible(s, 7, false); err != nil {
			t.Fatal(err)
		}
	})
	same(t, all(t, data), "5:张三/330199199001010011/男/13800138000",
		"7h:李　四/33019919681130002５/2/１３９００１３９０００", "8:王五/330199199001010000/1/13700137000")
}

// Goal: the group's title above, the column's below; the table on the second sheet; a formula's
// value; and a near miss of a header.
func TestReadTwoRowHeader(t *testing.T) {
	t.Parallel()
	data := made(t, func(f *excelize.File, s string) {
		set(t, f, s, 1, "填表说明", "请看第二页")
		if _, err := f.NewSheet("名册"); err != nil {
			t.Fatal(err)
		}
		set(t, f, "名册", 1, "基本情况", nil, "联系方式", nil)
		set(t, f, "名册", 2, "姓名", "身份证号吗", "手机", "微信")
		set(t, f, "名册", 3, nil, "330199199001010011", "13800138000")
		if err := f.SetCellFormula("名册", "A3", `"张"&"三"`); err != nil {
			t.Fatal(err)
		}
		if err := f.UpdateLinkedValue(); err != nil {
			t.Fatal(err)
		}
	})
	got := all(t, data)
	if len(got) != 1 || !strings.HasSuffix(got[0], "/330199199001010011//13800138000") {
		t.Errorf("got %q", got)
	}
}

// wps is a workbook as WPS writes some: inline strings, rows without numbers, a cached formula.
const wps = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c>
<c r="B1" t="inlineStr"><is><r><t>身份</t></r>
<r><t>证号</t></r></is></c><c r="C1" t="inlineStr"><is><t xml:space="preserve"> 电话 </t></is></c></row>
<row r="2"><c r="A2" t="str"><f>"张"&amp;"三"</f><v>张三</v></c>
<c r="B2" t="inlineStr"><is><t xml:space="preserve">330199199001010011  </t></is></c>
<c r="C2"><v>13800138000</v></c></row></sheetData></worksheet>`

// Goal: inline strings, rich text, cached formulas and numbers where text is meant.
func TestReadWPS(t *testing.T) {
	t.Parallel()
	data := replaced(t, made(t, func(*excelize.File, string) {}),
		"xl/worksheets/sheet1.xml", []byte(wps))
	same(t, all(t, data), "2:张三/330199199001010011//13800138000")
}

// replaced writes a workbook again with another part.
func replaced(t testing.TB, data []byte, name string, content []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range z.File {
		if part.Name == name {
			continue
		}
		if err := w.Copy(part); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Goal: what is no table of this kind, or could do harm, is refused with its own words.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	good := headed(t, "姓名", "身份证号", "电话")
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"Empty":     {nil, "sheet.not_xlsx"},
		"Text":      {[]byte("姓名,身份证号\n"), "sheet.not_xlsx"},
		"Old":       {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "sheet.old_format"},
		"Macros":    {replaced(t, good, "xl/vbaProject.bin", []byte("x")), "sheet.macros"},
		"Bomb":      {replaced(t, good, "xl/media/a.bin", make([]byte, 8<<20)), "sheet.bomb"},
		"Large":     {make([]byte, BytesMax+1), "sheet.too_large"},
		"Cut":       {good[:len(good)/2], "sheet.not_xlsx"},
		"Broken":    {replaced(t, good, "xl/workbook.xml", []byte("<workbook")), "sheet.no_header"},
		"OtherZip":  {replaced(t, zipOf(t), "a.txt", []byte("x")), "sheet.not_xlsx"},
		"NoHeader":  {headed(t, "甲", "乙"), "sheet.no_header"},
		"Missing":   {headed(t, "姓名", "电话"), "sheet.column_missing"},
		"SameTwice": {headed(t, "姓名", "身份证号", "电话", "手机"), "sheet.header_twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, err := Open(c.data, roster)
			if err == nil {
				table.Close()
			}
			if f := fault.As(err); f == nil || f.Kind != fault.Invalid ||
				f.Code != c.code && name != "Broken" {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

func headed(t testing.TB, cells ...any) []byte {
	t.Helper()
	return made(t, func(f *excelize.File, s string) { set(t, f, s, 1, cells...) })
}

func zipOf(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := zip.NewWriter(&out).Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Goal: the sender's file comes back with its titles, its wrong rows only, what is wrong in a
// column more, and nothing that a spreadsheet could run; and it can be read again.
func TestFaulty(t *testing.T) {
	t.Parallel()
	data := made(t, func(f *excelize.File, s string) {
		set(t, f, s, 1, "某某县台账")
		set(t, f, s, 2, "姓名", "身份证号", "电话", "备注")
		set(t, f, s, 3, "张三", "330199199001010011", "13800138000")
		set(t, f, s, 4, "=cmd|' /C calc'!A0", "330199199001010012", "13800138001", "+1")
	})
	table, err := Open(data, roster)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	back, err := table.Faulty("错误", func(n int) string {
		if n == 4 {
			return "第4行 身份证号: 校验位应为1"
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(back))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, cells := range rows {
		got = append(got, strings.Join(cells, "|"))
	}
	same(t, got, "某某县台账", "姓名|身份证号|电话|备注|错误",
		"'=cmd|' /C calc'!A0|330199199001010012|13800138001|'+1|第4行 身份证号: 校验位应为1")
	same(t, all(t, back), "3:=cmd|' /C calc'!A0/330199199001010012//13800138001")
}

// Goal: a template is text throughout, marks what is required, locks what is worked out, offers the
// choices, explains itself, and is read as an empty table of its kind.
func TestTemplate(t *testing.T) {
	t.Parallel()
	cols := append([]Column{}, roster...)
	cols[2].Auto = true
	data, err := Template{Name: "劳动者", Title: "劳动者导入模板", Columns: cols, Help: "填写说明",
		Heads: []string{"列", "必填", "怎么填"}, Notes: []string{"不要改动表头。"}, Words: Words{
			Required: "必填", Optional: "选填", Auto: "自动", PickTitle: "请选择", PickOne: "只能从下拉列表中选"},
	}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	same(t, all(t, data))
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if v, _ := f.GetCellValue("劳动者", "B2"); v != "身份证号*" {
		t.Errorf("B2 is %q", v)
	}
	for col, locked := range map[string]bool{"B": false, "C": true} {
		id, err := f.GetColStyle("劳动者", col)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil || style.NumFmt != asText || style.Protection == nil ||
			style.Protection.Locked != locked {
			t.Errorf("column %s: %+v, %v", col, style, err)
		}
	}
	lists, err := f.GetDataValidations("劳动者")
	if err != nil || len(lists) != 1 || !strings.Contains(lists[0].Formula1, "男,女") {
		t.Errorf("drop-downs: %+v, %v", lists, err)
	}
	if v, _ := f.GetCellValue("填写说明", "A2"); v != "姓名" {
		t.Errorf("the explanation begins with %q", v)
	}
}

// Goal: a list is text under its header.
func TestList(t *testing.T) {
	t.Parallel()
	data, err := List("劳动者", []string{"姓名", "身份证号", "电话"},
		func(yield func([]string, error) bool) {
			yield([]string{"张三", "330199199001010011", "13800138000"}, nil)
		})
	if err != nil {
		t.Fatal(err)
	}
	same(t, all(t, data), "2:张三/330199199001010011//13800138000")
	_, err = List("x", []string{"a"}, func(yield func([]string, error) bool) { yield(nil, errEnough) })
	if err == nil {
		t.Error("a source's error is lost")
	}
}

// Goal: more rows than the bound, and a cell longer than it, are refused in words.
func TestEachBounds(t *testing.T) {
	t.Parallel()
	long := made(t, func(f *excelize.File, s string) {
		set(t, f, s, 1, "姓名", "身份证号", "电话")
		set(t, f, s, 2, strings.Repeat("长", cellRunesMax+1), "1", "2")
	})
	table, err := Open(long, roster)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if err := table.Each(func(Row) error { return nil }); !fault.Is(err, "sheet.cell_long") {
		t.Errorf("a long cell: %v", err)
	}
	many, err := List("x", []string{"姓名", "身份证号", "电话"}, func(yield func([]string, error) bool) {
		for range RowsMax + 1 {
			if !yield([]string{"张三", "1", "2"}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	full, err := Open(many, roster)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	rows := 0
	err = full.Each(func(Row) error { rows++; return nil })
	if !fault.Is(err, "sheet.too_many_rows") || rows != RowsMax {
		t.Errorf("%d rows, then %v", rows, err)
	}
}

// Goal: whatever header stands there, finding it ends, and each column is placed once.
func FuzzHeader(f *testing.F) {
	f.Add("姓名|身份证号|手机", "1|2|3")
	f.Add("基本情况||联系方式", "姓 名*|身份证号吗(18)|电话")
	f.Add("((|】)|[", "姓名|姓名|")
	f.Fuzz(func(t *testing.T, first, second string) {
		h, err := findHeader(roster, [][]string{strings.Split(first, "|"), strings.Split(second, "|")})
		if err != nil {
			if fault.As(err) == nil {
				t.Errorf("%v is no fault", err)
			}
			return
		}
		seen := map[int]bool{}
		for key, i := range h.at {
			if seen[i] {
				t.Errorf("%s stands where another column stands", key)
			}
			seen[i] = true
		}
	})
}

// Goal: whatever bytes come, the answer is a table within its bounds or a fault.
func FuzzWorkbook(f *testing.F) {
	good := made(f, func(x *excelize.File, s string) {
		set(f, x, s, 1, "姓名", "身份证号", "电话")
		set(f, x, s, 2, "张三", "330199199001010011", 13800138000)
	})
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xd0\xcf\x11\xe0"))
	f.Add(replaced(f, good, "xl/worksheets/sheet1.xml", []byte(wps)))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkWorkbook(t, data)
	})
}

// Goal: whatever stands in a sheet's part, the answer is a table within its bounds or a fault.
func FuzzSheetXML(f *testing.F) {
	good := made(f, func(*excelize.File, string) {})
	f.Add([]byte(wps))
	f.Add([]byte(`<worksheet><sheetData><row r="9999999"><c r="XFD1"><v>1</v></c></row></sheetData>`))
	f.Add([]byte(`<worksheet><sheetData><row><c t="s"><v>-1</v></c><c t="s"><v>9</v></c></row>`))
	f.Fuzz(func(t *testing.T, part []byte) {
		checkWorkbook(t, replaced(t, good, "xl/worksheets/sheet1.xml", part))
	})
}

func checkWorkbook(t *testing.T, data []byte) {
	t.Helper()
	table, err := Open(data, roster)
	if err != nil {
		if fault.As(err) == nil {
			t.Fatalf("%v is no fault", err)
		}
		return
	}
	defer table.Close()
	err = table.Each(func(r Row) error {
		if r.N <= table.HeaderRow || len(r.Cells()) == 0 && r.Text("name") != "" {
			t.Errorf("row %d below header %d", r.N, table.HeaderRow)
		}
		return nil
	})
	if err != nil && fault.As(err) == nil {
		t.Fatalf("%v is no fault", err)
	}
}
