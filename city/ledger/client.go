package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

const (
	callTimeMax    = 30 * time.Second // a bank that needs longer is asked again
	answerBytesMax = 4 << 20          // 200 lines take about 40 KiB
	reasonRunesMax = 200
)

// Banker is the bank as the ledger sees it; Client is one.
type Banker interface {
	// Pay hands over orders. The same key twice is one payment. An error says nothing about
	// whether the bank has them.
	Pay(ctx context.Context, orders []Order) ([]Answer, error)
	// Ask tells how payouts stand, by key.
	Ask(ctx context.Context, keys []string) ([]Answer, error)
	// Credits tells what came into the sub-accounts after credit number n, in order.
	Credits(ctx context.Context, after int64, limit int) ([]Credit, error)
	// Statement tells what the bank has booked on a sub-account in [from, until), by pages.
	Statement(ctx context.Context, account string, from, until time.Time, skip, limit int) (
		BankStatement, error)
}

// Order is one payout as the bank reads it. It holds a card number: it is never logged. A refund
// names no card: the bank pays it to where the sub-account's money comes from. A guarantee's call
// names the guarantee, and goes into the sub-account.
type Order struct {
	Key       string    `json:"key"`
	Purpose   Kind      `json:"purpose"`
	AmountFen money.Fen `json:"amount_fen"`
	Card      string    `json:"card,omitempty"`
	Name      string    `json:"name,omitempty"`
	Account   string    `json:"account"` // the employer's sub-account
	Guarantee string    `json:"guarantee,omitempty"`
}

// String leaves the card out.
func (o Order) String() string { return fmt.Sprintf("%s: %s yuan", o.Key, o.AmountFen) }

// Credit is money that came in: from an employer, or back from where it had been paid.
type Credit struct {
	N         int64
	ID        string
	Account   string // as who paid wrote it: an employer's credit code or id, or anything else
	AmountFen money.Fen
	At        time.Time
	Returns   string // the payout whose money came back; "" for a deposit
	Reason    string // why it came back, in the bank's words
}

// Client speaks to a bank over HTTP.
type Client struct {
	base string
	http *http.Client
}

// NewClient returns a client of the bank at base ("http://127.0.0.1:8090").
func NewClient(base string, h *http.Client) *Client {
	return &Client{base: strings.TrimSuffix(base, "/"), http: h}
}

type answerLines struct {
	Lines []struct {
		Key    string `json:"key"`
		State  string `json:"state"`
		Reason string `json:"reason"`
		AtMS   int64  `json:"at_ms"`
	} `json:"lines"`
}

func (l answerLines) answers() []Answer {
	out := make([]Answer, 0, len(l.Lines))
	for _, line := range l.Lines {
		out = append(out, Answer{Key: line.Key, State: line.State, Reason: short(line.Reason),
			At: clock.At(line.AtMS)})
	}
	return out
}

// short keeps a stranger's words from filling the database.
func short(words string) string {
	words = strings.ReplaceAll(strings.ToValidUTF8(words, "?"), "\x00", "?") // PostgreSQL keeps no NUL
	if utf8.RuneCountInString(words) > reasonRunesMax {
		words = string([]rune(words)[:reasonRunesMax])
	}
	return words
}

// Pay is part of Banker.
func (c *Client) Pay(ctx context.Context, orders []Order) ([]Answer, error) {
	var out answerLines
	err := c.call(ctx, http.MethodPost, "/bank/payouts", map[string]any{"lines": orders}, &out)
	return out.answers(), err
}

// Ask is part of Banker.
func (c *Client) Ask(ctx context.Context, keys []string) ([]Answer, error) {
	var out answerLines
	err := c.call(ctx, http.MethodPost, "/bank/payouts/ask", map[string]any{"keys": keys}, &out)
	return out.answers(), err
}

// Credits is part of Banker. It refuses a page whose numbers do not rise, because the cursor would
// lose or repeat money, and one with ids or amounts that could not be posted. What a payer wrote
// as the account is taken as it comes: nonsense there must not stop everybody's money.
func (c *Client) Credits(ctx context.Context, after int64, limit int) ([]Credit, error) {
	var page struct {
		Credits []struct {
			N         int64     `json:"n"`
			ID        string    `json:"id"`
			Account   string    `json:"account"`
			AmountFen money.Fen `json:"amount_fen"`
			AtMS      int64     `json:"at_ms"`
			Returns   string    `json:"returns"`
			Reason    string    `json:"reason"`
		} `json:"credits"`
	}
	path := fmt.Sprintf("/bank/credits?after=%d&limit=%d", after, limit)
	if err := c.call(ctx, http.MethodGet, path, nil, &page); err != nil {
		return nil, err
	}
	out := make([]Credit, 0, len(page.Credits))
	for _, l := range page.Credits {
		if l.N <= after || !isName(l.ID) || l.AmountFen <= 0 || l.AmountFen > money.MaxFen {
			return nil, unavailable(fmt.Errorf("credit %d %q after %d is not one", l.N, l.ID, after))
		}
		after = l.N
		out = append(out, Credit{l.N, l.ID, short(l.Account), l.AmountFen, clock.At(l.AtMS),
			l.Returns, short(l.Reason)})
	}
	return out, nil
}

// Statement is part of Banker.
func (c *Client) Statement(
	ctx context.Context, account string, from, until time.Time, skip, limit int,
) (BankStatement, error) {
	var page struct {
		ClosingFen money.Fen `json:"closing_fen"`
		More       bool      `json:"more"`
		Lines      []struct {
			Key       string    `json:"key"`
			AmountFen money.Fen `json:"amount_fen"`
			AtMS      int64     `json:"at_ms"`
			Returns   string    `json:"returns"`
		} `json:"lines"`
	}
	path := fmt.Sprintf("/bank/statement?account=%s&from=%d&until=%d&skip=%d&limit=%d",
		url.QueryEscape(account), clock.MS(from), clock.MS(until), skip, limit)
	if err := c.call(ctx, http.MethodGet, path, nil, &page); err != nil {
		return BankStatement{}, err
	}
	out := BankStatement{ClosingFen: page.ClosingFen, More: page.More,
		Lines: make([]BankLine, len(page.Lines))}
	for i, l := range page.Lines {
		out.Lines[i] = BankLine{l.Key, l.AmountFen, clock.At(l.AtMS), l.Returns}
	}
	return out, nil
}

// isName tells whether a stranger's id can be part of a name here: short, and text that both
// engines keep.
func isName(text string) bool {
	const bytesMax = 120
	return text != "" && len(text) <= bytesMax && utf8.ValidString(text) &&
		!strings.ContainsFunc(text, unicode.IsControl)
}

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeMax)
	defer cancel()
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("write call to the bank: %w", err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("call the bank: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return unavailable(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return unavailable(fmt.Errorf("%s %s: %s", method, path, resp.Status))
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, answerBytesMax))
	if err == nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil {
		return unavailable(fmt.Errorf("read the answer to %s %s: %w", method, path, err))
	}
	return nil
}

func unavailable(cause error) error {
	return fault.New(fault.Unavailable, "ledger.bank_unavailable").Because(cause)
}
