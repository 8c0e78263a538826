package bench_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/bench"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	postLine   = "1\t100\t200\t106.5\t29.5\t3\t2500\t{7,9}\t{[28,60),[124,156)}\t18\t60\tf\t0\t2\t5\n"
	plainLine  = "2\t0\t0\t106.5\t29.5\t3\t2000\t{}\t{}\t18\t60\tt\t1\t1\t5\n"
	workerLine = "1\t0\t0\t106.5\t29.5\t3\t1800\t5000\t{7}\t{[0,20)}\t30\tf\t1\t500\t5\n"
	busyLine   = "2\t0\t0\t106.5\t29.5\t3\t1800\t5000\t{7,9}\t{[130,140)}\t30\tf\t1\t900\t5\n"
	classLine  = "1\t3000\t0\t106.5\t29.5\t9\n"
)

func world(t *testing.T, posts, workers, classes string) bench.MatchConfig {
	t.Helper()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return bench.MatchConfig{Posts: file("posts.tsv", posts), Workers: file("workers.tsv", workers),
		Classes: file("classes.tsv", classes), Queries: 2, Changes: 30, Stride: 1,
		OutW2P: filepath.Join(dir, "w2p"), OutP2W: filepath.Join(dir, "p2w")}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Goal: a world of files is read, asked and changed; the answers stand in the files, with the class
// that teaches what is missing counted, and nobody who is busy.
func TestMatch(t *testing.T) {
	t.Parallel()
	cfg := world(t, postLine+plainLine, workerLine+busyLine, classLine)
	r, err := bench.Match(context.Background(), cfg)
	if err != nil || r.Posts != 2 || r.Workers != 2 || r.Classes != 1 || r.QueriesW2P != 2 ||
		r.QueriesP2W != 1 || r.BatchWorkersPS <= 0 || r.ChangeP99 <= 0 || r.BytesPerPost <= 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got, want := read(t, cfg.OutW2P), "1\t1:21.9217\t2:20.0000\n2\t2:20.0000\n"; got != want {
		t.Errorf("worker → vacancies:\n got %q\nwant %q", got, want)
	}
	if got, want := read(t, cfg.OutP2W), "1\t1:6.9217\n"; got != want {
		t.Errorf("vacancy → workers:\n got %q\nwant %q", got, want)
	}
}

// Goal: a malformed file is refused with file, line, field and what would be right.
func TestMatchFiles(t *testing.T) {
	t.Parallel()
	in := strings.Replace
	for name, c := range map[string]struct{ posts, workers, classes, code, at string }{
		"columns": {posts: postLine + "2\t3\n", code: "bench.columns", at: "posts.tsv 2"},
		"number":  {posts: in(postLine, "2500", "a lot", 1), code: "bench.field", at: "posts.tsv 1 7"},
		"flag": {workers: in(workerLine, "\tf\t", "\tno\t", 1), code: "bench.field",
			at: "workers.tsv 1 12"},
		"range": {workers: in(workerLine, "[0,20)", "[20,20)", 1), code: "bench.field",
			at: "workers.tsv 1 10"},
		"half": {workers: in(workerLine, "[0,20)", "[0", 1), code: "bench.field",
			at: "workers.tsv 1 10"},
		"braces": {posts: in(postLine, "{7,9}", "7,9", 1), code: "bench.field", at: "posts.tsv 1 8"},
		"skill": {classes: in(classLine, "\t9\n", "\t4096\n", 1), code: "bench.field",
			at: "classes.tsv 1 6"},
		"long": {classes: classLine + strings.Repeat("x", 1<<17), code: "bench.line",
			at: "classes.tsv 2"},
		"empty": {posts: "\x00", code: "bench.columns", at: "posts.tsv 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			or := func(s, usual string) string {
				if s == "" {
					return usual
				}
				return s
			}
			cfg := world(t, or(c.posts, postLine), or(c.workers, workerLine), or(c.classes, classLine))
			_, err := bench.Match(context.Background(), cfg)
			f := fault.As(err)
			if f == nil || f.Code != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			at := filepath.Base(f.Args["file"].(string)) + " " + fmt.Sprint(f.Args["line"])
			if n, ok := f.Args["field"]; ok {
				at += " " + fmt.Sprint(n)
			}
			if at != c.at {
				t.Errorf("at %s, want %s", at, c.at)
			}
		})
	}
	cfg := world(t, "", workerLine, classLine)
	if _, err := bench.Match(context.Background(), cfg); !fault.Is(err, "bench.empty") {
		t.Errorf("no vacancies: %v", err)
	}
	cfg.Posts += ".gone"
	if _, err := bench.Match(context.Background(), cfg); !fault.Is(err, "bench.file") {
		t.Errorf("no file: %v", err)
	}
}
