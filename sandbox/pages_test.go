package sandbox_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/sandbox"
)

// mounted serves a world below a prefix, as the demo does, and follows redirects.
func mounted(t *testing.T, w *world) (base string, get func(path, lang string) (int, string)) {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/sandbox/", http.StripPrefix("/sandbox", w.Server))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	base = server.URL + "/sandbox/"
	return base, func(path, lang string) (int, string) {
		req, err := http.NewRequest("GET", base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "text/html")
		req.Header.Set("Accept-Language", lang)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
}

func holds(t *testing.T, what, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(page, part) {
			t.Errorf("%s lacks %s:\n%s", what, part, page)
		}
	}
}

// Goal: the inbox shows messages newest first with their codes marked, says when it is empty, and
// speaks both languages; links and filter work where it is mounted, without script.
func TestInboxPage(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	_, get := mounted(t, w)
	_, page := get("sms/inbox", "zh-CN")
	holds(t, "the empty inbox", page, `lang="zh-CN"`, "还没有短信", `href="../style.css"`, `name="phone"`)
	w.want(t, "POST", "/sms", sms, 200, "sent")
	w.want(t, "POST", "/sms", `{"key":"m2","phone":"13800000002","text":"<b>hello</b> 1234567"}`,
		200, "sent")
	for _, path := range []string{"", "sms/inbox"} {
		status, page := get(path, "en")
		if status != 200 || strings.Contains(page, "<script") || strings.Contains(page, "<b>hello") {
			t.Errorf("%s: %d\n%s", path, status, page)
		}
		holds(t, path, page, `lang="en"`, "Text messages", "<strong>123456</strong>", "13800000002",
			"&lt;b&gt;hello", "03-02 08:00", `href="?lang=zh-CN"`)
		if strings.Index(page, "13800000002") > strings.Index(page, "13800000001") {
			t.Errorf("%s: the older message stands first", path)
		}
	}
	_, page = get("sms/inbox?phone=0001&lang=zh-CN", "en")
	holds(t, "the filtered inbox", page, "短信收件箱", `value="0001"`, "13800000001",
		`href="?lang=en&amp;phone=0001"`, `href="../faults?lang=zh-CN"`)
	if strings.Contains(page, "13800000002") {
		t.Error("the filter lets another phone pass")
	}
	if status, css := get("style.css", "en"); status != 200 || !strings.Contains(css, ":root") {
		t.Errorf("style: %d %.40s", status, css)
	}
	if status, _ := get("nothing", "en"); status != 404 {
		t.Errorf("no such page: %d", status)
	}
}

// Goal: a fault can be set and ended by the form alone, and the page shows what is in force.
func TestFaultsPage(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	base, get := mounted(t, w)
	_, page := get("faults", "zh-CN")
	holds(t, "the page", page, "让外部系统出故障", "银行：收代发指令", "办了但没回音", `action="faults"`)
	if strings.Contains(page, "sandbox.faults.") {
		t.Errorf("a text is missing:\n%s", page)
	}
	set := func(values url.Values, wantStatus int) string {
		resp, err := http.PostForm(base+"faults", values) // follows the redirect to the page
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != wantStatus {
			t.Errorf("%v: %s", values, resp.Status)
		}
		if wantStatus == 200 && !strings.HasPrefix(resp.Request.URL.String(), base+"faults?lang=en") {
			t.Errorf("led to %s", resp.Request.URL)
		}
		_, page := get("faults", "en")
		return page
	}
	page = set(url.Values{"call": {"sms.send"}, "kind": {"error"}, "percent": {"100"},
		"lang": {"en"}}, 200)
	holds(t, "with a fault", page, `class="rule on"`, `value="error" selected`, `value="100"`)
	w.want(t, "POST", "/sms", sms, 503, "out of order")
	page = set(url.Values{"call": {"sms.send"}, "kind": {""}, "percent": {"100"}, "lang": {"en"}}, 200)
	if strings.Contains(page, "rule on") {
		t.Errorf("the fault is still there:\n%s", page)
	}
	w.want(t, "POST", "/sms", sms, 200, "sent")
	set(url.Values{"call": {"sms.send"}, "kind": {"error"}, "percent": {"101"}}, 422)
	set(url.Values{"call": {"sms.send"}, "kind": {"fire"}, "percent": {"1"}}, 422)
}

// Goal: another site's page cannot set faults through a visitor's browser.
func TestFaultsCrossSite(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	req, err := http.NewRequest("POST", "http://sandbox.invalid/faults",
		strings.NewReader("call=sms.send&kind=error&percent=100"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := w.client.Do(req)
	if err != nil || resp.StatusCode != http.StatusForbidden || len(w.Rules()) != 0 {
		t.Errorf("got %v, %v, rules %v", resp, err, w.Rules())
	}
}
