package bench_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/gongyi/gongyi/bench"
)

// Goal: the loop and the ledger can be measured round after round: no deed fails, no law breaks.
func TestRounds(t *testing.T) {
	t.Parallel()
	url := func(name string) string { return "sqlite:" + filepath.Join(t.TempDir(), name) }
	loops, err := bench.Loop(context.Background(), url("loop.db"),
		bench.LoopConfig{Clients: []int{1, 4, 4}, Placements: 6})
	if err != nil || len(loops) != 3 || loops[2].All.N == 0 || loops[2].All.Failures != 0 {
		t.Errorf("loop: %+v, %v", loops, err)
	}
	entries, err := bench.Ledger(context.Background(), url("ledger.db"),
		bench.LedgerConfig{Clients: []int{1, 4}, Entries: 20})
	if err != nil || len(entries) != 2 || entries[1].Spend.N != 20 || entries[1].Spend.Failures != 0 {
		t.Errorf("ledger: %+v, %v", entries, err)
	}
}
