// Package oversight owns 督办: a matter that somebody of the bureau must bring to its end by a day,
// who that is, and every step until it is closed.
//
// Words: matter 督办件, owner 承办人 (who must act), assigner 交办人 (who asked for it and closes it),
// report 办理结果, return 退回.
//
//	assigned ──accept──▶ accepted ──report──▶ reported ──close──▶ closed
//	                        ▲                    │
//	                        └──────return────────┘
//	assigned or accepted ──pass──▶ assigned, to another owner 转办
//
// A matter is about something of the city, a late wage, a complaint, an employer, or about nothing
// that the program knows. What it is about is read when it is assigned, in the assigner's name, and
// its title is kept. Only its owner accepts and reports; who assigned it, or a director, closes it
// or sends it back, and nobody closes what they must act on. Before there is a report, who assigned
// it, or a director, may give it to another owner.
//
// When what it is about is settled (the wage paid, the complaint closed) the matter says so, since
// when and by what, and whoever may close it does so in one step from any state; it never closes by
// itself (ADR 0034).
//
// Laws: a matter's state is its last step; what is closed was reported, or settled; not by its
// owner.
package oversight

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
