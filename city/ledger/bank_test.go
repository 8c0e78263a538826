package ledger_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/internal/clock"
)

// fakeBank is a bank that keeps its word: one key is one payment. It pays when told to settle.
type fakeBank struct {
	clk *clock.Fake
	url string

	mu      sync.Mutex
	orders  map[string]ledger.Order
	states  map[string]string
	reasons map[string]string
	at      map[string]int64
	paid    map[string]int64 // fen by card
	sent    map[string]int   // how often an order came, by key
	credits []credit
	calls   int
}

type credit struct {
	N         int64  `json:"n"`
	ID        string `json:"id"`
	Account   string `json:"account"`
	AmountFen int64  `json:"amount_fen"`
	AtMS      int64  `json:"at_ms"`
	Returns   string `json:"returns,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

type line struct {
	Key    string `json:"key"`
	State  string `json:"state"`
	Reason string `json:"reason"`
	AtMS   int64  `json:"at_ms"`
}

func newBank(t *testing.T, clk *clock.Fake) *fakeBank {
	t.Helper()
	b := &fakeBank{clk: clk, orders: map[string]ledger.Order{}, states: map[string]string{},
		reasons: map[string]string{}, at: map[string]int64{}, paid: map[string]int64{},
		sent: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /bank/payouts", b.payouts)
	mux.HandleFunc("POST /bank/payouts/ask", b.ask)
	mux.HandleFunc("GET /bank/credits", b.creditsAfter)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	b.url = srv.URL
	return b
}

func (b *fakeBank) payouts(w http.ResponseWriter, r *http.Request) {
	var in struct{ Lines []ledger.Order }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	var out []line
	for _, o := range in.Lines {
		b.sent[o.Key]++
		if first, seen := b.orders[o.Key]; seen && first != o {
			http.Error(w, "key reused for another payment", http.StatusConflict)
			return
		} else if !seen {
			b.orders[o.Key], b.states[o.Key] = o, "accepted"
		}
		out = append(out, b.line(o.Key))
	}
	json.NewEncoder(w).Encode(map[string]any{"lines": out})
}

func (b *fakeBank) line(key string) line {
	state, seen := b.states[key]
	if !seen {
		state = "never_seen"
	}
	return line{key, state, b.reasons[key], b.at[key]}
}

func (b *fakeBank) ask(w http.ResponseWriter, r *http.Request) {
	var in struct{ Keys []string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	var out []line
	for _, k := range in.Keys {
		out = append(out, b.line(k))
	}
	json.NewEncoder(w).Encode(map[string]any{"lines": out})
}

func (b *fakeBank) creditsAfter(w http.ResponseWriter, r *http.Request) {
	var after int64
	var limit int
	fmt.Sscan(r.FormValue("after"), &after)
	fmt.Sscan(r.FormValue("limit"), &limit)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	out := slices.DeleteFunc(slices.Clone(b.credits), func(c credit) bool { return c.N <= after })
	json.NewEncoder(w).Encode(map[string]any{"credits": out[:min(limit, len(out))]})
}

func (b *fakeBank) deposit(id, employerID string, fen int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.credits = append(b.credits, credit{N: int64(len(b.credits) + 1), ID: id, Account: employerID,
		AmountFen: fen, AtMS: clock.MS(b.clk.Now())})
}

// sendBack lists one of the payments that were made as come back, and says whether there was one.
func (b *fakeBank) sendBack() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(b.states)) {
		if b.states[key] != "paid" {
			continue
		}
		o := b.orders[key]
		b.states[key], b.reasons[key] = "returned", "no such account"
		b.paid[o.Card] -= int64(o.AmountFen)
		b.credits = append(b.credits, credit{N: int64(len(b.credits) + 1), ID: "back-" + key,
			Account: o.Account, AmountFen: int64(o.AmountFen), AtMS: clock.MS(b.clk.Now()), Returns: key,
			Reason: "no such account"})
		return true
	}
	return false
}

// settle ends all accepted payments: paid, or rejected with the reason.
func (b *fakeBank) settle(reason string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, state := range b.states {
		if state != "accepted" {
			continue
		}
		b.at[key], b.reasons[key], b.states[key] = clock.MS(b.clk.Now()), reason, "rejected"
		if reason == "" {
			b.states[key] = "paid"
			b.paid[b.orders[key].Card] += int64(b.orders[key].AmountFen)
		}
	}
}

func (b *fakeBank) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls
}

func (b *fakeBank) paidTo(card string) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.paid[card]
}

// wire lets a test break the next calls to a path: each fault is used once, in order.
type wire struct {
	mu     sync.Mutex
	faults map[string][]string // path → error, lost, duplicate, cut, crash_before, crash_after
}

var errKilled = errors.New("kill -9")

func (w *wire) next(path string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.faults[path]) == 0 {
		return ""
	}
	f := w.faults[path][0]
	w.faults[path] = w.faults[path][1:]
	return f
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	do := http.DefaultTransport.RoundTrip
	f := w.next(r.URL.Path)
	switch f {
	case "error":
		return &http.Response{StatusCode: 500, Status: "500", Body: http.NoBody, Request: r}, nil
	case "cut":
		return nil, errors.New("connection refused")
	case "crash_before":
		panic(errKilled)
	case "duplicate":
		again := r.Clone(r.Context())
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		again.Body = body
		resp, err := do(again)
		if err != nil {
			return nil, err
		}
		resp.Body.Close()
	}
	resp, err := do(r)
	if err != nil {
		return nil, err
	}
	switch f {
	case "lost":
		resp.Body.Close()
		return &http.Response{StatusCode: 504, Status: "504", Body: http.NoBody, Request: r}, nil
	case "crash_after":
		resp.Body.Close()
		panic(errKilled)
	}
	return resp, nil
}
