// Package notify owns messages to people: the outbox of text messages and the inbox of an account.
//
// Words: message 消息, text message 短信, template 模板 (a sentence sms.<template> in the texts), inbox
// 收件箱, gateway 短信网关.
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
//
// The message's id is the gateway's key, and the gateway delivers a key once. So a lost answer, or
// a process killed between any two steps (the message stands as sent then), is met by calling again
// with the same id: the reader gets one message. Attempts are bounded by number and by how long
// the message is of use: a code is worth nothing after some minutes.
//
// Invariants (Check): phone and words are sealed in the database; when a message has ended its
// phone is forgotten, and the words too if they hold a code. A key (what the deed says the message
// is) is one message, however often it is put. A code never shows in the inbox: it proves that
// somebody holds the phone, which a logged-in page does not.
//
// Sources: 电子劳动合同订立指引 (人社厅发〔2021〕54号): the signer is told of completion by SMS or the
// like; 个人信息保护法 19, 51 (kept no longer than needed, encrypted).
package notify

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
