package e2e

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/people"
)

// Goal: the director logs in, sees the cockpit on a phone and a desk, the wall at 1920 × 1080,
// opens a district from the map and a definition from a number, sees the sum move as wages are
// paid, and downloads the day's report; with and without script, without what axe finds serious.
func TestBrowserDirector(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.String(), func(t *testing.T) {
			t.Parallel()
			c := newTown(t, "sqlite:"+filepath.Join(t.TempDir(), "city.db"))
			_, err := c.People.CreateStaff(people.AsSystem(t.Context(), "test"), people.CreateStaff{
				Keyed: c.key(), Phone: directorPhone, Name: "王局长",
				Roles: []people.Role{people.RoleDirector}})
			c.ok(err)
			c.works(40, 6)
			srv := httptest.NewServer(c.Web(app.Face{Name: "重庆市", Region: "50"}).Handler())
			t.Cleanup(srv.Close)
			b := openChrome(t, c, srv.URL, way.scripts, way.width, way.height)
			b.open("/login?lang=zh-CN&next=/cockpit")
			b.typeIn("phone", directorPhone)
			b.tap("form[action$='/login/code'] button")
			b.sms(directorPhone)
			b.tap("form[action$='/login'] button")
			b.says("数据驾驶舱", "今日已发工资", "渝中区")
			b.open("/cockpit/districts")
			b.tap("tr[data-key='500103'] a")
			b.says("重庆市 · 渝中区", "分拣中心")
			b.open("/cockpit")
			b.tap("a.wl-ring")
			b.says("收工后24小时内到账的比例", "数据来源", "打开工作台上的名单")
			b.tap("a[href*='/g/late?from=']")
			b.says("到期未按时到账的工资")
			b.open("/g/paid")
			b.open("/g/starts")
			b.open("/cockpit/daily")
			b.says("零工就业日报", "上周同日")
			b.downloads("docx", "PK")
			b.downloads("pdf", "%PDF-")
			b.do(chromedp.EmulateViewport(1920, 1080))
			b.open("/cockpit/wall")
			b.says("重庆市零工就业数据驾驶舱", "从意向到工资", "热门职业")
			for range 8 {
				c.sweep(2 * time.Hour)
			}
			if way.scripts {
				b.comes(`document.querySelector('[data-now=fen]').textContent === '1,125.00'`)
				b.comes(`document.querySelectorAll('canvas').length >= 1`)
				b.open("/cockpit?lang=en")
			}
		})
	}
}

const directorPhone = "19990000009"

// comes waits until the page says yes.
func (b *chrome) comes(yes string) {
	b.c.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepBound)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](yes)); err != nil {
		b.c.t.Fatalf("%s: %v", yes, err)
	}
}

// downloads gets the report by the page's own link to a kind of file, which begins with magic.
func (b *chrome) downloads(kind, magic string) {
	t := b.c.t
	t.Helper()
	link, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](
		`document.querySelector('a[download][href*="as=`+kind+`"]').href`))
	b.c.ok(err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	b.c.ok(err)
	got, err := http.DefaultClient.Do(r)
	b.c.ok(err)
	defer got.Body.Close()
	file, err := io.ReadAll(got.Body)
	b.c.ok(err)
	if got.StatusCode != http.StatusOK || !strings.HasPrefix(string(file), magic) {
		t.Errorf("the report as %s: %d, %d bytes", kind, got.StatusCode, len(file))
	}
}
