package cockpit

import (
	"errors"
	"testing"
	"time"
)

// Goal: while somebody reads anew, others see what is there; an error keeps it; a new period waits.
func TestKept(t *testing.T) {
	t.Parallel()
	var k kept[int]
	p := Period{From: "2026-03-01", To: "2026-03-02"}
	always := func(n int, err error) func() (int, error) {
		return func() (int, error) { return n, err }
	}
	if got, err := k.get(p, 0, time.Hour, always(1, nil)); got != 1 || err != nil {
		t.Fatalf("got %d, %v", got, err)
	}
	reads, goOn, done := make(chan struct{}), make(chan struct{}), make(chan int)
	go func() {
		n, _ := k.get(p, 0, time.Hour, func() (int, error) {
			close(reads)
			<-goOn
			return 2, nil
		})
		done <- n
	}()
	<-reads
	if got, err := k.get(p, 0, time.Hour, always(9, nil)); got != 1 || err != nil {
		t.Errorf("beside a reading: %d, %v", got, err)
	}
	close(goOn)
	if got := <-done; got != 2 {
		t.Errorf("the reader has %d", got)
	}
	if _, err := k.get(p, 0, time.Hour, always(0, errors.New("away"))); err == nil {
		t.Error("an error is lost")
	}
	if got, _ := k.get(p, time.Hour, time.Hour, always(3, nil)); got != 2 {
		t.Errorf("after an error: %d", got)
	}
	if got, _ := k.get(Period{}, time.Hour, time.Hour, always(4, nil)); got != 4 {
		t.Errorf("another period: %d", got)
	}
}
