// Package attendance owns the clock: arrival, start, end, their corrections and the time sheet.
//
// Words: arrival 到场, start 开工, end 收工, correction 更正, time sheet 工时单, no-show 未到场.
//
//	(placement accepted) ──arrive──▶ arrived ──start──▶ started ──end──▶ ended
//	                                   └─ start refused: stays on record with the reason
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
// sweep, as a proposal that the worker may correct.
//
// Laws: 1 (no start without cover and consent), 2 (no start without held funds), 5 (no start
// without a signed contract, or its one-month clock; nobody in two places at one time).
package attendance

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
