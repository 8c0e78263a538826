package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: copies made while people write are whole: every law holds, everything that was answered
// before the copy began is in it, and nothing waits for it. A copy with its key serves as the city.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "city.db")
	p := start(t, "serve", "--addr", "127.0.0.1:0", "--db", "sqlite:"+file, "--sandbox",
		"--rate-codes", "0", "--rate-writes", "0")
	city := p.url()
	her := logsIn(t, city, "19911110001")

	// A code is an SMS too, and the last one asked for waits behind all others: so they are counted.
	const eachCopy = 800
	more, wrote := make(chan int, 2*eachCopy), new(atomic.Int64)
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for n := range more {
				phone := fmt.Sprintf("199%08d", n)
				status, out := post(t, city+"/api/v1/codes", "", map[string]string{"phone": phone})
				if status != http.StatusOK {
					t.Errorf("while the city is copied: %d %v", status, out)
					return
				}
				wrote.Add(1)
			}
		})
	}
	var before int64
	for n := range 2 {
		for i := range eachCopy {
			more <- n*eachCopy + i
		}
		until(t, time.Minute, "there are new deeds", func() bool { return wrote.Load() > before+20 })
		before = wrote.Load()
		out := filepath.Join(dir, fmt.Sprintf("copy-%d.db", n))
		var said struct{ Bytes int64 }
		b := run(t, "backup", "--json", "--db", "sqlite:"+file, "--out", out).exits(0)
		info, err := os.Stat(out)
		if e := json.Unmarshal([]byte(b.out.String()), &said); e != nil || err != nil ||
			info.Size() != said.Bytes || info.Mode().Perm() != 0o600 {
			t.Errorf("backup says %s, the file is %v: %v, %v", &b.out, info, e, err)
		}
		run(t, "check", "--db", "sqlite:"+out).exits(0)
		in, err := db.Get[int64](context.Background(), reading(t, "sqlite:"+out),
			`SELECT COUNT(*) FROM deeds`)
		if err != nil || in < before {
			t.Errorf("copy %d has %d deeds, %d were answered before it: %v", n, in, before, err)
		}
	}
	close(more)
	writers.Wait()
	p.stops()

	// The restoring of docs/backup.md: the copy and the key, each under its name.
	restored := filepath.Join(t.TempDir(), "city.db")
	for from, to := range map[string]string{filepath.Join(dir, "copy-1.db"): restored,
		file + ".key": restored + ".key"} {
		data, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p = start(t, "serve", "--addr", "127.0.0.1:0", "--db", "sqlite:"+restored, "--sandbox")
	if status, out := send(t, http.MethodGet, p.url()+"/api/v1/me", her, ""); status != http.StatusOK {
		t.Errorf("she is not known in the restored city: %d %v", status, out)
	}
	logsIn(t, p.url(), "19911110002")
	p.stops()
	run(t, "check", "--db", "sqlite:"+restored).exits(0)
}

// Goal: a city full of work, money and accidents is copied in the middle of its days, and every
// law holds in each copy.
func TestBackupOfALife(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	url := "sqlite:" + filepath.Join(dir, "city.db")
	p := start(t, small(url)...)
	until(t, time.Minute, "the city lives", func() bool { return reading(t, url) != nil })
	copies := 0
	for ; p.alive() && copies < 20; copies++ {
		out := filepath.Join(dir, fmt.Sprintf("copy-%d.db", copies))
		run(t, "backup", "--db", url, "--out", out).exits(0)
		run(t, "check", "--db", "sqlite:"+out).exits(0)
	}
	p.exits(0)
	if copies == 0 {
		t.Error("the city had ended before it could be copied: the test proves nothing")
	}
	t.Logf("%d copies", copies)
}

// Goal: what cannot be copied is one sentence, and nothing is overwritten or left behind.
func TestBackupRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	city, taken := filepath.Join(dir, "city.db"), filepath.Join(dir, "taken.db")
	run(t, "migrate", "--db", "sqlite:"+city).exits(0)
	if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ db, out, want string }{
		{"sqlite:" + city, taken, "db.backup_exists"},
		{"sqlite:" + city, filepath.Join(dir, "none", "x.db"), "db.backup_unwritable"},
		{"sqlite:" + filepath.Join(dir, "none.db"), filepath.Join(dir, "x.db"), "db.missing"},
		{"sqlite:" + text, filepath.Join(dir, "x.db"), "db.not_sqlite"},
		{"mysql://x", filepath.Join(dir, "x.db"), "db.bad_url"},
		{"postgres://me:secret@db.example/g?search_path=city_50&sslmode=disable", "it's.dump",
			`pg_dump --format=custom --no-owner --schema='city_50' --file='it'\''s.dump' ` +
				`'postgres://me@db.example/g?sslmode=disable'`},
	} {
		p := run(t, "backup", "--db", c.db, "--out", c.out).exits(2)
		p.says(c.want)
		if strings.Contains(p.err.String(), "secret") {
			t.Errorf("the password is shown: %s", &p.err)
		}
	}
	if data, err := os.ReadFile(taken); err != nil || string(data) != "mine" {
		t.Errorf("what was there is now %q, %v", data, err)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Goal: the command that backup names for PostgreSQL, and the one of docs/backup.md for restoring,
// give a city in which every law holds.
func TestBackupPostgres(t *testing.T) {
	t.Parallel()
	address := dbtest.Schema(t) // skips without PostgreSQL, and fails where it is required
	for _, tool := range []string{"pg_dump", "pg_restore", "sh"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing := tool + " is not here: the commands for PostgreSQL are not tried"
			if strings.Contains(os.Getenv("GONGYI_REQUIRE"), "pg") {
				t.Fatal(missing)
			}
			t.Skip(missing)
		}
	}
	run(t, small(address, "--days", "1")...).exits(0)
	dump := filepath.Join(t.TempDir(), "city.dump")
	p := run(t, "backup", "--db", address, "--out", dump).exits(2)
	_, command, _ := strings.Cut(p.lastLine(), "pg_dump")
	command, _, _ = strings.Cut(command, " [db.")
	sh(t, "pg_dump"+command)

	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	schema := u.Query().Get("search_path")
	other := *u
	name := "restored_" + schema
	other.Path = "/" + name
	bare := func(u url.URL) string {
		q := u.Query()
		q.Del("search_path")
		u.RawQuery = q.Encode()
		return u.String()
	}
	sh(t, fmt.Sprintf("psql -q '%s' -c 'CREATE DATABASE %s'", bare(*u), name))
	t.Cleanup(func() { sh(t, fmt.Sprintf("psql -q '%s' -c 'DROP DATABASE %s'", bare(*u), name)) })
	sh(t, fmt.Sprintf("pg_restore --no-owner --exit-on-error --dbname='%s' '%s'", bare(other), dump))
	run(t, "check", "--db", other.String()).exits(0)
}

func sh(t *testing.T, command string) {
	t.Helper()
	if out, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}
