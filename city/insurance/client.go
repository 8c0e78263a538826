package insurance

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
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/fault"
)

const (
	callTimeMax    = 30 * time.Second // an insurer that needs longer is asked again
	answerBytesMax = 64 << 10
	reasonRunesMax = 200
)

// Insurer is what the slice asks of the outside world; Client is one.
type Insurer interface {
	// Tell hands over a bordereau. The same key twice is one. An error says nothing about whether
	// the insurer has it.
	Tell(ctx context.Context, d Declaration) (Answer, error)
	// Ask tells how a bordereau stands.
	Ask(ctx context.Context, key string) (Answer, error)
}

// Declaration is a bordereau as the insurer reads it. The same key always has the same rows.
type Declaration struct {
	Key  string           `json:"key"`
	Rows []DeclarationRow `json:"rows"`
}

// DeclarationRow is one cover on it. Person is a keyed digest, never a number.
type DeclarationRow struct {
	CoverID       string `json:"cover_id"`
	PlanID        string `json:"plan_id"`
	Person        string `json:"person"`
	EffectiveAtMS int64  `json:"effective_at_ms"`
	ExpiresAtMS   int64  `json:"expires_at_ms"`
	PremiumFen    int64  `json:"premium_fen"`
}

// Answer is what the insurer says of a bordereau.
type Answer struct {
	State  string `json:"state"`
	Reason string `json:"reason"`
}

// Client speaks to an insurer over HTTP.
type Client struct {
	base string
	http *http.Client
}

// NewClient returns a client of the insurer at base ("http://127.0.0.1:8090").
func NewClient(base string, h *http.Client) *Client {
	return &Client{base: strings.TrimSuffix(base, "/"), http: h}
}

// Tell is part of Insurer.
func (c *Client) Tell(ctx context.Context, d Declaration) (Answer, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return Answer{}, fmt.Errorf("write bordereau %s: %w", d.Key, err)
	}
	return c.call(ctx, http.MethodPost, "/insurer/bordereaux", body)
}

// Ask is part of Insurer.
func (c *Client) Ask(ctx context.Context, key string) (Answer, error) {
	return c.call(ctx, http.MethodGet, "/insurer/bordereaux/"+url.PathEscape(key), nil)
}

func (c *Client) call(ctx context.Context, method, path string, body []byte) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeMax)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("call the insurer: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return Answer{}, unavailable(err)
	}
	defer resp.Body.Close()
	var a Answer
	text, err := io.ReadAll(io.LimitReader(resp.Body, answerBytesMax))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %s", resp.Status)
	}
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil {
		return Answer{}, unavailable(fmt.Errorf("answer to %s %s: %w", method, path, err))
	}
	a.Reason = short(a.Reason)
	return a, nil
}

// short keeps a stranger's words from filling the database.
func short(words string) string {
	words = strings.ReplaceAll(strings.ToValidUTF8(words, "?"), "\x00", "?") // PostgreSQL keeps no NUL
	if utf8.RuneCountInString(words) > reasonRunesMax {
		words = string([]rune(words)[:reasonRunesMax])
	}
	return words
}

func unavailable(cause error) error {
	return fault.New(fault.Unavailable, "insurance.insurer_unavailable").Because(cause)
}
