package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/internal/civil"
)

// An auditor comes from the cockpit's vacancies, placements and contracts to their rows, as many as
// the number says, from a row to the vacancy or the contract whole, and from list to list of the
// same days; nobody else than the bureau gets there.
func TestPagesNumberToRows(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.works(60, 3)
		newDesks(c)
		day := civil.DateOf(c.clk.Now())
		site := serve(c)
		auditor := site.with(c.session("19990000003"))
		figures := do[cockpit.View](site, "", "/indicators", nil)
		figure := func(code, part string) int64 {
			for _, i := range figures.Indicators {
				if i.Code == code && i.Part == part {
					return i.Num
				}
			}
			t.Fatalf("no figure %s %s", code, part)
			return 0
		}
		for _, of := range []struct {
			code, part, list, row string
			to                    []string // what a row leads to, and what is read there
		}{
			{"M02", "vacancies", "/g/published", "/g/published/vac_", []string{"分拣员", "班次"}},
			{"M04", "", "/g/intended", "/g/published/vac_", []string{"分拣员", "班次"}},
			{"M03", "matched", "/g/placed", "/g/signed/", []string{"签署过程", "与记录一致"}},
			{"C01", "contracts", "/g/signed", "/g/signed/", []string{"合同原文", "双方签署完成", "已签，有效"}},
		} {
			n := figure(of.code, of.part)
			page := auditor.follow(auditor.open("/cockpit/indicators/"+of.code).body,
				of.list+"?from="+string(figures.From))
			rows := strings.Count(page, `href="`+of.row)
			if n == 0 || int64(rows) != n || !strings.Contains(page, fmt.Sprintf(">%d<", n)) {
				t.Errorf("%s is %d, %d rows:\n%s", of.code, n, rows, page)
			}
			one := auditor.follow(page, of.row)
			for _, text := range of.to {
				if !strings.Contains(one, text) {
					t.Errorf("%s: no %s on\n%s", of.row, text, one)
				}
			}
			if book := auditor.open(of.list + "?export=xlsx&from=" + string(day)).body; !strings.
				HasPrefix(book, "PK") {
				t.Errorf("no workbook of %s: %.80s", of.list, book)
			}
		}
		placed := auditor.open("/g/placed?from=" + string(day) + "&until=" + string(day)).body
		auditor.follow(placed, "/g/published/vac_")
		auditor.follow(placed, "/g/starts?from="+string(day)+"&amp;until="+string(day))
		boss := site.with(c.session(c.employer.phone))
		for _, path := range []string{"/g/published", "/g/placed", "/g/signed", "/g/published/vac_x",
			"/g/signed/con_x"} {
			want(t, "not the bureau's", boss.open(path), http.StatusForbidden)
		}
		want(t, "no vacancy", auditor.open("/g/published/vac_x"), http.StatusNotFound)
		want(t, "no contract", auditor.open("/g/signed/con_x"), http.StatusNotFound)
	})
}
