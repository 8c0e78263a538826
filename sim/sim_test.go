package sim_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/sim"
)

// live lives some days of a small city, in which no law may be broken.
func live(t *testing.T, url string, seed uint64, days int) sim.Report {
	t.Helper()
	return liveAs(t, url, sim.Config{Seed: seed, Days: days})
}

func liveAs(t *testing.T, url string, c sim.Config) sim.Report {
	t.Helper()
	c.Workers, c.Employers, c.FaultsBP, c.From = 60, 6, 500, "2026-03-02"
	c.Tick, c.Unsafe = 15*time.Minute, true
	r, err := sim.Run(t.Context(), url, c)
	if err != nil {
		t.Fatalf("seed %d: %v", c.Seed, err)
	}
	r.DB, r.ElapsedMS, r.DeedsPerS = "", 0, 0
	return r
}

func file(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "city.db")
}

// Goal: a seed tells one story, whatever the engine: the reports of both agree in every figure.
func TestOneStory(t *testing.T) {
	t.Parallel()
	one := live(t, file(t), 1, 3)
	if one.WagesDue == 0 || one.WagesLate != 0 || len(one.Faults) == 0 {
		t.Fatalf("nothing happened: %+v", one)
	}
	if a, b := text(t, one), text(t, live(t, dbtest.Schema(t), 1, 3)); a != b {
		t.Errorf("SQLite and PostgreSQL tell different stories:\n%s\n%s", a, b)
	}
}

func text(t *testing.T, r sim.Report) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Goal: the accidents that money meets happen, and no law breaks over them: a payment comes back
// days after it was made, and the worker's new card gets it; an employer shuts its doors, and its
// guarantee pays. Every wage that comes late is late for a reason, and somebody was warned.
func TestMoneyAccidents(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cfg  sim.Config
		want func(sim.Report) bool
	}{
		"CameBack": {sim.Config{Seed: 19, Days: 7, ReturnsPM: 50_000}, func(r sim.Report) bool {
			return r.ReturnedPayments >= 1 && r.LateReasons["returned"] >= 1 &&
				r.Faults["bank.return/error"] >= 1
		}},
		"Insolvent": {sim.Config{Seed: 3, Days: 10}, func(r sim.Report) bool {
			return r.Insolvencies >= 1 && r.GuaranteeCalls >= 1 && r.GuaranteeCalledFen > 0
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := liveAs(t, file(t), c.cfg)
			reasons := int64(0)
			for _, n := range r.LateReasons {
				reasons += n
			}
			if !c.want(r) || reasons != r.WagesLate || r.WagesLateWarned != r.WagesLate {
				t.Errorf("%s", text(t, r))
			}
		})
	}
}
