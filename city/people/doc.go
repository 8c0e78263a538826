// Package people knows who is in the city and who is asking: accounts and their roles, workers,
// employers, sessions, consents, and the audit of every number that was shown.
//
// Words: account 账号 (a phone that can log in), worker 劳动者, employer 用工方, role 角色, actor 操作人
// (who is asking), code 验证码, session 登录, consent 同意, number 号码 (ID, phone or bank card),
// masked 脱敏.
//
// An account comes to be at the first log-in and may then become a worker, an employer, or both;
// staff are made by staff.
//
// A code, sent by SMS for one purpose:
//
//	open ──TryCode, right──▶ proved ──UseCodeTx──▶ used
//	  ├── wrong: counted, although what was asked for fails; at the last try it is locked
//	  ├── a newer one of that purpose: replaced
//	  └── its time passes: expired
//
// The two steps are two transactions on purpose: a wrong try is committed before the deed that it
// was meant for begins, so the deed's failure cannot take the count back; and a deed that skips the
// first step finds nothing proved.
//
// Invariants (law 9): an ID, phone or card number is in the database sealed, beside a keyed digest
// where it is looked up, and nowhere in clear: not in the stored answers of deeds, whose views are
// masked, nor in their input hashes, which are made of the digests; each time one is opened for
// somebody's eyes or for the bank, an audit row says who and what. An ID number belongs to one
// worker, a USCC to one employer, a phone to one account. Nobody under the age of policy
// people.age_minimum is registered.
//
// Sources: GB 11643-1999 (ID numbers), GB 32100-2015 (USCC), ISO/IEC 7812-1 (card check digit),
// 国务院令第364号 art. 2 (16 full years), 个人信息保护法 14, 15, 23, 29 (consent by purpose, withdrawn as
// easily as given), 44 (to know who saw it), 51 (encryption, access), 电子签名法 13 (what a code
// proves).
package people

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
