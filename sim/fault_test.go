package sim

import (
	"fmt"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/sandbox"
)

// Goal: the faults strike at the rate that doc.go tells, the same ones for the same seed, others
// for another, and none where none are asked for.
func TestFaultRates(t *testing.T) {
	t.Parallel()
	const calls = 100_000
	story := func(seed uint64, bp int, call string) map[sandbox.Fault]int {
		w := &world{dice: dice{seed}, cfg: Config{FaultsBP: bp}, struck: map[string]int64{}}
		n := map[sandbox.Fault]int{}
		for i := range calls {
			n[w.faults(call, fmt.Sprint("key", i), 1)]++
		}
		counted := int64(0)
		for _, c := range w.struck {
			counted += c
		}
		if want := int64(calls - n[sandbox.None]); call != "bank.decide" && counted != want {
			t.Errorf("%s: %d struck, %d counted", call, want, counted)
		}
		return n
	}
	near := func(what string, got, want int) {
		t.Helper()
		if got < want*8/10 || got > want*12/10 {
			t.Errorf("%s: %d of %d, want about %d", what, got, calls, want)
		}
	}
	n := story(7, 500, "bank.payouts")
	near("lost", n[sandbox.LostAnswer], calls*5/200)
	near("refused", n[sandbox.Error], calls*5/400)
	near("twice", n[sandbox.Duplicate], calls*5/800)
	near("late", n[sandbox.Delay], calls*5/800)
	if again := story(7, 500, "bank.payouts"); fmt.Sprint(again) != fmt.Sprint(n) {
		t.Errorf("%v, then %v", n, again)
	}
	if other := story(8, 500, "bank.payouts"); fmt.Sprint(other) == fmt.Sprint(n) {
		t.Errorf("two seeds tell one story: %v", n)
	}
	if none := story(7, 0, "bank.payouts"); none[sandbox.None] != calls {
		t.Errorf("without faults: %v", none)
	}
	for _, bp := range []int{100, 500} {
		back := story(7, bp, "bank.return")[sandbox.Error]
		if back < 25 || back > 80 {
			t.Errorf("%d of %d payments come back", back, calls)
		}
	}
	if back := story(7, 0, "bank.return"); back[sandbox.None] != calls {
		t.Errorf("without faults: %v", back)
	}
}

// Goal: hours that confirm themselves leave a bank that pays the next morning enough time, and the
// employer as long as it may say that less was worked.
func TestTimeForTheBank(t *testing.T) {
	t.Parallel()
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	value := func(code string) time.Duration {
		n, err := book.At(code, "500103", "2026-03-02")
		if err != nil {
			t.Fatal(err)
		}
		return time.Duration(n.Value) * time.Minute
	}
	confirm := value("wage.auto_confirm_min")
	window := value("attendance.employer_correction_window_min")
	if last := confirm + bankLateBy + 30*time.Minute; last > value("wage.pay_within_min") {
		t.Errorf("confirmed after %s and paid the next morning: %s", confirm, last)
	}
	if confirm <= window {
		t.Errorf("confirmed after %s, while the employer may speak for %s", confirm, window)
	}
}
