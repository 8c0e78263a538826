package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

func insertCancellation(ctx context.Context, tx *db.Tx, c Cancellation) error {
	_, err := tx.Exec(ctx, `INSERT INTO cancellations(placement_id, employer_id, worker_id,
		notice_min, share_bp, pay_fen, line_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.PlacementID, c.EmployerID, c.WorkerID, c.NoticeMin, c.ShareBP, int64(c.PayFen), c.LineID,
		clock.MS(tx.Now))
	return err
}

// fewerHeads takes a head, which nobody has, out of a shift.
func fewerHeads(ctx context.Context, tx *db.Tx, shiftID string) error {
	_, err := tx.Exec(ctx, `UPDATE shifts SET heads = heads - 1 WHERE id = $1`, shiftID)
	return err
}

func insertReplacement(ctx context.Context, tx *db.Tx, r Replacement) error {
	_, err := tx.Exec(ctx, `INSERT INTO replacements(id, placement_id, shift_id, employer_id,
		offers, filled_by, at_ms) VALUES ($1, $2, $3, $4, $5, '', $6)`,
		r.ID, r.PlacementID, r.ShiftID, r.EmployerID, len(r.Offers), clock.MS(tx.Now))
	return err
}

// fillReplacement notes who took the head that was offered again, if one was.
func fillReplacement(ctx context.Context, tx *db.Tx, p Placement) error {
	_, err := tx.Exec(ctx, `UPDATE replacements SET filled_by = $1 WHERE id = (SELECT id
		FROM replacements WHERE shift_id = $2 AND filled_by = '' ORDER BY id LIMIT 1)`, p.ID, p.ShiftID)
	return err
}

// shiftsToFill lists running shifts with a head that anybody may take.
func shiftsToFill(
	ctx context.Context, r db.Reader, region string, now time.Time,
) ([]Shift, error) {
	var list []Shift
	err := db.Each(ctx, r, `SELECT `+shiftColumns+`
		FROM shifts s JOIN vacancies v ON v.id = s.vacancy_id
		WHERE s.state = 'open' AND s.taken < s.heads AND s.ends_at_ms > $1 AND v.hire = 'instant'
		AND ($2 = '' OR substr(v.region, 1, length($2)) = $2)
		AND s.id IN (SELECT shift_id FROM replacements WHERE filled_by = '' AND offers = 0)
		ORDER BY s.ends_at_ms DESC, s.id LIMIT $3`, []any{clock.MS(now), region, listMax},
		func(scan func(...any) error) error {
			var s Shift
			dests, finish := shiftDests(&s)
			if err := scan(dests...); err != nil {
				return err
			}
			err := finish()
			list = append(list, s)
			return err
		})
	return list, err
}

// excuse says of a no-show that its worker had come.
func excuse(ctx context.Context, tx *db.Tx, placementID string) error {
	_, err := tx.Exec(ctx, `UPDATE placements SET reason = 'came_offline'
		WHERE id = $1 AND state = 'no_show'`, placementID)
	return err
}
