package sim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/internal/blob"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/sandbox"
)

// Goal: whatever the hour at which the demo is begun, its cockpit shows a city in the middle of its
// day: people at work, wages of today in the account, and none late that came of the history's end.
func TestDemoInTheMiddleOfItsDay(t *testing.T) {
	t.Parallel()
	for _, minute := range []int{9 * 60, 15*60 + 30, 23*60 + 50} {
		now := civil.Date("2026-03-10").At(minute).Add(17 * time.Second)
		t.Run(now.In(civil.Zone).Format("1504"), func(t *testing.T) {
			t.Parallel()
			url := "sqlite:" + filepath.Join(t.TempDir(), "city.db")
			cfg := DemoConfig(50, now, nil)
			cfg.Days, cfg.Workers, cfg.Employers = 3, 150, 15
			cfg.From = civil.DateOf(now).AddDays(-cfg.Days)
			cfg.FaultsBP = 0 // what is late is not for a fault's sake
			if err := Seed(t.Context(), url, cfg); err != nil {
				t.Fatal(err)
			}
			made, err := Recall(t.Context(), url)
			if err != nil || !made.Complete || !made.lived.Equal(now) {
				t.Fatalf("%+v, %v", made, err)
			}
			look(t, url, now.Add(30*time.Second))
		})
	}
}

// look opens the city as the server does, and looks at its cockpit.
func look(t *testing.T, url string, now time.Time) {
	t.Helper()
	ctx, late, clk := t.Context(), NewOutside(), clock.NewFake(now)
	city, err := app.Open(ctx, app.Options{URL: url, Clock: clk, Box: Box(50),
		Outside: late.Endpoints(), BlobDir: blob.InMemory, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { city.Close() })
	if _, err := late.Begin(ctx, city.DB, sandbox.Options{Clock: clk, Box: Box(50)}); err != nil {
		t.Fatal(err)
	}
	if err := city.SetReal(ctx); err != nil {
		t.Fatal(err)
	}
	if err := city.Sweeps.RunDue(ctx, clk.Now()); err != nil {
		t.Fatal(err)
	}
	face := city.Web(app.Face{Simulated: true, Region: "500000"}).Handler()
	res := httptest.NewRecorder()
	face.ServeHTTP(res, httptest.NewRequestWithContext(ctx, http.MethodGet,
		"/api/v1/daily?date="+string(civil.DateOf(now)), nil))
	var day cockpit.Daily
	if err := json.Unmarshal(res.Body.Bytes(), &day); err != nil || res.Code != http.StatusOK {
		t.Fatalf("%s: %v", res.Body, err)
	}
	n := map[string]int64{}
	for _, l := range day.Lines {
		n[l.Code+" "+l.Part] = l.Num
	}
	busy, err := working(ctx, city.DB)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d at work, %d paid today, %d late, %d starts", len(busy), n["wage.paid lines"],
		n["W01 late"], n["C02 starts"])
	if len(busy) == 0 || n["wage.paid lines"] == 0 || n["W01 late"] != 0 || n["C02 starts"] == 0 {
		t.Errorf("at %s: %d at work, %d paid, %d late", now.In(civil.Zone), len(busy),
			n["wage.paid lines"], n["W01 late"])
	}
	if broken := city.Violations(ctx, clk.Now()); len(broken) > 0 {
		t.Error(broken)
	}
}
