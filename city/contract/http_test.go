package contract_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// Goal: a worker reads, asks for the code and signs through the routes; what is wrong is one
// sentence with the right status; nothing half-done.
func TestHTTP(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w, stranger := b.worker(1, "1990-01-01"), b.worker(3, "1990-01-01")
		id := b.drafted(w, "a", terms(monday.At(9*60), 8))
		auditor := people.WithActor(context.Background(), people.Actor{AccountID: "aud",
			Roles: []people.Role{people.RoleAuditor}})
		actors := map[string]context.Context{"auditor": auditor, "worker": w, "stranger": stranger,
			"boss": b.boss, "": context.Background()}
		m := web.New(web.Options{Text: must(i18n.Load())(t),
			Authenticate: func(r *http.Request) (context.Context, error) {
				return actors[r.Header.Get("Authorization")], nil
			}})
		contract.Routes(m, b.s)
		calls := 0
		call := func(actor, method, path, body string) (int, string) {
			calls++
			r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
			r.Header.Set("Authorization", actor)
			r.Header.Set("Idempotency-Key", fmt.Sprint("http", calls))
			out := httptest.NewRecorder()
			m.Handler().ServeHTTP(out, r)
			return out.Code, out.Body.String()
		}
		var shown contract.View
		_, body := call("worker", "GET", "/contracts/"+id, "")
		if err := json.Unmarshal([]byte(body), &shown); err != nil {
			t.Fatal(err, body)
		}
		page, hash := "/contracts/"+id, `{"text_hash":"`+shown.TextHash+`"}`
		for _, c := range []struct {
			actor, method, path, body string
			status                    int
			must                      string
			rows                      int64 // of evidence, after it
		}{
			{"", "GET", page, "", 401, "people.not_logged_in", 2},
			{"stranger", "GET", page, "", 404, "没有找到这份合同。", 2},
			{"boss", "GET", page, "", 200, `"intact":true`, 2},
			{"boss", "GET", page + "?full=true", "", 403, "people.not_allowed", 2},
			{"worker", "GET", page + "?full=true", "", 200, idNumber("1990-01-01", 1), 2},
			{"stranger", "GET", "/workers/" + w.id + "/contracts", "", 403, "people.not_allowed", 2},
			{"worker", "GET", "/workers/" + w.id + "/contracts", "", 200, id, 2},
			{"worker", "GET", "/contract-clocks", "", 403, "people.not_allowed", 2},
			{"boss", "GET", "/contract-clocks?employer_id=" + b.emp, "", 200, `"clocks":[]`, 2},
			{"worker", "POST", page + "/codes", `{"text_hash":""}`, 409, "text_hash", 2},
			{"boss", "POST", page + "/codes", hash, 403, "people.not_allowed", 2},
			{"worker", "POST", page + "/codes", hash, 200, id, 4},
			{"worker", "POST", page + "/signature", `{"code":"no"}`, 422, "code_wrong", 4},
			{"worker", "POST", page + "/signature", `{"code":"CODE"}`, 200, "evidence_hash", 6},
			{"worker", "POST", page + "/signature", `{"code":"CODE"}`, 409, "合同已经签署", 6},
			{"worker", "GET", "/contracts/counted", "", 403, "people.not_allowed", 6},
			{"auditor", "GET", "/contracts/counted", "", 200, `"count":1`, 6},
		} {
			body := strings.ReplaceAll(c.body, "CODE", b.code(w.phone))
			status, answer := call(c.actor, c.method, c.path, body)
			rows := b.count(`SELECT COUNT(*) FROM contract_evidence`)
			if status != c.status || !strings.Contains(answer, c.must) || rows != c.rows {
				t.Errorf("%s %s %s %s: %d, %d rows, %s", c.actor, c.method, c.path, body, status, rows,
					answer)
			}
		}
		if n := len(m.Routes()); n != 6 {
			t.Errorf("%d routes: have all a row above?", n)
		}
	})
}
