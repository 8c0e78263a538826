package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/fault"
)

const (
	callTimeMax    = 5 * time.Second // somebody waits for a code; the same key may go again
	answerBytesMax = 64 << 10
	reasonRunesMax = 200
)

// Gateway is the SMS gateway as the slice sees it; Client is one.
type Gateway interface {
	// Send hands over a text. The same key twice is one text message. An error says nothing about
	// whether the gateway has it.
	Send(ctx context.Context, t Text) (Answer, error)
}

// Text is a message as the gateway reads it. It is never logged.
type Text struct {
	Key   string `json:"key"`
	Phone string `json:"phone"`
	Words string `json:"text"`
}

// Client speaks to a gateway over HTTP.
type Client struct {
	base string
	http *http.Client
}

// NewClient returns a client of the gateway at base ("http://127.0.0.1:8090").
func NewClient(base string, h *http.Client) *Client {
	return &Client{base: strings.TrimSuffix(base, "/"), http: h}
}

// Send is part of Gateway.
// Faults: notify.gateway_unavailable.
func (c *Client) Send(ctx context.Context, t Text) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeMax)
	defer cancel()
	body, err := json.Marshal(t)
	if err != nil {
		return Answer{}, fmt.Errorf("write text message: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/sms", bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("call the gateway: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return Answer{}, unavailable(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return Answer{}, unavailable(fmt.Errorf("POST /sms: %s", resp.Status))
	}
	var out struct {
		State  string `json:"state"`
		Reason string `json:"reason"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, answerBytesMax)).Decode(&out); err != nil {
		return Answer{}, unavailable(fmt.Errorf("read the gateway's answer: %w", err))
	}
	if out.State != gatewaySent && out.State != gatewayRejected {
		return Answer{}, unavailable(fmt.Errorf("the gateway says %.40q", out.State))
	}
	return Answer{out.State, short(out.Reason)}, nil
}

// short keeps a stranger's words from filling the database.
func short(words string) string {
	words = strings.ToValidUTF8(strings.ReplaceAll(words, "\x00", ""), "?")
	if utf8.RuneCountInString(words) > reasonRunesMax {
		words = string([]rune(words)[:reasonRunesMax])
	}
	return words
}

func unavailable(cause error) error {
	return fault.New(fault.Unavailable, "notify.gateway_unavailable").Because(cause)
}
