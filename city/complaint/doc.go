// Package complaint owns 投诉举报: what people complain of, who looks into it until when, what was
// found, and the answer.
//
// Words: complaint 投诉, kind 类别, subject 对象 (a vacancy, an employer, staff, the platform),
// complainant 投诉人, owner 承办人, note 证据, decision 认定, answer 答复, clock 时限, warning 催办.
//
//	received ──accept──▶ accepted ──investigate──▶ investigating ──decide──▶ upheld / not_upheld
//	   │                                                ▲                        │ answer
//	   └──▶ not_accepted (with the reason)              │                        ▼
//	              └────────────────reopen, once─────────┴──────────────────── answered ──▶ closed
//
// Anybody whose phone is proven may complain. Anonymous: the account is kept sealed, so that the
// answer can reach it, and as a digest, so that its owner finds it again; no view, message key or
// step names it, nor an access copy that staff make. Who is complained of does not handle it, nor
// does anybody who acts for the employer complained of.
//
// Each stage has two clocks, both in working days: the service's own promise and the law's. A sweep
// warns the owner on the working day before and on the last day, and what is overdue is first in
// the queue with its owner.
//
// An upheld complaint is one deed with its consequences: a false vacancy is taken down, and it
// counts for the employer's credit. When the second look finds otherwise, it counts no more.
//
// Laws: a complaint's state is its last step; an upheld false vacancy is not public; who complains
// anonymously is nowhere in clear; nothing is overdue without a warning.
//
// Sources: 人力资源市场暂行条例 29 (complaint and review mechanism); 劳动保障监察条例 14, 17, 18 (accepted
// within 5 working days, investigated within 60); 2026 notice on recruiting platforms; policy.
package complaint

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
