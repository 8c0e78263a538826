package skill

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/feed"
)

// ImportOccupations brings the classification in: a CSV file with the columns level, code, name,
// definition and alias (with commas).
type ImportOccupations struct {
	deed.Keyed
	Content []byte `json:"content" doc:"the file, in UTF-8"`
	DryRun  bool   `json:"dry_run,omitempty" doc:"try every row and write nothing"`
}

// ImportedOccupations is what came of a file. A row whose entry is there already, as it is, counts
// as the same.
type ImportedOccupations struct {
	Rows    int             `json:"rows"`
	New     int             `json:"new"`
	Changed int             `json:"changed"`
	Same    int             `json:"same"`
	Columns []string        `json:"columns"`
	Bad     []BadOccupation `json:"bad"`
	DryRun  bool            `json:"dry_run,omitempty"`
}

// BadOccupation is a row that was refused, as it stands in the file.
type BadOccupation struct {
	Line  int            `json:"line"`
	Field string         `json:"field"`
	Code  string         `json:"code"  doc:"of the sentence that says why"`
	Args  map[string]any `json:"args,omitempty"`
	Cells []string       `json:"cells"`
}

// ImportOccupations takes the good rows in and names the others. The same file twice changes
// nothing; an entry that is in no file any more stays, because vacancies may name it.
// Faults: skill.occupation_file (invalid): the file cannot be read at all.
func (s *Service) ImportOccupations(
	ctx context.Context, in ImportOccupations,
) (ImportedOccupations, error) {
	if err := people.Must(ctx, people.PermImport, ""); err != nil {
		return ImportedOccupations{}, err
	}
	head, rows, err := readOccupations(in.Content)
	if err != nil {
		return ImportedOccupations{}, err
	}
	if in.DryRun {
		out, _, err := sortOut(ctx, s.db, rows)
		out.DryRun, out.Columns = true, head
		return out, err
	}
	return deed.Once(ctx, s.db, "skill.import_occupations/"+people.ActorOf(ctx).AccountID, in.Keyed,
		in, func(ctx context.Context, tx *db.Tx) (ImportedOccupations, error) {
			out, list, err := sortOut(ctx, tx, rows)
			out.Columns = head
			if err != nil || len(list) == 0 {
				return out, err
			}
			if err := upsertListed(ctx, tx, list); err != nil {
				return out, err
			}
			return out, feed.PutTx(ctx, tx, OccupationsImported{New: out.New, Changed: out.Changed})
		}, db.Lane("occupations", ""))
}

// sortOut tells new rows from changed, same and bad ones, and gives those to be written.
func sortOut(
	ctx context.Context, r db.Reader, rows []occupationRow,
) (ImportedOccupations, []Listed, error) {
	out := ImportedOccupations{Rows: len(rows), Bad: []BadOccupation{}}
	all, err := listedAll(ctx, r)
	if err != nil {
		return out, nil, err
	}
	type key struct {
		code  string
		level int
	}
	there := map[key]Listed{}
	for _, l := range all {
		there[key{l.Code, l.Level}] = l
	}
	var list []Listed
	for _, row := range rows {
		if row.bad != nil {
			out.Bad = append(out.Bad, BadOccupation{row.line, row.bad.Field, row.bad.Code, row.bad.Args,
				row.cells})
			continue
		}
		k := key{row.entry.Code, row.entry.Level}
		old, known := there[k]
		switch {
		case known && old.same(row.entry):
			out.Same++
			continue
		case known:
			out.Changed++
		default:
			out.New++
		}
		there[k] = row.entry
		list = append(list, row.entry)
	}
	return out, list, nil
}

// classification is what a process knows of the imported occupations.
type classification struct {
	stamp occupationStamp
	list  []Listed
	names map[string][]string // of a code, all levels
}

// known keeps the classification of a process.
type known struct {
	now atomic.Pointer[classification]
}

// Occupations gives the imported occupations as they are now, by code, and a stamp that changes
// with them. The list is shared: it is not to be written to.
func (s *Service) Occupations(ctx context.Context) ([]Listed, any, error) {
	stamp, err := stampOf(ctx, s.db)
	if err != nil {
		return nil, nil, err
	}
	if c := s.known.now.Load(); c != nil && c.stamp == stamp {
		return c.list, stamp, nil
	}
	c := &classification{stamp: stamp, names: map[string][]string{}}
	if c.list, err = listedAll(ctx, s.db); err != nil {
		return nil, nil, err
	}
	for _, l := range c.list {
		c.names[l.Code] = append(c.names[l.Code], l.Names()...)
	}
	s.known.now.Store(c)
	return c.list, stamp, nil
}

// importedNames are what a code is called by the imported classification; nil before it was read.
func (s *Service) importedNames(code string) []string {
	if c := s.known.now.Load(); c != nil {
		return slices.Clip(c.names[strings.TrimSpace(code)])
	}
	return nil
}
