package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The real program is built once, when the first story asks for it.
var (
	binDir   string
	binBuild sync.Once
	errBuild error
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gongyi-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binDir = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// binary gives the path of the real program.
func binary(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the stories of the program send Unix signals")
	}
	path := filepath.Join(binDir, "gongyi")
	binBuild.Do(func() {
		cmd := exec.Command("go", "build", "-buildvcs=false", "-o", path, "./cmd/gongyi")
		cmd.Dir = ".."
		if out, err := cmd.CombinedOutput(); err != nil {
			errBuild = fmt.Errorf("build the program: %w\n%s", err, out)
		}
	})
	if errBuild != nil {
		t.Fatal(errBuild)
	}
	return path
}

// output keeps what a process writes; a test reads it while the process lives.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// process is the running program.
type process struct {
	t        *testing.T
	args     []string
	cmd      *exec.Cmd
	out, err output
	ended    chan struct{}
}

// start runs the program in English, with none of our variables from outside. It is killed when
// the test ends.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	return startAs(t, "en", args...)
}

func startAs(t *testing.T, lang string, args ...string) *process {
	t.Helper()
	p := &process{t: t, args: args, cmd: exec.Command(binary(t), args...),
		ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GONGYI_") {
			p.cmd.Env = append(p.cmd.Env, kv)
		}
	}
	p.cmd.Env = append(p.cmd.Env, "GONGYI_LANG="+lang)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		var exit *exec.ExitError
		if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) {
			fmt.Fprintln(&p.err, err)
		}
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
	})
	return p
}

// run runs the program to its end.
func run(t *testing.T, args ...string) *process {
	t.Helper()
	p := start(t, args...)
	p.wait(time.Minute)
	return p
}

// wait waits for the end and gives the exit code, -1 after a signal.
func (p *process) wait(bound time.Duration) int {
	p.t.Helper()
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(bound):
		p.t.Fatalf("gongyi %v still runs after %s\n%s", p.args, bound, &p.err)
		return 0
	}
}

func (p *process) alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// exits fails the test unless the process ended with that code.
func (p *process) exits(want int) *process {
	p.t.Helper()
	if got := p.wait(time.Minute); got != want {
		p.t.Fatalf("gongyi %v exited with %d, want %d\nstdout: %s\nstderr: %s", p.args, got, want,
			&p.out, &p.err)
	}
	return p
}

// says fails the test unless the process ended with one sentence on standard error, nothing on
// standard output, and the sentence has all the words.
func (p *process) says(words ...string) {
	p.t.Helper()
	p.wait(time.Minute)
	text := strings.TrimSpace(p.err.String())
	if text == "" || strings.Contains(text, "\n") || p.out.String() != "" {
		p.t.Errorf("gongyi %v: want one sentence, got\nstdout: %s\nstderr: %s", p.args, &p.out, text)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.t.Errorf("gongyi %v says %q, want %q in it", p.args, text, w)
		}
	}
}

// lastLine is the last line of standard error.
func (p *process) lastLine() string {
	lines := strings.Split(strings.TrimSpace(p.err.String()), "\n")
	return lines[len(lines)-1]
}

const pollEvery = 10 * time.Millisecond

// until polls until ok, and fails the test after the bound.
func until(t *testing.T, bound time.Duration, what string, ok func() bool) {
	t.Helper()
	end, tick := time.NewTimer(bound), time.NewTicker(pollEvery)
	defer end.Stop()
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatalf("not within %s: %s", bound, what)
		}
	}
}

var address = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

// url waits for the address that the server says it listens on.
func (p *process) url() string {
	p.t.Helper()
	var found []string
	until(p.t, time.Minute, "the server says its address", func() bool {
		found = address.FindStringSubmatch(p.err.String())
		if found == nil && !p.alive() {
			p.t.Fatalf("gongyi %v ended\n%s", p.args, &p.err)
		}
		return found != nil
	})
	return found[0]
}

// get fetches a page; status 0 when there is no answer.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ""
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, ""
	}
	return res.StatusCode, string(body)
}

// memory reads what the process occupies now and has at most occupied, in MB; false where there is
// no /proc.
func (p *process) memory() (now, peak int, ok bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, false
	}
	for line := range strings.Lines(string(status)) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		kb, _ := strconv.Atoi(f[1])
		switch f[0] {
		case "VmRSS:":
			now = kb / 1024
		case "VmHWM:":
			peak = kb / 1024
		}
	}
	return now, peak, now > 0
}
