package e2e

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/sim"
)

//go:embed testdata/axe.min.js
var axe string

const (
	// What a step of the two clocks counts for besides the machine's own time.
	smsS, consentS, charS = 15, 20, 1
	knownS, newcomerS     = 120, 240 // at most from the vacancy to both signatures
	tapsMax               = 12       // of somebody whose identity is known
	stepBound             = 20 * time.Second
)

// chrome is somebody at a phone, in Debian's Chromium. It counts what they do.
type chrome struct {
	ctx     context.Context
	c       *town
	url     string
	shots   string // where pictures go, "" for nowhere
	scripts bool
	watch   clock.Stopwatch
	taps    int
	extraS  int // messages, consents, characters
	visited []string
	seen    map[string]bool // kinds of page that axe has read
	alone   atomic.Bool     // without network: that something cannot be had is no mistake
	left    atomic.Bool     // has been without network: the browser may say late what it missed
}

// openChrome starts a browser where browser tests are asked for: GONGYI_REQUIRE names browser, or
// GONGYI_SHOTS a folder for pictures. There the browser's absence is a failure.
func openChrome(t *testing.T, c *town, url string, scripts bool, width, height int64) *chrome {
	t.Helper()
	if !browserWanted() {
		t.Skip("browser tests run with GONGYI_REQUIRE=browser")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is not installed")
	}
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Headless, chromedp.DisableGPU, chromedp.Flag("lang", "zh-CN")}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	c.ok(chromedp.Do(ctx)) // starts it: a step's context is too short for its life
	b := &chrome{ctx: ctx, c: c, url: url, scripts: scripts, watch: clock.Start(),
		seen:  map[string]bool{},
		shots: os.Getenv("GONGYI_SHOTS")}
	b.do(chromedp.EmulateViewport(width, height))
	c.ok(chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("a script failed: %s", e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			expected := strings.Contains(e.Entry.Text, "status of 4") ||
				b.left.Load() && strings.Contains(e.Entry.Text, "net::ERR_")
			if e.Entry.Level == log.EntryLevelError && !expected {
				t.Errorf("the console says: %s %s", e.Entry.Text, e.Entry.URL)
			}
		}
	}))
	if !scripts {
		b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled,
				emulation.SetScriptExecutionDisabledParams{Value: true})
			return chromedp.Void{}, err
		})
	}
	return b
}

func browserWanted() bool {
	return strings.Contains(os.Getenv("GONGYI_REQUIRE"), "browser") || os.Getenv("GONGYI_SHOTS") != ""
}

func (b *chrome) do(steps ...chromedp.Action[chromedp.Void]) {
	b.c.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepBound)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		where, _ := chromedp.Run(b.ctx, chromedp.Location())
		b.c.t.Fatalf("at %s: %v", where, err)
	}
}

func (b *chrome) open(path string) {
	b.c.t.Helper()
	b.do(chromedp.Navigate(b.url + path))
	b.look()
}

// tap touches what the selector finds and waits for the page that follows.
func (b *chrome) tap(selector string) {
	b.c.t.Helper()
	b.taps++
	b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
		return chromedp.Void{}, err
	})
	b.look()
}

func (b *chrome) tick(selector string) {
	b.c.t.Helper()
	b.taps++
	b.extraS += consentS
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

func (b *chrome) typeIn(name, text string) {
	b.c.t.Helper()
	b.extraS += charS * len([]rune(text))
	b.do(chromedp.SendKeys(chromedp.CSS("[name="+name+"]"), text))
}

// sms types the code of the message, after waiting for it as a person does.
func (b *chrome) sms(phone string) {
	b.c.t.Helper()
	b.extraS += smsS
	b.typeIn("code", b.c.code(phone))
}

func (b *chrome) choose(name, value string) {
	b.c.t.Helper()
	b.taps += 2
	b.do(chromedp.SetValue(chromedp.CSS("[name="+name+"]"), value))
}

// startClock begins to count anew.
func (b *chrome) startClock() { b.watch, b.taps, b.extraS = clock.Start(), 0, 0 }

// spentS is what the steps since then have taken a person.
func (b *chrome) spentS() int { return b.extraS + b.taps + int(b.watch.Elapsed().Seconds()) }

// says fails the test unless the page shows the words.
func (b *chrome) says(words ...string) {
	t := b.c.t
	t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS("body")))
	b.c.ok(err)
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Fatalf("the page has no %q: %s", w, text)
		}
	}
}

var oneID = regexp.MustCompile(`/[a-z]{3}_[0-9a-z]+`)

// pageKind is a page's path without the ids in it: axe reads each kind of page once, its width is
// looked at each time.
func pageKind(path string) string { return oneID.ReplaceAllString(path, "/{id}") }

// look lets axe read the page, sees that nothing hangs over its edge, and takes a picture.
func (b *chrome) look() {
	t := b.c.t
	t.Helper()
	where, err := chromedp.Run(b.ctx, chromedp.Location())
	b.c.ok(err)
	path := strings.SplitN(strings.TrimPrefix(where, b.url), "?", 2)[0]
	b.visited = append(b.visited, path)
	if kind := pageKind(path); b.scripts && !b.seen[kind] {
		b.seen[kind] = true
		found, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](axe+`; axe.run({resultTypes:
			['violations']}).then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))
			.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' ')).join('\n'))`,
			chromedp.EvalAwaitPromise))
		b.c.ok(err)
		if found != "" {
			t.Errorf("%s: axe finds %s", path, found)
		}
	}
	if b.scripts {
		over, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](
			`document.documentElement.scrollWidth > document.documentElement.clientWidth`))
		b.c.ok(err)
		if over {
			t.Errorf("%s is wider than the screen", path)
		}
	}
	if b.shots == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(90))
	b.c.ok(err)
	name := fmt.Sprintf("%s-%02d%s.jpg", strings.ReplaceAll(t.Name(), "/", "-"), len(b.visited),
		strings.ReplaceAll(path, "/", "-"))
	b.c.ok(os.WriteFile(filepath.Join(b.shots, name), picture, 0o600))
}

// way is a screen, with or without script.
type way struct {
	scripts       bool
	width, height int64
}

func (w way) String() string { return fmt.Sprintf("%dpx scripts=%v", w.width, w.scripts) }

// ways are how everybody's story is played.
var ways = []way{{true, 360, 740}, {false, 360, 740}, {true, 1440, 900}, {false, 1440, 900}}

// Goal: a newcomer goes from a vacancy to both signatures within 4 minutes, somebody who is known
// within 2 minutes and 12 taps, on a phone and on a wide screen, with and without script; then
// clocks in by the code at the gate, out, and sees the wage. Nothing serious is found by axe, no
// script fails.
func TestBrowserWorker(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.String(), func(t *testing.T) {
			t.Parallel()
			c := newTown(t, "sqlite:"+filepath.Join(t.TempDir(), "city.db"))
			s := serve(c)
			b := openChrome(t, c, s.url, way.scripts, way.width, way.height)
			newcomer(t, c, b)
			known(t, c, b)
			c.lawful()
		})
	}
}

func newcomer(t *testing.T, c *town, b *chrome) {
	t.Helper()
	name, idNumber, phone, card := sim.MadeUp(7, 301, region)
	shiftID := c.shift(2)
	b.open("/?lang=zh-CN&region=" + region)
	b.says("分拣员第")
	b.startClock()
	b.open("/shifts/" + shiftID)
	b.tap("form[action$='/accept'] button")
	b.typeIn("phone", phone)
	b.tap("form[action$='/login/code'] button")
	b.sms(phone)
	b.tap("form[action$='/login'] button")
	b.tap("form[action$='/accept'] button")
	b.typeIn("name", name)
	b.typeIn("id_number", idNumber)
	b.choose("region", region)
	b.tick("[name=agree_privacy]")
	b.tick("[name=agree_identity]")
	b.tap("form[action$='/register'] button")
	b.tap("form[action$='/accept'] button")
	b.signs(phone, true)
	if spent := b.spentS(); spent > newcomerS {
		t.Errorf("a newcomer took %d s", spent)
	}
	t.Logf("newcomer: %d s, %d taps from the vacancy to both signatures", b.spentS(), b.taps)
	b.open("/me/card")
	b.typeIn("card_number", card)
	b.tick("[name=share_version]")
	b.tap("form[action$='/me/card'] button")
	b.says("已保存银行卡")

	c.clk.Add(2 * time.Hour)
	b.open(c.qr())
	b.tap("form[action$='/start'] button")
	b.says("从现在起有意外保险", "保障中")
	c.clk.Add(8 * time.Hour)
	b.open(c.qr())
	b.tap("form[action$='/end'] button")
	b.says("24小时内到账")
	for range 8 {
		c.sweep(2 * time.Hour)
	}
	b.open("/wages")
	b.says("¥187.50", "到账")
	b.tap("a[href*='/wages/']")
	b.says("工资清单", "已到账")
	for _, path := range []string{"/schedule", "/me", "/me/skills", "/me/consents", "/me/messages",
		"/me/complaint", "/type?next=/me", "/?view=map&region=" + region, "/nowhere"} {
		b.open(path)
	}
}

// known is the same person's next shift.
func known(t *testing.T, c *town, b *chrome) {
	t.Helper()
	_, _, phone, _ := sim.MadeUp(7, 301, region)
	shiftID := c.shift(2)
	b.startClock()
	b.open("/shifts/" + shiftID)
	b.tap("form[action$='/accept'] button")
	b.signs(phone, false)
	if spent := b.spentS(); spent > knownS || b.taps > tapsMax {
		t.Errorf("somebody who is known took %d s, %d taps", spent, b.taps)
	}
	t.Logf("identity known: %d s, %d taps from the vacancy to both signatures", b.spentS(), b.taps)
}

// signs reads the contract and signs it; a first time asks for the two yeses to the insurance.
func (b *chrome) signs(phone string, first bool) {
	b.c.t.Helper()
	b.says("电子合同")
	if first {
		b.tick("[name=agree_plan]")
		b.tick("[name=share_version]")
	}
	b.tap("form[action$='/code'] button")
	b.sms(phone)
	b.tap("form[action$='/sign'] button")
	b.says("合同签好了")
}
