package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gongyi/gongyi/city/market/match"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
)

// MatchConfig names the files of a world (docs/bench-formats.md) and says how much is asked.
type MatchConfig struct {
	Posts, Workers, Classes string
	Queries                 int    // worker → vacancies; half as many vacancy → workers
	OutW2P, OutP2W          string // where answers go; "" for nowhere
	Stride                  int    // between queried workers; 0: 997, and 1009 between vacancies
	Changes                 int    // that are measured
}

// MatchReport is what was measured. Latencies are those of single calls on one goroutine, the
// batch asks for every worker on all processors.
type MatchReport struct {
	Posts          int     `json:"posts"`
	Workers        int     `json:"workers"`
	Classes        int     `json:"classes"`
	BuildS         float64 `json:"build_s"`
	MB             float64 `json:"mb"`
	BytesPerPost   float64 `json:"bytes_per_post"`
	BytesPerWorker float64 `json:"bytes_per_worker"`
	W2PP50         float64 `json:"w2p_p50_us"`
	W2PP99         float64 `json:"w2p_p99_us"`
	P2WP50         float64 `json:"p2w_p50_us"`
	P2WP99         float64 `json:"p2w_p99_us"`
	BatchWorkersPS float64 `json:"batch_workers_per_s"`
	BatchCPUUS     float64 `json:"batch_cpu_us_per_worker"`
	ChangeP50      float64 `json:"change_p50_us"`
	ChangeP99      float64 `json:"change_p99_us"`
	QueriesW2P     int     `json:"queries_w2p"`
	QueriesP2W     int     `json:"queries_p2w"`
	PeakMB         float64 `json:"peak_mb"`
}

const (
	bestPosts   = 20
	bestWorkers = 50
	warmUp      = 200
)

// Match measures the engine on a world of files, through its exported methods only.
// Faults: those of reading (bench.…), bench.empty (invalid).
func Match(ctx context.Context, cfg MatchConfig) (MatchReport, error) {
	posts, err := readPosts(cfg.Posts)
	if err != nil {
		return MatchReport{}, err
	}
	workers, err := readWorkers(cfg.Workers)
	if err != nil {
		return MatchReport{}, err
	}
	classes, err := readClasses(cfg.Classes)
	if err != nil {
		return MatchReport{}, err
	}
	for file, n := range map[string]int{cfg.Posts: len(posts), cfg.Workers: len(workers)} {
		if n == 0 {
			return MatchReport{}, fault.New(fault.Invalid, "bench.empty", "file", file)
		}
	}
	m := matchRun{cfg: cfg, posts: posts, workers: workers,
		r: MatchReport{Posts: len(posts), Workers: len(workers), Classes: len(classes)}}
	watch := clock.Start()
	m.ix = match.New(areaOf(posts, workers), match.DefaultWeights)
	if err := m.ix.Load(posts, workers, classes); err != nil {
		return m.r, err
	}
	m.r.BuildS = watch.Elapsed().Seconds()
	size := m.ix.Size()
	m.r.MB = float64(size.PostBytes+size.WorkerBytes) / (1 << 20)
	m.r.BytesPerPost = float64(size.PostBytes) / float64(len(posts))
	m.r.BytesPerWorker = float64(size.WorkerBytes) / float64(len(workers))
	for _, step := range []func(context.Context) error{m.askPosts, m.askWorkers, m.batch, m.change} {
		if err := step(ctx); err != nil {
			return m.r, err
		}
	}
	m.r.PeakMB = peakMB()
	return m.r, nil
}

type matchRun struct {
	cfg     MatchConfig
	posts   []match.Post
	workers []match.Worker
	ix      *match.Index
	r       MatchReport
}

func areaOf(posts []match.Post, workers []match.Worker) match.Area {
	a := match.Area{MinX: posts[0].X, MaxX: posts[0].X, MinY: posts[0].Y, MaxY: posts[0].Y}
	add := func(x, y int32) {
		a.MinX, a.MaxX = min(a.MinX, x), max(a.MaxX, x)
		a.MinY, a.MaxY = min(a.MinY, y), max(a.MaxY, y)
	}
	for i := range posts {
		add(posts[i].X, posts[i].Y)
	}
	for i := range workers {
		add(workers[i].X, workers[i].Y)
	}
	return a
}

func (m *matchRun) stride(usual int) int {
	if m.cfg.Stride > 0 {
		return m.cfg.Stride
	}
	return usual
}

func (m *matchRun) askPosts(context.Context) error {
	n := m.cfg.Queries
	pick := func(q int) *match.Worker { return &m.workers[q*m.stride(997)%len(m.workers)] }
	took, err := m.ask(n, m.cfg.OutW2P, func(q int, hits []match.Hit) (int32, []match.Hit, error) {
		hits, err := m.ix.PostsFor(pick(q), bestPosts, hits)
		return pick(q).ID, hits, err
	})
	m.r.QueriesW2P, m.r.W2PP50, m.r.W2PP99 = n, quantile(took, 50), quantile(took, 99)
	return err
}

func (m *matchRun) askWorkers(context.Context) error {
	n := max(m.cfg.Queries/2, 1)
	pick := func(q int) *match.Post { return &m.posts[q*m.stride(1009)%len(m.posts)] }
	took, err := m.ask(n, m.cfg.OutP2W, func(q int, hits []match.Hit) (int32, []match.Hit, error) {
		hits, err := m.ix.WorkersFor(pick(q), bestWorkers, hits)
		return pick(q).ID, hits, err
	})
	m.r.QueriesP2W, m.r.P2WP50, m.r.P2WP99 = n, quantile(took, 50), quantile(took, 99)
	return err
}

// ask runs n queries one after another and writes their answers once they are all timed.
func (m *matchRun) ask(
	n int, out string, query func(q int, into []match.Hit) (int32, []match.Hit, error),
) ([]time.Duration, error) {
	for q := range min(n, warmUp) {
		if _, _, err := query(n+q, nil); err != nil {
			return nil, err
		}
	}
	took := make([]time.Duration, n)
	var into []match.Hit
	for q := range n {
		watch := clock.Start()
		_, hits, err := query(q, into[:0])
		took[q] = watch.Elapsed()
		if err != nil {
			return nil, err
		}
		into = hits
	}
	slices.Sort(took)
	if out == "" {
		return took, nil
	}
	f, err := os.Create(out)
	if err != nil {
		return nil, fault.New(fault.Invalid, "bench.out", "file", out).Because(err)
	}
	w := bufio.NewWriter(f)
	for q := range n {
		id, hits, err := query(q, into[:0])
		if err != nil {
			f.Close()
			return nil, err
		}
		writeAnswer(w, id, hits)
	}
	if err := w.Flush(); err != nil {
		f.Close()
		return nil, fmt.Errorf("write %s: %w", out, err)
	}
	return took, f.Close()
}

func writeAnswer(w io.Writer, id int32, hits []match.Hit) {
	fmt.Fprintf(w, "%d", id)
	for _, h := range hits {
		fmt.Fprintf(w, "\t%d:%.4f", h.ID, h.Score)
	}
	fmt.Fprintln(w)
}

// batch asks for every worker, on all processors, as the nightly run does.
func (m *matchRun) batch(ctx context.Context) error {
	const piece = 256
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, runtime.GOMAXPROCS(0))
	watch, cpu := clock.Start(), cpuTime()
	order := m.ix.ByPlace(len(m.workers), func(i int) (x, y int32) {
		return m.workers[i].X, m.workers[i].Y
	})
	for n := range errs {
		wg.Go(func() {
			var into []match.Hit
			for ctx.Err() == nil {
				from := int(next.Add(piece)) - piece
				if from >= len(m.workers) {
					return
				}
				for _, i := range order[from:min(from+piece, len(order))] {
					var err error
					if into, err = m.ix.PostsFor(&m.workers[i], bestPosts, into[:0]); err != nil {
						errs[n] = err
						return
					}
				}
			}
		})
	}
	wg.Wait()
	m.r.BatchWorkersPS = float64(len(m.workers)) / watch.Elapsed().Seconds()
	m.r.BatchCPUUS = float64((cpuTime() - cpu).Microseconds()) / float64(len(m.workers))
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// change opens, fills and changes: after each change a query must already see it. What is timed is
// the change alone; the look that proves it is not.
func (m *matchRun) change(context.Context) error {
	r := rand.New(rand.NewPCG(benchSeed, 5))
	took := make([]time.Duration, 0, m.cfg.Changes)
	for n := range m.cfg.Changes {
		p, w := m.posts[r.IntN(len(m.posts))], m.workers[r.IntN(len(m.workers))]
		watch := clock.Start()
		var err error
		switch n % 3 {
		case 0: // a vacancy opens
			p.ID = int32(len(m.posts) + 1 + n)
			err = m.ix.PutPost(p)
		case 1: // its last head is filled
			m.ix.RemovePost(p.ID)
		default: // a worker gains a skill
			w.Skills = gain(w.Skills, uint16(r.IntN(400)))
			err = m.ix.PutWorker(w)
		}
		took = append(took, watch.Elapsed())
		if err == nil {
			err = m.seen(n%3, p, w)
		}
		if err != nil {
			return err
		}
	}
	slices.Sort(took)
	m.r.ChangeP50, m.r.ChangeP99 = quantile(took, 50), quantile(took, 99)
	return nil
}

func gain(skills []uint16, s uint16) []uint16 {
	if slices.Contains(skills, s) {
		return skills
	}
	return append(slices.Clone(skills), s)
}

// seen asks whether the next query knows of a change: somebody made for it stands at the spot.
func (m *matchRun) seen(kind int, p match.Post, w match.Worker) error {
	var hits []match.Hit
	var err error
	id, want := p.ID, kind == 0
	if kind < 2 {
		hits, err = m.ix.PostsFor(&match.Worker{X: p.X, Y: p.Y, ReachM: 0, FloorFen: p.WageFen,
			Skills: p.Required, Age: p.AgeMin, Permits: p.Permits}, match.KMax, nil)
	} else {
		id, want = w.ID, true
		hits, err = m.ix.WorkersFor(&match.Post{X: w.X, Y: w.Y, WageFen: w.FloorFen, AgeMin: w.Age,
			AgeMax: w.Age, Required: w.Skills, Permits: w.Permits}, match.KMax, nil)
	}
	if err != nil {
		return err
	}
	found := slices.ContainsFunc(hits, func(h match.Hit) bool { return h.ID == id })
	if found != want && len(hits) < match.KMax {
		return fmt.Errorf("after a change of kind %d the next query found %d: %v", kind, id, found)
	}
	return nil
}

// quantile gives a percentile of sorted times in microseconds.
func quantile(sorted []time.Duration, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[min(len(sorted)*percent/100, len(sorted)-1)].Nanoseconds()) / 1000
}
