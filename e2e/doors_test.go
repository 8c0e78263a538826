package e2e

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	bytesof "encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/sandbox"
)

// authenticator is the app on somebody's phone.
func authenticator(t *testing.T, secret string, now time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = bytesof.Write(mac, bytesof.BigEndian, now.Unix()/30)
	sum := mac.Sum(nil)
	n := bytesof.BigEndian.Uint32(sum[sum[19]&15:]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}

// post calls the API as whoever has the token and reads the answer.
func (s *site) post(token, path, body string, into any) answer {
	s.c.t.Helper()
	a := s.call(request{method: http.MethodPost, path: "/api/v1" + path, body: body, token: token,
		key: s.c.key().IdempotencyKey})
	if into != nil && a.status == http.StatusOK {
		s.c.ok(json.Unmarshal([]byte(a.body), into))
	}
	return a
}

// Goal: with a second step a clerk's log-in is worth nothing until a code of the authenticator, or
// a recovery code, is shown; a code is good once, wrong ones lock, and it ends with a code.
func TestSecondStep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s := serve(c)
		first := c.session("19990000001")
		var secret people.SecondSecret
		s.post(first, "/me/second-step", `{}`, &secret)
		if !strings.HasPrefix(secret.URI, "otpauth://totp/Gongyi:199") ||
			strings.Contains(secret.URI, "19990000001") {
			t.Errorf("the address is %s", secret.URI)
		}
		code := func() string { return authenticator(t, secret.Secret, c.clk.Now()) }
		refused := func(what string, a answer, status int, code string) {
			t.Helper()
			if a.status != status || a.Code != code {
				t.Errorf("%s: %d %s, want %d %s", what, a.status, a.Code, status, code)
			}
		}
		refused("not in force yet", s.post(first, "/me/second-step/code", `{"code": "`+code()+`"}`, nil),
			http.StatusConflict, "people.second_none")
		refused("a wrong code", s.post(first, "/me/second-step/confirmation", `{"code": "000000"}`, nil),
			http.StatusUnprocessableEntity, "people.second_wrong")
		var recovery people.RecoveryCodes
		s.post(first, "/me/second-step/confirmation", `{"code": "`+code()+`"}`, &recovery)
		if len(recovery.Codes) != 8 {
			t.Fatalf("recovery codes %v", recovery.Codes)
		}
		refused("begun again", s.post(first, "/me/second-step", `{}`, nil), http.StatusConflict,
			"people.second_on")
		want(t, "the first session stays good", s.with(first).open("/g"), http.StatusOK)

		half := c.session("19990000001")
		for _, path := range []string{"/vettings", "/inbox", "/me"} {
			refused(path, s.call(request{method: http.MethodGet, path: "/api/v1" + path, token: half}),
				http.StatusUnauthorized, "people.second_due")
		}
		wentTo(t, "a page", s.with(half).open("/g"), "/login?next=%2Fg")
		wentTo(t, "its log-in", s.with(half).open("/login?next=%2Fg"), "/login/second?next=%2Fg")
		third := c.session("19990000001")
		if a := s.post(half, "/me/second-step/code", `{"code": "`+code()+`"}`, nil); a.status != 200 {
			t.Errorf("the second step: %d %s", a.status, a.Code)
		}
		refused("a code twice", s.post(third, "/me/second-step/code", `{"code": "`+code()+`"}`, nil),
			http.StatusUnprocessableEntity, "people.second_wrong")
		want(t, "now it is good", s.with(half).open("/g"), http.StatusOK)

		typed := strings.ToLower(strings.ReplaceAll(recovery.Codes[3], "-", " "))
		if a := s.post(third, "/me/second-step/code", `{"code": "`+typed+`"}`, nil); a.status != 200 {
			t.Errorf("a recovery code: %d %s", a.status, a.Code)
		}
		c.clk.Add(time.Hour)
		fourth := c.session("19990000001")
		for range 5 {
			refused("a used recovery code", s.post(fourth, "/me/second-step/code",
				`{"code": "`+typed+`"}`, nil), http.StatusUnprocessableEntity, "people.second_wrong")
		}
		refused("locked", s.post(fourth, "/me/second-step/code", `{"code": "`+code()+`"}`, nil),
			http.StatusTooManyRequests, "people.second_locked")
		c.clk.Add(16 * time.Minute)
		refused("half cannot end it", s.post(fourth, "/me/second-step/end", `{"code": "`+code()+`"}`,
			nil), http.StatusUnauthorized, "people.second_due")

		b := s.visitor().open("/login")
		b.send("/login/code", map[string]string{"phone": "19990000001"})
		b.send("/login", map[string]string{"code": c.code("19990000001")}).shows(200, "两步验证")
		b.send("/login/second", map[string]string{"code": "1"}).shows(422, "验证码不对")
		b.send("/login/second", map[string]string{"code": code()}).shows(200, "工驿")
		b.open("/me/second").shows(200, "已启用", "还剩 7 个")
		c.clk.Add(time.Minute)
		b.send("/me/second/end", map[string]string{"code": code()}).shows(200, "开始设置")
		b.send("/me/second", nil).shows(200, "用验证器扫", "<svg")
		if c.count(`SELECT COUNT(*) FROM recovery_codes`) != 0 {
			t.Error("recovery codes outlive the second step")
		}
		c.lawful()
	})
}

// Goal: who lost authenticator and recovery codes is let in again by a director, with a reason, a
// message to the phone and an audit row; nobody does it for themselves, and a clerk not at all.
func TestLostSecondStep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		confirm := func(token string) {
			var secret people.SecondSecret
			d.post(token, "/me/second-step", `{}`, &secret)
			code := authenticator(t, secret.Secret, c.clk.Now())
			a := d.post(token, "/me/second-step/confirmation", `{"code": "`+code+`"}`, nil)
			if a.status != http.StatusOK {
				t.Fatalf("confirmed: %d %s", a.status, a.body)
			}
		}
		token := c.session("19990000001")
		confirm(token)
		form := url.Values{"phone": {"19990000001"}, "reason": {"本人持证到场"}}
		want(t, "a clerk", d.with(token).post("/g/second-steps", form), http.StatusForbidden)
		want(t, "no form for a clerk", d.with(token).open("/g/staff"), http.StatusOK,
			"!/g/second-steps")
		want(t, "no reason", d.director.post("/g/second-steps", url.Values{"phone": {"19990000001"}}),
			http.StatusUnprocessableEntity, "alert-danger", "19990000001")
		want(t, "nobody's phone", d.director.post("/g/second-steps", url.Values{
			"phone": {"19911111111"}, "reason": {"持证"}}), http.StatusNotFound, "请核对号码")
		want(t, "one's own", d.director.post("/g/second-steps", url.Values{
			"phone": {"19990000002"}, "reason": {"持证"}}), http.StatusConflict, "另一位负责人")
		want(t, "off", d.director.post("/g/second-steps", url.Values{
			"phone": {"19990000003"}, "reason": {"持证"}}), http.StatusConflict, "没有启用")
		wentTo(t, "reset", d.director.post("/g/second-steps", form), "/g/staff?done=second_reset")
		wentTo(t, "logged out", d.with(token).open("/g"), "/login?next=%2Fg")
		want(t, "the code is enough", d.with(c.session("19990000001")).open("/g"), http.StatusOK)
		if n := c.count(`SELECT COUNT(*) FROM messages WHERE template = 'second_reset'`); n != 1 {
			t.Errorf("%d messages", n)
		}
		want(t, "on record", d.auditor.open("/g/audit"), http.StatusOK, "重置两步验证", "本人持证到场")
		c.lawful()
	})
}

// Goal: the mini program's codes open an account: the first time with the phone that WeChat has
// verified, then alone; staff never; a ticket takes the log-in into the web-view, once, within a
// minute. What WeChat does not answer is said so.
func TestMiniProgramLogIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s, w := serve(c), c.newWorker(1)
		enter := func(code string, into any) answer {
			return s.post("", "/wechat/sessions", `{"code": "`+code+`"}`, into)
		}
		byPhone := func(phone string, into any) answer {
			return s.post("", "/wechat/phone-sessions",
				`{"code": "wx-1", "phone_code": "wxp-`+phone+`"}`, into)
		}
		if a := enter("wx-1", nil); a.status != 404 || a.Code != "people.wechat_unlinked" {
			t.Errorf("nobody's: %d %s", a.status, a.Code)
		}
		if a := enter("forged", nil); a.status != 422 || a.Code != "notify.wechat_code" {
			t.Errorf("forged: %d %s", a.status, a.Code)
		}
		if a := byPhone("19990000001", nil); a.status != 403 || a.Code != "people.wechat_staff" {
			t.Errorf("staff: %d %s", a.status, a.Code)
		}
		for call, path := range map[string]func() answer{
			"wechat.openid": func() answer { return enter("wx-1", nil) },
			"wechat.phone":  func() answer { return byPhone(w.phone, nil) }} {
			for _, kind := range []sandbox.Fault{sandbox.Error, sandbox.LostAnswer} {
				c.ok(c.box.SetFault(sandbox.Rule{Call: call, Kind: kind, RateBP: 10_000}))
				if a := path(); a.status != 503 || a.Code != "notify.gateway_unavailable" {
					t.Errorf("%s %s: %d %s", call, kind, a.status, a.Code)
				}
			}
			c.ok(c.box.SetFault(sandbox.Rule{Call: call}))
		}
		var linked, again people.Session
		byPhone(w.phone, &linked)
		if linked.AccountID != w.accountID {
			t.Fatalf("the phone's account is %+v", linked)
		}
		if a := enter("wx-1", &again); again.AccountID != w.accountID {
			t.Fatalf("linked: %d %s", a.status, a.body)
		}
		var ticket people.Ticket
		s.post(again.Token, "/me/tickets", `{}`, &ticket)
		in := s.with("")
		path := "/enter?ticket=" + url.QueryEscape(ticket.Ticket) + "&next=%2Fschedule"
		got := in.open(path)
		wentTo(t, "entered", got, "/schedule")
		if !strings.Contains(got.header.Get("Set-Cookie"), web.SessionCookie) {
			t.Error("no session in the web-view")
		}
		wentTo(t, "a ticket twice", in.open(path), "/login")
		s.post(again.Token, "/me/tickets", `{}`, &ticket)
		c.clk.Add(2 * time.Minute)
		wentTo(t, "an old ticket", in.open("/enter?ticket="+url.QueryEscape(ticket.Ticket)), "/login")
		s.post(again.Token, "/me/tickets", `{}`, &ticket)
		wentTo(t, "out of the city", in.open("/enter?ticket="+url.QueryEscape(ticket.Ticket)+
			"&next=https%3A%2F%2Fevil.example"), "/")
		if c.count(`SELECT COUNT(*) FROM wechat_logins`) != 1 {
			t.Error("not linked")
		}
		c.lawful()
	})
}
