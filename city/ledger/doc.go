// Package ledger mirrors the money that lies in the employers' sub-accounts at the bank, and tells
// the bank whom to pay. The platform never holds other people's money.
//
// Words: account 账户, entry 分录, posting 记账行, balance 余额, deposit 入金, hold 冻结, release 解冻,
// rest 冻结余额 (of a hold that has ended), payout 代发, arrears 欠薪垫记 (what an employer owes beyond
// its money), refund 退款, return 退汇, limit 额度 (credit line 授信, guarantee 保函), call 追偿,
// statement 账户明细, reconcile 对账, difference 对账差异, unclaimed credit 待认领入金.
//
// An entry moves money between accounts; its postings sum to zero. Accounts:
//
//	employer/E   free to use            hold/P      frozen for placement P
//	payable/L    owed to a worker       rest/P      of P's hold, on its way back
//	premium/I    owed to an insurer     arrears/E   minus what E owes beyond its money
//	bank/E       minus the money at the bank
//	refund/R     on its way back to E's own account
//	credit/E     minus what E's holds have drawn from the bank's credit line
//	guarantee/E  minus what E's holds have drawn on a guarantee
//
//	deposit  bank → employer            hold     employer → hold
//	premium  hold → premium             accrual  hold, then employer, then arrears → payable
//	release  hold → employer                     and what is left of the hold → rest
//	payout   payable → bank             rest     rest → employer
//	return   bank → payable             refund   employer → refund/R, then refund/R → bank
//	repay    employer → credit          call     bank → rest
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
// The bank may return days later what it had paid: the payout is returned, its money owed again,
// and another payout may pay the line. Refunds and calls of guarantees go through the same states.
//
// A hold takes what is free, then draws on the credit line, then on the guarantee, each up to the
// limit that a clerk has granted. The bank pays wages out of the credit line, so the sub-account
// may stand below zero by what is drawn; what comes in repays it first. A guarantee is no money:
// what a hold has drawn on it goes back when the hold ends, and a wage that it would have paid is
// in arrears. It is called when wages say so, whose time is short (CallGuaranteeTx), and for all
// arrears when a clerk has declared the employer insolvent. What comes in is offered to what is
// owed in the deed that books it (CameIn), before a new hold can take it.
//
// What came in is the employer's whose credit code or id the reference is. Where it names nobody it
// is no entry yet: it waits in unclaimed_credits (FindUnclaimed) until somebody of the bureau says
// whose it is (AssignCredit), and is a deposit like any other from then on:
//
//	credit ──reference names an employer──────────────▶ deposit
//	   └─────names nobody──▶ waiting ──AssignCredit───▶ deposit
//	                            └──────SendBackCredit─▶ nobody's, for good
//
// Once a day each sub-account is compared with the bank's own statement, line by line; differences
// that the books do not learn of themselves wait for a clerk's words (FindDifferences).
//
// Laws (Check): postings of an entry sum to zero; a balance is the sum of its postings; no
// sub-account is overdrawn beyond its credit line, nobody is paid more than is owed; a payout is
// confirmed if and only if its entry is there; what is drawn is what the limits say; an unclaimed
// credit is booked if and only if it has been assigned, as the deposit of that employer.
//
// Sources: 保障农民工工资支付条例（国令724）26–33 for wages by the bank from an account that serves
// nothing else; DESIGN sections 3 and 6.
package ledger

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
