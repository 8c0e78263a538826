// Package wage turns worked time into money in a worker's account within 24 hours of the
// clock-out, out of funds that were held before the work began.
//
// Words: hold 冻结, line 工资行 (what one placement earned), accrue 计薪, confirm 确认工时, slip 工资清单,
// arrears 欠薪, late warning 逾期预警, reversal 冲正, correction 更正.
//
// A line:
//
//	accrued ──employer, or the clock──▶ confirmed ──sweep──▶ instructed ──the bank paid──▶ paid
//	   │                                    │                   │    ▲
//	   │                                    │  the bank refused ▼    │ reissued
//	   └───────────▶ reversed ◀─────────────┴───────────────── failed ◀──the money came back── paid
//
// The 24-hour clock starts at the clock-out. Hours not confirmed after wage.auto_confirm_min
// confirm themselves; a line unpaid after wage.late_warn_min gets one warning, whatever the cause;
// both numbers are policy's for the day on which the work began, in the placement's region.
//
// Money of a line comes from the placement's hold, then from what the employer has free, then from
// its arrears: such a line is unfunded, and what comes in for its employer goes to it first. When
// its hours are confirmed and wage.auto_confirm_min has passed without money, the employer's
// guarantee is called for it (product choice, ADR 0025). A refused payout is repeated by another
// payout after each of reissueWaits; then the line waits for a clerk (FindStuckLines).
// A payment that came back days later is not repeated by itself: it would come back again. The
// worker is told, and a new card sends every refused line out at once.
//
// A late line has a reason and an owner who can do something about it. It climbs a ladder: worker
// and employer are told at the warning, a clerk at wage.late_clerk_min, a director at
// wage.late_director_min. Lines are paid whole, the oldest first; of an insolvent employer's, what
// its money and its guarantee do not reach stays unpaid and says so.
//
// A correction says what the placement has earned in all. Lines that no payout has taken up are
// reversed and one new line carries the rest. Below what is paid or on its way nobody is corrected.
// When the employer says that less was worked, the line is reversed and two stand in its place:
// what nobody disputes is confirmed by that word and paid, and a disputed line waits for the
// worker's answer. It is confirmed when the worker denies or is silent, and reversed when the
// worker agrees.
//
// A line may also pay for no work: waiting at the gate (waiting), and a shift called off at short
// notice (notice). Both come out of the placement's hold like a wage.
//
// Laws (Check): 3, what was accrued is paid or owed, fen for fen, line for line; 4, every line past
// its time is paid or has a warning.
//
// Sources: 保障农民工工资支付条例（国令724）11–15 (cycle, records, slip); 工资支付暂行规定 5–9; DOMAIN C1,
// C2, J (W01). 24 hours, 9 hours and the rounding (half up to a fen, once a line) are product
// choices, stricter than the law.
package wage

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
