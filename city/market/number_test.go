package market_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sandbox"
)

// Goal: a binding gives the same number for the same key, another for another, and a provider out
// of order is said so; all by the client that a city uses.
func TestNumbers(t *testing.T) {
	t.Parallel()
	clk := clock.NewFake(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
	box, err := sandbox.New(sandbox.Options{Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	c := market.NewNumberClient("http://outside.invalid",
		&http.Client{Transport: sandbox.Transport(box)})
	bind := func(key, a string) (string, error) {
		return c.Bind(context.Background(), market.Binding{Key: key, A: a, B: "13800000001",
			Until: clk.Now().Add(time.Hour)})
	}
	one, err := bind("call/1", "13900000001")
	if err != nil || one == "" || one == "13800000001" {
		t.Fatalf("bound as %q: %v", one, err)
	}
	if again, err := bind("call/1", "13900000001"); err != nil || again != one {
		t.Errorf("again %q: %v", again, err)
	}
	if other, err := bind("call/2", "13900000001"); err != nil || other == one {
		t.Errorf("another %q: %v", other, err)
	}
	if _, err := bind("call/1", "13900000009"); !fault.Is(err, "market.number_unavailable") {
		t.Errorf("a key used twice: %v", err)
	}
	if err := box.SetFault(sandbox.Rule{Call: "number.bind", Kind: sandbox.Error,
		RateBP: 10_000}); err != nil {
		t.Fatal(err)
	}
	if _, err := bind("call/3", "13900000001"); !fault.Is(err, "market.number_unavailable") {
		t.Errorf("out of order: %v", err)
	}
}
