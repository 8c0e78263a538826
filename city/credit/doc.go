// Package credit owns 信用就业: how far an employer has kept its word, told by facts; what workers
// and employers say of each other after the work; and the record of good work that a worker may
// show.
//
// Words: grade 信用等级, fact 事实, loss 扣分, standing 现行信用, mark 记录 (an upheld complaint, or
// an entry in a public list), appeal 申诉, override 人工改定, feedback 评价, thanks 点赞, record 务工记录.
//
// An employer's grade is A, B, C, or N while too little is known. A sweep judges every vetted
// employer once a day: facts of a window → points by rule → grade. The row keeps the facts, the
// numbers of the rule and its version, so that anybody can do the sum again, and Check does.
//
// Facts are counted as they were known at the row's instant, and only what had time to settle:
//
//	wage_lines, wage_reasons, payouts ──┐
//	placements, vacancies, refusals ────┼─▶ Facts ──Rules──▶ points, losses, grade
//	contract_evidence (when it ended) ──┤
//	marks (complaints, lists) ──────────┘
//
// A wage counts as late only where the employer caused it (no money, also of one that is insolvent,
// or hours left lying), for the days that it did: the bank's delays and a worker's wrong card do
// not, and what kept a wage later on takes no day of before away. A line that a correction reversed
// stays in the count of what was due, in the employer's favour.
//
// An appeal: asked ──review──▶ granted (another grade, for a bounded time) / denied. A person with
// a reason decides, and the answer reaches the employer. A second appeal waits for the first.
//
// Effects are policy: market asks Stand before a vacancy is public. Somebody on a public list, or
// whose wages have been without money for longer than allowed, publishes nothing (zero tolerance);
// of grade C with an open case every vacancy waits. Of what is public a share is looked at again,
// the smallest of whoever has kept grade A for long enough, the largest of grade C. DepositBP says
// which part of the usual deposit is held with every placement: half with grade A, twice with C.
//
// Workers are never graded. Their record counts what they did well, and they may hide it; a no-show
// is in no view of this package.
//
// After work that was done each side may speak once: the worker answers whether pay, safety and
// manners were right, the employer may thank. Workers' answers are shown as counts when enough have
// spoken, beside the grade and not in it; an employer may have a person look at one. It does not
// see whose it is, so its appeal can only name what it knows of its own paying and keeping.
//
// Laws: a grade is what its facts and its rule give; the facts are what the rows say; an override
// has a reason, a person and an end.
//
// Sources: 人社部规〔2016〕1号 (A/B/C, lighter and closer checks); 人社部令45 (public list, three years);
// 个人信息保护法 24 (explanation and human review of automated decisions); numbers from policy.
package credit

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
