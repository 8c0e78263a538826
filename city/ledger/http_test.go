package ledger_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// Goal: the routes reach the operations, and a refusal is a sentence with the right status.
func TestHTTP(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		book, err := i18n.Load()
		b.must(err)
		who := func(r *http.Request) (context.Context, error) {
			role := people.Role(r.Header.Get("Authorization"))
			a := people.Actor{AccountID: "acc_1", Roles: []people.Role{role}}
			return people.WithActor(r.Context(), a), nil
		}
		m := web.New(web.Options{Text: book, Authenticate: who})
		ledger.Routes(m, b.s)
		for _, c := range []struct {
			role, method, path string
			status             int
			must               string
		}{
			{"clerk", "GET", "/payouts/stuck", 200, `"payouts":[]`},
			{"worker", "GET", "/payouts/stuck", 403, `"code":"people.not_allowed"`},
			{"clerk", "POST", "/payouts/pay_1/ask-again", 404, "没有这笔代发"},
			{"employer", "POST", "/payouts/pay_1/ask-again", 403, `"code":"people.not_allowed"`},
		} {
			r := httptest.NewRequest(c.method, "/api/v1"+c.path, strings.NewReader(""))
			r.Header.Set("Authorization", c.role)
			r.Header.Set("Idempotency-Key", "k")
			w := httptest.NewRecorder()
			m.Handler().ServeHTTP(w, r)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.must) {
				t.Errorf("%s %s %s: %d %s", c.role, c.method, c.path, w.Code, w.Body)
			}
		}
	})
}
