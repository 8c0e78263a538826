// Package contract owns electronic labour contracts 电子劳动合同: what the employer offers for a
// shift, what the worker signs, and the evidence that both did.
//
// Words: offer 用工要约 (an employer's standing offer for the N heads of one shift), contract 合同
// (one worker's answer to it), template 文本 (which kind of contract the law asks for), evidence
// 存证 (hash-chained steps), signed 已签, void 作废.
//
// A contract:
//
//	drafted ──worker's code──▶ signed
//	   └──────────┬──────────────┘
//	              ▼ the placement ends before its work
//	             void
//
// Its evidence, in this order; every row's hash covers the row before it:
//
//	offered → drafted → (shown → code_sent…) → signed_worker → completed → (voided)
//
// Employer-settled work may begin on a drafted contract: from that instant the one-month clock
// 签约时限 runs (clock.go). Both sides are warned before it ends; unsigned past its end it is late,
// on a list for the employer and for the city, until both have signed.
//
// Invariants. The text is what both agreed to: the template's page for the worker, then the offer
// as the employer signed it, byte for byte; text_hash is the plain SHA-256 of that, so that anyone
// can recompute it. A contract is signed exactly when its chain holds signed_worker and completed.
// No row is ever changed, but for the state and the chain's head in contracts; whoever changes
// another byte is named by Verify. Whoever could rewrite all rows at once is not: that takes the
// trusted timestamp that comes with the PDF; until then the head also stands in the event
// contract.signed.v1. No full ID number stands in a text: the masked one does, and a keyed digest
// in the evidence.
//
// When something fails: a draft is part of market's acceptance and leaves nothing behind; a wrong
// code leaves the contract drafted; the same key signs once, a second key is told so.
//
// Sources: 劳动合同法 10, 17, 19, 68-72, 81, 84; 电子签名法 4-6, 13, 14; 电子劳动合同订立指引
// (人社厅发〔2021〕54号); for each template see the table in rules.go.
package contract

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
