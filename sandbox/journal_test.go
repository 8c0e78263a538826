package sandbox_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/sandbox"
)

// live lets things happen to a world: a payout, two credits of one id, a bordereau, an SMS.
func live(t *testing.T, w *world) {
	t.Helper()
	w.faults["bank.credit"] = sandbox.Duplicate
	w.want(t, "POST", "/bank/payouts", pay, 200, "accepted")
	w.want(t, "POST", "/bank/credits", `{"id":"c1","account":"emp_1","amount_fen":77}`, 200, `"n":1`)
	w.want(t, "POST", "/insurer/bordereaux", bordereau, 200, "accepted")
	w.want(t, "POST", "/sms", sms, 200, "sent")
}

// knows asks a world for all that has happened.
func knows(t *testing.T, w *world) string {
	t.Helper()
	var all []string
	for _, c := range [][3]string{{"POST", "/bank/payouts/ask", `{"keys":["p1"]}`},
		{"GET", "/bank/credits", ""}, {"GET", "/insurer/bordereaux/b1", ""}, {"GET", "/sms", ""}} {
		_, answer := w.call(t, c[0], c[1], c[2])
		all = append(all, answer)
	}
	return strings.Join(all, "\n")
}

func openJournal(t *testing.T, path string) *sandbox.FileJournal {
	t.Helper()
	j, err := sandbox.OpenFileJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// Goal: a world that begins upon the journal of another knows what that one knew, and takes no key
// twice.
func TestReplay(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "world.jsonl")
	memory := &sandbox.MemoryJournal{}
	for name, journal := range map[string]func() sandbox.Journal{
		"memory": func() sandbox.Journal { return memory },
		"file":   func() sandbox.Journal { return openJournal(t, path) },
	} {
		first := setup(t, sandbox.Options{Journal: journal()})
		live(t, first)
		want := knows(t, first)
		if !strings.Contains(want, `"n":2`) || !strings.Contains(want, "123456") {
			t.Fatalf("%s: the first world knows\n%s", name, want)
		}
		for range 2 {
			next := setup(t, sandbox.Options{Journal: journal()})
			live(t, next) // the same keys again
			if got := knows(t, next); got != want {
				t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
			}
		}
	}
}

// brokenJournal refuses after some facts, or keeps them and says that it did not.
type brokenJournal struct {
	sandbox.MemoryJournal
	lies bool
}

func (j *brokenJournal) Append(ctx context.Context, kind, key, body string) error {
	if j.lies {
		if err := j.MemoryJournal.Append(ctx, kind, key, body); err != nil {
			return err
		}
	}
	return errors.New("disk full")
}

// Goal: what could not be written down was not done: the caller gets an error, asks, and is told
// that it was never seen.
func TestJournalFails(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{Journal: &brokenJournal{}})
	none := knows(t, w)
	w.want(t, "POST", "/bank/payouts", pay, 500, "disk full")
	w.want(t, "POST", "/bank/credits", `{"id":"c1","account":"emp_1","amount_fen":77}`, 500, "disk")
	w.want(t, "POST", "/insurer/bordereaux", bordereau, 500, "disk full")
	w.want(t, "POST", "/sms", sms, 500, "disk full")
	if got := knows(t, w); got != none {
		t.Errorf("it knows\n%s", got)
	}
}

// Goal: facts that were written although the journal denied it are taken once, the first counts.
func TestJournalLies(t *testing.T) {
	t.Parallel()
	j := &brokenJournal{lies: true}
	w := setup(t, sandbox.Options{Journal: j})
	for range 2 {
		w.want(t, "POST", "/bank/payouts", pay, 500, "disk full")
		w.want(t, "POST", "/bank/credits", `{"id":"c1","account":"emp_1","amount_fen":77}`, 500, "")
		w.want(t, "POST", "/sms", sms, 500, "")
		w.clk.Add(time.Hour)
	}
	next := setup(t, sandbox.Options{Journal: &j.MemoryJournal})
	next.want(t, "POST", "/bank/payouts/ask", `{"keys":["p1"]}`, 200, at(start))
	next.want(t, "GET", "/bank/credits", "", 200, `"amount_fen":77,`+at(start)+`}]}`)
	if got := next.SMS("13800000001"); len(got) != 1 || !got[0].At.Equal(start) {
		t.Errorf("messages %v", got)
	}
}

// Goal: a line torn by a kill is cut off wherever it was torn, and the journal goes on behind it.
func TestFileJournalTorn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	j := openJournal(t, whole)
	for _, key := range []string{"a", "b"} {
		if err := j.Append(context.Background(), "k", key, `{"text":"好"}`); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	firstLine := strings.IndexByte(string(text), '\n') + 1
	for n := range len(text) + 1 {
		path := filepath.Join(dir, "torn")
		if err := os.WriteFile(path, text[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		torn, err := sandbox.OpenFileJournal(path)
		if err != nil {
			t.Fatalf("torn at %d: %v", n, err)
		}
		if err := torn.Append(context.Background(), "k", "c", "x"); err != nil {
			t.Fatal(err)
		}
		keys := ""
		if err := torn.Replay(context.Background(), func(_, key, _ string) error {
			keys += key
			return nil
		}); err != nil {
			t.Fatalf("torn at %d: %v", n, err)
		}
		torn.Close()
		want := "abc"
		switch {
		case n < firstLine:
			want = "c"
		case n < len(text):
			want = "ac"
		}
		if keys != want {
			t.Errorf("torn at %d: keys %s, want %s", n, keys, want)
		}
	}
}

// Goal: a journal that is broken in the middle is not guessed at; the error names the line.
func TestFileJournalBroken(t *testing.T) {
	t.Parallel()
	good := `{"kind":"sms","key":"m","body":"{}"}` + "\n"
	for name, line := range map[string]string{
		"no JSON": `hello`, "no such kind": `{"kind":"mail"}`, "bad body": `{"kind":"sms","body":"[]"}`,
	} {
		text := good + line + "\n" + good
		path := filepath.Join(t.TempDir(), "world.jsonl")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := sandbox.New(sandbox.Options{Clock: clock.NewFake(start), Journal: openJournal(t, path)})
		if err == nil || !strings.Contains(err.Error(), "world.jsonl line 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Goal: with a Box the journal holds no phone, no text and no card; without the key it cannot be
// read; a bank's journal never holds cards and names.
func TestJournalSealed(t *testing.T) {
	t.Parallel()
	ring := func(seed uint64) *crypt.Ring {
		r, err := crypt.NewRing(crypt.KeyFromSeed(seed))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	path := filepath.Join(t.TempDir(), "world.jsonl")
	w := setup(t, sandbox.Options{Journal: openJournal(t, path), Box: ring(1)})
	live(t, w)
	want := knows(t, w)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"13800000001", "123456。", "6222021234567890123", "王小明"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the journal holds %s:\n%s", secret, text)
		}
	}
	next := setup(t, sandbox.Options{Journal: openJournal(t, path), Box: ring(1)})
	live(t, next)
	if got := knows(t, next); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	_, err = sandbox.New(sandbox.Options{Journal: openJournal(t, path), Box: ring(2)})
	if err == nil || !strings.Contains(err.Error(), "open SMS m1") {
		t.Errorf("another key: %v", err)
	}
	_, err = sandbox.New(sandbox.Options{Journal: openJournal(t, path)})
	if err == nil || !strings.Contains(err.Error(), "there is no key") {
		t.Errorf("no key: %v", err)
	}
}

// Goal: no bytes in a journal file stop it from being opened, or its next line from being whole.
func FuzzFileJournal(f *testing.F) {
	f.Add([]byte("{\"kind\":\"sms\"}\n{\"kin"))
	f.Add([]byte(strings.Repeat("x", 70_000)))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "j")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := sandbox.OpenFileJournal(path)
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		if err := j.Append(context.Background(), "k", "key", "body"); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		kept := text[:strings.LastIndexByte(string(text), '\n')+1]
		if want := string(kept) + `{"kind":"k","key":"key","body":"body"}` + "\n"; string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
