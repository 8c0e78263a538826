package wage_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

func TestZZPerf(t *testing.T) {
	if os.Getenv("PERF") == "" {
		t.Skip()
	}
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund(1_000_000_000_00)
		const n = 20000
		at := func(what string, f func()) {
			s := clock.Start()
			f()
			e := s.Elapsed()
			t.Logf("%s %s: %v, %v each", d.Engine(), what, e, e/n)
		}
		par := func(f func(i int) error) {
			ch := make(chan int, n)
			for i := range n {
				ch <- i
			}
			close(ch)
			done := make(chan error, 16)
			for range 16 {
				go func() {
					for i := range ch {
						if err := f(i); err != nil {
							done <- err
							return
						}
					}
					done <- nil
				}()
			}
			for range 16 {
				b.must(<-done)
			}
		}
		at("hold", func() {
			par(func(i int) error {
				_, err := db.InTx(b.ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
					return true, b.s.HoldTx(ctx, tx, wage.HoldCmd{PlacementID: fmt.Sprint("p", i), EmployerID: b.employer, WageFen: 20160})
				}, db.Lane("funds", b.employer))
				return err
			})
		})
		at("accrue", func() {
			par(func(i int) error {
				_, err := b.accrue(b.work(fmt.Sprint("p", i), fmt.Sprint("e", i)))
				return err
			})
		})
		at("release", func() {
			for range n / 200 {
				b.run("ledger.release")
			}
		})
		clk.Add(12 * time.Hour)
		at("confirm", func() {
			for range n / 200 {
				b.run("wage.auto_confirm")
			}
		})
		at("pay", func() {
			for range n / 200 {
				b.run("wage.pay")
			}
		})
		at("send", func() {
			for range n / 200 {
				b.run("ledger.send")
			}
		})
		clk.Add(time.Hour)
		at("ask", func() {
			for range n / 200 {
				b.run("ledger.ask")
			}
		})
		at("ledger check", func() { b.must(b.ledger.Check(b.ctx, d, clk.Now())) })
		at("wage check", func() { b.must(b.s.Check(b.ctx, d, clk.Now())) })
		at("gauges", func() { b.s.Gauges(b.ctx, d, clk.Now().Add(-30*time.Hour), clk.Now().Add(30*time.Hour)) })
		if b.count("payouts WHERE state='confirmed'") != n {
			t.Fatal(b.count("payouts WHERE state='confirmed'"))
		}
	})
}
