package e2e

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// Goal: one phone gets its codes of an hour and then 429 with the time to come back, whoever asks;
// one address gets a minute's codes and then 429, whatever the phone; a refusal of either leaves no
// row.
func TestTooManyCodes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		mux := c.Web(app.Face{Name: "测试城", Limiter: web.NewLimiter(web.Limits{Codes: 20})})
		srv := httptest.NewServer(mux.Handler())
		t.Cleanup(srv.Close)
		s := &site{c, mux, srv.URL}
		ask := func(phone, lang string) answer {
			return s.call(request{method: http.MethodPost, path: web.Prefix + "/codes", lang: lang,
				body: `{"phone": "` + phone + `"}`, key: c.key().IdempotencyKey})
		}
		book, err := c.Policy.At("people.code_per_hour", "", "2026-03-02")
		c.ok(err)
		sent := int64(0)
		for ; sent < book.Value; sent++ {
			if a := ask("19900000001", ""); a.status != http.StatusOK {
				t.Fatalf("code %d of the hour: %d %s", sent, a.status, a.body)
			}
		}
		before := c.rows()
		a := ask("19900000001", i18n.English)
		wait, err := strconv.Atoi(a.header.Get("Retry-After"))
		if a.status != http.StatusTooManyRequests || a.Code != "people.code_too_many" || err != nil ||
			wait < 1 || wait > 3601 || !strings.Contains(a.Title, "ask again after") {
			t.Errorf("one code too many for the phone: %d %s, Retry-After %d", a.status, a.body, wait)
		}
		for n := sent + 1; n < 20; n++ {
			if a := ask("199000001"+strconv.FormatInt(n+10, 10), ""); a.status != http.StatusOK {
				t.Fatalf("code %d of the address: %d %s", n, a.status, a.body)
			}
		}
		after := c.rows()
		a = ask("19900000099", "")
		wait, err = strconv.Atoi(a.header.Get("Retry-After"))
		if a.status != http.StatusTooManyRequests || a.Code != "web.too_often" || err != nil ||
			wait < 1 || wait > 60 || !strings.Contains(a.Title, "秒后再试") {
			t.Errorf("one code too many for the address: %d %s, Retry-After %d", a.status, a.body, wait)
		}
		if left := c.rows(); left["codes"] != after["codes"] || before["codes"] >= after["codes"] {
			t.Errorf("codes: %d, then %d, then %d", before["codes"], after["codes"], left["codes"])
		}
	})
}
