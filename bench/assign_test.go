package bench_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/gongyi/gongyi/bench"
	"github.com/gongyi/gongyi/internal/fault"
)

func bmat(numbers ...int32) []byte {
	var b bytes.Buffer
	b.WriteString("BMAT")
	if err := binary.Write(&b, binary.LittleEndian, numbers); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// three workers want two vacancies with one head and two: 2 → first, 0 and 1 → second.
var small = bmat(3, 2, 5, 1, 2, 0, 2, 3, 5, 0, 1, 1, 0, 1, 9, 7, 5, 10, 1)

// Goal: a file is solved, proven and measured; a broken one is refused with the part that is wrong.
func TestAssign(t *testing.T) {
	t.Parallel()
	file := func(text []byte) string {
		path := filepath.Join(t.TempDir(), "a.bin")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, fast := range []bool{false, true} {
		r, err := bench.Assign(file(small), fast)
		if err != nil || r.Workers != 3 || r.Posts != 2 || r.Edges != 5 || r.Objective != 22 ||
			r.Bound < 22 || r.Placed != 3 {
			t.Errorf("fast %v: %+v, %v", fast, r, err)
		}
		if !fast && (r.Bound != 22 || r.Gap != 0) {
			t.Errorf("not proven: %+v", r)
		}
	}
	twice := bmat(1, 1, 2, 1, 0, 2, 0, 0, 5, 5)
	for name, c := range map[string]struct {
		text       []byte
		code, part string
	}{
		"magic":  {append([]byte("BMAX"), small[4:]...), "bench.bmat", "BMAT"},
		"empty":  {nil, "bench.bmat", "BMAT"},
		"size":   {bmat(-1, 2, 5), "bench.bmat", "BMAT"},
		"huge":   {bmat(3, 2, 90_000_000, 1, 2, 0, 2, 3, 5, 0), "bench.bmat", "size"},
		"short":  {small[:len(small)-2], "bench.bmat", "size"},
		"long":   {append(bytes.Clone(small), 0), "bench.bmat", "size"},
		"choice": {twice, "bench.problem", ""},
	} {
		_, err := bench.Assign(file(c.text), false)
		f := fault.As(err)
		if f == nil || f.Code != c.code || c.part != "" && f.Args["part"] != c.part {
			t.Errorf("%s: %v", name, err)
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	if _, err := bench.Assign(none, false); !fault.Is(err, "bench.file") {
		t.Errorf("no file: %v", err)
	}
}
