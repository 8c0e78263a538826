package market_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// pushAll begins a run and does it to its end.
func (b *bundle) pushAll() market.PushRunView {
	b.t.Helper()
	run := must(b.StartPush(b.clerk, market.StartPush{Keyed: b.key()}))(b.t)
	for range 20 {
		must(b.PushOn(b.clerk))(b.t)
		if run = must(b.ShowPushRun(b.clerk, market.PushRunID{RunID: run.ID}))(b.t); run.State == "done" {
			return run
		}
	}
	b.t.Fatalf("the run comes to no end: %+v", run)
	return run
}

// toldOf gives how many were told of each vacancy.
func (b *bundle) toldOf() map[string]int64 {
	b.t.Helper()
	told := map[string]int64{}
	err := db.Each(context.Background(), b.d, `SELECT vacancy_id, COUNT(*) FROM pushes
		GROUP BY vacancy_id`, nil, func(scan func(...any) error) error {
		var id string
		var n int64
		err := scan(&id, &n)
		told[id] = n
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return told
}

// Goal: the crowd is spread by the heads: of the best vacancy three people a head are told, the
// others of the next best; each gets one message with its reasons; who switched recommendations
// off is left in peace; a second run tells nobody of the same again.
func TestPushes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		best := b.vacancy(1)
		best.Title, best.RateFen = "装卸", 4_000
		one := b.publish(best)
		two := b.publish(b.vacancy(2))
		var all []hand
		for n := range 8 {
			all = append(all, b.seeks(n+1, int64(n)*1_000))
		}
		must(b.people.WithdrawConsent(all[7], people.WithdrawConsent{Keyed: b.key(),
			WorkerID: all[7].id, Purpose: people.PurposeRecommend}))(t)
		run := b.pushAll()
		if run.People != 7 || run.Seen != 7 || run.Told != 7 || run.Sated != 0 {
			t.Errorf("the run: %+v", run)
		}
		want := map[string]int64{one.ID: 3, two.ID: 4}
		if diff := cmp.Diff(want, b.toldOf()); diff != "" {
			t.Errorf("told (-want +got): %s", diff)
		}
		if n := b.count(`SELECT COUNT(*) FROM messages WHERE template = 'new_work'`); n != 7 {
			t.Errorf("%d messages", n)
		}
		if n := b.count(`SELECT COUNT(*) FROM changes WHERE topic = 'market.work_pushed.v1'`); n != 7 {
			t.Errorf("%d events", n)
		}
		mine := must(b.FindPushes(all[0], market.MyPushes{WorkerID: all[0].id}))(t).Pushes
		if len(mine) != 1 || len(mine[0].Reasons) != 2 || len(mine[0].Parts) == 0 || mine[0].Title == "" {
			t.Errorf("why: %+v", mine)
		}
		priced := b.count(`SELECT COUNT(*) FROM pushes WHERE vacancy_id = $1 AND price > 0`, one.ID)
		if priced != 3 {
			t.Errorf("%d of 3 know that the heads are wanted", priced)
		}
		if run = b.pushAll(); run.Told != 2 { // what is left of three a head, none of them again
			t.Errorf("the same day: %+v", run)
		}
		b.lawful()
		if err := b.CheckIndex(context.Background()); err != nil {
			t.Error(err)
		}
		_, err := b.FindPushes(all[1], market.MyPushes{WorkerID: all[0].id})
		refuses(t, "another's pushes", err, "people.not_allowed", "")
	})
}

// Goal: nobody is told of more than three vacancies in seven days; the night's run begins at five,
// once a night, and not by day; what is told then waits for the morning.
func TestPushesAWeek(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.seeks(1, 1_000)
		night := sweep(t, b, "market.push")
		nights, last := 0, int64(0)
		for day := range 9 {
			v := b.vacancy(1)
			v.Title = fmt.Sprintf("工种%d", day)
			from := b.clk.Now().AddDate(0, 0, 3)
			v.Shifts[0].StartsAt, v.Shifts[0].EndsAt = from, from.Add(4*time.Hour)
			v.Shifts[0].BreakMin = 0
			b.publish(v)
			for range 24 {
				b.clk.Add(time.Hour)
				for range 3 {
					if _, err := night(people.AsSystem(context.Background(), "t"), b.clk.Now()); err != nil {
						t.Fatal(err)
					}
				}
			}
			if n := b.count(`SELECT COUNT(*) FROM pushes`); n > last {
				nights, last = nights+1, n
			}
			b.lawful()
		}
		if runs := b.count(`SELECT COUNT(*) FROM push_runs WHERE state = 'done'`); runs != 9 {
			t.Errorf("%d runs in nine nights", runs)
		}
		if last < 4 || last > 6 || int64(nights) != last {
			t.Errorf("%d pushes in %d of nine nights: three a week, one a night", last, nights)
		}
		if late := b.count(`SELECT COUNT(*) FROM push_runs
			WHERE (started_at_ms / 3600000 + 8) % 24 NOT IN (5, 6, 7)`); late != 0 {
			t.Errorf("%d runs began by day", late)
		}
		_ = w
	})
}

// sweep gives a sweep of the market by its name.
func sweep(t *testing.T, b *bundle, name string) func(context.Context, time.Time) (int, error) {
	t.Helper()
	for _, s := range b.Sweeps() {
		if s.Name == name {
			return s.Run
		}
	}
	t.Fatalf("there is no sweep %s", name)
	return nil
}

// Goal: a run whose process dies after any piece is gone on with by another, tells nobody twice and
// everybody who would have been told; two processes at once do each piece once.
func TestPushesGoOn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.publish(b.vacancy(400))
		const crowd = 903 // three pages
		b.crowd(crowd)
		run := must(b.StartPush(b.clerk, market.StartPush{Keyed: b.key()}))(t)
		_, err := b.StartPush(b.clerk, market.StartPush{Keyed: b.key()})
		refuses(t, "a second run", err, "market.push_running", "")
		for range 9 {
			must(b.PushOn(b.clerk))(t)
			again := market.New(b.Deps) // another process, which knows nothing of the plan
			if _, err := again.PushOn(b.clerk); err != nil {
				t.Fatal(err)
			}
			// And the first, whose plan is behind.
			must(b.PushOn(b.clerk))(t)
		}
		got := must(b.ShowPushRun(b.clerk, market.PushRunID{RunID: run.ID}))(t)
		if got.State != "done" || got.Seen != crowd || got.Told != crowd {
			t.Errorf("the run: %+v", got)
		}
		if n := b.count(`SELECT COUNT(DISTINCT worker_id) FROM pushes`); n != crowd {
			t.Errorf("%d people were told", n)
		}
		if n := b.count(`SELECT COUNT(*) FROM messages WHERE template = 'new_work'`); n != crowd {
			t.Errorf("%d messages", n)
		}
		b.lawful()
	})
}

// crowd writes n workers who are ready to work, straight into the tables.
func (b *bundle) crowd(n int) {
	b.t.Helper()
	_, err := db.InTx(context.Background(), b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		var accounts, workers, ready []any
		for i := range n {
			id := fmt.Sprintf("c%06d", i)
			blind := fmt.Sprintf("%064x", i+1<<30)
			accounts = append(accounts, "acc_"+id, []byte{1}, blind, "李", "worker", "wrk_"+id)
			workers = append(workers, "wrk_"+id, "acc_"+id, "李", county, []byte{1}, blind)
			ready = append(ready, "wrk_"+id, lonHere+i, latHere)
		}
		_, err := tx.ExecRows(ctx, `INSERT INTO accounts(id, phone_sealed, phone_blind, name, roles,
			worker_id, employer_id, created_at_ms) VALUES `, `(?,?,?,?,?,?,'',0)`, ``, accounts)
		if err == nil {
			_, err = tx.ExecRows(ctx, `INSERT INTO workers(id, account_id, name, sex, birth_date, age_min,
				region, id_sealed, id_blind, created_at_ms) VALUES `,
				`(?,?,?,'male','1990-01-01',16,?,?,?,0)`, ``, workers)
		}
		if err == nil {
			_, err = tx.ExecRows(ctx, `INSERT INTO availabilities(worker_id, lon_e6, lat_e6, reach_m,
				floor_fen, no_night, free, crafts, words, until_on, open, at_ms) VALUES `,
				`(?,?,?,30000,0,FALSE,'null','null','','9999-12-31',TRUE,0)`, ``, ready)
		}
		return true, err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}
