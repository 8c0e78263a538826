// Package insurance owns accident cover 日结意外险: what is insured (plans), who agreed to it
// (consents), from which instant (covers), and what the insurer was told (bordereaux).
//
// Words: plan 方案, sum insured 保险金额, consent 被保险人同意, cover 承保 (worker's page: 保障中),
// premium 保费, bordereau 申报清单 (a batch of covers told to the insurer), beneficiary 受益人.
//
// A plan is a row per version and never changes; a change is a new version, and closing is one,
// too. A consent names plan and version, so new sums ask for a new consent. Mode declared: a master
// policy covers whoever starts work, from that instant, and the insurer is told in batches.
//
// A cover begins with the start of work. Its end is planned when it begins (shift end + the way
// home) and set by the clock-out (+ the way home); it is told to the insurer as planned, because
// the master policy says "until clock-out and the way home". It stands on one bordereau:
//
//	declared (on none yet) → wanted ──claimed, then called──▶ sent ──accepted──▶ reported
//	                            ▲                              │  └──rejected──▶ refused
//	                            │                    no answer ▼
//	                            └──insurer: never seen────── unknown
//
// The row comes first and its id is the insurer's key. What is sent or unknown is asked about
// before it is sent again, always with the same key and the same rows; so a process killed between
// any two steps tells nothing twice and forgets nothing. Attempts are bounded: then the bordereau
// is stuck until a clerk sets it going again. The covers of a refused one go on a new one, again by
// a clerk.
//
// Under a confirmed plan the insurer is asked before the start, when the worker arrives:
//
//	wanted ──claimed, then called──▶ sent ──accepted──▶ confirmed: the start may come
//	   ▲                              │  ├──rejected──▶ refused ┐ arrived, not admitted, with waiting
//	   └──insurer: never seen──── unknown └──silence──▶ timed_out ┘ pay: not the worker's fault
//
// Silence until insurance.confirm_within_s after the question is a no; a yes that comes later is
// not used. Covers that began are reported on bordereaux like the others.
//
// When the insurer refuses the report of a declared cover, the cover stands: the master policy
// bound the insurer at the start, and law 1 asks what was in force then. The refusal is a clerk's
// matter (FindBordereaux), and everybody on the bordereau is told at once (cover_refused).
//
// Invariants (Check): every cover has a consent of that worker for that plan and version, given
// before it began and not withdrawn by then; its premium is posted, once; the beneficiary is never
// the employer. No consent → no cover, so no start; the arrival stays on record (attendance).
//
// Sources: 保险法 12, 31, 32, 34 (consent and acceptance of the sum, or the death cover is void), 39
// (an employer may not be the beneficiary); 个人信息保护法 23, 29 (separate consent to tell the
// insurer, who gets a keyed digest, not a number). The sums of plans are the insurers' own.
package insurance

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
