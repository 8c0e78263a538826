package sim

import (
	"context"
	"fmt"

	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/sheet"
)

const (
	rosterMin   = 10 * 60 // the townships' lists reach the desk
	resendMin   = 15 * 60 // and some come a second time, after a telephone call
	rosterFirst = 30_000_000
	rosterMost  = 100 // people of a day's roster, for the numbering
)

// sendRosters lets the clerk import the day's roster of people who live in villages and have no
// phone in hand; mistakes of who typed it are as frequent as all others. Some send theirs again.
func (w *world) sendRosters(ctx context.Context, now int) error {
	if w.due(rosterMin, now) {
		if err := w.sendRoster(ctx, "first"); err != nil {
			return err
		}
	}
	if w.due(resendMin, now) && w.chance(3000, "roster again", w.day) {
		return w.sendRoster(ctx, "again")
	}
	return nil
}

func (w *world) sendRoster(ctx context.Context, which string) error {
	if !w.clerk.known() {
		return nil
	}
	content, err := w.roster()
	if err != nil {
		return err
	}
	_, err = w.city.Intake.StartImport(w.clerk.as(ctx), intake.Upload{
		Keyed: deed.Key(fmt.Sprintf("sim/roster/%d/%s", w.day, which)), Kind: intake.Workers,
		FileName: fmt.Sprintf("名册%03d.xlsx", w.day), Content: content})
	_, err = w.did(err)
	return err
}

// roster writes the day's list as a township office would.
func (w *world) roster() ([]byte, error) {
	county := w.district(w.day, "roster").code
	head := []string{"序号", "姓名", "身份证号码", "性别", "联系电话", "县区代码"}
	return sheet.List("名册", []string{"返乡人员名册"}, func(yield func([]string, error) bool) {
		rows := [][]string{head}
		for k := range 10 + w.n(20, "roster", w.day) {
			rows = append(rows, w.rosterRow(k, county, rows[len(rows)-1]))
		}
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	})
}

func (w *world) rosterRow(k int, county string, before []string) []string {
	n := rosterFirst + w.day*rosterMost + k
	p := w.person(n, county, "1961-01-01", 17_300)
	row := []string{fmt.Sprint(k + 1), p.Name, p.IDNumber, "", p.Phone, county}
	slip := func(what string) bool { return w.chance(w.cfg.FaultsBP, what, w.day, k) }
	switch {
	case slip("roster digit"):
		row[2] = p.IDNumber[:17] + map[bool]string{true: "1", false: "0"}[p.IDNumber[17] == '0']
	case slip("roster number cell"):
		row[2] = p.IDNumber[:1] + "." + p.IDNumber[1:3] + "E+17"
	case slip("roster phone"):
		row[4] = p.Phone[:9]
	case k > 0 && slip("roster twice"):
		copy(row[1:], before[1:])
	}
	return row
}
