// Package notify owns messages to people: the outbox of text messages and of WeChat's subscribe
// messages, the inbox of an account, and what a person set about them.
//
// Words: message 消息, text message 短信, template 模板 (a sentence sms.<template> in the texts; how it
// goes: data/templates.yaml), inbox 收件箱, gateway 短信网关, channel 渠道, subscribe message 订阅消息,
// grant 授权 (one tap in WeChat, good for one message), quiet hours 免打扰时段, delivery 送达记录.
//
// A deed writes its message in its own transaction; a sweep hands it to the SMS gateway later. So a
// message is told if and only if the deed was done, and no deed waits for a gateway.
//
//	wanted ──claimed, then called──▶ sent ──gateway: sent──▶ delivered
//	   │                              │  └──gateway: rejected──▶ failed
//	   │ too old to be of use         │ no answer
//	   ▼                              ▼                 ┌──▶ called again with the same id
//	 failed                        unknown ──its turn──┤
//	                                                   └──▶ too old, or too often: stays unknown
//	wanted ──its reader switched it off──▶ withheld (it stands in the inbox only)
//	wanted ──at night, not urgent──▶ wanted, from the morning on
//
// The channel is chosen when the message is first handed over: in the order of the template, a
// person's own first choice before it, WeChat only for who linked it and has a grant left. A
// subscribe message that WeChat refuses (43101, 47003) goes by SMS at once; values are fitted
// before, so that few are refused. WeChat takes no key: a lost answer is never asked for by sending
// again. What has to be told then goes by SMS besides, what may be switched off stands as unknown.
//
// Every attempt is a row of deliveries, written before the call.
//
// The message's id is the gateway's key, and the gateway delivers a key once. So a lost answer, or
// a process killed between any two steps (the message stands as sent then), is met by calling again
// with the same id: the reader gets one message. Attempts are bounded by number and by how long
// the message is of use: a code is worth nothing after some minutes.
//
// Invariants (Check): phone and words are sealed in the database; when a message has ended its
// phone is forgotten, and the words too if they hold a code. A key (what the deed says the message
// is) is one message, however often it is put. A code never shows in the inbox: it proves that
// somebody holds the phone, which a logged-in page does not. No message has two deliveries, none
// was given to WeChat twice, and the log has every attempt.
//
// Not there yet: a phone without an account is written to in Chinese; WeChat's access token is kept
// by a proxy in front (GONGYI_WECHAT_URL), not here; nobody is told that their grants run out.
//
// Sources: 电子劳动合同订立指引 (人社厅发〔2021〕54号): the signer is told of completion by SMS or the
// like; 个人信息保护法 19, 51 (kept no longer than needed, encrypted).
package notify

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
