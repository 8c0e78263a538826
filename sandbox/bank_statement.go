package sandbox

import (
	"cmp"
	"context"
	"net/http"
	"sort"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/money"
)

// What a payout is for; "" and anything else is a payment to a card.
const (
	purposeRefund = "refund"
	purposeCall   = "call"
)

// bringBack lists what payees' banks have sent back by now.
func (s *Server) bringBack(ctx context.Context) error {
	now := clock.MS(s.opts.Clock.Now())
	var due []payout
	for _, p := range s.bank.backs {
		if p.BackAtMS <= now {
			due = append(due, p)
		}
	}
	sort.Slice(due, func(i, j int) bool {
		a, b := due[i], due[j]
		return cmp.Or(cmp.Compare(a.BackAtMS, b.BackAtMS), cmp.Compare(a.Key, b.Key)) < 0
	})
	for _, p := range due {
		err := s.listCredit(ctx, credit{ID: "back-" + p.Key, Account: p.Account, AmountFen: p.AmountFen,
			Returns: p.Key, Reason: p.Reason})
		if err != nil {
			return err
		}
	}
	return nil
}

// move is a line of a sub-account's statement: what the bank calls it, and how the money changed.
type move struct {
	Key       string    `json:"key"`
	AmountFen money.Fen `json:"amount_fen"` // below zero: paid out
	AtMS      int64     `json:"at_ms"`
	Returns   string    `json:"returns,omitempty"`
}

// moves are the lines of each sub-account, by account. A payout that will be paid later stands
// there already, with its time.
type moves map[string][]move

func (m moves) addPayout(p payout) {
	switch {
	case p.PaidAtMS == 0:
		return
	case p.Purpose == purposeCall:
		m[p.Account] = append(m[p.Account], move{Key: p.Key, AmountFen: p.AmountFen, AtMS: p.PaidAtMS})
	default:
		m[p.Account] = append(m[p.Account], move{Key: p.Key, AmountFen: -p.AmountFen, AtMS: p.PaidAtMS})
	}
}

func (m moves) addCredit(c credit) {
	m[c.Account] = append(m[c.Account], move{Key: c.ID, AmountFen: c.AmountFen, AtMS: c.AtMS,
		Returns: c.Returns})
}

// statement is a page of a sub-account's lines in order of time, with the balances at both ends of
// the period.
type statement struct {
	OpeningFen money.Fen `json:"opening_fen"`
	ClosingFen money.Fen `json:"closing_fen"`
	Lines      []move    `json:"lines"`
	More       bool      `json:"more"` // lines come after this page
}

func (m moves) statement(account string, from, until, skip, limit int64) statement {
	var in []move
	v := statement{Lines: []move{}}
	for _, line := range m[account] {
		if line.AtMS < from {
			v.OpeningFen += line.AmountFen
		} else if line.AtMS < until {
			in = append(in, line)
		}
	}
	v.ClosingFen = v.OpeningFen
	for _, line := range in {
		v.ClosingFen += line.AmountFen
	}
	sort.Slice(in, func(i, j int) bool {
		a, b := in[i], in[j]
		return cmp.Or(cmp.Compare(a.AtMS, b.AtMS), cmp.Compare(a.Key, b.Key)) < 0
	})
	start := min(skip, int64(len(in)))
	end := min(start+limit, int64(len(in)))
	v.Lines = append(v.Lines, in[start:end]...)
	v.More = end < int64(len(in))
	return v
}

// getStatement shows what the bank has booked on a sub-account in [from, until), which must have
// passed: ?account=…&from=ms&until=ms&skip=lines&limit=lines.
func (s *Server) getStatement(w http.ResponseWriter, r *http.Request) {
	now := clock.MS(s.opts.Clock.Now())
	account := r.URL.Query().Get("account")
	values := map[string]int64{}
	var err error
	for _, q := range []struct {
		name                string
		standard, low, high int64
	}{{"from", 0, 0, now}, {"until", now, 0, now}, {"skip", 0, 0, payoutsMax},
		{"limit", pageSize, 1, pageMax}} {
		if err == nil {
			values[q.name], err = number(r, q.name, q.standard, q.low, q.high)
		}
	}
	if err == nil && account == "" {
		err = refuse(http.StatusUnprocessableEntity, "a statement needs an account")
	}
	if err != nil {
		writeError(w, err)
		return
	}
	s.answer(w, r, "bank.statement", account, func(Fault) (any, error) {
		if err := s.bringBack(r.Context()); err != nil {
			return nil, err
		}
		return s.bank.moves.statement(account, values["from"], values["until"], values["skip"],
			values["limit"]), nil
	})
}
