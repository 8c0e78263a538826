// Package market owns vetting, vacancies, their shifts and the placements on them; it owns
// acceptance.
//
// Words: vacancy 岗位, shift 班次, head 名额, offer 邀约, placement 录用, vetting 准入审核, publish gate 发布审核.
//
// A placement:
//
//	offered ──accept──▶ accepted ──start──▶ started ──end──▶ done
//	   │                   ├──▶ cancelled_by_worker / cancelled_by_employer
//	   ├──▶ withdrawn      └──▶ no_show
//	   └──▶ declined
//
// A vacancy: waiting (for a clerk, with a reason) → published → closed; or refused. One that a
// clerk has written for an employer waits for its signature first: only the employer can bind
// itself.
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
// A shift of work by the month is the first working day of its heads: the gate clocks it and the
// head is counted on it. The days after are the employer's to record; an employment 在岗 is
// followed by retention checks at 30, 60 and 90 days. So "no worker in two places" is known of
// that first day only.
//
// Laws: placements on a shift ≤ its heads; a worker has no two placements at one time; nobody
// under 16 is placed; a vacancy in public has passed the gate. Accept is one transaction: head and
// clash → wage.HoldTx → contract.DraftTx → clashing offers withdrawn; a failure in the last step
// leaves nothing. The head is taken by a guarded UPDATE, so a lost race is a row count of zero.
//
// Sources: 人力资源市场暂行条例 24, 26, 29 (what a vacancy says); 禁止使用童工规定 2, 6, 8; the gate
// package for discrimination; numbers from policy.
package market

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
