package notify

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
)

// Goal: quiet hours over midnight, within a day and of no length, at their edges from both sides.
func TestQuietUntil(t *testing.T) {
	t.Parallel()
	day := civil.Date("2026-03-02")
	for _, c := range []struct {
		name            string
		at, from, until int // minutes of the day
		want            int // minutes of the day; -1: not quiet
	}{
		{"before the night", 22*60 - 1, 22 * 60, 8 * 60, -1},
		{"the night begins", 22 * 60, 22 * 60, 8 * 60, 24*60 + 8*60},
		{"after midnight", 3 * 60, 22 * 60, 8 * 60, 8 * 60},
		{"its last minute", 8*60 - 1, 22 * 60, 8 * 60, 8 * 60},
		{"the morning", 8 * 60, 22 * 60, 8 * 60, -1},
		{"a rest at noon", 12*60 + 30, 12 * 60, 13 * 60, 13 * 60},
		{"after it", 13 * 60, 12 * 60, 13 * 60, -1},
		{"no quiet hours", 3 * 60, 0, 0, -1},
	} {
		got := quietUntil(day.At(c.at), c.from, c.until)
		if c.want < 0 && !got.IsZero() || c.want >= 0 && !got.Equal(day.At(c.want)) {
			t.Errorf("%s: %s", c.name, got.In(civil.Zone))
		}
	}
}

// Goal: what WeChat takes goes as it is, what can be cut is cut, and what it would refuse with
// 47003 is refused before a call.
func TestFit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"thing1", "仓库分拣员", "仓库分拣员"},
		{"thing1", strings.Repeat("长", 20), strings.Repeat("长", 20)},
		{"thing1", strings.Repeat("长", 21), strings.Repeat("长", 19) + "…"},
		{"thing2", " 两\n行 ", "两 行"},
		{"thing1", " ", ""},
		{"number3", "12.5", "12.5"},
		{"number3", strings.Repeat("1", 33), ""},
		{"number3", "十二", ""},
		{"letter1", "ABC", "ABC"},
		{"letter1", "A1", ""},
		{"symbol1", "!!!!!", "!!!!!"},
		{"symbol1", "!!!!!!", ""},
		{"character_string4", "wln_01k", "wln_01k"},
		{"character_string4", "工资", ""},
		{"time5", "15:01", "15:01"},
		{"time5", "2026年3月2日 15:01~2026年3月2日 16:00", "2026年3月2日 15:01~2026年3月2日 16:00"},
		{"time5", "25:00", ""},
		{"date6", "2026-03-02", "2026-03-02"},
		{"date6", "2026-03-02 09:00", "2026-03-02 09:00"},
		{"date6", "明天", ""},
		{"amount7", "¥256.00", "¥256.00"},
		{"amount7", "256.00元", "256.00元"},
		{"amount7", "12345678901元", ""},
		{"phone_number8", "+86-0571-88880000", "+86-0571-88880000"},
		{"phone_number8", "0571-88880000 转 8", ""},
		{"car_number9", "浙A12345", "浙A12345"},
		{"car_number9", "浙AD12345", "浙AD12345"},
		{"car_number9", "卡车", ""},
		{"name10", "阿卜杜拉·买买提", "阿卜杜拉·买买提"},
		{"name10", strings.Repeat("长", 11), ""},
		{"name10", "Wang Fang", "Wang Fang"},
		{"name10", "A12", ""},
		{"phrase11", "已到账", "已到账"},
		{"phrase11", "工资已经到账", ""},
		{"stranger1", "x", ""},
	} {
		got, err := fit(c.name, c.text)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %q: %q, %v; want %q", c.name, c.text, got, err, c.want)
		}
	}
}

// Goal: the order of channels follows the template, then the person, and leaves out what cannot
// reach them.
func TestOrder(t *testing.T) {
	t.Parallel()
	both := manner{Channels: []Channel{WeChat, SMS}}
	linked := wishes{OpenID: []byte("x"), Grants: 1}
	first := linked
	first.First = SMS
	spent := linked
	spent.Grants = 0
	for _, c := range []struct {
		name string
		m    manner
		w    wishes
		want string
	}{
		{"nothing set", both, wishes{}, "sms"},
		{"linked", both, linked, "wechat sms"},
		{"SMS first", both, first, "sms wechat"},
		{"no grant left", both, spent, "sms"},
		{"SMS only", plain, linked, "sms"},
	} {
		var got []string
		for _, ch := range c.m.order(c.w) {
			got = append(got, string(ch))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
}

// Goal: the file that comes with the program is good, its values name placeholders that the words
// have, and a bad file is refused with what is wrong.
func TestLoadManners(t *testing.T) {
	t.Parallel()
	all, err := loadManners(data)
	if err != nil || len(all) == 0 {
		t.Fatal(err)
	}
	args := map[string]any{"day": "2026-03-03", "title": "仓库分拣员（夜班）", "yuan": "1234.50"}
	for name, m := range all {
		if m.WeChat == nil {
			continue
		}
		for _, v := range m.WeChat.Values {
			if got, err := fit(v.Name, filled(v.Text, args)); err != nil || strings.Contains(got, "{") {
				t.Errorf("%s: %s is %q, %v", name, v.Name, got, err)
			}
		}
	}
	for text, want := range map[string]string{
		"nobody: {channels: [sms]}":                                               "no such template",
		"offer: {urgent: true}":                                                   "channels are missing",
		"offer: {channels: [pigeon]}":                                             "unknown",
		"code: {channels: [sms]}":                                                 "a code goes by SMS",
		"code: {channels: [sms], urgent: true, opt_out: true}":                    "a code goes by SMS",
		"offer: {channels: [wechat]}":                                             "belong together",
		"offer: {channels: [wechat], wechat: {template: x}}":                      "template and values",
		"offer: {channels: [wechat], wechat: {template: x, values: [{name: o}]}}": "no kind",
		"offer: {chanels: [sms]}":                                                 "chanels",
	} {
		fsys := fstest.MapFS{"data/templates.yaml": {Data: []byte("templates:\n  " + text + "\n")}}
		if _, err := loadManners(fsys); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Goal: WeChat is never called twice for a message: what it may have and did not confirm goes by
// SMS when it has to be told, and ends as unknown when it may be switched off.
func TestLostParcel(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)
	must := manner{Channels: []Channel{WeChat, SMS}}
	may := manner{Channels: []Channel{WeChat, SMS}, OptOut: true}
	p := parcel{Template: "wage_late", Channel: WeChat, State: Sent, Attempts: 1}
	if got := p.answered(Answer{}, must, now); got.Channel != SMS || got.State != Wanted ||
		!got.EndedAt.IsZero() || got.Reason != reasonLost {
		t.Errorf("must be told: %+v", got)
	}
	if got := p.answered(Answer{}, may, now); got.State != Unknown || got.EndedAt.IsZero() {
		t.Errorf("may be switched off: %+v", got)
	}
	if got := p.answered(Answer{gatewayRejected, wechatRefused}, may, now); got.Channel != SMS ||
		got.State != Wanted {
		t.Errorf("refused: %+v", got)
	}
}
