package e2e

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/sim"
)

// visitor is somebody at a browser without script: it follows links, keeps cookies and sends the
// forms that a page has, with what stands in them.
type visitor struct {
	s      *site
	client *http.Client
	path   string // of the page shown
	page   string
	status int
}

func (s *site) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	s.c.ok(err)
	return &visitor{s: s, client: &http.Client{Jar: jar}}
}

func (b *visitor) ask(r *http.Request) *visitor {
	b.s.c.t.Helper()
	r.Header.Set("Accept-Language", "zh-CN")
	got, err := b.client.Do(r)
	b.s.c.ok(err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	b.s.c.ok(err)
	b.path, b.page, b.status = got.Request.URL.RequestURI(), string(body), got.StatusCode
	return b
}

func (b *visitor) open(path string) *visitor {
	b.s.c.t.Helper()
	r, err := http.NewRequestWithContext(b.s.c.t.Context(), http.MethodGet, b.s.url+path, nil)
	b.s.c.ok(err)
	return b.ask(r)
}

var (
	formTag  = regexp.MustCompile(`(?s)<form([^>]*)>(.*?)</form>`)
	fieldTag = regexp.MustCompile(`<(?:input|button)([^>]*)>`)
	attrOf   = regexp.MustCompile(`([a-z-]+)="([^"]*)"`)
)

func attrs(tag string) map[string]string {
	out := map[string]string{}
	for _, m := range attrOf.FindAllStringSubmatch(tag, -1) {
		out[m[1]] = html.UnescapeString(m[2])
	}
	return out
}

// send fills in the page's form that leads to the action's end and sends it. Tick boxes count when
// named in typed with their own value, "tick".
func (b *visitor) send(action string, typed map[string]string) *visitor {
	t := b.s.c.t
	t.Helper()
	for _, m := range formTag.FindAllStringSubmatch(b.page, -1) {
		form := attrs(m[1])
		if !strings.HasSuffix(form["action"], action) {
			continue
		}
		values := url.Values{}
		for _, f := range fieldTag.FindAllStringSubmatch(m[2], -1) {
			a := attrs(f[1])
			switch text, given := typed[a["name"]]; {
			case a["name"] == "" || a["type"] == "checkbox" && !given:
			case given && text != "tick":
				values.Set(a["name"], text)
			default:
				values.Set(a["name"], a["value"])
			}
		}
		for name, text := range typed {
			if text != "tick" {
				values.Set(name, text) // also where it is a list to choose from
			}
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.s.url+form["action"],
			strings.NewReader(values.Encode()))
		b.s.c.ok(err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Referer", b.s.url+b.path)
		return b.ask(r)
	}
	t.Fatalf("%s has no form for %s:\n%s", b.path, action, b.page)
	return b
}

// shows fails the test unless the page is of that status and has the words.
func (b *visitor) shows(status int, words ...string) *visitor {
	b.s.c.t.Helper()
	for _, w := range words {
		if b.status != status || !strings.Contains(html.UnescapeString(b.page), w) {
			b.s.c.t.Fatalf("%s: %d, want %d with %q:\n%s", b.path, b.status, status, w, b.page)
		}
	}
	return b
}

// Goal: without script, a newcomer goes from the list of work to both signatures, clocks in by the
// code at the gate, and finds the day's wage with its slip; each wrong step says why and keeps what
// was typed.
func TestPagesOfWorker(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s, shiftID := serve(c), c.shift(2)
		b := s.visitor()
		name, idNumber, phone, card := sim.MadeUp(7, 300, region)

		b.open("/?region="+region).shows(200, "分拣员第", "找活")
		b.open("/?q=fenjian&region="+region).shows(200, "分拣员第", `value="fenjian"`)
		b.open("/?q=电焊&region="+region).shows(200, "现在没有合适的活")
		b.open("/shifts/"+shiftID).shows(200, "演示物流", "按单分拣。", "我要干", "意外险")
		b.send("/accept", nil).shows(200, "发送验证码")
		b.send("/login/code", map[string]string{"phone": "12"}).shows(422, "手机号", `value="12"`)
		b.send("/login/code", map[string]string{"phone": phone}).shows(200, "6位验证码")
		b.send("/login", map[string]string{"code": "000000"}).shows(422, "验证码")
		b.send("/login", map[string]string{"code": c.code(phone)}).shows(200, "我要干")

		b.send("/accept", nil).shows(200, "实名登记")
		who := map[string]string{"name": name, "id_number": idNumber, "region": region}
		b.send("/register", who).shows(422, "逐项勾选", `value="`+name+`"`)
		who["agree_privacy"], who["agree_identity"] = "tick", "tick"
		who["id_number"] = idNumber[:17] + "?"
		b.send("/register", who).shows(422, "身份证")
		who["id_number"] = idNumber
		b.send("/register", who).shows(200, "我要干")

		b.send("/accept", nil).shows(200, "电子合同", name, "意外险")
		b.send("/code", nil).shows(422, "逐项勾选")
		b.send("/code", map[string]string{"agree_plan": "tick", "share_version": "tick"}).
			shows(200, "签约验证码")
		b.send("/sign", map[string]string{"code": "000000"}).shows(422, "验证码")
		b.send("/sign", map[string]string{"code": c.code(phone)}).
			shows(200, "合同签好了", "开工打卡")

		placement := strings.SplitN(b.path, "?", 2)[0]
		b.open("/me/card").send("/me/card", map[string]string{"card_number": card}).
			shows(422, "逐项勾选")
		b.send("/me/card", map[string]string{"card_number": card, "share_version": "tick"}).
			shows(200, "已保存银行卡")

		c.clk.Add(2 * time.Hour)
		b.open(placement).send("/start", map[string]string{"token": "forged"}).
			shows(403, "二维码无效", "二维码下面的字符")
		b.open(c.qr()).shows(200, "开工打卡").send("/start", nil).shows(200, "从现在起有意外保险")
		c.clk.Add(8 * time.Hour)
		b.open(c.qr()).shows(200, "下班打卡").send("/end", nil).shows(200, "24小时内到账")
		b.open("/wages").shows(200, "¥187.50")
		for range 8 { // the hours confirm themselves, then the bank pays
			c.sweep(2 * time.Hour)
		}
		b.open("/wages").shows(200, "¥187.50", "到账")
		line := regexp.MustCompile(`/wages/[a-z]+_[0-9A-Za-z]+`).FindString(b.page)
		b.open(line).shows(200, "工资清单", "演示物流", "已到账")
		b.open("/me/consents").shows(200, "岗位推荐", "已同意")
		b.open("/me/messages").shows(200, "消息")
		b.open("/me/skills").shows(200, "我有手艺").send("/me/skills", map[string]string{"skill": "nope"}).
			shows(422, "技能")
		b.open("/me/complaint").send("/me/complaint", map[string]string{"kind": "fees", "words": "短"}).
			shows(422, "短")
		b.send("/me/complaint", map[string]string{"kind": "fees", "words": "到场后要先交押金一百元。"}).
			shows(200, "已收到", "乱收费")
		b.open("/me").send("/logout", nil).shows(200, "找活")
		b.open("/wages").shows(200, "发送验证码")
		c.lawful()
	})
}

// qr is where the code at the gate leads now.
func (c *town) qr() string {
	c.t.Helper()
	qr, err := c.Stations.ShowQR(c.employer.ctx, station.ShowQR{PlaceID: c.employer.placeID})
	c.ok(err)
	return qr.URL
}
