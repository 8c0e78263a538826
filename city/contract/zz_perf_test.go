package contract_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"
	"context"

	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/ident"
)

func TestPerf(t *testing.T) {
	clk := clock.NewFake(dbtest.Start)
	d, err := db.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "c.db"), db.Options{Clock: clk, IDs: ident.Seeded(1), Migrations: schema, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	b := setup(t, d, clk)
	shift := terms(monday.At(9*60), 8)
	var ws []hand
	const nw, per = 200, 20
	for i := range nw {
		ws = append(ws, b.worker(i+1, "1990-01-01"))
	}
	var ids [nw][per]string
	var draft, code, sign time.Duration
	run := func(f func(i int)) time.Duration {
		w := clock.Start()
		var wg sync.WaitGroup
		for k := range 32 {
			wg.Go(func() {
				for i := k; i < nw; i += 32 {
					f(i)
				}
			})
		}
		wg.Wait()
		return w.Elapsed()
	}
	for j := range per {
		clk.Add(61 * time.Minute)
		must(b.offer(fmt.Sprint("shf", j), nw, shift))(t)
		draft += run(func(i int) {
			ids[i][j] = must(b.draft(ws[i], fmt.Sprint("plc", i, "_", j), fmt.Sprint("shf", j), shift))(t)
		})
		codes := [nw]string{}
		code += run(func(i int) { codes[i] = must(b.requestCode(ws[i], ids[i][j]))(t) })
		sign += run(func(i int) {
			must(b.s.Sign(ws[i], contract.Sign{Keyed: b.key(), ContractID: ids[i][j], Code: codes[i]}))(t)
		})
	}
	n := float64(nw * per)
	t.Logf("draft %.0f/s, show+code %.0f/s, sign %.0f/s", n/draft.Seconds(), n/code.Seconds(), n/sign.Seconds())
	sw := clock.Start()
	if err := b.check(); err != nil {
		t.Fatal(err)
	}
	t.Logf("check of %d: %s", nw*per, sw.Elapsed())
	sw = clock.Start()
	for i := range nw {
		for j := range per {
			must(b.s.SignedTx(ws[i], d, fmt.Sprint("plc", i, "_", j)))(t)
		}
	}
	t.Logf("SignedTx: %s", sw.Elapsed()/time.Duration(nw*per))
}
