package bench

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"

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

// sizeMax bounds what a file may say of its size: 100 million choices.
const sizeMax = 100_000_000

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
	if string(head.Magic[:]) != "BMAT" || min(head.Workers, head.Posts, head.Choices) < 0 ||
		max(head.Workers, head.Posts, head.Choices) > sizeMax {
		return nil, bad("BMAT", nil)
	}
	p := &assign.Problem{}
	for _, part := range []struct {
		name string
		n    int32
		to   *[]int32
	}{{"heads", head.Posts, &p.Heads}, {"start", head.Workers + 1, &p.Start},
		{"posts", head.Choices, &p.Posts}, {"scores", head.Choices, &p.Scores}} {
		if *part.to, err = readNumbers(in, int(part.n)); err != nil {
			return nil, bad(part.name, err)
		}
	}
	if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, bad("end", err)
	}
	return p, nil
}

// readNumbers reads n numbers piece by piece, so that a short file that promises much costs little.
func readNumbers(in io.Reader, n int) ([]int32, error) {
	const piece = 1 << 20
	out := make([]int32, 0, min(n, piece))
	for len(out) < n {
		next := make([]int32, min(n-len(out), piece))
		if err := binary.Read(in, binary.LittleEndian, next); err != nil {
			return nil, err
		}
		out = append(out, next...)
	}
	return out, nil
}
