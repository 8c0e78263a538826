package notify_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sandbox"
)

// Goal: the call is what the gateway's contract says; what is no answer counts as none.
func TestClient(t *testing.T) {
	t.Parallel()
	long := `{"reason":"` + strings.Repeat("x", 1<<20) + `","state":"sent"}`
	no := notify.Answer{State: "rejected", Reason: "no"}
	for name, c := range map[string]struct {
		status      int
		body        string
		want        notify.Answer
		unavailable bool
	}{
		"sent":         {200, `{"state":"sent"}`, notify.Answer{State: "sent"}, false},
		"rejected":     {200, `{"state":"rejected","reason":"no"}`, no, false},
		"other state":  {200, `{"state":"queued"}`, notify.Answer{}, true},
		"no state":     {200, `{}`, notify.Answer{}, true},
		"no JSON":      {200, `<html>`, notify.Answer{}, true},
		"cut":          {200, `{"state":"se`, notify.Answer{}, true},
		"too long":     {200, long, notify.Answer{}, true},
		"server error": {500, `{"state":"sent"}`, notify.Answer{}, true},
		"bad gateway":  {504, ``, notify.Answer{}, true},
		"redirect":     {307, ``, notify.Answer{}, true},
	} {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got, err := io.ReadAll(r.Body)
			want := `{"key":"msg_1","phone":"13800000001","text":"好"}`
			if err != nil || string(got) != want || r.Method != "POST" || r.URL.Path != "/api/sms" ||
				r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s %s %s, %v", r.Method, r.URL, got, err)
			}
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		})
		road := &http.Client{Transport: sandbox.Transport(h)}
		got, err := notify.NewClient("http://sms.invalid/api/", road).Send(context.Background(),
			notify.Text{Key: "msg_1", Phone: phone, Words: "好"})
		if got != c.want || fault.Is(err, "notify.gateway_unavailable") != c.unavailable ||
			err != nil && !c.unavailable {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// Goal: a stranger's words do not fill the database, and are text that both engines can keep.
func TestClientReason(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"state":"rejected","reason":"a\u0000`+strings.Repeat("号", 1000)+`"}`)
	})
	road := &http.Client{Transport: sandbox.Transport(h)}
	got, err := notify.NewClient("http://sms.invalid", road).Send(context.Background(), notify.Text{})
	n := utf8.RuneCountInString(got.Reason)
	if err != nil || n != 200 || strings.Contains(got.Reason, "\x00") {
		t.Errorf("%d characters, %v", n, err)
	}
}
