package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
)

// Limits say how often one address may ask, in requests a minute; 0 is no limit. A whole minute's
// may come at once.
type Limits struct {
	Codes  int64 // requests that send or try a code, besides counting as writes
	Reads  int64
	Writes int64
	// Proxies are the networks whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
}

const (
	// addressesMax bounds what a limiter remembers, about 100 bytes each. Addresses that come when
	// it is full share one bucket, so nobody makes it forget by coming from many.
	addressesMax = 100_000
	tidyEvery    = time.Second
	hopsMax      = 20 // of X-Forwarded-For that are looked at
	// networkBits of an IPv6 address are one household; the rest its owner picks at will.
	networkBits = 64
)

// Limiter remembers how often addresses have asked. One serves all cities of a process; a nil one
// lets everything pass. It is safe for concurrent use.
type Limiter struct {
	limits Limits
	watch  clock.Stopwatch

	mu     sync.Mutex
	full   map[bucket]time.Duration // when it will be as if the address had never asked
	tidied time.Duration
}

// bucket is what one address has asked of one kind; no address: all those that found no room.
type bucket struct {
	kind kind
	from netip.Addr
}

type kind byte

const (
	reads kind = iota
	writes
	codes
)

// NewLimiter returns a limiter that remembers nobody.
func NewLimiter(l Limits) *Limiter {
	return &Limiter{limits: l, watch: clock.Start(), full: map[bucket]time.Duration{},
		tidied: -tidyEvery}
}

// check counts a request and refuses it when its address has asked too often.
// Faults: web.too_often (limited).
func (l *Limiter) check(r *http.Request, dear bool) error {
	if l == nil {
		return nil
	}
	from := l.address(r)
	wait := time.Duration(0)
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		wait = l.take(bucket{reads, from}, l.limits.Reads)
	} else {
		wait = l.take(bucket{writes, from}, l.limits.Writes)
	}
	if dear && wait == 0 {
		wait = l.take(bucket{codes, from}, l.limits.Codes)
	}
	if wait > 0 {
		return fault.New(fault.Limited, "web.too_often",
			"retry_s", int64((wait+time.Second-1)/time.Second))
	}
	return nil
}

// take takes one request out of a bucket that holds a minute's, or says how long until there is
// one again. This is the generic cell rate algorithm: one instant a bucket is all there is to keep.
func (l *Limiter) take(b bucket, perMin int64) time.Duration {
	if perMin == 0 {
		return 0
	}
	each := time.Minute / time.Duration(perMin)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.watch.Elapsed()
	if _, known := l.full[b]; !known && len(l.full) >= addressesMax && !l.tidy(now) {
		b.from = netip.Addr{}
	}
	at := max(l.full[b], now) + each
	if wait := at - now - time.Minute; wait > 0 {
		return wait
	}
	l.full[b] = at
	return 0
}

// tidy forgets the buckets that are full again, which changes nothing, and tells whether there is
// room now. It looks at all of them, so not too often.
func (l *Limiter) tidy(now time.Duration) bool {
	if now-l.tidied >= tidyEvery {
		l.tidied = now
		for b, full := range l.full {
			if full <= now {
				delete(l.full, b)
			}
		}
	}
	return len(l.full) < addressesMax
}

// address is where a request comes from: the peer, or, while that is a proxy that is trusted, the
// one before it in X-Forwarded-For. What stands further left anybody can write.
func (l *Limiter) address(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	from := peer.Addr().Unmap()
	var hops []string
	for _, line := range r.Header.Values("X-Forwarded-For") {
		hops = append(hops, strings.Split(line, ",")...)
	}
	for i := len(hops) - 1; i >= max(0, len(hops)-hopsMax) && l.trusts(from); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		from = before.Unmap().WithZone("")
	}
	if from.Is6() {
		if net, err := from.Prefix(networkBits); err == nil {
			return net.Addr()
		}
	}
	return from
}

// proxied tells whether a request comes from a proxy that is trusted.
func (l *Limiter) proxied(r *http.Request) bool {
	if l == nil {
		return false
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && l.trusts(peer.Addr().Unmap())
}

func (l *Limiter) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(l.limits.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// limit refuses whoever asks too often, before anything of the request is read.
func (m *Mux) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, Prefix)
		dear := r.Method == http.MethodPost && slices.Contains(m.opts.Dear, path)
		if err := m.opts.Limiter.check(r, dear); err != nil {
			m.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}
