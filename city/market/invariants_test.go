package market_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

// breaks runs a statement, wants the check to name the law, and takes the statement back.
func (b *bundle) breaks(statement, law string) {
	b.t.Helper()
	_, err := db.InTx(context.Background(), b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		if n, err := tx.Exec(ctx, statement); err != nil || n == 0 {
			b.t.Errorf("%s: %d rows, %v", statement, n, err)
		}
		if err := b.Check(ctx, tx, tx.Now); err == nil || !strings.Contains(err.Error(), law) {
			b.t.Errorf("%s: the check says %v, want %q", statement, err, law)
		}
		return true, fault.New(fault.Internal, "test.undo")
	})
	refuses(b.t, "undo", err, "test.undo", "")
}

// Goal: each law of vetting and gate is named by the check when a row breaks it.
func TestGateLaws(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		posted := b.vacancy(3)
		posted.MinorOK = true
		old := b.publish(posted)
		minor := b.worker(1, "2009-06-01")
		must(b.accept(minor, old.ShiftIDs[0]))(t)
		in := market.Change{VacancyID: old.ID, Publish: posted}
		in.Keyed, in.RateFen = b.key(), 2_600
		must(b.ChangeVacancy(b.boss, in))(t)
		b.lawful()
		b.breaks(`DELETE FROM vetting_decisions`, "on which papers")
		b.breaks(`UPDATE vacancies SET state = 'published' WHERE id = '`+old.ID+`'`, "was replaced")
		b.breaks(`UPDATE vacancies SET conditions = 'height,outdoor' WHERE state = 'published'`,
			"open to minors")
		b.breaks(`UPDATE vacancies SET conditions = 'hazard' WHERE id = '`+old.ID+`'`,
			"closed to minors hazard")
		b.breaks(`UPDATE vacancies SET minor_ok = FALSE`, "closed to minors")
		b.lawful()
	})
}
