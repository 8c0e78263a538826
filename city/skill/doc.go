// Package skill owns occupations, skills and certificates, and which of them a worker has.
//
// Words: occupation 职业 (with its code in 职业分类大典 2022), skill 技能 (what a worker says he can
// do, or a class has assessed, with where that is on record), certificate 证书 (a paper with number,
// dates and evidence), health certificate 健康证, evidence 凭证 (the digest of the paper's picture),
// catalogue 目录.
//
// A certificate:
//
//	claimed ──clerk saw the evidence──▶ verified ──found wrong later──▶ revoked
//	   └──────refused, with a reason──▶ refused
//
// Whether it is in force on a day is asked, not stored: verified, issued on or before the day and
// not expired. A refused or revoked one may be entered again; it is then a new row.
//
// Invariants: a verified certificate has evidence and the clerk who saw it; one number of one kind
// is verified for one worker only; the number itself is sealed, because the number of a special
// work permit is the holder's ID number.
//
// The classification itself (职业分类大典, all levels) is imported from a file, row by row; its names
// and aliases are what titles of vacancies are compared with and found by.
//
// Sources: data/catalogue.yaml names for each certificate the law that asks for it; codes and names
// of occupations are those of the classification's edition of 2022.
package skill

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
