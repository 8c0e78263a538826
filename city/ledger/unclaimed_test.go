package ledger_test

import (
	"testing"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: pins what becomes of a credit whose reference names nobody: it is booked on an account that
// nobody owns and nobody sees.
func TestCreditOfNobody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("nobody", 500)
		o.pays("emp", 70)
		if free := o.balance(ledger.Available("nobody")); free != 500 || o.free() != 70 {
			t.Fatalf("%d and %d", free, o.free())
		}
		o.lawful()
	})
}
