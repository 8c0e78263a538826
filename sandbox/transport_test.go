package sandbox_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/sandbox"
)

// Goal: a handler gets through the transport what it would get through a socket, and its answer
// arrives whole.
func TestTransport(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("X-Seen", strings.Join([]string{r.Method, r.Host, r.RequestURI, r.PathValue("id"),
			r.URL.Query().Get("q"), r.Header.Get("X-Ask"), string(body)}, "|"))
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusOK) // too late
		if _, err := io.WriteString(w, "short and stout"); err != nil {
			t.Error(err)
		}
	})
	mux := http.NewServeMux()
	mux.Handle("/pots/{id}", h)
	socket := httptest.NewServer(mux)
	defer socket.Close()
	for name, c := range map[string]struct {
		client *http.Client
		base   string
	}{
		"socket":  {socket.Client(), socket.URL},
		"without": {&http.Client{Transport: sandbox.Transport(mux)}, "http://pots.invalid"},
	} {
		req, err := http.NewRequest("POST", c.base+"/pots/7?q=a%20b", strings.NewReader("tea"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Ask", "please")
		resp, err := c.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusTeapot || string(body) != "short and stout" {
			t.Errorf("%s: %d %q %v", name, resp.StatusCode, body, err)
		}
		host := strings.TrimPrefix(c.base, "http://")
		want := "POST|" + host + "|/pots/7?q=a%20b|7|a b|please|tea"
		if got := resp.Header.Get("X-Seen"); got != want {
			t.Errorf("%s: the handler saw %s, want %s", name, got, want)
		}
		resp, err = c.client.Get(c.base + "/pots/")
		if err != nil || resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %v, %v", name, resp, err)
		}
	}
}

// Goal: a lost answer breaks a real connection and gives ErrAnswerLost without one; the deed is
// done in both worlds.
func TestTransportLostAnswer(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	w.faults["sms.send"] = sandbox.LostAnswer
	socket := httptest.NewServer(w.Server)
	defer socket.Close()
	if resp, err := socket.Client().Post(socket.URL+"/sms", "", strings.NewReader(sms)); err == nil {
		t.Errorf("an answer came: %s", resp.Status)
	}
	other := strings.ReplaceAll(sms, "m1", "m2")
	_, err := w.client.Post("http://x.invalid/sms", "", strings.NewReader(other))
	if !errors.Is(err, sandbox.ErrAnswerLost) {
		t.Errorf("got %v", err)
	}
	if got := w.SMS("13800000001"); len(got) != 2 {
		t.Errorf("%d messages", len(got))
	}
}

// Goal: a panic that is a mistake is not mistaken for a lost answer.
func TestTransportPanic(t *testing.T) {
	t.Parallel()
	client := http.Client{Transport: sandbox.Transport(http.HandlerFunc(
		func(http.ResponseWriter, *http.Request) { panic("a mistake") }))}
	defer func() {
		if p := recover(); p != "a mistake" {
			t.Errorf("recovered %v", p)
		}
	}()
	resp, err := client.Get("http://x.invalid/")
	t.Errorf("got %v, %v", resp, err)
}
