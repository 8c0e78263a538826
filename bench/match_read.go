package bench

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/gongyi/gongyi/city/market/match"
	"github.com/gongyi/gongyi/internal/fault"
)

// lineMax bounds a line of a world's file.
const lineMax = 1 << 16

// fields reads the columns of one line and remembers the first that is wrong.
type fields struct {
	file  string
	line  int
	cells []string
	err   error
}

func (f *fields) fail(column int, want string) {
	if f.err == nil {
		f.err = fault.New(fault.Invalid, "bench.field", "file", f.file, "line", f.line,
			"field", column+1, "want", want)
	}
}

func (f *fields) number(column int, low, high int64) int64 {
	n, err := strconv.ParseInt(f.cells[column], 10, 64)
	if err != nil || n < low || n > high {
		f.fail(column, fmt.Sprintf("%d…%d", low, high))
	}
	return n
}

func (f *fields) flag(column int) bool {
	if v := f.cells[column]; v != "t" && v != "f" {
		f.fail(column, "t, f")
	}
	return f.cells[column] == "t"
}

// list reads {a,b,…}.
func (f *fields) list(column int) []string {
	in, open := strings.CutPrefix(f.cells[column], "{")
	in, closed := strings.CutSuffix(in, "}")
	if !open || !closed {
		f.fail(column, "{…}")
	}
	if in == "" {
		return nil
	}
	return strings.Split(in, ",")
}

func (f *fields) skills(column int) []uint16 {
	var out []uint16
	for _, s := range f.list(column) {
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil || n >= match.SkillsMax {
			f.fail(column, fmt.Sprintf("{0…%d,…}", match.SkillsMax-1))
		}
		out = append(out, uint16(n))
	}
	return out
}

// ranges reads {[a,b),[c,d),…}.
func (f *fields) ranges(column int) []match.Range {
	var out []match.Range
	parts := f.list(column)
	for i := 0; i+1 < len(parts); i += 2 {
		from, open := strings.CutPrefix(parts[i], "[")
		to, closed := strings.CutSuffix(parts[i+1], ")")
		a, errA := strconv.ParseUint(from, 10, 16)
		b, errB := strconv.ParseUint(to, 10, 16)
		if !open || !closed || errors.Join(errA, errB) != nil || a >= b || b > match.Horizon {
			f.fail(column, fmt.Sprintf("{[a,b),…}, b ≤ %d", match.Horizon))
		}
		out = append(out, match.Range{From: uint16(a), To: uint16(b)})
	}
	if len(parts)%2 != 0 {
		f.fail(column, "{[a,b),…}")
	}
	return out
}

// eachLine reads a file of tab-separated lines.
// Faults: bench.file (not_found), bench.columns, bench.field, bench.line (invalid) with file, line
// and field.
func eachLine(file string, columns int, read func(f *fields)) error {
	in, err := os.Open(file)
	if err != nil {
		return fault.New(fault.NotFound, "bench.file", "file", file).Because(err)
	}
	defer in.Close()
	lines := bufio.NewScanner(bufio.NewReaderSize(in, 1<<20))
	lines.Buffer(make([]byte, lineMax), lineMax)
	f := fields{file: file}
	for lines.Scan() {
		f.line++
		f.cells = strings.Split(lines.Text(), "\t")
		if len(f.cells) != columns {
			return fault.New(fault.Invalid, "bench.columns", "file", file, "line", f.line,
				"got", len(f.cells), "want", columns)
		}
		if read(&f); f.err != nil {
			return f.err
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "bench.line", "file", file, "line", f.line+1).Because(err)
	}
	return nil
}

const (
	metres = match.PlaneM
	fenMax = 1 << 30
)

func readPosts(file string) ([]match.Post, error) {
	var out []match.Post
	err := eachLine(file, 15, func(f *fields) {
		out = append(out, match.Post{ID: int32(f.number(0, 0, 1<<30)),
			X: int32(f.number(1, -metres, metres)), Y: int32(f.number(2, -metres, metres)),
			WageFen: int32(f.number(6, 0, fenMax)), Required: f.skills(7), Shifts: f.ranges(8),
			AgeMin: uint8(f.number(9, 0, 150)),
			AgeMax: uint8(f.number(10, 0, 150)), Night: f.flag(11), Permits: uint8(f.number(12, 0, 255))})
	})
	return out, err
}

func readWorkers(file string) ([]match.Worker, error) {
	var out []match.Worker
	err := eachLine(file, 15, func(f *fields) {
		out = append(out, match.Worker{ID: int32(f.number(0, 0, 1<<30)),
			X: int32(f.number(1, -metres, metres)), Y: int32(f.number(2, -metres, metres)),
			FloorFen: int32(f.number(6, 0, fenMax)), ReachM: int32(f.number(7, 0, metres)),
			Skills: f.skills(8), Busy: f.ranges(9), Age: uint8(f.number(10, 0, 150)), NoNight: f.flag(11),
			Permits: uint8(f.number(12, 0, 255)), Reliability: int32(f.number(13, 0, match.ReliabilityMax))})
	})
	return out, err
}

func readClasses(file string) ([]match.Class, error) {
	var out []match.Class
	err := eachLine(file, 6, func(f *fields) {
		out = append(out, match.Class{ID: int32(f.number(0, 0, 1<<30)),
			X: int32(f.number(1, -metres, metres)), Y: int32(f.number(2, -metres, metres)),
			Skill: uint16(f.number(5, 0, match.SkillsMax-1))})
	})
	return out, err
}
