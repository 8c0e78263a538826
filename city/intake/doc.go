// Package intake owns the way of lists into the city and out of it: rosters of workers, registers
// of employers and lists of vacancies that offices keep in spreadsheets, and the lists that they
// want back.
//
// Words: import 导入, export 导出, template 模板, row 行, preview 预检 (what an import would do, done in a
// rehearsal), error sheet 错误表 (the sender's own rows that did not go in, with what is wrong),
// list 清单, original 原件.
//
// An import is a job. The original is kept first (internal/blob, under its hash), then the row of
// the import; a sweep takes its rows in batches, in order, each through the same operation as if a
// clerk had typed it, with the permissions of the clerk who sent it:
//
//	waiting ──no row left──▶ done
//	   └── the original is gone or cannot be read any more ──▶ failed
//
// and a row, once it was tried, is one of
//
//	in    it went in; subject_id is the worker, employer or vacancy
//	same  it went in with an earlier import, word for word: nothing was changed
//	bad   it was refused; the fault is kept, sealed because it may repeat what stood in a cell
//
// A killed process goes on behind the last row on record. A row that had been tried but not yet
// written down is tried again with the same key, which is made of the row, and gets the same
// answer. So the same file sent again changes nothing, and a mended error sheet brings in what was
// missing.
//
// Bad rows hinder no good one. A duplicate is named with the row it repeats: by a keyed digest of
// the ID number or credit code within the file and over all files before; whoever registered
// without a file is found by the register itself (people.id_taken, people.uscc_taken).
//
// Exports go through permission and leave an audit row; workers are masked in them (law 9).
//
// A vacancy of a file is written by a clerk, so it waits for its employer's signature
// (market.SignVacancy) before anybody sees it.
//
// An employer sends lists too, of itself only: vacancies, which it signs by sending them, and its
// roster (people.AddToRoster). A row about another employer is bad, and no employer reads another's
// file.
//
// Not there yet: .xls and .et (people are asked to save as .xlsx); pictures inside a workbook are
// ignored; originals are kept without an end. A sheet whose XML breaks off is read as far as it
// goes, because the reader underneath does not say so: the number of rows in the preview shows it.
//
// Sources: product choice after DOMAIN §K1, K2: what county offices and job fairs send.
package intake

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
