package desk

import (
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// galleryRoutes mounts a page that shows each component of ui as it looks, in a made-up city only:
// for whoever builds pages, and for the eye that compares them.
func (s *site) galleryRoutes(m *web.Mux) {
	m.Page("GET /dev/gallery", func(v *web.Visit) error {
		code, err := ui.DrawQR("https://example.org/gate")
		if err != nil {
			return err
		}
		return v.Show(galleryTempl(code))
	})
	m.Page("GET /dev/gallery/phone", func(v *web.Visit) error { return v.Show(galleryPhone()) })
	m.Page("GET /dev/gallery/screen", func(v *web.Visit) error { return v.Show(galleryScreen()) })
}

func galleryFrame() ui.Frame {
	return ui.Frame{Title: "Gallery", Desk: "desk.gallery", Path: "/dev/gallery",
		Menu: []ui.MenuItem{{Key: "desk.gallery", Path: "/dev/gallery", Count: 2},
			{Key: "desk.demo", Path: "/demo"}}}
}

func galleryList() ui.List {
	return ui.List{Title: "名单 list", Here: "/dev/gallery", Search: true, Total: 40, Page: 1, Pages: 2,
		Behind: "/dev/gallery", Export: "/dev/gallery", Heads: []ui.Head{
			{Label: "姓名 name", Sort: "/dev/gallery", Sorted: "ascending"},
			{Label: "状态 state"}, {Label: "金额 amount", Num: true}},
		Filters: []ui.Filter{{Name: "state", Label: "状态 state", Options: []ui.Option{
			{Value: "paid", Label: "已付 paid"}}}},
		Rows: [][]ui.Cell{
			{link("龙璐英", "链接 a link", "/dev/gallery"), badge("已付 paid", "good"), amount(18_750)},
			{text("王芳"), badge("要办 to do", "wait"), amount(9_900)},
			{text("李四"), badge("逾期 late", "late"), amount(120)},
			{text("赵六"), badge("结束 over", "off"), amount(0)}}}
}

func galleryForm(fault string) ui.DeskForm {
	options := []ui.Option{{Value: "a", Label: "甲 A"}, {Value: "b", Label: "乙 B"}}
	return ui.DeskForm{Title: "表单 form", Note: "说明 a note", Path: "/dev/gallery",
		Submit: "提交 send", Second: "另一个 other", Fault: fault, Inputs: []ui.Input{
			{Name: "text", Label: "文字 text", Hint: "提示 hint", Max: 20, Width: 4},
			{Name: "amount", Label: "金额 amount", Wrong: fault != "", Value: "一百", Width: 4},
			{Name: "n", Label: "数 number", Type: "number", Min: "1", Width: 4},
			{Type: "note", Label: "分段 part"},
			{Name: "day", Label: "日期 day", Type: "date", Optional: true, Width: 4},
			{Name: "at", Label: "时间 time", Type: "datetime-local", Optional: true, Width: 4},
			{Name: "file", Label: "文件 file", Type: "file", Width: 4},
			{Name: "one", Label: "选一个 one of", Type: "select", Options: options, Width: 4},
			{Name: "some", Label: "选几个 some of", Type: "ticks", Options: options, Width: 4},
			{Name: "yes", Label: "是 yes", Type: "tick", Value: "on", Width: 4},
			{Name: "area", Label: "长文字 words", Type: "area", Optional: true},
			{Name: "hidden", Type: "hidden", Value: "x"}}}
}
