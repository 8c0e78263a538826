package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/deed"
)

// LoopConfig says how much of the main loop is measured.
type LoopConfig struct {
	URLs       []string // each an empty database
	Clients    []int
	Placements int  // a run; half of them with one hot employer
	Hot        bool // all of them with one employer
}

// LoopRun is one engine with one number of clients.
type LoopRun struct {
	Engine  string  `json:"engine"`
	Clients int     `json:"clients"`
	Hot     bool    `json:"hot_employer"`
	All     Phase   `json:"all"`
	Phases  []Phase `json:"phases"`
}

// Loop measures the main loop through the real services: accept (head, hold, contract), read and
// ask for the code, sign, clock-in (cover), clock-out (accrual), pay. Each phase is done by all
// clients at once, as a morning and an evening in a city are.
func Loop(ctx context.Context, url string, cfg LoopConfig) ([]LoopRun, error) {
	w, err := newLoopWorld(ctx, url)
	if err != nil {
		return nil, err
	}
	defer w.city.Close()
	var runs []LoopRun
	for _, clients := range cfg.Clients {
		r, err := w.measure(ctx, cfg, clients)
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

// nightRest is from the end of one round to the same hour of the next day.
const nightRest = 24*time.Hour - 30*time.Minute - 8*time.Hour

// employersN is how many employers share the placements where none is hot.
const employersN = 40

// loopWorld is the city that is measured.
type loopWorld struct {
	*cast
	round int
}

// placed is one placement on its way through the loop.
type placed struct {
	worker, employer            person
	shiftID, id, contractID, qr string
}

func (w *loopWorld) measure(ctx context.Context, cfg LoopConfig, clients int) (LoopRun, error) {
	w.round++
	list, err := w.prepare(ctx, cfg)
	if err != nil {
		return LoopRun{}, err
	}
	r := LoopRun{Engine: w.city.DB.Engine(), Clients: clients, Hot: cfg.Hot}
	phase := func(name string, do func(ctx context.Context, p *placed) error) {
		r.Phases = append(r.Phases, run(ctx, name, len(list), clients,
			func(ctx context.Context, i int) error { return do(ctx, &list[i]) }))
	}
	phase("accept", w.accept)
	phase("read_and_code", w.askCode)
	phase("sign", w.sign)
	w.clk.Add(30 * time.Minute)
	if err := w.showQR(ctx, list); err != nil {
		return r, err
	}
	phase("clock_in", w.clockIn)
	w.clk.Add(8 * time.Hour)
	phase("clock_out", w.clockOut)
	pay, err := w.pay(ctx, list)
	if err != nil {
		return r, err
	}
	w.clk.Add(nightRest) // nobody may work two such shifts on one day
	r.Phases = append(r.Phases, pay)
	r.All = join("all", r.Phases)
	for _, p := range r.Phases {
		if p.firstErr != nil {
			return r, fmt.Errorf("%s failed %d times: %w", p.Deed, p.Failures, p.firstErr)
		}
	}
	return r, nil
}

func (w *loopWorld) accept(ctx context.Context, p *placed) error {
	v, err := w.city.Market.AcceptShift(p.worker.ctx(ctx), market.Accept{ShiftID: p.shiftID,
		WorkerID: p.worker.workerID, Keyed: w.key("accept", p.worker.n)})
	p.id, p.contractID = v.ID, v.ContractID
	return err
}

func (w *loopWorld) askCode(ctx context.Context, p *placed) error {
	shown, err := w.city.Contracts.Show(p.worker.ctx(ctx), contract.Show{ContractID: p.contractID})
	if err != nil {
		return err
	}
	_, err = w.city.Contracts.RequestSignCode(p.worker.ctx(ctx), contract.RequestSignCode{
		ContractID: p.contractID, TextHash: shown.TextHash, Keyed: w.key("code", p.worker.n)})
	return err
}

func (w *loopWorld) sign(ctx context.Context, p *placed) error {
	_, err := w.city.Contracts.Sign(p.worker.ctx(ctx), contract.Sign{ContractID: p.contractID,
		Code: benchCode, Keyed: w.key("sign", p.worker.n)})
	return err
}

func (w *loopWorld) clockIn(ctx context.Context, p *placed) error {
	_, err := w.city.Attendance.ClockIn(p.worker.ctx(ctx), attendance.Clock{PlacementID: p.id,
		WorkerID: p.worker.workerID, Token: p.qr, Keyed: w.key("in", p.worker.n)})
	return err
}

func (w *loopWorld) clockOut(ctx context.Context, p *placed) error {
	_, err := w.city.Attendance.ClockOut(p.worker.ctx(ctx), attendance.Clock{PlacementID: p.id,
		WorkerID: p.worker.workerID, LonE6: placeLonE6, LatE6: placeLatE6, AccuracyM: 10,
		Keyed: w.key("out", p.worker.n)})
	return err
}

// pay lets every employer confirm its hours in bulk and the sweeps pay them; a deed is a line paid.
func (w *loopWorld) pay(ctx context.Context, list []placed) (Phase, error) {
	p := Phase{Deed: "pay", N: len(list), took: make([]time.Duration, len(list))}
	cpu, watch := cpuTime(), clock.Start()
	for _, e := range w.employers {
		lines, err := linesOf(ctx, w.city.DB, e.employerID)
		if err != nil {
			return p, err
		}
		for n := 0; len(lines) > 0; n++ {
			some := lines[:min(len(lines), 200)]
			lines = lines[len(some):]
			_, err := w.city.Wages.ConfirmHours(e.ctx(ctx), wage.ConfirmHours{EmployerID: e.employerID,
				LineIDs: some, Keyed: w.key(fmt.Sprint("confirm", n), e.n)})
			if err != nil {
				return p, err
			}
		}
	}
	for range 60 { // pay → send → the bank settles → ask
		if err := w.city.Sweeps.RunDue(ctx, w.clk.Now()); err != nil {
			return p, err
		}
		left, err := unpaid(ctx, w.city.DB)
		if err != nil {
			return p, err
		}
		if left == 0 {
			break
		}
		w.clk.Add(5 * time.Minute)
	}
	p.wall, p.cpu = watch.Elapsed(), cpuTime()-cpu
	for i := range p.took {
		p.took[i] = p.wall / time.Duration(len(list)) // lines are paid in batches
	}
	p.sum()
	left, err := unpaid(ctx, w.city.DB)
	if err == nil && left > 0 {
		err = fmt.Errorf("%d lines are unpaid after the sweeps", left)
	}
	return p, err
}

func (w *loopWorld) key(op string, n int) deed.Keyed {
	return deed.Key(fmt.Sprintf("bench/%d/%s/%d", w.round, op, n))
}
