package bench_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/gongyi/gongyi/bench"
)

// What a first visit may cost, with all that the page brings along: on a phone's dear line, and
// where the cockpit draws its charts.
const phoneKBMax, chartsKBMax = 150, 300

// Goal: every page can be measured; none is refused, and each is light with all its assets.
func TestPages(t *testing.T) {
	t.Parallel()
	r, err := bench.Pages(context.Background(), bench.PagesConfig{
		URL:     "sqlite:" + filepath.Join(t.TempDir(), "pages.db"),
		Workers: 30, Vacancies: 20, PerS: 100, Seconds: 1})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range r.Pages {
		n += p.N
		most := float64(phoneKBMax)
		if p.Path == "/cockpit" {
			most = chartsKBMax
		}
		if p.N < 3 || p.KB <= 0 || p.FirstKB < p.KB || p.FirstKB > most || p.P99MS < p.P50MS {
			t.Errorf("%s %s: %+v", p.Role, p.Path, p)
		}
	}
	if n != 100 || r.All.N != n {
		t.Errorf("%d answers of 100: %+v", n, r.All)
	}
}
