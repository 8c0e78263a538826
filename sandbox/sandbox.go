package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/i18n"
)

const (
	bodyBytesMax = 4 << 20 // 1 000 lines take 200 KiB
	linesMax     = 1000    // of a request: payouts, keys, rows
	keyCharsMax  = 200

	settleAfterDefault = time.Minute
	backAfterDefault   = 48 * time.Hour
	lateByDefault      = 3 * time.Hour // late, but well within the 24 hours of a wage
)

// Options say how the outside world behaves. All have defaults.
type Options struct {
	Clock   clock.Clock // default: the machine's
	Journal Journal     // default: none; the world forgets with the process
	Faults  FaultFunc   // default: none; rules set at /faults come first
	Box     crypt.Box   // seals phones and texts in the journal; default: they stand there in clear
	Text    *i18n.Book  // of the pages; default: the embedded one

	SettleAfter time.Duration // between accepted and paid; default 1 min
	BackAfter   time.Duration // between paid and sent back by the payee's bank; default 2 days
	LateBy      time.Duration // how much later a Delay fault lets a payout be paid; default 3 h
	AnswerDelay time.Duration // how long a Delay fault holds back an answer; default 0: no waiting
}

func (o Options) withDefaults() (Options, error) {
	var err error
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Journal == nil {
		o.Journal = forgetful{}
	}
	if o.Faults == nil {
		o.Faults = func(string, string, int) Fault { return None }
	}
	if o.SettleAfter == 0 {
		o.SettleAfter = settleAfterDefault
	}
	if o.BackAfter == 0 {
		o.BackAfter = backAfterDefault
	}
	if o.LateBy == 0 {
		o.LateBy = lateByDefault
	}
	if o.Text == nil {
		o.Text, err = i18n.Load()
	}
	return o, err
}

// Server is the outside world. It is safe for concurrent use.
type Server struct {
	opts    Options
	handler http.Handler

	mu      sync.Mutex // guards all below; held while the journal is written
	bank    bank
	insurer insurer
	gateway gateway
	faults  faults

	numbers     recent[bound] // by key
	numbersMade int
}

// New returns an outside world that knows what its journal tells.
func New(o Options) (*Server, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{opts: o, bank: newBank(), insurer: newInsurer(), gateway: newGateway(),
		faults: newFaults(), numbers: newRecent[bound](numbersKept)}
	if err := o.Journal.Replay(context.Background(), s.apply); err != nil {
		return nil, fmt.Errorf("sandbox: read the journal: %w", err)
	}
	mux := http.NewServeMux()
	s.bankRoutes(mux)
	s.insurerRoutes(mux)
	s.gatewayRoutes(mux)
	s.wechatRoutes(mux)
	s.numberRoutes(mux)
	s.faultRoutes(mux)
	s.pageRoutes(mux)
	s.handler = http.NewCrossOriginProtection().Handler(mux)
	return s, nil
}

// ServeHTTP answers as the party that is called. A lost answer aborts the connection.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; "+
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // a page's address may hold a phone number
	h.Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, bodyBytesMax)
	s.handler.ServeHTTP(w, r)
}

// The kinds of fact in the journal.
const (
	kindPayouts   = "bank.payouts" // all new lines of one request; its key is the first line's
	kindCredit    = "bank.credit"
	kindBordereau = "insurer.bordereau"
	kindSMS       = "sms"
)

// apply makes a fact known. It comes from the journal or has just been written there; a fact that
// is known already changes nothing, for an append that failed may have been done all the same.
func (s *Server) apply(kind, _ string, body string) error {
	switch kind {
	case kindPayouts:
		return applyAs(body, s.bank.applyPayouts)
	case kindCredit:
		return applyAs(body, s.bank.applyCredit)
	case kindBordereau:
		return applyAs(body, s.insurer.apply)
	case kindSMS, kindWeChat:
		return applyAs(body, func(m sealedMessage) error { return s.gateway.apply(m, s.opts.Box) })
	}
	return fmt.Errorf("a fact of unknown kind %q", kind)
}

func applyAs[T any](body string, apply func(T) error) error {
	var fact T
	if err := json.Unmarshal([]byte(body), &fact); err != nil {
		return fmt.Errorf("read a %T: %w", fact, err)
	}
	return apply(fact)
}

// note writes a fact to the journal, then makes it known. Who left meanwhile does not undo it.
func (s *Server) note(ctx context.Context, kind, key string, fact any) error {
	body, err := json.Marshal(fact)
	if err != nil {
		return fmt.Errorf("write a fact: %w", err)
	}
	if err := s.opts.Journal.Append(context.WithoutCancel(ctx), kind, key, string(body)); err != nil {
		return fmt.Errorf("append to the journal: %w", err)
	}
	return s.apply(kind, key, string(body))
}

// refusal is an answer in place of a deed.
type refusal struct {
	status int
	words  string
}

func (r *refusal) Error() string { return r.words }

func refuse(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// answer performs a call with the fault that befalls it: deed runs under the lock, is not run, is
// run twice, or is run and not told.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, call, key string,
	deed func(Fault) (any, error)) {
	s.mu.Lock()
	fault := s.befalls(call, key)
	s.mu.Unlock()
	if fault == Error {
		writeError(w, refuse(http.StatusServiceUnavailable, "out of order (a fault of %s)", call))
		return
	}
	if fault == Delay && !s.wait(r.Context()) {
		return // the caller has left before anything was done
	}
	out, err := s.locked(fault, deed)
	if fault == Duplicate && err == nil {
		out, err = s.locked(fault, deed) // a network that repeats
	}
	if fault == LostAnswer && err == nil {
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) locked(f Fault, deed func(Fault) (any, error)) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return deed(f)
}

// wait holds an answer back in real time; false when the caller leaves.
func (s *Server) wait(ctx context.Context) bool {
	if s.opts.AnswerDelay <= 0 {
		return true
	}
	t := time.NewTimer(s.opts.AnswerDelay)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// read decodes a JSON body, or refuses it. A stranger's extra fields are let pass, as banks do.
func read(r *http.Request, into any) error {
	err := json.NewDecoder(r.Body).Decode(into)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return refuse(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	case err != nil:
		return refuse(http.StatusBadRequest, "the body is not the JSON that is expected: %v", err)
	}
	return nil
}

func checkKey(key string) error {
	if key == "" || len(key) > keyCharsMax {
		return refuse(http.StatusUnprocessableEntity, "a key has 1 to %d characters", keyCharsMax)
	}
	return nil
}

// checkCount bounds the lines of a request.
func checkCount(n int) error {
	if n < 1 || n > linesMax {
		return refuse(http.StatusUnprocessableEntity,
			"1 to %d lines are taken at once, not %d", linesMax, n)
	}
	return nil
}

func full(who string, most int, what string) error {
	return refuse(http.StatusInsufficientStorage, "this %s keeps %d %s", who, most, what)
}

func reused(key string) error {
	return refuse(http.StatusConflict, "key %s came before with other content", key)
}

// digest of a fact's content: it tells a repeat from a key that is used twice. With a Box it is
// keyed, so that nobody finds a card number by trying all of them.
func (s *Server) digest(parts ...any) (string, error) {
	b, err := json.Marshal(parts)
	if err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	if s.opts.Box != nil {
		return s.opts.Box.Blind("sandbox.digest", string(b)), nil
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16]), nil // an accident in 2⁶⁴ facts
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller may have left
}

func writeError(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	var r *refusal
	if errors.As(err, &r) {
		status = r.status
	}
	writeJSON(w, status, map[string]string{"error": err.Error()})
}
