package insurance_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// Goal: plans, consents, covers and the clerk's list through their routes, with the right status.
func TestHTTP(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		actors := map[string]context.Context{"worker": w, "clerk": b.clerk, "": context.Background()}
		m := web.New(web.Options{Text: must(i18n.Load())(t),
			Authenticate: func(r *http.Request) (context.Context, error) {
				return actors[r.Header.Get("Authorization")], nil
			}})
		insurance.Routes(m, b.s)
		const plan = `{"name":"甲","insurer":"demo","death_fen":1000,"premium_day_fen":1,` +
			`"age_min":16,"age_max":65}`
		self, id := "/workers/"+w.id, b.plan.ID
		agree := `{"plan_id":"` + id + `","version":1`
		for n, c := range []struct {
			actor, method, path, body string
			status                    int
			must                      string
		}{
			{"", "GET", "/bordereaux", "", 401, "people.not_logged_in"},
			{"worker", "GET", "/insurance-plans", "", 200, `"death_fen":50000000`},
			{"worker", "POST", "/insurance-plans", plan, 403, "people.not_allowed"},
			{"clerk", "POST", "/insurance-plans", plan, 200, `"version":1,"state":"open"`},
			{"clerk", "POST", "/insurance-plans", strings.Replace(plan, "16", "15", 1), 422, "age_min"},
			{"clerk", "POST", "/insurance-plans", strings.Replace(plan, "demo", "平安", 1), 422, "insurer"},
			{"clerk", "POST", "/insurance-plans/pln_x", plan, 404, "insurance.plan_not_found"},
			{"worker", "GET", self + "/insurance-plans/" + id, "", 200, `"agreed":`},
			{"worker", "GET", self + "/insurance-plans/pln_x", "", 404, "insurance.plan_not_found"},
			{"clerk", "GET", self + "/insurance-plans/" + id, "", 403, "people.not_allowed"},
			{"worker", "POST", self + "/insurance-consents", agree + `,"beneficiary":"boss"}`, 422,
				"beneficiary"},
			{"worker", "POST", self + "/insurance-consents", agree + `0}`, 409, "请看过新的保额再同意"},
			{"worker", "POST", self + "/insurance-consents", agree + `}`, 200, `"beneficiary":"heirs"`},
			{"clerk", "POST", self + "/insurance-consents", agree + `}`, 403, "people.not_allowed"},
			{"worker", "POST", self + "/insurance-consents/withdrawals", `{"plan_id":"` + id + `"}`, 200,
				"withdrawn_at"},
			{"worker", "POST", self + "/insurance-consents/withdrawals", `{"plan_id":"` + id + `"}`, 403,
				"insurance.no_consent"},
			{"worker", "GET", self + "/covers", "", 200, `{"covers":[]}`},
			{"worker", "GET", "/workers/wrk_x/covers", "", 403, "people.not_allowed"},
			{"worker", "GET", "/bordereaux", "", 403, "people.not_allowed"},
			{"clerk", "GET", "/bordereaux", "", 200, `{"bordereaux":[]}`},
			{"worker", "GET", "/cover-requests/denied", "", 403, "people.not_allowed"},
			{"clerk", "GET", "/cover-requests/denied", "", 200, `{"denied":[]}`},
			{"clerk", "POST", "/bordereaux/bdx_x/retries", "", 404, "insurance.bordereau_not_found"},
			{"clerk", "POST", "/insurance-plans/" + id + "/end", "", 200, `"state":"closed"`},
			{"", "GET", "/insurance-plans", "", 200, `"insurer":"demo","mode"`},
		} {
			r := httptest.NewRequest(c.method, "/api/v1"+c.path, strings.NewReader(c.body))
			r.Header.Set("Authorization", c.actor)
			r.Header.Set("Idempotency-Key", fmt.Sprint("http", n))
			out := httptest.NewRecorder()
			m.Handler().ServeHTTP(out, r)
			if out.Code != c.status || !strings.Contains(out.Body.String(), c.must) {
				t.Errorf("%s %s %s %s: %d %s", c.actor, c.method, c.path, c.body, out.Code, out.Body)
			}
		}
		if n := len(m.Routes()); n != 11 {
			t.Errorf("%d routes: have all a row above?", n)
		}
	})
}
