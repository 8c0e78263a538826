package cockpit_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/gauge"
)

func spreadOut(context.Context, db.Reader, time.Time, time.Time) ([]gauge.Cell, error) {
	district := func(key, part string, n, people int64) gauge.Cell {
		return gauge.Cell{Code: "M03", Part: part, By: gauge.ByDistrict, Key: key, Num: n,
			Unit: "count", People: people}
	}
	return []gauge.Cell{district("500103", "matched", 70, 40), district("500104", "matched", 4, 4),
		district("500105", "matched", 9, 8), district("500105001", "matched", 1, 1),
		{Code: "M02", Part: "heads", By: gauge.ByDistrict, Key: "500104", Num: 2, Unit: "heads"},
		{Code: "C02", By: gauge.ByDistrict, Key: "500103", Num: 68, Den: 70, Unit: "share", People: 40,
			Rest: 2},
		{Code: "C02", By: gauge.ByDistrict, Key: "500105", Num: 9, Den: 9, Unit: "share", People: 8},
		{Code: "M03", Part: "matched", By: gauge.ByDay, Key: "2026-03-02", Num: 2, People: 2,
			Unit: "count"},
		{Code: "M03", Part: "matched", By: gauge.ByDay, Key: "2026-03-01", Num: 82, People: 50,
			Unit: "count"},
		{Code: "M02", Part: "heads", By: gauge.ByOccupation, Key: "4-02", Num: 3, Unit: "heads"},
		{Code: "M02", Part: "heads", By: gauge.ByOccupation, Key: "4-01", Num: 8, Unit: "heads"}}, nil
}

// Goal: the board hides in a district what is of too few, and what would give it away; figures
// about nobody, and those of the whole city on a day, are shown. Towns of a district are one row.
func TestBoard(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		_, h := setup(t, d, func(deps *cockpit.Deps) {
			deps.Spreads = []gauge.Spread{spreadOut}
			deps.Least = func(civil.Date) int64 { return 5 }
			deps.Occupation = func(code, _ string) string { return "work " + code }
		})
		w := ask(h, "/api/v1/board?lang=en")
		var b cockpit.Board
		if err := json.Unmarshal(w.Body.Bytes(), &b); err != nil || w.Code != 200 {
			t.Fatalf("%d %s %v", w.Code, w.Body, err)
		}
		var shown []string
		for _, table := range b.Tables {
			for _, row := range table.Rows {
				line := table.By + " " + row.Key + " " + row.Name
				for _, c := range row.Cells {
					line += " " + c.Value
					if c.Hidden && (c.Num != 0 || c.Den != 0) {
						t.Errorf("%s: a hidden cell says %d", line, c.Num)
					}
				}
				shown = append(shown, line)
			}
		}
		want := `district 500103 渝中区 70 0 *
district 500104 大渡口区 * 2 —
district 500105 江北区 * 0 *
occupation 4-01 work 4-01 8
occupation 4-02 work 4-02 3
day 2026-03-01 2026-03-01 82
day 2026-03-02 2026-03-02 2`
		if got := strings.Join(shown, "\n"); got != want || b.Least != 5 || b.City != "重庆市" {
			t.Errorf("least %d, got\n%s\nwant\n%s", b.Least, got, want)
		}
	})
}

// Goal: the report sets a day beside the day before and the same day a week before.
func TestDaily(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		f, h := setup(t, d, nil)
		w := ask(h, "/api/v1/daily?lang=en")
		var v cockpit.Daily
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != 200 {
			t.Fatalf("%d %s %v", w.Code, w.Body, err)
		}
		if v.Date != "2026-03-01" || v.Before != "2026-02-28" || v.WeekAgo != "2026-02-22" ||
			len(f.windows) != 3 || f.windows[2] != "2026-02-21T16:00:00Z 2026-02-22T16:00:00Z" {
			t.Errorf("got %+v of %v", v, f.windows)
		}
		if len(v.Lines) != 5 || v.Lines[0].Value != "1,234" || v.Lines[0].Before != "1,234" ||
			v.Lines[0].Change != "±0%" || v.Lines[2].Code != "C02" || v.Lines[2].Change != "±0 points" {
			t.Errorf("lines %+v", v.Lines)
		}
	})
}

// Goal: watchers get what is paid as it is and when it has changed; one that does not read keeps
// the newest and holds up nobody; too many are refused; with the last one the asking ends.
func TestWatch(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		var paid, asked atomic.Int64
		var broken atomic.Bool
		s := cockpit.New(cockpit.Deps{DB: d, Text: texts(t), Live: func(
			_ context.Context, _ db.Reader, from, to time.Time) ([]gauge.Value, error) {
			asked.Add(1)
			if from != civil.DateOf(clk.Now()).Midnight() || to.Before(clk.Now()) {
				t.Errorf("asked for %s to %s", from, to)
			}
			if broken.Load() {
				return nil, errors.New("away")
			}
			return []gauge.Value{{Code: "paid", Num: paid.Load(), Unit: "fen"}}, nil
		}})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		next := func(c <-chan cockpit.Now, n int64) {
			t.Helper()
			for {
				select {
				case v := <-c:
					if v.Figures[0].Num == n {
						return
					}
				case <-t.Context().Done():
					t.Fatal("no such event")
				}
			}
		}
		paid.Store(100)
		first, err := s.Watch(ctx, "en")
		if err != nil {
			t.Fatal(err)
		}
		next(first, 100)
		slow, err := s.Watch(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		for n := int64(101); n < 104; n++ {
			broken.Store(n == 102) // an error is not the end
			paid.Store(n)
			wake(t, d)
			if n != 102 {
				next(first, n)
			}
		}
		if v := <-slow; v.Figures[0].Num != 103 || v.Figures[0].Name != "已发" {
			t.Errorf("the slow one has %+v", v)
		}
		for range 198 {
			if _, err := s.Watch(ctx, ""); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Watch(ctx, ""); fault.CodeOf(err) != "cockpit.watched" {
			t.Errorf("one too many: %v", err)
		}
		cancel()
		for { // the end of a context is told in a goroutine of its own
			again, stop := context.WithCancel(t.Context())
			c, err := s.Watch(again, "")
			if err == nil {
				next(c, 103)
				stop()
				break
			}
			stop()
		}
	})
}

// wake does something that the feed tells of.
func wake(t *testing.T, d *db.DB) {
	t.Helper()
	_, err := db.InTx(t.Context(), d, func(_ context.Context, tx *db.Tx) (struct{}, error) {
		tx.WakeReaders()
		return struct{}{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
