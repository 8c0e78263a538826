package insurance

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: only a whole answer with status 200 counts; everything else is "no answer", never a panic
// or a refusal, and a stranger's words are cut and cleaned.
func TestClientAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		status     int
		want       Answer
		lost       bool
	}{
		{"accepted", `{"state":"accepted","reason":""}`, 200, Answer{State: "accepted"}, false},
		{"rejected", `{"state":"rejected","reason":"超龄"}`, 200, Answer{"rejected", "超龄"}, false},
		{"more fields", `{"state":"accepted","n":1}`, 200, Answer{State: "accepted"}, false},
		{"a long reason", `{"state":"rejected","reason":"` + strings.Repeat("长", 300) + `"}`, 200,
			Answer{"rejected", strings.Repeat("长", reasonRunesMax)}, false},
		{"a NUL", `{"state":"rejected","reason":"a\u0000b"}`, 200, Answer{"rejected", "a?b"}, false},
		{"down", `{"state":"accepted"}`, 503, Answer{}, true},
		{"lost", ``, 504, Answer{}, true},
		{"another key's body", `{"state":"accepted"}`, 409, Answer{}, true},
		{"half", `{"state":"acc`, 200, Answer{}, true},
		{"a list", `[]`, 200, Answer{}, true},
		{"a page", `<html>`, 200, Answer{}, true},
		{"without end", `{"reason":"` + strings.Repeat("x", answerBytesMax), 200, Answer{}, true},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}))
		got, err := NewClient(srv.URL+"/", srv.Client()).Tell(t.Context(), Declaration{Key: "k"})
		srv.Close()
		if got != c.want || c.lost != (err != nil) ||
			c.lost && !fault.Is(err, "insurance.insurer_unavailable") {
			t.Errorf("%s: got %+v, %v", c.name, got, err)
		}
	}
}

// Goal: the calls on the wire are one POST and one GET, with the key in both.
func TestClientCalls(t *testing.T) {
	t.Parallel()
	var calls []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls = append(calls, r.Method+" "+r.URL.EscapedPath()+" "+string(body))
		_, _ = io.WriteString(w, `{"state":"never_seen"}`)
	}))
	defer srv.Close()
	c := NewClient(srv.URL, srv.Client())
	row := DeclarationRow{"cov_1", "pln_1", "ab", 1, 2, 200}
	d := Declaration{Key: "bdx_1", Rows: []DeclarationRow{row}}
	if _, err := c.Tell(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if a, err := c.Ask(t.Context(), "bdx/1"); err != nil || a.State != "never_seen" {
		t.Fatal(a, err)
	}
	want := []string{`POST /insurer/bordereaux {"key":"bdx_1","rows":[{"cover_id":"cov_1",` +
		`"plan_id":"pln_1","person":"ab","effective_at_ms":1,"expires_at_ms":2,"premium_fen":200}]}`,
		`GET /insurer/bordereaux/bdx%2F1 `}
	if strings.Join(calls, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(calls, "\n"))
	}
}

// Goal: nobody at the other end is no answer, at once.
func TestClientNobody(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	c := NewClient(srv.URL, &http.Client{Timeout: time.Second})
	if _, err := c.Ask(t.Context(), "k"); !fault.Is(err, "insurance.insurer_unavailable") {
		t.Errorf("got %v", err)
	}
	if _, err := NewClient("://", http.DefaultClient).Ask(t.Context(), "k"); err == nil {
		t.Error("a base that is no URL is taken")
	}
}
