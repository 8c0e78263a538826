package bench

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/money"
)

// LedgerConfig says how many entries are written.
type LedgerConfig struct {
	Clients []int
	Entries int
	Hot     bool // all from one employer
}

// LedgerRun is one engine with one number of clients. An entry has two postings.
type LedgerRun struct {
	Engine  string `json:"engine"`
	Clients int    `json:"clients"`
	Hot     bool   `json:"hot_employer"`
	Hold    Phase  `json:"hold"`
	Spend   Phase  `json:"spend"`
}

// ledgerEmployers share the entries where none is hot.
const ledgerEmployers = 200

// Ledger measures the double entry alone, through the ledger's service: a hold (which touches the
// employer's balance) and a spending from the hold to a worker's account (which does not).
func Ledger(ctx context.Context, url string, cfg LedgerConfig) ([]LedgerRun, error) {
	w, err := newLoopWorld(ctx, url)
	if err != nil {
		return nil, err
	}
	defer w.city.Close()
	var runs []LedgerRun
	for round, clients := range cfg.Clients {
		r, err := w.measureLedger(ctx, cfg, round, clients)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	if broken := app.Violations(ctx, w.city.DB, w.clk.Now()); len(broken) > 0 {
		return nil, fmt.Errorf("the bench broke a law: %s", broken[0])
	}
	return runs, nil
}

func (w *loopWorld) measureLedger(
	ctx context.Context, cfg LedgerConfig, round, clients int,
) (LedgerRun, error) {
	r := LedgerRun{Engine: w.city.DB.Engine(), Clients: clients, Hot: cfg.Hot}
	employer := func(i int) string {
		if cfg.Hot {
			return "hot"
		}
		return fmt.Sprintf("e%d", i%ledgerEmployers)
	}
	for i := range ledgerEmployers {
		if err := w.deposit(ctx, employer(i), fmt.Sprintf("bench-%d-%d", round, i)); err != nil {
			return r, err
		}
	}
	order := rand.New(rand.NewPCG(benchSeed, uint64(round))).Perm(cfg.Entries)
	id := func(i int) string { return fmt.Sprintf("bench-%d-%d", round, order[i]) }
	r.Hold = run(ctx, "hold", cfg.Entries, clients, func(ctx context.Context, i int) error {
		return w.inTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return w.city.Ledger.HoldTx(ctx, tx, ledger.HoldCmd{ID: id(i),
				EmployerID: employer(order[i]), AmountFen: 10_000})
		}, ledger.Lane(employer(order[i])))
	})
	r.Spend = run(ctx, "spend", cfg.Entries, clients, func(ctx context.Context, i int) error {
		e := ledger.Entry{Kind: "bench", Source: id(i), EmployerID: employer(order[i])}
		e.Move(ledger.Hold(id(i)), ledger.Premium("bench"), 9_000)
		return w.inTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := w.city.Ledger.PostTx(ctx, tx, e)
			return err
		})
	})
	for _, p := range []Phase{r.Hold, r.Spend} {
		if p.firstErr != nil {
			return r, fmt.Errorf("%s failed %d times: %w", p.Deed, p.Failures, p.firstErr)
		}
	}
	return r, nil
}

func (w *loopWorld) deposit(ctx context.Context, employerID, source string) error {
	e := ledger.Entry{Kind: "deposit", Source: source}
	e.Move(ledger.Bank(employerID), ledger.Available(employerID), money.MaxFen/10_000)
	return w.inTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := w.city.Ledger.PostTx(ctx, tx, e)
		return err
	})
}

func (w *loopWorld) inTx(
	ctx context.Context,
	fn func(context.Context, *db.Tx) error,
	opts ...db.Option,
) error {
	_, err := db.InTx(ctx, w.city.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, fn(ctx, tx)
	}, opts...)
	return err
}
