package station

import (
	"context"
	"errors"
	"testing"
	"time"

	"io/fs"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

var errTold = errors.New("the last step fails")

// Goal: staff act only at their own counter, for somebody whose card they saw or who gave the code
// of the own phone, for a few hours and until the worker ends it; each step is in the ledger, and
// nothing is left of one whose last step fails.
func TestHelp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, []fs.FS{feed.Migrations, people.Migrations, Migrations},
		func(t *testing.T, d *db.DB, clk *clock.Fake) {
			s, _, _ := setup(t, d)
			var code string
			var told error
			ring, err := crypt.NewRing(crypt.KeyFromSeed(1))
			if err != nil {
				t.Fatal(err)
			}
			s.People = people.New(people.Deps{DB: d, Policy: s.Policy, Box: ring,
				Send: func(_ context.Context, _ *db.Tx, m people.Message) error {
					code = m.Args["code"]
					return nil
				}})
			s.Tell = func(context.Context, *db.Tx, people.Message) error { return told }
			keys := 0
			key := func() deed.Keyed { keys++; return deed.Key(time.Duration(keys).String()) }
			ok := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			refused := func(what string, err error, code string) {
				t.Helper()
				if fault.CodeOf(err) != code {
					t.Errorf("%s: %v, want %s", what, err, code)
				}
			}
			as := func(id string, role people.Role) context.Context {
				return people.WithActor(context.Background(), people.Actor{AccountID: id,
					Roles: []people.Role{role}})
			}
			clerk := as("acc_clerk", people.RoleClerk)
			in := good()
			in.Keyed, in.EmployerID, in.Kind = key(), "", "relay_station"
			place, err := s.CreatePlace(clerk, in)
			ok(err)
			made, err := s.People.CreateStaff(people.AsSystem(clerk, "test"), people.CreateStaff{
				Keyed: key(), Phone: "13800138001", Name: "钱七", Roles: []people.Role{people.RoleStation}})
			ok(err)
			staff := as(made.AccountID, people.RoleStation)
			walkIn := WalkIn{Keyed: key(), PlaceID: place.ID, Name: "王芳", Region: "500103",
				IDNumber: "330199199001010011", Phone: "13800138002", CardSeen: true}
			_, err = s.RegisterWalkIn(staff, walkIn)
			refused("not assigned", err, "station.not_here")
			_, err = s.AssignStaff(clerk, AssignStaff{Keyed: key(), PlaceID: place.ID,
				AccountID: made.AccountID})
			ok(err)
			walkIn.CardSeen = false
			_, err = s.RegisterWalkIn(staff, walkIn)
			refused("no card", err, "station.card_unseen")
			walkIn.Keyed, walkIn.CardSeen = key(), true
			w, err := s.RegisterWalkIn(staff, walkIn)
			ok(err)
			again, err := s.RegisterWalkIn(staff, walkIn)
			if err != nil || again != w {
				t.Errorf("same key: %+v, %v", again, err)
			}

			_, err = s.AskHelpCode(staff, AskHelpCode{Keyed: key(), PlaceID: place.ID, WorkerID: w.ID})
			ok(err)
			open := OpenHelp{Keyed: key(), PlaceID: place.ID, WorkerID: w.ID}
			_, err = s.OpenHelp(staff, open)
			refused("neither code nor words", err, "station.words")
			open.Code = "000000"
			if code == open.Code {
				open.Code = "000001"
			}
			_, err = s.OpenHelp(staff, open)
			refused("wrong code", err, "people.code_wrong")
			open.Keyed, open.Code, told = key(), code, errTold
			if _, err = s.OpenHelp(staff, open); !errors.Is(err, errTold) {
				t.Errorf("the last step: %v", err)
			}
			told = nil
			h, err := s.OpenHelp(staff, open)
			ok(err)
			if h.Proof != byCode || h.Until.Sub(h.At) != 4*time.Hour {
				t.Errorf("opened: %+v", h)
			}
			help := func(ctx context.Context) error {
				_, err := s.HelpTx(ctx, d, h.ID, w.ID, clk.Now())
				return err
			}
			refused("now", help(staff), "")
			refused("another of the staff", help(as("acc_2", people.RoleStation)),
				"station.help_not_found")
			clk.Add(4 * time.Hour)
			refused("when its time is over", help(staff), "station.help_ended")

			open.Keyed, open.Code, open.Words = key(), "", "看了身份证，要求代为报名"
			h, err = s.OpenHelp(staff, open)
			ok(err)
			worker := people.WithActor(clerk, people.Actor{AccountID: "acc_w", WorkerID: w.ID,
				Roles: []people.Role{people.RoleWorker}})
			_, err = s.EndHelp(worker, EndHelp{Keyed: key(), WorkerID: w.ID, HelpID: h.ID})
			ok(err)
			refused("when the worker ended it", help(staff), "station.help_ended")
			_, err = s.LogService(staff, LogService{Keyed: key(), PlaceID: place.ID, Kind: "register"})
			refused("by hand", err, "station.service_kind")
			_, err = s.LogService(staff, LogService{Keyed: key(), PlaceID: place.ID, Kind: "consult",
				Words: "问失业登记"})
			ok(err)
			page, err := s.ListLedgerPage(staff, Ledger{PlaceID: place.ID})
			if err != nil || len(page.Services) != 2 || page.Services[0].Kind != "consult" ||
				page.Services[1].WorkerID != w.ID {
				t.Errorf("ledger: %+v, %v", page, err)
			}
			dbtest.Copies(t, d, "services", page.Services[1].ID, 120, map[string]string{
				"id": "'srv_0' || CAST(1000 + i AS TEXT)", "worker_id": "''"})
			dbtest.Whole(t, 122, 2, func(v ServiceView) string { return v.ID },
				func(after string) ([]ServiceView, string, error) {
					page, err := s.ListLedgerPage(staff, Ledger{PlaceID: place.ID, After: after})
					return page.Services, page.Next, err
				})
			_, err = db.InTx(staff, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
				return true, s.EraseTx(ctx, tx, w.ID)
			})
			ok(err)
			seen, err := s.FindHelps(worker, MyHelps{WorkerID: w.ID})
			if err != nil || len(seen.Helps) != 2 || seen.Helps[0].Words != "-" ||
				len(seen.Services) != 1 {
				t.Errorf("after erasing: %+v, %v", seen, err)
			}
			_, err = s.AssignStaff(clerk, AssignStaff{Keyed: key(), PlaceID: place.ID,
				AccountID: made.AccountID, End: true})
			ok(err)
			_, err = s.ListLedgerPage(staff, Ledger{PlaceID: place.ID})
			refused("who works here no more", err, "station.not_here")
		})
}
