package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

func asked(method, from string, forwarded ...string) *http.Request {
	r := httptest.NewRequest(method, "/", nil)
	r.RemoteAddr = from
	for _, f := range forwarded {
		r.Header.Add("X-Forwarded-For", f)
	}
	return r
}

// Goal: an address has its minute's requests at once, then one as each becomes due; the sentence's
// wait is exactly long enough; other addresses and kinds do not notice.
func TestLimiter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(Limits{Reads: 600, Writes: 60, Codes: 6})
		post, get := asked("POST", "192.0.2.1:1"), asked("GET", "192.0.2.1:2")
		passed := func(r *http.Request, dear bool) (n int, last error) {
			for range 10_000 {
				if last = l.check(r, dear); last != nil {
					return n, last
				}
				n++
			}
			return n, nil
		}
		if n, err := passed(post, true); n != 6 || wait(err) != 10 {
			t.Errorf("%d codes, then %v", n, err)
		}
		if n, err := passed(post, false); n != 60-7 || wait(err) != 1 { // the refused one was a write
			t.Errorf("%d writes after them, then %v", n, err)
		}
		if n, err := passed(get, false); n != 600 || wait(err) != 1 {
			t.Errorf("%d reads, then %v", n, err)
		}
		if n, _ := passed(asked("POST", "192.0.2.2:1"), false); n != 60 {
			t.Errorf("%d writes of another address", n)
		}
		time.Sleep(time.Second)
		if n, _ := passed(post, false); n != 1 {
			t.Errorf("%d writes after a second", n)
		}
		time.Sleep(time.Hour)
		if n, _ := passed(post, false); n != 60 {
			t.Errorf("%d writes after an hour: more than a minute's are saved up", n)
		}
	})
}

func wait(err error) int64 {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Limited || f.Code != "web.too_often" {
		return -1
	}
	s, _ := f.Args["retry_s"].(int64)
	return s
}

// Goal: nil and zero limit nothing.
func TestLimiterOff(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]*Limiter{"nil": nil, "zero": NewLimiter(Limits{})} {
		for range 10_000 {
			if err := l.check(asked("POST", "192.0.2.1:1"), true); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

// Goal: memory is bounded however many addresses come; those that find no room are limited
// together, those that were there keep their count, and room is made as buckets fill up again.
func TestLimiterIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(Limits{Writes: 2})
		from := func(n int) netip.Addr {
			return netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})
		}
		refused := 0
		for n := range addressesMax + 1000 {
			if l.take(bucket{writes, from(n)}, 2) > 0 {
				refused++
			}
		}
		if refused != 1000-2 || len(l.full) != addressesMax+1 {
			t.Errorf("%d refused, %d remembered", refused, len(l.full))
		}
		if l.take(bucket{writes, from(0)}, 2) != 0 || l.take(bucket{writes, from(0)}, 2) == 0 {
			t.Error("an address that was there lost its count")
		}
		time.Sleep(2 * time.Minute)
		if l.take(bucket{writes, from(addressesMax + 5)}, 2) != 0 || len(l.full) != 1 {
			t.Errorf("a minute later %d are remembered", len(l.full))
		}
	})
}

// Goal: of many at once exactly a minute's pass.
func TestLimiterRace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(Limits{Writes: 100})
		var passed atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				for range 50 {
					if l.check(asked("POST", "192.0.2.1:1"), false) == nil {
						passed.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if passed.Load() != 100 {
			t.Errorf("%d passed", passed.Load())
		}
	})
}

// Goal: an address is the peer's unless the peer is a trusted proxy; then it is the last one that
// no trusted proxy wrote. What a client writes itself moves nothing.
func TestAddress(t *testing.T) {
	t.Parallel()
	l := NewLimiter(Limits{Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"),
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}})
	for name, c := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"direct":          {"192.0.2.1:5", nil, "192.0.2.1"},
		"a client lies":   {"192.0.2.1:5", []string{"198.51.100.1"}, "192.0.2.1"},
		"through a proxy": {"127.0.0.1:5", []string{"192.0.2.1"}, "192.0.2.1"},
		"lies through it": {"127.0.0.1:5", []string{"198.51.100.1, 192.0.2.1"}, "192.0.2.1"},
		"two proxies":     {"127.0.0.1:5", []string{"198.51.100.1, 192.0.2.1, 10.1.1.1"}, "192.0.2.1"},
		"two lines": {"127.0.0.1:5", []string{"198.51.100.1", "192.0.2.1,10.1.1.1"},
			"192.0.2.1"},
		"a proxy by itself":  {"10.0.0.9:5", nil, "10.0.0.9"},
		"rubbish":            {"127.0.0.1:5", []string{"192.0.2.1, x"}, "127.0.0.1"},
		"IPv6 is its /64":    {"[2001:db8:1:2:3:4:5:6]:5", nil, "2001:db8:1:2::"},
		"IPv4 in IPv6":       {"[::ffff:192.0.2.1]:5", nil, "192.0.2.1"},
		"proxied IPv6":       {"[fd00::1]:5", []string{"2001:db8:1:2::9"}, "2001:db8:1:2::"},
		"zone":               {"127.0.0.1:5", []string{"fe80::1%eth0"}, "fe80::"},
		"no address at all":  {"@", []string{"192.0.2.1"}, "invalid IP"},
		"a proxy beyond one": {"127.0.0.1:5", []string{"10.0.0.2"}, "10.0.0.2"},
	} {
		if got := l.address(asked("GET", c.peer, c.forwarded...)).String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// Goal: no header makes an untrusted peer somebody else, and an address is always one network's.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"", "192.0.2.1", "1.2.3.4, 127.0.0.1", "::1%a,,", "\xff", "[::1]:80",
		strings.Repeat("127.0.0.1,", 99)} {
		f.Add(s, s)
	}
	l := NewLimiter(Limits{Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	f.Fuzz(func(t *testing.T, one, two string) {
		got := l.address(asked("GET", "192.0.2.1:5", one, two))
		if got != netip.MustParseAddr("192.0.2.1") {
			t.Errorf("%q, %q: an untrusted peer is taken for %s", one, two, got)
		}
		got = l.address(asked("GET", "127.0.0.1:5", one, two))
		if !got.IsValid() || got.Zone() != "" || got.Is4In6() {
			t.Errorf("%q, %q: %s", one, two, got)
		}
	})
}

// Goal: who asks too often gets 429, when to come back, and one sentence in their language, on the
// API and on pages; nothing of the operation runs.
func TestTooOften(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	m := New(Options{Text: text, Limiter: NewLimiter(Limits{Reads: 1, Writes: 5, Codes: 2}),
		Dear: []string{"/codes"}})
	done := 0
	m.Handle("POST "+Prefix+"/codes",
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) { done++ }))
	m.Handle("GET /{$}", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	h := m.Handler()
	ask := func(method, path, lang string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for n := range 4 {
		w := ask("POST", Prefix+"/codes", "en")
		if n < 2 && w.Code != 200 || n >= 2 && (w.Code != 429 ||
			!strings.Contains(w.Body.String(), "try again in 30 seconds") ||
			!strings.Contains(w.Body.String(), `"code":"web.too_often"`)) {
			t.Errorf("code %d: %d %s", n, w.Code, w.Body)
		}
	}
	if done != 2 {
		t.Errorf("%d codes were sent", done)
	}
	ask("GET", "/", "")
	w := ask("GET", "/", "zh-CN")
	s, err := strconv.Atoi(w.Header().Get("Retry-After"))
	if w.Code != 429 || err != nil || s < 1 || s > 60 || !strings.Contains(w.Body.String(), "秒后再试") {
		t.Errorf("a page: %d, Retry-After %q, %s", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
}

// Goal: a browser is told to stay with HTTPS where it came by it, and nobody can say so for others.
func TestStrictTransport(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	h := New(Options{Text: text, Limiter: NewLimiter(Limits{
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})}).Handler()
	for _, c := range []struct {
		peer, proto string
		want        bool
	}{{"127.0.0.1:5", "https", true}, {"127.0.0.1:5", "http", false}, {"127.0.0.1:5", "", false},
		{"192.0.2.1:5", "https", false}} {
		r := asked("GET", c.peer)
		r.Header.Set("X-Forwarded-Proto", c.proto)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Strict-Transport-Security") != ""; got != c.want {
			t.Errorf("from %s by %q: %v", c.peer, c.proto, w.Header())
		}
	}
}
