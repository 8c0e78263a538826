package notify_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sandbox"
)

var me = people.WithActor(context.Background(), people.Actor{AccountID: "acc_1"})

func wage(key, template string) notify.Message {
	return notify.Message{AccountID: "acc_1", Template: template, Key: key,
		Args: map[string]string{"day": "2026-03-02", "yuan": "256.00"}}
}

// link links WeChat and grants some messages of a template.
func (b *bundle) link(t *testing.T, template string, grants int) {
	t.Helper()
	if _, err := b.LinkWeChat(me, notify.LinkWeChat{Keyed: deed.Key("link"),
		Code: "wx-1"}); err != nil {
		t.Fatal(err)
	}
	for i := range grants {
		_, err := b.Grant(me, notify.Grant{Keyed: deed.Key("grant" + string(rune('a'+i))),
			Template: template})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// inWeChat counts what reached anybody there.
func (b *bundle) inWeChat(t *testing.T) int {
	t.Helper()
	id, err := notify.NewWeChatClient("http://sms.invalid/wechat",
		b.client).OpenID(context.Background(), "wx-1")
	if err != nil {
		t.Fatal(err)
	}
	return len(b.world.SMS(id))
}

// log gives "wechat rejected 43101, sms sent" of the only message.
func (b *bundle) log(t *testing.T) string {
	t.Helper()
	id, err := db.Get[string](context.Background(), b.d, `SELECT id FROM messages ORDER BY id LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	v, err := b.FindDeliveries(me, notify.DeliveriesOf{MessageID: id})
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, d := range v.Deliveries {
		parts = append(parts, strings.TrimSpace(string(d.Channel)+" "+d.Answer+" "+d.Reason))
	}
	return strings.Join(parts, ", ")
}

func (b *bundle) left(t *testing.T) int64 {
	t.Helper()
	v, err := b.ShowSettings(me, notify.Settings{})
	if err != nil || len(v.Grants) != 1 {
		t.Fatalf("%+v, %v", v, err)
	}
	return v.Grants[0].Left
}

// Goal: a grant is one message in WeChat; when grants are spent it goes by SMS again.
func TestWeChat(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.link(t, "wage_paid", 2)
		b.mustPut(t, wage("w/1", "wage_paid"), wage("w/2", "wage_paid"), wage("w/3", "wage_paid"),
			wage("w/4", "wage_late"))
		b.sweep(t, 0)
		b.want(t, "swept", "delivered 4", 2)
		if got := b.inWeChat(t); got != 2 || b.left(t) != 0 {
			t.Errorf("%d in WeChat, %d grants left", got, b.left(t))
		}
	})
}

// Goal: a reader who refused in WeChat gets an SMS, and the grants that are none are forgotten; the
// log tells of both attempts.
func TestWeChatRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.link(t, "wage_paid", 3)
		b.refuse = sandbox.Error
		b.mustPut(t, wage("w/1", "wage_paid"))
		b.sweep(t, 0)
		b.sweep(t, time.Second)
		b.want(t, "refused", "delivered 1", 1)
		if got := b.log(t); got != "wechat rejected 43101, sms sent" || b.left(t) != 0 {
			t.Errorf("%s, %d grants", got, b.left(t))
		}
	})
}

// Goal: an answer that WeChat lost is never asked for by sending again. What must be told goes by
// SMS besides; what may be switched off stands as unknown.
func TestWeChatLost(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.link(t, "wage_paid", 1)
		b.wechat = sandbox.LostAnswer
		b.mustPut(t, wage("w/1", "wage_paid"))
		for range 5 {
			b.sweep(t, time.Minute)
		}
		b.want(t, "lost", "unknown 1", 0)
		if got := b.log(t); got != "wechat none" || b.inWeChat(t) != 1 {
			t.Errorf("%s, %d in WeChat", got, b.inWeChat(t))
		}
		if _, err := b.Grant(me, notify.Grant{Keyed: deed.Key("g"), Template: "wage_late"}); err != nil {
			t.Fatal(err)
		}
		b.mustPut(t, wage("w/2", "wage_late"))
		for range 5 {
			b.sweep(t, time.Minute)
		}
		b.want(t, "must be told", "delivered 1, unknown 1", 1)
		if got := b.inWeChat(t); got != 2 {
			t.Errorf("%d in WeChat", got)
		}
	})
}

// Goal: a value that WeChat would refuse with 47003 costs neither a call nor a grant.
func TestWeChatUnfit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.link(t, "wage_paid", 1)
		m := wage("w/1", "wage_paid")
		m.Args["yuan"] = "二百五十六"
		b.mustPut(t, m)
		b.sweep(t, 0)
		b.want(t, "unfit", "delivered 1", 1)
		if got := b.log(t); got != "sms sent" || b.left(t) != 1 {
			t.Errorf("%s, %d grants", got, b.left(t))
		}
	})
}

// Goal: at night messages wait for the morning, but not those that are urgent; a message that waits
// is not late.
func TestQuietHours(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.clk.Add(14*time.Hour + 30*time.Minute) // from 8:00 to 22:30
		b.mustPut(t, offer("offer/1"), code("cod_1", "123456"), notify.Message{AccountID: "acc_1",
			Template: "shift_cancelled", Key: "c/1", Args: map[string]string{"day": "2026-03-03"}})
		b.sweep(t, 0)
		b.want(t, "at night", "delivered 2, wanted 1", 2)
		b.sweep(t, 9*time.Hour)
		b.want(t, "before eight", "delivered 2, wanted 1", 2)
		v, err := b.Gauges(context.Background(), b.d, b.clk.Now().Add(-24*time.Hour), b.clk.Now())
		if err != nil || v[0].Num != 0 {
			t.Errorf("waiting %+v, %v", v, err)
		}
		b.sweep(t, 30*time.Minute)
		b.want(t, "at eight", "delivered 3", 3)
		if n, err := db.Get[int64](me, b.d, `SELECT COUNT(*) FROM messages WHERE quiet`); err != nil ||
			n != 1 {
			t.Errorf("%d waited, %v", n, err)
		}
	})
}

// Goal: what is switched off stands in the inbox only, can be switched on again, and what the law
// wants people to be told cannot be switched off.
func TestSwitch(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		flip := func(key, template string, off bool) (notify.SettingsView, error) {
			return b.Switch(me, notify.Switch{Keyed: deed.Key(key), Template: template, Off: off})
		}
		for template, code := range map[string]string{"wage_late": "notify.must_be_told",
			"code_login": "notify.must_be_told", "nothing": "notify.template_unknown"} {
			if _, err := flip("x"+template, template, true); !fault.Is(err, code) {
				t.Errorf("%s: %v", template, err)
			}
		}
		v, err := flip("1", "offer", true)
		again, err2 := flip("1", "offer", true)
		if err != nil || err2 != nil || len(v.Messages) != len(again.Messages) {
			t.Fatal(err, err2)
		}
		off := 0
		for _, m := range v.Messages {
			if m.Off {
				off++
			}
		}
		if off != 1 {
			t.Errorf("%+v", v)
		}
		b.mustPut(t, offer("offer/1"), wage("w/1", "wage_paid"))
		b.sweep(t, 0)
		b.want(t, "off", "delivered 1, withheld 1", 1)
		inbox, err := b.Inbox(me, notify.InboxOf{})
		if err != nil || len(inbox.Messages) != 2 {
			t.Errorf("%+v, %v", inbox, err)
		}
		if _, err := flip("2", "offer", false); err != nil {
			t.Fatal(err)
		}
		b.mustPut(t, offer("offer/2"))
		b.sweep(t, time.Second)
		b.want(t, "on", "delivered 2, withheld 1", 2)
	})
}

// Goal: who asked for English is written to in English, by SMS first although WeChat is linked.
func TestSettings(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.link(t, "offer", 1)
		v, err := b.SetSettings(me, notify.SetSettings{Keyed: deed.Key("s"), Lang: "en",
			First: notify.SMS})
		if err != nil || v.Lang != "en" || v.First != notify.SMS || !v.WeChat {
			t.Fatalf("%+v, %v", v, err)
		}
		b.mustPut(t, offer("offer/1"))
		b.sweep(t, 0)
		b.want(t, "sent", "delivered 1", 1)
		if text := b.world.SMS(phone)[0].Text; !strings.HasPrefix(text, "[Gongyi] You are offered") {
			t.Errorf("the offer reads %s", text)
		}
		if inbox, err := b.Inbox(me, notify.InboxOf{}); err != nil ||
			!strings.HasPrefix(inbox.Messages[0].Text, "You are offered") || b.left(t) != 1 {
			t.Errorf("%+v, %v", inbox, err)
		}
		nobody := context.Background()
		if _, err := b.ShowSettings(nobody, notify.Settings{}); !fault.Is(err,
			"people.not_logged_in") {
			t.Error(err)
		}
		_, err = b.LinkWeChat(me, notify.LinkWeChat{Keyed: deed.Key("l2"), Code: "forged"})
		if !fault.Is(err, "notify.wechat_code") {
			t.Error(err)
		}
		_, err = b.Grant(me, notify.Grant{Keyed: deed.Key("g2"), Template: "code_login"})
		if !fault.Is(err, "notify.template_unknown") {
			t.Error(err)
		}
	})
}

// Goal: an attempt log is its reader's and a clerk's; Check finds a thing told twice, an attempt
// without a log, a log that knows better, and a WeChat id in clear.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.link(t, "wage_paid", 1)
		b.faults[1] = sandbox.LostAnswer
		b.mustPut(t, offer("offer/1"))
		b.sweep(t, 0)
		b.sweep(t, time.Minute)
		b.want(t, "sent", "delivered 1", 1)
		if got := b.log(t); got != "sms none, sms sent" {
			t.Errorf("the log says %s", got)
		}
		id := b.gateway.calls[0]
		other := people.WithActor(context.Background(), people.Actor{AccountID: "acc_2"})
		if _, err := b.FindDeliveries(other, notify.DeliveriesOf{MessageID: id}); !fault.Is(err,
			"people.not_allowed") {
			t.Error(err)
		}
		clerk := people.WithActor(context.Background(), people.Actor{AccountID: "acc_3",
			Roles: []people.Role{people.RoleClerk}})
		if _, err := b.FindDeliveries(clerk, notify.DeliveriesOf{MessageID: id}); err != nil {
			t.Error(err)
		}
		if _, err := b.FindDeliveries(clerk, notify.DeliveriesOf{MessageID: "msg_x"}); !fault.Is(err,
			"notify.message_not_found") {
			t.Error(err)
		}
		for change, want := range map[string]string{
			`UPDATE deliveries SET answer = 'sent'`:               "delivered twice",
			`UPDATE deliveries SET channel = 'wechat'`:            "given to WeChat twice",
			`DELETE FROM deliveries WHERE n = 1`:                  "more or less often",
			`UPDATE deliveries SET answer = 'none'`:               "its log does not say so",
			`UPDATE messages SET state = 'withheld', code = TRUE`: "cannot be switched off",
			`UPDATE notice_settings SET openid = $1`:              "stands in clear",
		} {
			undo := errors.New("undo")
			_, err := db.InTx(me, b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
				args := []any{}
				if strings.Contains(change, "$1") {
					args = append(args, []byte("o123"))
				}
				if strings.Contains(change, "withheld") {
					if _, err := tx.Exec(ctx, `UPDATE deliveries SET answer = 'none'`); err != nil {
						return false, err
					}
				}
				if _, err := tx.Exec(ctx, change, args...); err != nil {
					return false, err
				}
				if err := b.Check(ctx, tx, b.clk.Now()); err == nil ||
					!strings.Contains(err.Error(), want) {
					t.Errorf("%s: %v", change, err)
				}
				return false, undo
			})
			if !errors.Is(err, undo) {
				t.Errorf("%s: %v", change, err)
			}
		}
	})
}
