package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

const (
	differencesMax = 200
	wordsRunesMax  = 200
)

// reconcile compares yesterday, employer by employer, with the bank's own statement, and closes
// differences that the books have learned of since. A bank that does not answer ends the turn; an
// employer whose statement cannot be read does not keep the others waiting.
func (s *Service) reconcile(ctx context.Context, now time.Time) (int, error) {
	today := civil.DateOf(now)
	if now.Before(today.Midnight().Add(reconcileAfter)) {
		return 0, nil
	}
	if err := s.settleDifferences(ctx); err != nil {
		return 0, err
	}
	day := today.AddDays(-1)
	employers, err := employersToReconcile(ctx, s.DB, day, reconcileBatch)
	if err != nil {
		return 0, err
	}
	var all error
	for n, id := range employers {
		err := s.reconcileDay(ctx, id, day)
		if fault.Is(err, "ledger.bank_unavailable") {
			return n, all
		}
		all = errors.Join(all, err)
	}
	return len(employers), all
}

// reconcileDay asks the bank first and compares in one deed afterwards.
func (s *Service) reconcileDay(ctx context.Context, employerID string, day civil.Date) error {
	from, until := day.Midnight(), day.AddDays(1).Midnight()
	lines, closing, err := s.bankLines(ctx, employerID, from, until)
	if err != nil {
		return err
	}
	apart, err := s.linesApart(ctx, employerID, from, until)
	if err != nil {
		return err
	}
	lines = merged(lines, apart)
	earlier, err := s.earlierLines(ctx, employerID, day, lines)
	if err != nil {
		return err
	}
	_, err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		ours, err := bankEntries(ctx, tx, employerID, lines, clock.MS(from), clock.MS(until))
		if err != nil {
			return false, err
		}
		found := compare(lines, earlier, ours)
		isNew, err := insertReconciliation(ctx, tx, employerID, day, len(lines), closing, len(found))
		if err != nil || !isNew {
			return false, err
		}
		for _, d := range found {
			d.ID, d.EmployerID, d.Day, d.State = tx.ID("dif"), employerID, day, diffOpen
			if err := insertDifference(ctx, tx, d); err != nil {
				return false, err
			}
		}
		return true, nil
	})
	return err
}

// earlierLines reads back, day by day, what the bank did on the days before, as long as the books
// have learned of something on that day which its own lines do not name.
func (s *Service) earlierLines(
	ctx context.Context, employerID string, day civil.Date, lines []BankLine,
) ([]BankLine, error) {
	missing, err := bankEntries(ctx, s.DB, employerID, nil, clock.MS(day.Midnight()),
		clock.MS(day.AddDays(1).Midnight()))
	if err != nil {
		return nil, err
	}
	var earlier []BankLine
	missing = unnamed(lines, missing)
	for back := 1; back <= learnedLateDays && len(missing) > 0; back++ {
		until := day.AddDays(1 - back)
		page, _, err := s.bankLines(ctx, employerID, until.AddDays(-1).Midnight(), until.Midnight())
		if err != nil {
			return nil, err
		}
		earlier, missing = append(earlier, page...), unnamed(page, missing)
	}
	return earlier, nil
}

// bankLines reads the bank's statement of an employer in [from, until): what stands under its id,
// as which payouts name it, and under its credit code, as which payers do.
func (s *Service) bankLines(
	ctx context.Context, employerID string, from, until time.Time,
) ([]BankLine, money.Fen, error) {
	e, err := s.Register.GetEmployerTx(ctx, s.DB, employerID)
	if err != nil {
		return nil, 0, err
	}
	lines, closing, err := s.linesUnder(ctx, employerID, from, until)
	if err != nil {
		return nil, 0, err
	}
	more, sum, err := s.linesUnder(ctx, e.USCC, from, until)
	return merged(lines, more), closing + sum, err
}

// merged adds lines, each once: a bank may know both names as one account.
func merged(lines, more []BankLine) []BankLine {
	seen := map[BankLine]bool{}
	return slices.DeleteFunc(slices.Concat(lines, more), func(l BankLine) bool {
		was := seen[l]
		seen[l] = true
		return was
	})
}

// linesUnder reads all pages of the bank's statement of one name.
func (s *Service) linesUnder(
	ctx context.Context, account string, from, until time.Time,
) ([]BankLine, money.Fen, error) {
	var all []BankLine
	for range reconcilePagesMax {
		page, err := s.Bank.Statement(ctx, account, from, until, len(all), batch)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, page.Lines...)
		if !page.More || len(page.Lines) == 0 {
			return all, page.ClosingFen, nil
		}
	}
	return nil, 0, fmt.Errorf("ledger: the bank's statement of %s has no end", account)
}

// linesApart gives the bank's lines of credits that were booked in [from, until) and whose
// reference was not plainly the employer's: they stand under that reference, on the day on which
// they came, beside what may be others'.
func (s *Service) linesApart(
	ctx context.Context, employerID string, from, until time.Time,
) ([]BankLine, error) {
	credits, err := bookedApart(ctx, s.DB, employerID, clock.MS(from), clock.MS(until), differencesMax)
	if err != nil {
		return nil, err
	}
	type asked struct {
		reference string
		day       civil.Date
	}
	answers := map[asked][]BankLine{}
	var out []BankLine
	for _, u := range credits {
		ask := asked{u.Reference, civil.DateOf(u.At)}
		if _, known := answers[ask]; !known && u.Reference != "" {
			answers[ask], _, err = s.linesUnder(ctx, u.Reference, ask.day.Midnight(),
				ask.day.AddDays(1).Midnight())
			if err != nil {
				return nil, err
			}
		}
		out = append(out, u.among(answers[ask])...)
	}
	return out, nil
}

// settleDifferences closes what the books and the bank agree on by now, page by page.
func (s *Service) settleDifferences(ctx context.Context) error {
	after := ""
	for {
		open, err := openDifferences(ctx, s.DB, after, differencesMax)
		if err != nil || len(open) == 0 {
			return err
		}
		if err := s.settlePage(ctx, open); err != nil {
			return err
		}
		after = open[len(open)-1].ID
	}
}

func (s *Service) settlePage(ctx context.Context, open []Difference) error {
	_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		for _, d := range open {
			fen, err := booked(ctx, tx, d.EmployerID, d.Entries)
			if err != nil {
				return false, err
			}
			if fen != d.BankFen {
				continue
			}
			err = closeDifference(ctx, tx, d.ID, diffSettled, "", people.ActorOf(ctx).AccountID)
			if err != nil {
				return false, err
			}
		}
		return true, nil
	})
	return err
}

// FindDifferences asks for differences between bank and books.
type FindDifferences struct {
	State string `json:"state,omitempty" query:"state" enum:"open,settled,explained" doc:"open if left out"`
	After string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// DifferenceView is a difference as a clerk sees it.
type DifferenceView struct {
	ID         string     `json:"id"`
	EmployerID string     `json:"employer_id"`
	Day        civil.Date `json:"day"`
	Key        string     `json:"key" doc:"the bank's number of the line, or ours"`
	BankFen    money.Fen  `json:"bank_fen" doc:"what the bank has; below zero: paid out"`
	OursFen    money.Fen  `json:"ours_fen" doc:"what the books have"`
	State      string     `json:"state" enum:"open,settled,explained"`
	Words      string     `json:"words,omitempty" doc:"the clerk's"`
	FoundAt    time.Time  `json:"found_at"`
}

func (d Difference) view() DifferenceView {
	return DifferenceView{d.ID, d.EmployerID, d.Day, d.Key, d.BankFen, d.OursFen, d.State, d.Words,
		d.FoundAt}
}

// DifferenceList is a page of differences, the oldest first.
type DifferenceList struct {
	Differences []DifferenceView `json:"differences"`
	Next        string           `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindDifferences lists what bank and books do not both have, differencesMax at a time.
// Faults: db.mark (invalid).
func (s *Service) FindDifferences(ctx context.Context, in FindDifferences) (DifferenceList, error) {
	if err := people.Must(ctx, people.PermReconcile, ""); err != nil {
		return DifferenceList{}, err
	}
	if in.State == "" {
		in.State = diffOpen
	}
	behind, err := db.ParseMark(in.After, db.Mark{})
	if err != nil {
		return DifferenceList{}, err
	}
	list, err := differences(ctx, s.DB, in.State, behind, differencesMax+1)
	list, next := db.Page(list, differencesMax, func(d Difference) string {
		return db.Mark{MS: clock.MS(d.FoundAt), ID: d.ID}.String()
	})
	out := DifferenceList{Differences: make([]DifferenceView, len(list)), Next: next}
	for i, d := range list {
		out.Differences[i] = d.view()
	}
	return out, err
}

// ExplainDifference is a clerk's word on a difference.
type ExplainDifference struct {
	deed.Keyed
	DifferenceID string `json:"difference_id" path:"difference_id"`
	Words        string `json:"words" doc:"what it was, and what was done"`
}

// ExplainDifference closes an open difference with the clerk's words. Money is not touched.
// Faults: ledger.words (invalid); ledger.difference_not_found; ledger.difference_closed (conflict).
func (s *Service) ExplainDifference(
	ctx context.Context, in ExplainDifference,
) (DifferenceView, error) {
	if err := people.Must(ctx, people.PermPayWages, ""); err != nil {
		return DifferenceView{}, err
	}
	words, err := checkWords("words", in.Words, wordsRunesMax)
	if err != nil {
		return DifferenceView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "explain_difference"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (DifferenceView, error) {
			d, err := getDifference(ctx, tx, in.DifferenceID)
			if err != nil {
				return DifferenceView{}, err
			}
			if d.State != diffOpen {
				return DifferenceView{}, fault.New(fault.Conflict, "ledger.difference_closed")
			}
			d.State, d.Words = diffExplained, words
			return d.view(), closeDifference(ctx, tx, d.ID, d.State, words,
				people.ActorOf(ctx).AccountID)
		})
}

// entriesText is how a difference keeps the names of entries.
func entriesText(ids []string) string { return strings.Join(ids, "\n") }
