package wage_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// Goal: the slice through its routes: an employer confirms, both sides look, strangers learn
// nothing, and what is wrong is one sentence with the right status.
func TestHTTP(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		id := b.earn("plc")
		book, err := i18n.Load()
		b.must(err)
		roles := map[string]context.Context{"worker": b.asWorker(), "employer": b.asEmployer(),
			"clerk": b.asClerk(), "": context.Background()}
		who := func(r *http.Request) (context.Context, error) {
			a := people.ActorOf(roles[r.Header.Get("Authorization")])
			return people.WithActor(r.Context(), a), nil
		}
		m := web.New(web.Options{Text: book, Authenticate: who})
		wage.Routes(m, b.s)
		lines := `{"line_ids":["` + id + `"]}`
		for _, c := range []struct {
			role, method, path, body string
			status                   int
			must                     string
		}{
			{"", "GET", "/workers/" + b.worker + "/wages", "", 401, "请先登录"},
			{"worker", "GET", "/workers/" + b.worker + "/wages", "", 200, `"unpaid_fen":19200`},
			{"worker", "GET", "/workers/wrk_x/wages", "", 403, "people.not_allowed"},
			{"worker", "GET", "/wage-lines/" + id + "/slip", "", 200, `"id_masked":"110****002X"`},
			{"worker", "GET", "/wage-lines/wln_x/slip", "", 404, "没有这条工资记录"},
			{"employer", "GET", "/employers/" + b.employer + "/wages", "", 200, `"owed_fen":19200`},
			{"worker", "POST", "/employers/" + b.employer + "/confirmations", lines, 403, "not_allowed"},
			{"employer", "POST", "/employers/" + b.employer + "/confirmations", `{"line_ids":[]}`, 422,
				"line_ids"},
			{"employer", "POST", "/employers/" + b.employer + "/confirmations", lines, 200, `"confirmed":1`},
			{"clerk", "GET", "/wage-lines/stuck", "", 200, `"lines":[]`},
			{"clerk", "POST", "/wage-lines/" + id + "/pay-again", "", 409, "没有被银行退回"},
			{"employer", "POST", "/wage-lines/" + id + "/pay-again", "", 403, "not_allowed"},
		} {
			r := httptest.NewRequest(c.method, "/api/v1"+c.path, strings.NewReader(c.body))
			r.Header.Set("Authorization", c.role)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", c.role+c.body[:min(3, len(c.body))])
			w := httptest.NewRecorder()
			m.Handler().ServeHTTP(w, r)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.must) {
				t.Errorf("%s %s %s: %d %s", c.role, c.method, c.path, w.Code, w.Body)
			}
		}
	})
}
