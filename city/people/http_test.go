package people_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/web"
)

// Goal: the slice through its routes. A person logs in, registers and sets a card; what is wrong is
// one sentence in the asker's language with the right status, code and field; no answer shows a
// number.
func TestHTTP(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		book, err := sentences()
		if err != nil {
			t.Fatal(err)
		}
		who := func(r *http.Request) (context.Context, error) {
			token := r.Header.Get("Authorization")
			if token == "" {
				return r.Context(), nil
			}
			a, err := b.Authenticate(r.Context(), token)
			return people.WithActor(r.Context(), a), err
		}
		m := web.New(web.Options{Text: book, Authenticate: who})
		people.Routes(m, b.Service)
		h, token, n := m.Handler(), "", 0
		call := func(method, path, lang, body string) (int, string) {
			n++
			r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
			r.Header.Set("Accept-Language", lang)
			r.Header.Set("Authorization", token)
			r.Header.Set("Idempotency-Key", fmt.Sprint("http", n))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			for _, number := range []string{phoneA, idA, cardA} {
				if strings.Contains(w.Body.String(), number) {
					t.Errorf("%s %s shows %s", method, path, number)
				}
			}
			return w.Code, w.Body.String()
		}
		register := `{"name":"王芳","id_number":"` + idA + `","region":"330110"}`
		for _, c := range []struct {
			method, path, lang, body string
			status                   int
			must                     string
		}{
			{"GET", "/me", "zh", "", 401, "请先登录"},
			{"POST", "/workers", "en", register, 401, "Please log in first."},
			{"POST", "/codes", "zh", `{"phone":"123"}`, 422, "手机号应为11位数字"},
			{"POST", "/codes", "zh", `{"phone":"13800138000"}`, 200, `"until":"2026-03-02T00:05:00Z"`},
			{"POST", "/sessions", "en", `{"phone":"13800138000","code":"1"}`, 422, "4 tries are left"},
		} {
			status, body := call(c.method, c.path, c.lang, c.body)
			if status != c.status || !strings.Contains(body, c.must) {
				t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, status, body)
			}
		}
		_, body := call("POST", "/sessions", "zh", `{"phone":"13800138000","code":"`+b.code(phoneA)+`"}`)
		var s people.Session
		if err := json.Unmarshal([]byte(body), &s); err != nil || s.Token == "" {
			t.Fatalf("%s, %v", body, err)
		}
		token = s.Token
		for _, c := range []struct {
			method, path, lang, body string
			status                   int
			must                     string
		}{
			{"GET", "/me", "zh", "", 200, `"phone_masked":"138****8000"`},
			{"POST", "/workers", "zh", strings.Replace(register, idA, idA[:17]+"2", 1), 422,
				"按前17位算应为 1"},
			{"POST", "/workers", "en", strings.Replace(register, idA, "330199201011240267", 1), 422,
				"Nobody under 16 may register"},
			{"POST", "/workers", "zh", register, 200, `"id_masked":"330****0011"`},
			{"POST", "/workers", "zh", register, 409, "people.already_worker"},
			{"GET", "/workers/wrk_x", "zh", "", 403, "people.not_allowed"},
			{"POST", "/employers", "en", `{"uscc":"91330199MA0000015B","name":"x","address":"y",
				"principal":"李强","region":"330110"}`, 422, "the other 17 ask for A"},
			{"POST", "/staff", "zh", `{"phone":"13900139000","name":"赵敏","roles":["clerk"]}`, 403,
				"people.not_allowed"},
			{"POST", "/sessions/end", "zh", `{}`, 200, `"sessions":1`},
			{"GET", "/me", "zh", "", 401, "people.not_logged_in"},
		} {
			status, body := call(c.method, c.path, c.lang, c.body)
			if status != c.status || !strings.Contains(body, c.must) {
				t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, status, body)
			}
		}
		if len(m.Routes()) < 14 {
			t.Errorf("%d routes", len(m.Routes()))
		}
	})
}
