package e2e

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/sim"
)

// Goal: gongyi why tells, without the city's key, why a worker is or is not shown a vacancy, in
// both languages; who is not there gets a sentence.
func TestWhy(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "why.db")
	run(t, small(url)...).exits(0)
	d, err := db.Open(context.Background(), url, db.Options{ReadOnly: true,
		Migrations: append(app.Migrations(), sim.Extra()...)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var worker, vacancy string
	err = db.Row(context.Background(), d, []any{&worker, &vacancy}, `SELECT
		(SELECT MIN(id) FROM workers), (SELECT MAX(id) FROM vacancies WHERE state = 'published')`)
	if err != nil {
		t.Fatal(err)
	}
	for lang, words := range map[string]string{"zh-CN": "推荐", "en": "hown"} {
		p := run(t, "--lang", lang, "why", "--worker", worker, "--vacancy", vacancy, "--db", url)
		p.exits(0)
		if out := p.out.String(); !strings.Contains(out, words) ||
			!strings.Contains(out, "✓") && !strings.Contains(out, "✗") {
			t.Errorf("%s: %s", lang, out)
		}
	}
	run(t, "why", "--worker", "wrk_no", "--vacancy", vacancy, "--db", url).exits(2)
	run(t, "why", "--worker", worker, "--vacancy", "vac_no", "--db", url).exits(2)
}
