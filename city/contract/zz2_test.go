package contract_test
import ("testing";"context";"fmt";"path/filepath"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/ident"
	"github.com/gongyi/gongyi/city/contract"
)
func BenchmarkCheck(bb *testing.B) {
	clk := clock.NewFake(dbtest.Start)
	d, err := db.Open(context.Background(), "sqlite:"+filepath.Join(bb.TempDir(), "c.db"), db.Options{Clock: clk, IDs: ident.Seeded(1), Migrations: schema, Unsafe: true})
	if err != nil { bb.Fatal(err) }
	defer d.Close()
	b := setup(bb, d, clk)
	shift := terms(monday.At(9*60), 8)
	for j := range 100 {
		must(b.offer(fmt.Sprint("shf", j), 10, shift))(bb)
	}
	for i := range 200 {
		w := b.worker(i+1, "1990-01-01")
		for k := range 5 {
			id := must(b.draft(w, fmt.Sprint("plc", i, "_", k), fmt.Sprint("shf", (i*5+k)%100), shift))(bb)
			code := must(b.requestCode(w, id))(bb)
			must(b.s.Sign(w, contract.Sign{Keyed: b.key(), ContractID: id, Code: code}))(bb)
		}
	}
	for bb.Loop() {
		if err := b.check(); err != nil { bb.Fatal(err) }
	}
}
