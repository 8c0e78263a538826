package skill

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// occupationStamp changes whenever the classification does.
type occupationStamp struct{ n, atMS int64 }

func stampOf(ctx context.Context, r db.Reader) (occupationStamp, error) {
	var s occupationStamp
	err := db.Row(ctx, r, []any{&s.n, &s.atMS},
		`SELECT COUNT(*), COALESCE(MAX(at_ms), 0) FROM occupations`)
	return s, err
}

func listedAll(ctx context.Context, r db.Reader) ([]Listed, error) {
	var all []Listed
	err := db.Each(ctx, r, `SELECT code, level, name, definition, aliases FROM occupations
		ORDER BY code, level`, nil, func(scan func(...any) error) error {
		var l Listed
		var aliases string
		err := scan(&l.Code, &l.Level, &l.Name, &l.Definition, &aliases)
		if err == nil {
			err = json.Unmarshal([]byte(aliases), &l.Aliases)
		}
		all = append(all, l)
		return err
	})
	return all, err
}

func upsertListed(ctx context.Context, tx *db.Tx, list []Listed) error {
	var args []any
	for _, l := range list {
		aliases, err := json.Marshal(l.Aliases)
		if err != nil {
			return fmt.Errorf("aliases of %s: %w", l.Code, err)
		}
		args = append(args, l.Code, l.Level, l.Name, l.Definition, string(aliases), clock.MS(tx.Now))
	}
	_, err := tx.ExecRows(ctx, `INSERT INTO occupations(code, level, name, definition, aliases, at_ms)
		VALUES `, `(?, ?, ?, ?, ?, ?)`, ` ON CONFLICT (code, level) DO UPDATE SET name = excluded.name,
		definition = excluded.definition, aliases = excluded.aliases, at_ms = excluded.at_ms`, args)
	return err
}
