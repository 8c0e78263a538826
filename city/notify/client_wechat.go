package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gongyi/gongyi/internal/fault"
)

// What WeChat answers, by its errcode.
const (
	wechatOK      = 0
	wechatBusy    = -1      // "please try later": nothing was sent
	wechatRefused = "43101" // the reader refused, or has withdrawn
)

// Subscriptions are WeChat's subscribe messages as the slice sees them; WeChatClient is one.
type Subscriptions interface {
	// Tell sends a subscribe message. WeChat takes no key: an error says nothing about whether it
	// was sent, and asking again would send it again.
	Tell(ctx context.Context, n Subscribed) (Answer, error)
	// OpenID gives the id of whoever's mini program made the log-in code.
	// Faults: notify.wechat_code (invalid), notify.gateway_unavailable.
	OpenID(ctx context.Context, code string) (string, error)
	// PhoneNumber gives the mainland number behind a code of the phone number button.
	// Faults: notify.wechat_code (invalid), notify.gateway_unavailable.
	PhoneNumber(ctx context.Context, code string) (string, error)
}

// Subscribed is a subscribe message. It is never logged.
type Subscribed struct {
	OpenID   string
	Template string
	Values   map[string]string
}

// WeChatClient speaks to WeChat through a city's proxy, which adds the access token: a token is
// good for two hours and one for all processes, so it is kept in one place.
type WeChatClient struct {
	base string
	http *http.Client
}

// NewWeChatClient returns a client of the proxy at base; nil when there is none.
func NewWeChatClient(base string, h *http.Client) Subscriptions {
	if base == "" {
		return nil
	}
	return &WeChatClient{base: strings.TrimSuffix(base, "/"), http: h}
}

// Tell is part of Subscriptions.
// Faults: notify.gateway_unavailable.
func (c *WeChatClient) Tell(ctx context.Context, n Subscribed) (Answer, error) {
	type value struct {
		Value string `json:"value"`
	}
	values := make(map[string]value, len(n.Values))
	for name, text := range n.Values {
		values[name] = value{text}
	}
	body, err := json.Marshal(map[string]any{"touser": n.OpenID, "template_id": n.Template,
		"data": values})
	if err != nil {
		return Answer{}, fmt.Errorf("write subscribe message: %w", err)
	}
	var out struct {
		Code  int    `json:"errcode"`
		Words string `json:"errmsg"`
	}
	err = c.call(ctx, http.MethodPost, "/cgi-bin/message/subscribe/send", body, &out)
	switch {
	case err != nil:
		return Answer{}, err
	case out.Code == wechatOK:
		return Answer{State: gatewaySent}, nil
	case out.Code == wechatBusy:
		return Answer{}, unavailable(fmt.Errorf("WeChat is busy: %s", short(out.Words)))
	}
	return Answer{State: gatewayRejected, Reason: strconv.Itoa(out.Code)}, nil
}

// OpenID is part of Subscriptions.
func (c *WeChatClient) OpenID(ctx context.Context, code string) (string, error) {
	var out struct {
		Code   int    `json:"errcode"`
		OpenID string `json:"openid"`
	}
	err := c.call(ctx, http.MethodGet, "/sns/jscode2session?js_code="+url.QueryEscape(code), nil, &out)
	if err == nil && (out.Code != wechatOK || out.OpenID == "") {
		err = fault.New(fault.Invalid, "notify.wechat_code").OnField("code")
	}
	return out.OpenID, err
}

// PhoneNumber is part of Subscriptions.
func (c *WeChatClient) PhoneNumber(ctx context.Context, code string) (string, error) {
	body, err := json.Marshal(map[string]string{"code": code})
	if err != nil {
		return "", fmt.Errorf("write a phone code: %w", err)
	}
	var out struct {
		Code int `json:"errcode"`
		Info struct {
			Number  string `json:"purePhoneNumber"`
			Country string `json:"countryCode"`
		} `json:"phone_info"`
	}
	err = c.call(ctx, http.MethodPost, "/wxa/business/getuserphonenumber", body, &out)
	if err == nil && (out.Code != wechatOK || out.Info.Country != "86") {
		err = fault.New(fault.Invalid, "notify.wechat_code").OnField("phone_code")
	}
	return out.Info.Number, err
}

func (c *WeChatClient) call(
	ctx context.Context, method, path string, body []byte, into any,
) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeMax)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("call WeChat: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return unavailable(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return unavailable(fmt.Errorf("WeChat says %s", resp.Status))
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, answerBytesMax)).Decode(into); err != nil {
		return unavailable(fmt.Errorf("read WeChat's answer: %w", err))
	}
	return nil
}
