// Package attendance owns the clock: arrival, start, end, their corrections and the time sheet.
//
// Words: arrival 到场, start 开工, end 收工, correction 更正, time sheet 工时单, no-show 未到场, turned
// away 到场未获准入, waiting pay 误工补偿, early finish 提前收工, overrun 超时, replacement 补人.
//
//	(placement accepted) ──arrive──▶ arrived ──start──▶ started ──end──▶ ended
//	       │                           │                   └─ stay on: the end moves, insured
//	       │                           ├─ start refused: stays on record with the reason
//	       │                           └─ turned away: outcome, waiting pay unless own fault
//	       └─ no-show: by the sweep, or at once when the employer replaces
//
// Arrival is always recorded, because it is evidence; the start needs the contract signed by
// both, funds held and cover in force, in one transaction:
// contract.SignedTx → wage.HeldTx → insurance.CoverTx → start event. Employer-settled work may
// start unsigned: then the contract's one-month clock runs (contract.StartClockTx). The end is one
// transaction too: end event → insurance.EndTx → wage.AccrueTx → market.DoneTx; the 24-hour clock
// starts there.
//
// Clock events are never edited. A correction is a reversal of the old events plus new ones, and
// a reversal of the accrual plus a new one. A forgotten end is closed at the shift's end by a
// sweep, as a proposal that both sides may have corrected.
//
// A correction:
//
//	asked by the worker ───▶ granted / denied by the employer; overdue: a clerk may answer
//	asked by the employer ─▶ granted / denied by the worker; lapsed: silence never cuts pay
//
// While an employer's claim waits, only the difference waits with it (wage.DisputeTx).
//
// Who came and was turned away has one outcome, with a reason and who is to blame (blame.go): a row
// that the employer's credit counts. An arrival signed by a phone without network is verified
// against the phone's key and the place's code, dated by the place's clock, and never a start; the
// drift of the phone's clock is on record.
//
// Limits: piece work that the employer ends early has no floor; who steps in for a no-show signs a
// contract that names the whole shift, and is paid for the time worked.
//
// Laws: 1 (no start without cover and consent), 2 (no start without held funds), 5 (no start
// without a signed contract, or its one-month clock; nobody in two places at one time).
package attendance

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
