package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
)

// Check proves that what an import says of its rows is so: whoever it says went in is there, nobody
// went in twice, and an import that is done has every row on record.
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
	if err := db.Prove(ctx, r, []db.Law{
		{"import row %s went in, and its subject is not there",
			`SELECT w.import_id || '/' || w.n FROM import_rows w WHERE w.state <> 'bad' AND NOT
			(w.kind = 'workers' AND EXISTS (SELECT 1 FROM workers x WHERE x.id = w.subject_id)
			OR w.kind = 'employers' AND EXISTS (SELECT 1 FROM employers x WHERE x.id = w.subject_id)
			OR w.kind = 'vacancies' AND EXISTS (SELECT 1 FROM vacancies x WHERE x.id = w.subject_id)
			OR w.kind = 'roster' AND EXISTS
				(SELECT 1 FROM roster_entries x WHERE x.id = w.subject_id))
			ORDER BY w.import_id, w.n LIMIT 1`},
		{"%s went in with two rows of imports",
			`SELECT subject_id FROM import_rows WHERE state = 'in' GROUP BY kind, subject_id
			HAVING COUNT(*) > 1 ORDER BY subject_id LIMIT 1`},
		{"import %s is done, and rows of it are not on record",
			`SELECT i.id FROM imports i WHERE i.state = 'done' AND i.rows <>
			(SELECT COUNT(*) FROM import_rows w WHERE w.import_id = i.id) ORDER BY i.id LIMIT 1`},
	}); err != nil {
		return err
	}
	return checkSealed(ctx, r)
}

// checkSealed is law 9: the fault of a bad row is sealed.
func checkSealed(ctx context.Context, r db.Reader) error {
	return db.Each(ctx, r, `SELECT import_id, n, fault_sealed FROM import_rows WHERE state = 'bad'
		ORDER BY import_id, n`, nil, func(scan func(...any) error) error {
		var id string
		var n int
		var sealed []byte
		if err := scan(&id, &n, &sealed); err != nil {
			return err
		}
		if !crypt.LooksSealed(sealed) {
			return fmt.Errorf("law 9: the fault of row %d of import %s is not sealed", n, id)
		}
		return nil
	})
}
