package sim

import (
	"context"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/face/desk"
	"github.com/gongyi/gongyi/internal/deed"
)

const (
	loginsEach    = 3 // workers and employers that a visitor may be
	staffPhoneN   = 91_000_000
	bossPhoneN    = 92_000_000
	loginCounterM = 200
)

// Logins gives those of a made-up city as whom a visitor may log in: workers and employers of its
// history, and staff of every role, who are made the first time somebody asks.
func Logins(ctx context.Context, city *app.City) ([]desk.Login, error) {
	found := map[string][]actor{}
	err := eachActor(ctx, city.DB, func(kind string, a actor) {
		if len(found[kind]) < loginsEach {
			found[kind] = append(found[kind], a)
		}
	})
	if err != nil {
		return nil, err
	}
	var out []desk.Login
	for _, a := range found["worker"] {
		w, err := city.People.GetWorkerTx(ctx, city.DB, a.WorkerID)
		if err != nil {
			return nil, err
		}
		out = append(out, desk.Login{Role: people.RoleWorker, Name: w.Name, Phone: a.Phone, Path: "/"})
	}
	for _, a := range found["employer"] {
		e, err := city.People.GetEmployerTx(ctx, city.DB, a.EmployerID)
		if err != nil {
			return nil, err
		}
		out = append(out, desk.Login{Role: people.RoleEmployer, Name: e.Name, Phone: a.Phone,
			Path: "/e"})
	}
	if len(found["employer"]) > 0 {
		l, err := supervisor(ctx, city, found["employer"][0])
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	for _, a := range found["clerk"] {
		name, err := city.People.NameTx(ctx, city.DB, a.AccountID)
		if err != nil {
			return nil, err
		}
		out = append(out, desk.Login{Role: people.RoleClerk, Name: name, Phone: a.Phone, Path: "/g"})
	}
	staff, err := bureau(ctx, city)
	return append(out, staff...), err
}

// supervisor makes somebody who acts for an employer.
func supervisor(ctx context.Context, city *app.City, boss actor) (desk.Login, error) {
	l := desk.Login{Role: people.RoleSupervisor, Name: "演示主管", Phone: phone(bossPhoneN),
		Path: "/e"}
	_, err := city.People.CreateStaff(people.AsSystem(ctx, "sim.demo"), people.CreateStaff{
		Keyed: deed.Key("demo/supervisor"), Phone: l.Phone, Name: l.Name,
		Roles: []people.Role{people.RoleSupervisor}, EmployerID: boss.EmployerID})
	return l, err
}

// bureau makes a director, an auditor and somebody behind a station's counter.
func bureau(ctx context.Context, city *app.City) ([]desk.Login, error) {
	sys := people.AsSystem(ctx, "sim.demo")
	out := []desk.Login{
		{Role: people.RoleDirector, Name: "演示负责人", Path: "/g"},
		{Role: people.RoleAuditor, Name: "演示审计员", Path: "/g"},
		{Role: people.RoleStation, Name: "演示驿站员", Path: "/s"},
	}
	for i, l := range out {
		out[i].Phone = phone(staffPhoneN + i)
		made, err := city.People.CreateStaff(sys, people.CreateStaff{
			Keyed: deed.Key("demo/" + string(l.Role)), Phone: out[i].Phone, Name: l.Name,
			Roles: []people.Role{l.Role}})
		if err != nil {
			return nil, err
		}
		if l.Role == people.RoleStation {
			if err := counter(sys, city, made.AccountID); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// counter opens a station and puts somebody behind its counter.
func counter(sys context.Context, city *app.City, accountID string) error {
	place, err := city.Stations.CreatePlace(sys, station.CreatePlace{Keyed: deed.Key("demo/station"),
		Kind: "relay_station", Name: "演示零工驿站", Address: "演示路1号", Region: "500103",
		LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: loginCounterM})
	if err != nil {
		return err
	}
	director := people.WithActor(sys, people.Actor{AccountID: "system:sim.demo",
		Roles: []people.Role{people.RoleDirector}})
	_, err = city.Stations.AssignStaff(director, station.AssignStaff{Keyed: deed.Key("demo/counter"),
		PlaceID: place.ID, AccountID: accountID})
	return err
}

// LoginsOf is Logins for the face of a city.
func LoginsOf(city *app.City) func(context.Context) ([]desk.Login, error) {
	return func(ctx context.Context) ([]desk.Login, error) { return Logins(ctx, city) }
}
