// Package market owns vetting, vacancies, their shifts and the placements on them; it owns
// acceptance.
//
// Words: vacancy 岗位, shift 班次, head 名额, offer 邀约, placement 录用, vetting 准入审核, publish gate 发布审核,
// push 岗位推送, workforce 花名册.
//
// A placement:
//
//	offered ──accept──▶ accepted ──start──▶ started ──end──▶ done
//	   │                   ├──▶ cancelled_by_worker / cancelled_by_employer
//	   ├──▶ withdrawn      └──▶ no_show ──▶ (replaced: the head is offered again)
//	   └──▶ declined
//
// A vacancy:
//
//	waiting ──clerk, on a legal ground──▶ published ──changed, or its last day over──▶ closed
//	   └──clerk, changed or over──▶ refused                     ▲                        │
//	                                                            └──refreshed, if over────┘
//
// A material change (pay, place, hours, content) is a new vacancy that passes the gate and takes
// the old one's place; placements on the old one keep their terms, and their workers may leave with
// the change on record.
//
// A vacancy that a clerk has written for an employer waits for its signature first: only the
// employer can bind itself.
//
// Vetting: an employer brings a dossier (准入材料): licence, recruitment brief, the handler's proof of
// identity, a letter of authority, and an agency its permit. A clerk lets it in when nothing is
// missing; the decision keeps the papers, and publishing ends with the first one that lapses.
//
// An application 求职申请, for employer-settled work that is filled by offer, is drawn in
// application.go: from the wish of a worker (or a clerk's recommendation by hand) through
// shortlist, interview slot and offer to the same acceptance. Intent 意向, placement 录用 and start
// 到岗 are three counts that are never merged.
//
// Whoever found no work may ask for a call (callback 回电登记, drawn in callback.go); a station takes
// it, sees the phone, and says what came of it. The two sides of a placement call each other by a
// masked number 中间号 (CallThrough), or, where there is no provider, by a phone that was allowed.
//
// A shift of work by the month is the first working day of its heads: the gate clocks it and the
// head is counted on it. The days after are the employer's to record; an employment 在岗 is
// followed by retention checks at 30, 60 and 90 days. So "no worker in two places" is known of
// that first day only.
//
// The gate: words (package gate), what a vacancy must say, pay, hours; conditions (工作条件: night,
// height, heavy load …) with what they close to minors, ask for in certificates and lay on the
// employer as duties; no vacancy twice. What is doubtful waits for a clerk, who publishes it on a
// legal ground from a closed list. Acceptance asks again for the person: age, conditions,
// certificates valid to the end of the shift (attendance asks once more at the start), 11 hours a
// day; refusals that protect are kept. Beyond part-time hours the work is not refused: contract
// drafts a full labour contract, and both sides are told.
//
// Forecasts of heat are entered by a clerk; where there is none, the heat rules are the employer's
// duty only. The women's list is a duty by design: nobody is asked about a pregnancy.
//
// Laws: placements on a shift ≤ its heads; a worker has no two placements at one time; nobody
// under 16 is placed; a vacancy in public has passed the gate. Accept is one transaction: head and
// clash → wage.HoldTx → contract.DraftTx → clashing offers withdrawn; a failure in the last step
// leaves nothing. The head is taken by a guarded UPDATE, so a lost race is a row count of zero.
//
// A shift called off at short notice pays its workers a share of the planned wage out of their
// holds, by the policy's steps (market.cancel_…); every cancellation leaves a row. Who accepts
// after the shift's start steps in: hold, no-show and pay count from then.
//
// A run of pushes 岗位推送 looks at everybody who is ready to work, a part at a time, and tells each of
// one vacancy at most: the engine's best for each, and an assignment whose heads are the tellings
// that a vacancy has left (its heads, times so many people a head, less who was told lately). Its
// prices keep the crowd from one door: each gets the vacancy of which score less price is highest.
//
//	running ──some hundred people a deed: rows, events, messages, and how far it is──▶ done
//
// A process that dies is followed by one that plans anew from where the run stands. A worker is
// told of a vacancy once, of at most so many in seven days, and of nothing when they have switched
// recommendations off; the message waits through the quiet hours and can be switched off by itself.
//
// Sources: 人力资源市场暂行条例 24, 26, 29 (what a vacancy says); 禁止使用童工规定 2, 6, 8; the gate
// package for discrimination; numbers from policy.
package market

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
