package web_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// Goal: a stream sends each event as one line of JSON, ends when the visitor leaves or the server
// is about to stop, and is refused in words.
func TestStream(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	type event struct {
		N    int    `json:"n"`
		Lang string `json:"lang"`
	}
	events, left := make(chan event), make(chan struct{}, 2)
	m := web.New(web.Options{Text: text})
	web.Stream(m, "/live", func(ctx context.Context, lang string) (<-chan event, error) {
		if lang == i18n.English {
			return nil, fault.New(fault.Unavailable, "cockpit.watched")
		}
		context.AfterFunc(ctx, func() { left <- struct{}{} })
		return events, nil
	})
	ending := make(chan struct{})
	srv := httptest.NewUnstartedServer(m.Handler())
	srv.Config.BaseContext = func(net.Listener) context.Context {
		return web.WithEnd(context.Background(), ending)
	}
	srv.Start()
	defer srv.Close()
	open := func(ctx context.Context, query string) (*http.Response, *bufio.Reader) {
		t.Helper()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+"/live"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		return got, bufio.NewReader(got.Body)
	}
	line := func(r *bufio.Reader, want string) {
		t.Helper()
		for {
			got, err := r.ReadString('\n')
			if err != nil {
				t.Fatalf("no %q: %v", want, err)
			}
			if strings.TrimSpace(got) == want {
				return
			}
		}
	}
	ctx, leave := context.WithCancel(t.Context())
	got, body := open(ctx, "?lang=zh-CN")
	line(body, "retry: 3000")
	for n := range 3 {
		events <- event{n, "zh"}
	}
	line(body, `data: {"n":0,"lang":"zh"}`)
	line(body, `data: {"n":2,"lang":"zh"}`)
	if h := got.Header; h.Get("Content-Type") != "text/event-stream" ||
		h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
	leave()
	<-left
	_ = got.Body.Close()

	got, body = open(t.Context(), "?lang=zh-CN")
	line(body, "retry: 3000")
	close(ending)
	<-left
	if _, err := io.ReadAll(body); err != nil {
		t.Errorf("the stream does not end: %v", err)
	}
	_ = got.Body.Close()

	got, body = open(t.Context(), "?lang=en")
	words, _ := io.ReadAll(body)
	if got.StatusCode != 503 || !strings.Contains(string(words), "同时观看实时数据的人太多") {
		t.Errorf("got %d %s", got.StatusCode, words)
	}
	_ = got.Body.Close()
}
