package bench

import (
	"bufio"
	"encoding/binary"
	"os"
	"slices"

	"github.com/gongyi/gongyi/city/market/assign"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
)

// AssignReport is what an assignment cost, and how good it is proven to be.
type AssignReport struct {
	Workers   int     `json:"workers"`
	Posts     int     `json:"posts"`
	Edges     int     `json:"edges"`
	Objective int64   `json:"objective"`
	Bound     int64   `json:"bound"`
	Gap       float64 `json:"gap"`
	Placed    int     `json:"placed"`
	WallS     float64 `json:"wall_s"`
	CPUS      float64 `json:"cpu_s"` // of the whole process, after the file was read
	PeakMB    float64 `json:"peak_mb"`
}

// Assign fills the vacancies of a file, exactly or fast.
// Faults: bench.file (not_found); bench.bmat, bench.problem (invalid).
func Assign(file string, fast bool) (AssignReport, error) {
	p, err := readProblem(file)
	if err != nil {
		return AssignReport{}, err
	}
	solve := assign.Exact
	if fast {
		solve = assign.Fast
	}
	cpu, watch := cpuTime(), clock.Start()
	a, err := solve(p)
	if err != nil {
		return AssignReport{}, fault.New(fault.Invalid, "bench.problem", "file", file, "why",
			err.Error()).Because(err)
	}
	r := AssignReport{Workers: p.Workers(), Posts: len(p.Heads), Edges: len(p.Posts),
		Objective: a.Objective, Bound: a.Bound, Gap: a.Gap(), Placed: a.Placed,
		WallS: watch.Elapsed().Seconds(), CPUS: (cpuTime() - cpu).Seconds(), PeakMB: peakMB()}
	return r, p.Valid(a.Choice)
}

// readProblem reads "BMAT", then as 32-bit little-endian numbers: workers, vacancies, choices;
// heads by vacancy; where each worker's choices begin, and one more; the choices' vacancies; their
// scores.
func readProblem(file string) (*assign.Problem, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fault.New(fault.NotFound, "bench.file", "file", file).Because(err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	bad := func(what string, err error) error {
		return fault.New(fault.Invalid, "bench.bmat", "file", file, "part", what).Because(err)
	}
	var head struct {
		Magic                   [4]byte
		Workers, Posts, Choices int32
	}
	if err := binary.Read(in, binary.LittleEndian, &head); err != nil {
		return nil, bad("BMAT", err)
	}
	if string(head.Magic[:]) != "BMAT" || min(head.Workers, head.Posts, head.Choices) < 0 {
		return nil, bad("BMAT", nil)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, bad("size", err)
	}
	const headWords = 4
	words := headWords + int64(head.Posts) + int64(head.Workers) + 1 + 2*int64(head.Choices)
	if info.Size() != 4*words { // so that a short file that promises much costs nothing
		return nil, bad("size", nil)
	}
	p := &assign.Problem{Heads: make([]int32, head.Posts), Start: make([]int32, head.Workers+1),
		Posts: make([]int32, head.Choices), Scores: make([]int32, head.Choices)}
	const piece = 1 << 16 // binary.Read doubles what it reads
	for _, part := range [][]int32{p.Heads, p.Start, p.Posts, p.Scores} {
		for next := range slices.Chunk(part, piece) {
			if err := binary.Read(in, binary.LittleEndian, next); err != nil {
				return nil, bad("numbers", err)
			}
		}
	}
	return p, nil
}
