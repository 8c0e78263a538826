// Package ledger mirrors the money that lies in the employers' sub-accounts at the bank, and tells
// the bank whom to pay. The platform never holds other people's money.
//
// Words: account 账户, entry 分录, posting 记账行, balance 余额, deposit 入金, hold 冻结, release 解冻,
// rest 冻结余额 (of a hold that has ended), payout 代发, arrears 欠薪垫记 (what an employer owes beyond
// its money).
//
// An entry moves money between accounts; its postings sum to zero. Accounts:
//
//	employer/E   free to use            hold/P      frozen for placement P
//	payable/L    owed to a worker       rest/P      of P's hold, on its way back
//	premium/I    owed to an insurer     arrears/E   minus what E owes beyond its money
//	bank/E       minus the money at the bank
//
//	deposit  bank → employer            hold     employer → hold
//	premium  hold → premium             accrual  hold, then employer, then arrears → payable
//	release  hold → employer                     and what is left of the hold → rest
//	payout   payable → bank             rest     rest → employer
//
// Balances of employer/ and hold/ are kept in a row that cannot fall below zero; all others are the
// sum of their postings. An employer's row, which many want at once, is touched by deposits, holds
// and releases only: the end of the work spends from the hold, whose row goes with it, and the
// sweep ledger.release brings the rests of many holds back in one change. Paying touches none.
//
// A payout is a row first and a call afterwards, with the row's id as the bank's key:
//
//	wanted ──claimed, then called──▶ sent ──────paid──────▶ confirmed
//	   ▲                             │  ▲ ╲───rejected────▶ failed
//	   │                   no answer ▼  │ accepted
//	   └────────never seen───────── unknown
//
// What is sent or unknown is asked about before it is sent again, and always with the same key; so
// a process killed between any two steps neither pays twice nor forgets. A line has at most one
// payout that has not failed: an index holds that. Attempts are bounded: then the payout waits for
// a clerk, who finds it in FindStuckPayouts and sets it going again.
//
// Laws (Check): postings of an entry sum to zero; a balance is the sum of its postings; no
// sub-account is overdrawn, nobody is paid more than is owed; a payout is confirmed if and only if
// its entry is there.
//
// Sources: 保障农民工工资支付条例（国令724）26–33 for wages by the bank from an account that serves
// nothing else; DESIGN sections 3 and 6.
package ledger

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
