package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/i18n"
)

var noon = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

// Goal: a message that nobody could send is refused before it is stored.
func TestMessageCheck(t *testing.T) {
	t.Parallel()
	good := Message{AccountID: "acc_1", Template: "offer", Key: "offer/1",
		Args: map[string]string{"day": "2026-03-03", "title": "分拣员"}}
	for name, c := range map[string]struct {
		change func(*Message)
		want   string
	}{
		"good":          {func(*Message) {}, ""},
		"phone only":    {func(m *Message) { m.AccountID, m.Phone = "", "13800000001" }, ""},
		"more args":     {func(m *Message) { m.Args["more"] = "x" }, ""},
		"no template":   {func(m *Message) { m.Template = "ofer" }, "no template"},
		"no key":        {func(m *Message) { m.Key = "" }, "needs a key"},
		"a long key":    {func(m *Message) { m.Key = strings.Repeat("k", keyBytesMax+1) }, "needs a key"},
		"nobody":        {func(m *Message) { m.AccountID = "" }, "goes to nobody"},
		"an arg lacked": {func(m *Message) { delete(m.Args, "day") }, "lacks the arg day"},
	} {
		m := good
		m.Args = map[string]string{"day": good.Args["day"], "title": good.Args["title"]}
		c.change(&m)
		err := m.check([]string{"day", "title"})
		if c.want == "" && err != nil || c.want != "" &&
			(err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

// Goal: neither a phone nor a code gets into a log by printing a message.
func TestMessageString(t *testing.T) {
	t.Parallel()
	m := Message{Phone: "13800000001", Template: "code_login", Key: "cod_1",
		Args: map[string]string{"code": "123456"}}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, m); got != "code_login cod_1" {
			t.Errorf("%s gives %s", format, got)
		}
	}
}

// Goal: a parcel goes where the drawing in doc.go says, and never out of an end.
func TestParcel(t *testing.T) {
	t.Parallel()
	fresh := parcel{ID: "msg_1", Template: "code", State: Wanted, PutAt: noon, NextAt: noon}
	tried := fresh
	tried.State, tried.Attempts = Unknown, 3
	often := tried
	often.Template, often.Attempts = "offer", attemptsMax
	late := noon.Add(codeUsefulIn)
	for name, c := range map[string]struct {
		got      parcel
		state    State
		attempts int64
		next     time.Duration // after noon, while open
		ended    bool
		reason   string
	}{
		"claimed": {fresh.claimed(noon), Sent, 1, againAfter, false, ""},
		"claimed in time": {fresh.claimed(late.Add(-1)), Sent, 1,
			codeUsefulIn - 1 + againAfter, false, ""},
		"too old, never tried":   {fresh.claimed(late), Failed, 0, 0, true, reasonStale},
		"too old, perhaps there": {tried.claimed(late), Unknown, 3, 0, true, reasonGivenUp},
		"too often": {often.claimed(noon), Unknown, attemptsMax, 0, true,
			reasonGivenUp},
		"sent": {tried.answered(Answer{State: "sent"}, plain, noon), Delivered, 3, 0, true, ""},
		"rejected": {tried.answered(Answer{"rejected", "no number"}, plain, noon), Failed, 3, 0, true,
			"no number"},
		"no answer": {tried.answered(Answer{}, plain, noon), Unknown, 3, time.Minute, false, ""},
		"uncalled":  {fresh.uncalled(noon), Wanted, 0, waitFirst, false, ""},
		"uncalled again": {tried.uncalled(noon), Unknown, 3, 2 * time.Minute, false,
			""},
	} {
		p := c.got
		if p.State != c.state || p.Attempts != c.attempts || p.EndedAt.IsZero() == c.ended ||
			p.Reason != c.reason || !c.ended && !p.NextAt.Equal(noon.Add(c.next)) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// Goal: waits double and stay within their bounds.
func TestWait(t *testing.T) {
	t.Parallel()
	for attempts, want := range map[int64]time.Duration{
		0: waitFirst, 1: waitFirst, 2: 30 * time.Second,
		3: time.Minute, 7: 16 * time.Minute, 8: waitMax, 1 << 40: waitMax} {
		if got := wait(attempts); got != want {
			t.Errorf("after %d attempts: %s, want %s", attempts, got, want)
		}
	}
}

// Goal: every template can be said in both languages, and its Chinese fits in two text messages
// with names of usual length.
func TestTemplates(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	args := map[string]any{"code": "123456", "min": "5", "day": "2026-03-03",
		"title": "仓库分拣员（夜班）", "yuan": "1234.50", "km": "12.3",
		"grade": "A", "employer": "重庆市某某人力资源服务有限公司",
		"phone": "138****8000", "at": "2026-03-03 09:00", "place": "仓前街道1号三楼会议室",
		"reason": "老师生病，改期另行通知", "skill": "氩弧焊"}
	for _, name := range Templates() {
		for _, lang := range i18n.Languages() {
			if !text.Has(lang, textKey(name)) {
				t.Errorf("no text %s in %s", textKey(name), lang)
				continue
			}
			words := map[string]any{"text": text.Say(lang, textKey(name), args)}
			said := text.Say(lang, "notify.signed", words)
			if strings.ContainsAny(said, "{}") {
				t.Errorf("%s in %s: %s", name, lang, said)
			}
			if n := utf8.RuneCountInString(said); lang == i18n.Chinese && n > 2*67 {
				t.Errorf("%s has %d characters: %s", name, n, said)
			}
			if templates[name].code != strings.Contains(said, "123456") {
				t.Errorf("%s: a code is said if and only if it is one: %s", name, said)
			}
		}
	}
}
