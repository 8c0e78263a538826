package bench_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/gongyi/gongyi/bench"
)

// Goal: a small city is loaded, asked and changed, every new vacancy that is watched for shows, and
// every read is answered.
func TestWork(t *testing.T) {
	t.Parallel()
	r, err := bench.Work(context.Background(), bench.WorkConfig{
		URL:     "sqlite:" + filepath.Join(t.TempDir(), "work.db"),
		Workers: 2_000, Vacancies: 600, ReadsPerS: 40, PerS: 100, Seconds: 1})
	if err != nil {
		t.Fatal(err)
	}
	// The megabytes of the index are the heap's, which the tests beside this one share.
	if r.Reads.N != 40 || r.Changes.N != 100 || r.Delay.N != 5 || r.RSSMB <= 0 {
		t.Errorf("%+v", r)
	}
}
