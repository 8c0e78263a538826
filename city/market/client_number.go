package market

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
)

const (
	numberTimeMax  = 5 * time.Second // somebody waits at a phone
	numberBytesMax = 4 << 10
)

// Numbers hands out masked numbers (隐私号); NumberClient is one.
type Numbers interface {
	// Bind gives a number that connects the two phones with each other until then, the same for the
	// same key.
	// Faults: market.number_unavailable.
	Bind(ctx context.Context, b Binding) (string, error)
}

// Binding is two phones that may call each other through one number. It is never logged.
type Binding struct {
	Key   string    `json:"key"`
	A     string    `json:"a"`
	B     string    `json:"b"`
	Until time.Time `json:"until"`
}

// NumberClient speaks to a provider of masked numbers through a city's proxy, which translates to
// the provider's own protocol and holds its secret.
type NumberClient struct {
	base string
	http *http.Client
}

// NewNumberClient returns a client of the proxy at base; nil when there is none.
func NewNumberClient(base string, h *http.Client) Numbers {
	if base == "" {
		return nil
	}
	return &NumberClient{strings.TrimSuffix(base, "/"), h}
}

// Bind is part of Numbers.
func (c *NumberClient) Bind(ctx context.Context, b Binding) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, numberTimeMax)
	defer cancel()
	body, err := json.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("write a binding: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/number/bindings",
		bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("bind a number: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return "", noNumber(err)
	}
	defer resp.Body.Close()
	var out struct {
		Number string `json:"number"`
	}
	if resp.StatusCode != http.StatusOK {
		return "", noNumber(fmt.Errorf("the provider says %s", resp.Status))
	}
	err = json.NewDecoder(io.LimitReader(resp.Body, numberBytesMax)).Decode(&out)
	if err == nil && !dialable(out.Number) {
		err = errors.New("no number in it")
	}
	if err != nil {
		return "", noNumber(fmt.Errorf("read the provider's answer: %w", err))
	}
	return out.Number, nil
}

// dialable tells whether a phone can dial it: digits, perhaps with an extension behind a comma.
func dialable(number string) bool {
	return number != "" && len(number) <= 32 && strings.Trim(number, "0123456789,-+") == ""
}

func noNumber(cause error) error {
	return fault.New(fault.Unavailable, "market.number_unavailable").Because(cause)
}
