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
// A consent (consent.go) is given or taken back for one purpose of a closed list, in words of a
// version that are kept. What nobody can work without is told and confirmed; what is sensitive and
// not needed, or goes to an employer or an insurer, is asked for when it is needed, each by itself,
// and asked for again when the words change; proposals of work are on until they are switched off.
// Saying no blocks what needs the purpose (AllowedTx) and nothing else: without share_insurer no
// cover begins and so no work; without share_employer an employer reads a surname, and the whole
// name only in the contract, which needs it (13 (1) 2).
//
// The audit log is chained twice, without a row that all deeds meet in. Each row carries the hash
// of the row before of the same person, written in the deed: a row that is changed, removed or
// slipped in shows at the next one. A sweep seals every ten minutes what is older than a minute,
// each seal standing on the one before: what is cut off the end of a chain, or a whole chain, shows
// there. A seal is told to the feed, so whoever follows the feed elsewhere can tell a log that was
// written anew. What is cut off within those minutes shows nowhere.
//
// An account that is closed:
//
//	open ──CloseAccount, nothing owed──▶ closed, frozen ──retention over──▶ erased
//
// At the closing the card is forgotten and the phone is free for another account; name, ID number
// and phone, which a wage ledger has to name (国令724 art. 15), go when the longest time of keeping
// is over. Of the worker then remain sex, year of birth and county. Not there yet: signed
// contracts keep the name in their text, which is their evidence; who comes back while the data
// are frozen has to be let in again by hand; the account of an employer cannot be closed.
//
// An employer's roster (roster.go) is what it says of whom it employs. It registers nobody and
// tells the employer nothing: an entry meets its worker by the digest of the ID number, the worker
// agrees or denies, and only who has agreed is named to the employer, to be offered work by name.
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
// easily as given), 44, 45 (to know who saw it, to have a copy), 46, 47
// (put right, closed), 51 (encryption, access), 电子签名法 13 (what a code
// proves).
package people

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
