// Package sandbox stands in for the outside world: bank 银行, insurer 保险公司 and SMS gateway 短信网关
// on one HTTP server, with faults on demand. No money moves and no phone rings.
//
// What each party promises, and what it does when called:
//
//	bank     POST /bank/payouts {"lines":[{key, amount_fen, card, name, account}]}
//	         POST /bank/payouts/ask {"keys":[…]}
//	           each → {"lines":[{key, state, reason, at_ms}]}
//	           state: accepted ──SettleAfter──▶ paid, or rejected; asked about: never_seen, too
//	         GET /bank/credits?after=N&limit=M → {"credits":[{n, id, account, amount_fen, at_ms}]}
//	         POST /bank/credits {id, account, amount_fen}: an employer's own on-line bank
//	insurer  POST /insurer/bordereaux {key, rows:[…]}, GET /insurer/bordereaux/{key}
//	           each → {state: accepted | rejected | never_seen, reason}
//	gateway  POST /sms {key, phone, text} → {state: sent | rejected, reason}
//	         GET /sms?phone=…&limit=… → {"messages":[…]}, newest first
//	wechat   GET /wechat/sns/jscode2session, POST /wechat/wxa/business/getuserphonenumber,
//	         POST /wechat/cgi-bin/message/subscribe/send, as WeChat answers them
//	numbers  POST /number/bindings {key, a, b, until} → {number}: masked numbers 中间号
//	people   GET / and /sms/inbox: the messages as a phone shows them; GET and POST /faults
//
// A key is the caller's name for a deed: the same key is one deed, however often it comes; with
// other content it is refused (409).
//
// Every fact is appended to the Journal before it is acted upon and before the answer goes out, and
// New reads the journal first. So whatever our program was told still holds when it was killed and
// started again, as it would with a real bank. A fact that was appended, but not told, holds too:
// that is a lost answer, for which the caller asks.
//
// State is bounded: the bank and the insurer refuse what is beyond their bounds (they must not
// forget a key); the gateway forgets its oldest messages and keys.
//
// Faults happen where FaultFunc or a rule set at /faults says, by call, key and attempt, so that a
// seed tells the same story again. The calls are listed at Calls.
package sandbox
