package market

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// gateLaws are what vetting and gate promise of rows that stand.
var gateLaws = []db.Law{
	{"law 5: employer %s is vetted and no decision says on which papers",
		`SELECT v.employer_id FROM vettings v WHERE v.state = 'vetted' AND NOT EXISTS
		(SELECT 1 FROM vetting_decisions d WHERE d.employer_id = v.employer_id
		AND d.decision = 'vetted' AND d.valid_until = v.valid_until AND d.facts <> '[]')
		ORDER BY v.employer_id LIMIT 1`},
	{"law 5: vacancy %s was replaced and can still be had",
		`SELECT c.old_id FROM vacancy_changes c JOIN vacancies v ON v.id = c.old_id
		WHERE v.state IN ('published', 'waiting') ORDER BY c.old_id LIMIT 1`},
	{"law 5: vacancy %s is open to minors and its work is closed to them",
		`SELECT id FROM vacancies WHERE minor_ok AND state = 'published' AND conditions <> ''
		AND conditions <> 'outdoor' ORDER BY id LIMIT 1`},
}

// minorsLookBackDays is how long someone who has turned 18 is still looked at: what was wrong a
// year ago was found then.
const minorsLookBackDays = 366

// checkMinors proves that nobody under 18 stands on work that is closed to them.
func checkMinors(ctx context.Context, r db.Reader, now time.Time) error {
	today := civil.DateOf(now)
	youngest := civil.Date(fmt.Sprintf("%04d%s", today.Year()-adultAge, today[len("2006"):]))
	if _, err := civil.ParseDate(string(youngest)); err != nil { // 29 February
		youngest = today.AddDays(-adultAge * 365)
	}
	return db.Each(ctx, r, `SELECT p.id, w.birth_date, p.starts_at_ms, v.minor_ok, v.conditions
		FROM placements p JOIN vacancies v ON v.id = p.vacancy_id JOIN workers w ON w.id = p.worker_id
		WHERE p.state IN ('accepted', 'started', 'done') AND w.birth_date > $1 ORDER BY p.id`,
		[]any{string(youngest.AddDays(-minorsLookBackDays))}, func(scan func(...any) error) error {
			var id, conditions string
			var born civil.Date
			var starts int64
			var minorOK bool
			if err := scan(&id, &born, &starts, &minorOK, &conditions); err != nil {
				return err
			}
			bar := minorsBar(split[Condition](conditions))
			if isMinor(born, civil.DateOf(clock.At(starts))) && (!minorOK || bar != "") {
				return fmt.Errorf("law 5: placement %s puts a minor on work closed to minors %s", id, bar)
			}
			return nil
		})
}
