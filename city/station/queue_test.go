package station

import (
	"context"
	"io/fs"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// counterOf is a counter with a clerk behind it, and keys for deeds.
func counterOf(t *testing.T, d *db.DB) (*Service, context.Context, string, func() deed.Keyed) {
	t.Helper()
	s, _, _ := setup(t, d)
	ring, err := crypt.NewRing(crypt.KeyFromSeed(1))
	if err != nil {
		t.Fatal(err)
	}
	s.People = people.New(people.Deps{DB: d, Policy: s.Policy, Box: ring,
		Send: func(context.Context, *db.Tx, people.Message) error { return nil }})
	clerk := people.WithActor(context.Background(), people.Actor{AccountID: "acc_clerk",
		Roles: []people.Role{people.RoleClerk}})
	n := 0
	key := func() deed.Keyed { n++; return deed.Key(time.Duration(n).String()) }
	in := good()
	in.Keyed, in.EmployerID, in.Kind = key(), "", "relay_station"
	p, err := s.CreatePlace(clerk, in)
	if err != nil {
		t.Fatal(err)
	}
	return s, clerk, p.ID, key
}

var counterSchema = []fs.FS{feed.Migrations, people.Migrations, Migrations}

// Goal: numbers run from 1 each day, are called in order, and end once; the tally counts them.
func TestQueue(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, counterSchema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		s, clerk, place, key := counterOf(t, d)
		ok := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		refused := func(err error, code string) {
			t.Helper()
			if got := fault.CodeOf(err); got != code {
				t.Errorf("got %q (%v), want %q", got, err, code)
			}
		}
		_, err := s.TakeTurn(clerk, TakeTurn{Keyed: key(), PlaceID: place, Kind: "tea"})
		refused(err, "station.service_kind")
		for n := range int64(3) {
			got, err := s.TakeTurn(clerk, TakeTurn{Keyed: key(), PlaceID: place, Kind: "work"})
			ok(err)
			if got.N != n+1 || got.Ahead != n {
				t.Errorf("took %+v", got)
			}
		}
		clk.Add(6 * time.Minute)
		first, err := s.CallTurn(clerk, CallTurn{Keyed: key(), PlaceID: place})
		ok(err)
		second, err := s.CallTurn(clerk, CallTurn{Keyed: key(), PlaceID: place})
		ok(err)
		if first.N != 1 || second.N != 2 {
			t.Errorf("called %d, %d", first.N, second.N)
		}
		end := EndTurn{Keyed: key(), PlaceID: place, TurnID: first.ID, Served: true}
		_, err = s.EndTurn(clerk, end)
		ok(err)
		end.Keyed = key()
		_, err = s.EndTurn(clerk, end)
		refused(err, "station.turn_state")
		_, err = s.EndTurn(clerk, EndTurn{Keyed: key(), PlaceID: place, TurnID: "trn_0"})
		refused(err, "station.turn_not_found")
		_, err = s.EndTurn(clerk, EndTurn{Keyed: key(), PlaceID: place, TurnID: second.ID})
		ok(err)
		_, err = s.LogService(clerk, LogService{Keyed: key(), PlaceID: place, Kind: "policy"})
		ok(err)
		day, err := s.ShowTally(clerk, GetQueue{PlaceID: place})
		ok(err)
		if want := []Count{{Waiting, 1}, {Called, 0}, {Served, 1}, {Gone, 1}}; day.WaitMin != 6 ||
			!slices.Equal(day.Turns, want) || !slices.Equal(day.Services, []Count{{"policy", 1}}) {
			t.Errorf("tally %+v", day)
		}
		clk.Add(24 * time.Hour)
		_, err = s.CallTurn(clerk, CallTurn{Keyed: key(), PlaceID: place})
		refused(err, "station.queue_empty")
		next, err := s.TakeTurn(clerk, TakeTurn{Keyed: key(), PlaceID: place, Kind: "rights"})
		ok(err)
		if next.N != 1 {
			t.Errorf("the next day began at %d", next.N)
		}
	})
}

// Goal: twenty who take a number at once have twenty numbers.
func TestQueueRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, counterSchema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		s, clerk, place, key := counterOf(t, d)
		var all sync.WaitGroup
		for range 20 {
			in := TakeTurn{Keyed: key(), PlaceID: place, Kind: "work"}
			all.Go(func() {
				if _, err := s.TakeTurn(clerk, in); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		q, err := s.ShowQueue(clerk, GetQueue{PlaceID: place})
		if err != nil || len(q.Turns) != 20 || q.Turns[19].N != 20 || q.Waiting != 20 {
			t.Errorf("%d numbers, %v", len(q.Turns), err)
		}
	})
}

// Goal: on a day with more numbers than a page has, those that are called and wait stand on the
// first, how many wait before one is counted over all pages, and every number is on one page.
func TestQueuePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, counterSchema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		s, clerk, place, key := counterOf(t, d)
		first, err := s.TakeTurn(clerk, TakeTurn{Keyed: key(), PlaceID: place, Kind: "work"})
		if err != nil {
			t.Fatal(err)
		}
		// Of 541 numbers the first waits, as 300 others do; two are called; the others are over.
		dbtest.Copies(t, d, "turns", first.ID, 540, map[string]string{
			"id": "'trn_x' || CAST(1000 + i AS TEXT)", "n": "1 + i", "state": `CASE WHEN i > 538 THEN
			'called' WHEN i > 238 THEN 'waiting' WHEN i % 2 = 0 THEN 'served' ELSE 'gone' END`,
			"called_ms": "CASE WHEN i > 238 AND i < 539 THEN 0 ELSE at_ms + 90000 END"})
		all := dbtest.Whole(t, 541, 3, func(c Turn) string { return c.ID },
			func(after string) ([]Turn, string, error) {
				q, err := s.ShowQueue(clerk, GetQueue{PlaceID: place, After: after})
				if q.Waiting != 301 {
					t.Errorf("after %q: %d wait", after, q.Waiting)
				}
				return q.Turns, q.Next, err
			})
		if len(all) != 541 {
			return
		}
		order := ""
		for i, c := range all {
			if i == 0 || all[i-1].State != c.State {
				order += c.State + " "
			}
			if i > 0 && all[i-1].State == c.State && all[i-1].N >= c.N {
				t.Errorf("%d stands before %d", all[i-1].N, c.N)
			}
		}
		if order != "called waiting served gone " {
			t.Error(order)
		}
		last := all[302]
		one, err := s.ShowTurn(clerk, GetTurn{PlaceID: place, TurnID: last.ID})
		if err != nil || last.State != Waiting || last.Ahead != 300 || one.Ahead != 300 {
			t.Errorf("the last that waits: %+v, alone %+v, %v", last, one, err)
		}
		day, err := s.ShowTally(clerk, GetQueue{PlaceID: place})
		want := []Count{{Waiting, 301}, {Called, 2}, {Served, 119}, {Gone, 119}}
		if err != nil || day.WaitMin != 1 || !slices.Equal(day.Turns, want) {
			t.Errorf("the day: %+v, %v", day, err)
		}
		if _, err := s.ShowTurn(clerk, GetTurn{PlaceID: place, TurnID: "trn_0"}); !fault.Is(err,
			"station.turn_not_found") {
			t.Error(err)
		}
	})
}

// Goal: a city with more places than a page has is read whole, and the stations alone without the
// workplaces; a counter is shown to who works there, and a workplace has none.
func TestPlacePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, counterSchema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		s, clerk, place, _ := counterOf(t, d)
		list, err := s.FindPlaces(clerk, FindPlaces{})
		if err != nil || len(list.Places) != 2 {
			t.Fatalf("%+v, %v", list, err)
		}
		work := list.Places[0]
		for id, letter := range map[string]string{place: "s", work.ID: "w"} {
			dbtest.Copies(t, d, "places", id, 250, map[string]string{
				"id": "'plc_" + letter + "' || CAST(1000 + i AS TEXT)"})
		}
		for want, in := range map[int]FindPlaces{502: {}, 251: {Public: true},
			0: {Public: true, EmployerID: work.EmployerID}} {
			all, err := s.AllPlaces(clerk, in)
			once := map[string]bool{}
			for _, p := range all {
				once[p.ID] = true
				if in.Public && p.EmployerID != "" {
					t.Errorf("a workplace among stations: %+v", p)
				}
			}
			if err != nil || len(all) != want || len(once) != want {
				t.Errorf("%+v: %d, %d of them once, not %d: %v", in, len(all), len(once), want, err)
			}
		}
		if p, err := s.ShowCounter(clerk, GetCounter{PlaceID: place}); err != nil || p.ID != place {
			t.Errorf("%+v, %v", p, err)
		}
		for id, code := range map[string]string{work.ID: "station.place_not_found",
			"plc_0": "station.place_not_found"} {
			if _, err := s.ShowCounter(clerk, GetCounter{PlaceID: id}); !fault.Is(err, code) {
				t.Errorf("%s: %v", id, err)
			}
		}
		other := people.WithActor(context.Background(), people.Actor{AccountID: "acc_other",
			Roles: []people.Role{people.RoleStation}})
		if _, err := s.ShowCounter(other, GetCounter{PlaceID: place}); !fault.Is(err,
			"station.not_here") {
			t.Error(err)
		}
	})
}

// Goal: the card in hand finds who is registered; the page of somebody opens only for the counter
// at which they were today, and says whether there is an authority.
func TestReceive(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, counterSchema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		s, clerk, place, key := counterOf(t, d)
		s.Tell = func(context.Context, *db.Tx, people.Message) error { return nil }
		const number = "330199199001010011"
		w, err := s.People.RegisterWorker(clerk, people.RegisterWorker{Keyed: key(), Name: "王芳",
			IDNumber: number, Region: "500103", Phone: "13800138002"})
		if err != nil {
			t.Fatal(err)
		}
		see := GetClient{PlaceID: place, WorkerID: w.ID}
		if _, err := s.ShowClient(clerk, see); fault.CodeOf(err) != "people.worker_not_found" {
			t.Errorf("not here yet: %v", err)
		}
		in := Receive{Keyed: key(), PlaceID: place, IDNumber: number}
		if _, err := s.ReceiveWalkIn(clerk, in); fault.CodeOf(err) != "station.card_unseen" {
			t.Errorf("no card: %v", err)
		}
		in.CardSeen = true
		c, err := s.ReceiveWalkIn(clerk, in)
		if err != nil || c.Name != "王芳" || c.Help != nil {
			t.Errorf("received %+v, %v", c, err)
		}
		in.Keyed, in.IDNumber = key(), "330199199001010038"
		if _, err := s.ReceiveWalkIn(clerk, in); fault.CodeOf(err) != "people.worker_not_found" &&
			fault.CodeOf(err) != "people.id_check" {
			t.Errorf("nobody: %v", err)
		}
		h, err := s.OpenHelp(clerk, OpenHelp{Keyed: key(), PlaceID: place, WorkerID: w.ID,
			Words: "看了身份证，要求代为报名"})
		if err != nil {
			t.Fatal(err)
		}
		if c, err = s.ShowClient(clerk, see); err != nil || c.Help == nil || c.Help.ID != h.ID {
			t.Errorf("with authority %+v, %v", c, err)
		}
		clk.Add(24 * time.Hour)
		if _, err := s.ShowClient(clerk, see); fault.CodeOf(err) != "people.worker_not_found" {
			t.Errorf("the next day: %v", err)
		}
	})
}
