// Package sheet reads the workbooks that offices really send, and writes such that they can be
// sent back: .xlsx, through excelize, of which this package is the only user.
//
// Reading forgives what keyboards and programs do and refuses what would be a guess. The header is
// found by its words, below merged titles, in one row or two; cells are read raw, so that a date is
// what was typed or a serial number and never what some locale makes of it; amounts become fen
// without ever being a float. An ID number that a spreadsheet has turned into 3.3E+17 is refused in
// plain words, because its last digits are gone.
//
// Bounds come before reading: bytes of the file, parts and bytes of what it unpacks to, rows,
// characters of a cell. A file with macros, an old binary .xls and one with a password are refused
// with the words that mend it.
//
// Writing makes every cell text, so that no number is ever bent again, and puts ' before a cell
// that a spreadsheet could take for a formula (= + - @ and control characters). Reading takes the '
// away.
//
// Sources: ECMA-376 (the file), CSV injection as OWASP describes it (the guard).
package sheet
