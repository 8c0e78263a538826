package notify_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sandbox"
)

// Goal: whatever the gateway says, a text message was sent, was rejected for a reason that both
// engines can keep, or nothing is known.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{`{"state":"sent"}`, `{"state":"rejected","reason":"空号"}`,
		`{"state":"rejected","reason":"a\u0000b"}`, "{\"state\":\"rejected\",\"reason\":\"\xff\"}",
		`{"state":"queued"}`, `null`, `[]`, `{"state":"sent"}{"state":"rejected"}`, ``,
		`{"state":"rejected","reason":"` + strings.Repeat("号", 300) + `"}`} {
		f.Add(200, s)
		f.Add(503, s)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return // no status of HTTP
		}
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
		c := notify.NewClient("http://sms.invalid", &http.Client{Transport: sandbox.Transport(h),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }})
		a, err := c.Send(context.Background(), notify.Text{Key: "msg_1"})
		switch {
		case err != nil:
			if !fault.Is(err, "notify.gateway_unavailable") || a != (notify.Answer{}) {
				t.Errorf("%d %q: %+v, %v", status, body, a, err)
			}
		case status != http.StatusOK || a.State != "sent" && a.State != "rejected" ||
			!utf8.ValidString(a.Reason) || strings.Contains(a.Reason, "\x00") ||
			utf8.RuneCountInString(a.Reason) > 200:
			t.Errorf("%d %q: %+v", status, body, a)
		}
	})
}
