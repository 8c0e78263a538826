package sandbox

import (
	"context"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/money"
)

const (
	payoutsMax = 2_000_000 // about 600 MB; a bank must not forget a key, so it refuses the next one
	creditsMax = 1_000_000
	pageMax    = 1000
	pageSize   = 200
)

// Account is the account at the stand-in for a bank into which employers pay, in words.
const Account = "演示银行营业部 · 农民工工资监管专户 · 0000 0000 0000 0000"

// What the bank says of a payout.
const (
	accepted  = "accepted"
	paid      = "paid"
	rejected  = "rejected"
	returned  = "returned"
	neverSeen = "never_seen"
)

// payout is what the bank keeps of an order. The card and the name go into the digest only: nobody
// can read them in the journal.
type payout struct {
	Key       string    `json:"key"`
	Digest    string    `json:"digest"`
	Account   string    `json:"account"`
	AmountFen money.Fen `json:"amount_fen"`
	Reason    string    `json:"reason,omitempty"` // why it was rejected
	AtMS      int64     `json:"at_ms"`
	PaidAtMS  int64     `json:"paid_at_ms,omitempty"` // 0: rejected
	BackAtMS  int64     `json:"back_at_ms,omitempty"` // when the payee's bank sends it back; 0: never
	Purpose   string    `json:"purpose,omitempty"`
}

// line is how a payout stands, as the bank tells it.
type line struct {
	Key    string `json:"key"`
	State  string `json:"state"`
	Reason string `json:"reason"`
	AtMS   int64  `json:"at_ms"`
}

func (p payout) at(now time.Time) line {
	switch {
	case p.PaidAtMS == 0:
		return line{p.Key, rejected, p.Reason, p.AtMS}
	case p.BackAtMS != 0 && p.BackAtMS <= clock.MS(now):
		return line{p.Key, returned, p.Reason, p.BackAtMS}
	case p.PaidAtMS <= clock.MS(now):
		return line{p.Key, paid, "", p.PaidAtMS}
	}
	return line{p.Key, accepted, "", p.AtMS}
}

// credit is money that came into a sub-account. A credit that the bank lists twice has two numbers.
type credit struct {
	N         int64     `json:"n"`
	ID        string    `json:"id"`
	Account   string    `json:"account"`
	AmountFen money.Fen `json:"amount_fen"`
	AtMS      int64     `json:"at_ms"`
	Returns   string    `json:"returns,omitempty"` // the payout that came back
	Reason    string    `json:"reason,omitempty"`
}

type bank struct {
	payouts map[string]payout
	credits []credit         // credits[i].N = i+1
	first   map[string]int64 // credit id → its first N
	backs   []payout         // paid, to come back, and not yet listed
	moves   moves
}

func newBank() bank {
	return bank{payouts: map[string]payout{}, first: map[string]int64{}, moves: moves{}}
}

func (b *bank) applyPayouts(lines []payout) error {
	for _, p := range lines {
		if _, known := b.payouts[p.Key]; !known {
			b.payouts[p.Key] = p
			b.moves.addPayout(p)
			if p.BackAtMS != 0 {
				b.backs = append(b.backs, p)
			}
		}
	}
	return nil
}

func (b *bank) applyCredit(c credit) error {
	if c.N != int64(len(b.credits))+1 {
		return nil // known
	}
	if _, known := b.first[c.ID]; !known {
		b.first[c.ID] = c.N
		b.moves.addCredit(c)
	}
	b.backs = slices.DeleteFunc(b.backs, func(p payout) bool { return p.Key == c.Returns })
	b.credits = append(b.credits, c)
	return nil
}

func (s *Server) bankRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /bank/payouts", s.postPayouts)
	mux.HandleFunc("POST /bank/payouts/ask", s.askPayouts)
	mux.HandleFunc("GET /bank/credits", s.getCredits)
	mux.HandleFunc("POST /bank/credits", s.postCredit)
	mux.HandleFunc("GET /bank/statement", s.getStatement)
}

// order is a payout to a card; a refund, which goes to where the account's money comes from; or a
// guarantee's call, which its giver pays into the account.
type order struct {
	Key       string    `json:"key"`
	Purpose   string    `json:"purpose"`
	Guarantee string    `json:"guarantee"`
	AmountFen money.Fen `json:"amount_fen"`
	Card      string    `json:"card"`
	Name      string    `json:"name"`
	Account   string    `json:"account"`
}

func (o order) check() error {
	if err := checkKey(o.Key); err != nil {
		return err
	}
	named := o.Card != "" && o.Name != ""
	switch o.Purpose {
	case purposeRefund:
		named = true
	case purposeCall:
		named = o.Guarantee != ""
	}
	if o.AmountFen <= 0 || o.AmountFen > money.MaxFen || o.Account == "" || !named {
		return refuse(http.StatusUnprocessableEntity,
			"payout %s needs an amount above zero, card, name and account", o.Key)
	}
	return nil
}

func (s *Server) postPayouts(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Lines []order `json:"lines"`
	}
	err := read(r, &in)
	if err == nil {
		err = checkCount(len(in.Lines))
	}
	for i := 0; err == nil && i < len(in.Lines); i++ {
		err = in.Lines[i].check()
	}
	if err != nil {
		writeError(w, err)
		return
	}
	s.answer(w, r, "bank.payouts", in.Lines[0].Key, func(f Fault) (any, error) {
		return s.takePayouts(r.Context(), in.Lines, f)
	})
}

// takePayouts takes all new lines as one fact. A key that was used for something else spoils the
// whole request: better nothing than half of it.
func (s *Server) takePayouts(ctx context.Context, orders []order, f Fault) (any, error) {
	now := s.opts.Clock.Now()
	var fresh []payout
	seen := map[string]string{} // within this request
	for _, o := range orders {
		d, err := s.digest(o.AmountFen, o.Card, o.Name, o.Account, o.Purpose, o.Guarantee)
		if err != nil {
			return nil, err
		}
		was, ok := seen[o.Key]
		if p, known := s.bank.payouts[o.Key]; known {
			was, ok = p.Digest, true
		}
		if ok && was != d {
			return nil, reused(o.Key)
		}
		if !ok {
			fresh = append(fresh, s.decide(o, d, f, now))
		}
		seen[o.Key] = d
	}
	if len(s.bank.payouts)+len(fresh) > payoutsMax {
		return nil, full("bank", payoutsMax, "payouts")
	}
	if len(fresh) > 0 {
		if err := s.note(ctx, kindPayouts, fresh[0].Key, fresh); err != nil {
			return nil, err
		}
	}
	keys := make([]string, len(orders))
	for i, o := range orders {
		keys[i] = o.Key
	}
	return s.lines(keys, now), nil
}

// decide accepts a payout, or rejects it when a fault says so: an account that is closed is the
// case that wages meet most.
func (s *Server) decide(o order, digest string, request Fault, now time.Time) payout {
	p := payout{Key: o.Key, Digest: digest, Account: o.Account, AmountFen: o.AmountFen,
		Purpose: o.Purpose,
		AtMS:    clock.MS(now), PaidAtMS: clock.MS(now.Add(s.opts.SettleAfter))}
	switch f := s.befalls("bank.decide", o.Key); {
	case f == Error:
		p.PaidAtMS, p.Reason = 0, "account closed"
	case f == Delay || request == Delay:
		p.PaidAtMS = clock.MS(now.Add(s.opts.SettleAfter + s.opts.LateBy))
	}
	if p.PaidAtMS != 0 && o.Purpose != purposeCall && s.befalls("bank.return", o.Key) == Error {
		p.BackAtMS, p.Reason = p.PaidAtMS+s.opts.BackAfter.Milliseconds(), "name does not fit the account"
	}
	return p
}

func (s *Server) lines(keys []string, now time.Time) map[string][]line {
	lines := make([]line, len(keys))
	for i, key := range keys {
		if p, known := s.bank.payouts[key]; known {
			lines[i] = p.at(now)
		} else {
			lines[i] = line{key, neverSeen, "", clock.MS(now)}
		}
	}
	return map[string][]line{"lines": lines}
}

func (s *Server) askPayouts(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Keys []string `json:"keys"`
	}
	err := read(r, &in)
	if err == nil {
		err = checkCount(len(in.Keys))
	}
	for i := 0; err == nil && i < len(in.Keys); i++ {
		err = checkKey(in.Keys[i])
	}
	if err != nil {
		writeError(w, err)
		return
	}
	s.answer(w, r, "bank.ask", in.Keys[0], func(Fault) (any, error) {
		return s.lines(in.Keys, s.opts.Clock.Now()), nil
	})
}

func (s *Server) getCredits(w http.ResponseWriter, r *http.Request) {
	after, err := number(r, "after", 0, 0, creditsMax)
	if err == nil {
		var limit int64
		if limit, err = number(r, "limit", pageSize, 1, pageMax); err == nil {
			s.answer(w, r, "bank.credits", strconv.FormatInt(after, 10), func(Fault) (any, error) {
				if err := s.bringBack(r.Context()); err != nil {
					return nil, err
				}
				return map[string][]credit{"credits": s.bank.page(after, limit)}, nil
			})
			return
		}
	}
	writeError(w, err)
}

func (b *bank) page(after, limit int64) []credit {
	from := sort.Search(len(b.credits), func(i int) bool { return b.credits[i].N > after })
	return append([]credit{}, b.credits[from:min(from+int(limit), len(b.credits))]...)
}

// number reads a query parameter within bounds.
func number(r *http.Request, name string, standard, low, high int64) (int64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return standard, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < low || n > high {
		return 0, refuse(http.StatusUnprocessableEntity, "%s is a number from %d to %d", name, low, high)
	}
	return n, nil
}

func (s *Server) postCredit(w http.ResponseWriter, r *http.Request) {
	var in credit
	if err := read(r, &in); err != nil {
		writeError(w, err)
		return
	}
	if err := s.Credit(r.Context(), in.ID, in.Account, in.AmountFen); err != nil {
		writeError(w, err)
		return
	}
	s.mu.Lock()
	n := s.bank.first[in.ID]
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"n": n, "id": in.ID})
}

// Credit is an employer paying into its sub-account from its own bank. The same id is one credit;
// a Duplicate fault makes the bank list it twice, as banks do.
func (s *Server) Credit(ctx context.Context, id, account string, amount money.Fen) error {
	if err := checkKey(id); err != nil {
		return err
	}
	if account == "" || amount <= 0 || amount > money.MaxFen {
		return refuse(http.StatusUnprocessableEntity,
			"a credit needs an account and an amount above zero")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, known := s.bank.first[id]; known {
		if c := s.bank.credits[n-1]; c.Account != account || c.AmountFen != amount {
			return reused(id)
		}
		return nil
	}
	return s.listCredit(ctx, credit{ID: id, Account: account, AmountFen: amount})
}

// listCredit puts a credit on the bank's list, where a Duplicate fault puts it twice.
func (s *Server) listCredit(ctx context.Context, c credit) error {
	times := 1
	if s.befalls("bank.credit", c.ID) == Duplicate {
		times = 2
	}
	for range times {
		if len(s.bank.credits) >= creditsMax {
			return full("bank", creditsMax, "credits")
		}
		c.N, c.AtMS = int64(len(s.bank.credits))+1, clock.MS(s.opts.Clock.Now())
		if err := s.note(ctx, kindCredit, c.ID, c); err != nil {
			return err
		}
	}
	return nil
}
