package insurance

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sandbox"
)

// Goal: whatever the insurer says, there is an answer that both engines can keep, or none at all.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{`{"state":"accepted","reason":""}`, `null`, `[]`, `{"state":7}`,
		`{"state":"rejected","reason":"超龄"}`, `{"reason":"a\u0000b"}`, "{\"reason\":\"\xff\"}",
		`{"reason":"\ud800"}`,
		`{"state":"rejected","reason":"` + strings.Repeat("长", 300) + `"}`, `{}{}`, ``} {
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
		c := NewClient("http://insurer.invalid", &http.Client{Transport: sandbox.Transport(h),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }})
		a, err := c.Ask(context.Background(), "bdx_1")
		if err != nil {
			if !fault.Is(err, "insurance.insurer_unavailable") || a != (Answer{}) {
				t.Errorf("%d %q: %+v, %v", status, body, a, err)
			}
			return
		}
		if status != http.StatusOK || !keepable(a.Reason, reasonRunesMax) {
			t.Errorf("%d %q: %+v", status, body, a)
		}
	})
}

func keepable(text string, runesMax int) bool {
	return utf8.ValidString(text) && !strings.Contains(text, "\x00") &&
		utf8.RuneCountInString(text) <= runesMax
}
