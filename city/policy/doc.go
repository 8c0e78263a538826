// Package policy holds the rules and numbers of law, notices and product choices as dated data
// (政策数字), by code and region, each with its source. It knows no one: facts come as values.
//
// Words: number 数字 (a value with unit, region, first day, source), book 数字簿 (all of them),
// assumed 假定 (no source is known; the demo city needs a value and says so).
//
// Invariants: of one code and region at most one value holds on a day; every value names its
// source; a number that is not known is the fault policy.unknown, never a default: what needs it
// waits for a clerk.
//
// A region is a GB/T 2260-style code or a prefix of one; the longest prefix that has a value on
// the day wins: 330110 before 3301 before 33 before "" (anywhere).
//
// Sources: the files in data/, one per topic; the age rules of rules.go name theirs.
package policy
