package training_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/gauge"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/sheet"
)

var schema = []fs.FS{feed.Migrations, people.Migrations, station.Migrations, skill.Migrations,
	training.Migrations}

const taught = "skill.forklift"

var errTold = errors.New("the last step fails")

// told collects messages; with fail set it is the last step that fails.
type told struct {
	mu   sync.Mutex
	list []string
	fail bool
}

func (n *told) PutTx(_ context.Context, _ *db.Tx, m notify.Message) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fail {
		return errTold
	}
	n.list = append(n.list, m.Template+" "+m.Args["title"]+m.Args["reason"])
	return nil
}

// bundle is a station with its staff, a clerk, and workers.
type bundle struct {
	*training.Service
	t                   *testing.T
	d                   *db.DB
	clk                 *clock.Fake
	skills              *skill.Service
	told                *told
	clerk, staff, away  context.Context
	placeID, otherPlace string
	workers             []context.Context
	mu                  sync.Mutex
	keys                int
}

func setup(t *testing.T, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	b := &bundle{t: t, d: d, clk: clk, told: &told{}}
	book, err := policy.Load()
	b.ok(err)
	text, err := i18n.Load()
	b.ok(err)
	box, err := crypt.NewRing(crypt.KeyFromSeed(7))
	b.ok(err)
	register := people.New(people.Deps{DB: d, Policy: book, Box: box,
		Send: func(context.Context, *db.Tx, people.Message) error { return nil }})
	stations := station.New(station.Deps{DB: d, Policy: book, Box: box, People: register})
	b.skills = skill.New(skill.Deps{DB: d, Box: box, Workers: register})
	b.Service = training.New(training.Deps{DB: d, Box: box, Text: text, Policy: book, People: register,
		Stations: stations, Skills: b.skills, Notify: b.told})
	ctx := context.Background()
	as := func(account string, role people.Role) context.Context {
		dbtest.Insert(t, d, "accounts", map[string]any{"id": account, "phone_sealed": []byte{},
			"phone_blind": fmt.Sprintf("%064s", account), "roles": string(role), "name": account})
		return people.WithActor(ctx, people.Actor{AccountID: account, Roles: []people.Role{role}})
	}
	b.clerk, b.staff = as("acc_clerk", people.RoleClerk), as("acc_staff", people.RoleStation)
	b.away = as("acc_away", people.RoleStation)
	place := func(name string, staff string) string {
		p, err := stations.CreatePlace(b.clerk, station.CreatePlace{Keyed: b.key(), Name: name,
			Kind: "training_station", Address: "路1号", Region: "500103", LonE6: 106_562_880,
			LatE6: 29_556_742, RadiusM: 100})
		b.ok(err)
		_, err = stations.AssignStaff(b.clerk, station.AssignStaff{Keyed: b.key(), PlaceID: p.ID,
			AccountID: staff})
		b.ok(err)
		return p.ID
	}
	b.placeID, b.otherPlace = place("渝中培训站", "acc_staff"), place("江北培训站", "acc_away")
	for i, number := range []string{"330199199001010011", "330199199001010038",
		"330199199001010054"} {
		v, err := register.RegisterWorker(b.clerk, people.RegisterWorker{Keyed: b.key(), Name: "王芳",
			IDNumber: number, Region: "500103", Phone: fmt.Sprintf("1380013800%d", i)})
		b.ok(err)
		b.workers = append(b.workers, people.WithActor(ctx, people.Actor{AccountID: "acc_" + v.ID,
			WorkerID: v.ID, Roles: []people.Role{people.RoleWorker}}))
	}
	return b
}

func (b *bundle) key() deed.Keyed {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keys++
	return deed.Key(fmt.Sprint("key-", b.keys))
}

func (b *bundle) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bundle) refused(err error, code string) {
	b.t.Helper()
	if got := fault.CodeOf(err); got != code {
		b.t.Errorf("got %q (%v), want %q", got, err, code)
	}
}

func (b *bundle) lawful() {
	b.t.Helper()
	b.ok(b.Check(context.Background(), b.d, b.clk.Now()))
}

// class is two evenings, beginning in so many hours, with so many seats.
func (b *bundle) class(hours int, seats int64) training.OpenClass {
	from := b.clk.Now().Add(time.Duration(hours) * time.Hour)
	return training.OpenClass{Keyed: b.key(), PlaceID: b.placeID, Title: "叉车入门", Skill: taught,
		Teacher: "周老师", Phone: "023-61234567", Seats: seats, ClosesAt: from.Add(-time.Hour),
		Sessions: []training.Session{{StartsAt: from, EndsAt: from.Add(3 * time.Hour)},
			{StartsAt: from.Add(24 * time.Hour), EndsAt: from.Add(27 * time.Hour)}}}
}

func (b *bundle) open(hours int, seats int64) training.View {
	b.t.Helper()
	v, err := b.OpenClass(b.staff, b.class(hours, seats))
	b.ok(err)
	return v
}

func (b *bundle) enrol(w int, classID string) (training.EnrolmentView, error) {
	return b.Enrol(b.workers[w], training.Enrol{Keyed: b.key(), ClassID: classID,
		WorkerID: b.id(w)})
}

func (b *bundle) id(w int) string { return people.ActorOf(b.workers[w]).WorkerID }

func (b *bundle) call(classID string, session int64, present ...string) error {
	_, err := b.CallRoll(b.staff, training.CallRoll{Keyed: b.key(), ClassID: classID,
		Session: session, Present: present})
	return err
}

func (b *bundle) assess(id string, passed bool) error {
	_, err := b.Assess(b.staff, training.Assess{Keyed: b.key(), EnrolmentID: id, Passed: passed,
		Words: "倒库两次"})
	return err
}

func each(t *testing.T, fn func(b *bundle)) {
	t.Helper()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) { fn(setup(t, d, clk)) })
}

// Goal: from an open class to a skill: a seat, the roll, the assessment, and the skill with its
// evidence; nobody passes who never came, and nothing is left of a step that fails.
func TestClass(t *testing.T) {
	t.Parallel()
	each(t, func(b *bundle) {
		c := b.open(30, 5)
		if !c.Takes || c.SeatsLeft != 5 || c.SkillName != "叉车驾驶" || c.PlaceName != "渝中培训站" {
			t.Errorf("opened: %+v", c)
		}
		b.told.fail = true
		if _, err := b.enrol(0, c.ID); !errors.Is(err, errTold) {
			t.Errorf("the last step: %v", err)
		}
		b.told.fail = false
		in := training.Enrol{Keyed: b.key(), ClassID: c.ID, WorkerID: b.id(0)}
		seat, err := b.Enrol(b.workers[0], in)
		b.ok(err)
		again, err := b.Enrol(b.workers[0], in)
		if err != nil || again.ID != seat.ID {
			t.Errorf("same key: %+v, %v", again, err)
		}
		_, err = b.enrol(0, c.ID)
		b.refused(err, "training.enrolled")
		b.clk.Add(time.Minute)
		late, err := b.enrol(1, c.ID)
		b.ok(err)
		_, err = b.Withdraw(b.workers[0], training.Withdraw{Keyed: b.key(), EnrolmentID: late.ID,
			WorkerID: b.id(0)})
		b.refused(err, "training.enrolment_not_found")
		got, err := b.ShowClass(b.workers[0], training.GetClass{ClassID: c.ID})
		b.ok(err)
		if got.Phone != "023-61234567" || got.Mine == nil || got.SeatsLeft != 3 {
			t.Errorf("shown to who has a seat: %+v", got)
		}
		got, err = b.ShowClass(b.workers[2], training.GetClass{ClassID: c.ID})
		if err != nil || got.Phone != "" || got.Mine != nil {
			t.Errorf("shown to another: %+v, %v", got, err)
		}

		b.refused(b.call(c.ID, 1, seat.ID), "training.not_begun")
		b.refused(b.call(c.ID, 3, seat.ID), "training.no_session")
		b.clk.Add(30 * time.Hour)
		_, err = b.enrol(2, c.ID)
		b.refused(err, "training.closed")
		b.refused(b.call(c.ID, 1, "enr_x"), "training.not_seated")
		b.ok(b.call(c.ID, 1, seat.ID, late.ID))
		b.ok(b.call(c.ID, 1, seat.ID)) // the second was somebody else
		b.refused(b.assess(seat.ID, true), "training.not_begun")
		b.clk.Add(25 * time.Hour)
		b.refused(b.assess(late.ID, true), "training.never_came")
		b.ok(b.assess(late.ID, false))
		b.told.fail = true
		if err := b.assess(seat.ID, true); !errors.Is(err, errTold) {
			t.Errorf("the last step: %v", err)
		}
		b.told.fail = false
		if has := b.assessed(0); len(has) > 0 {
			t.Errorf("a skill is left of an assessment that failed: %v", has)
		}
		b.ok(b.assess(seat.ID, true))
		b.refused(b.assess(seat.ID, false), "training.standing")
		if has := b.assessed(0); !slices.Equal(has, []string{taught}) {
			t.Errorf("assessed: %v", has)
		}
		_, err = b.CallOff(b.staff, training.CallOff{Keyed: b.key(), ClassID: c.ID, Reason: "停电"})
		b.refused(err, "training.assessed")
		b.ok(b.call(c.ID, 2, late.ID))
		b.ok(b.assess(late.ID, true))
		roll, err := b.ShowRoll(b.clerk, training.GetClass{ClassID: c.ID})
		b.ok(err)
		if s := roll.Seats; len(s) != 2 || !slices.Equal(s[0].Present, []int64{1}) ||
			!slices.Equal(s[1].Absent, []int64{1}) || !slices.Equal(s[1].Present, []int64{2}) {
			t.Errorf("roll: %+v", s)
		}
		if want := []string{"class_enrolled 叉车入门", "class_enrolled 叉车入门", "class_passed 叉车入门",
			"class_passed 叉车入门"}; !slices.Equal(b.told.list, want) {
			t.Errorf("told: %q", b.told.list)
		}
		b.lawful()
	})
}

func (b *bundle) assessed(w int) []string {
	b.t.Helper()
	v, err := b.skills.ShowWorkerSkills(b.workers[w], skill.ShowWorkerSkills{WorkerID: b.id(w)})
	b.ok(err)
	return v.Assessed
}

// Goal: seats are never oversold, whoever presses at once, and one given back is taken again.
func TestEnrolRace(t *testing.T) {
	t.Parallel()
	each(t, func(b *bundle) {
		c := b.open(30, 2)
		var wg sync.WaitGroup
		won := make(chan string, 30)
		for i := range 21 {
			wg.Go(func() {
				v, err := b.enrol(i%3, c.ID)
				if err == nil {
					won <- v.ID
				} else if code := fault.CodeOf(err); code != "training.full" && code != "training.enrolled" {
					t.Errorf("lost with %v", err)
				}
			})
		}
		wg.Wait()
		close(won)
		var ids []string
		for id := range won {
			ids = append(ids, id)
		}
		if len(ids) != 2 {
			t.Fatalf("%d seats of 2 were taken", len(ids))
		}
		b.lawful()
		found, err := b.FindClasses(b.clerk, training.FindClasses{Skill: taught})
		if err != nil || len(found.Classes) != 0 {
			t.Errorf("a full class is offered: %+v, %v", found, err)
		}
		for w := range b.workers {
			mine, err := b.FindEnrolments(b.workers[w], training.FindEnrolments{WorkerID: b.id(w)})
			b.ok(err)
			if len(mine.Enrolments) == 1 {
				_, err = b.Withdraw(b.workers[w], training.Withdraw{Keyed: b.key(),
					EnrolmentID: mine.Enrolments[0].ID, WorkerID: b.id(w)})
				b.ok(err)
				break
			}
		}
		found, err = b.FindClasses(b.clerk, training.FindClasses{LonE6: 106_570_000, LatE6: 29_556_742})
		if err != nil || len(found.Classes) != 1 || found.Classes[0].SeatsLeft != 1 ||
			found.Classes[0].MinutesAway != 4 {
			t.Errorf("found: %+v, %v", found, err)
		}
		b.lawful()
	})
}

// Goal: nobody sits in two classes at one time; a class that is called off tells everybody why and
// frees them; a station runs its own classes only.
func TestCallOff(t *testing.T) {
	t.Parallel()
	each(t, func(b *bundle) {
		c, other := b.open(30, 5), b.open(32, 5)
		seat, err := b.enrol(0, c.ID)
		b.ok(err)
		_, err = b.enrol(0, other.ID)
		b.refused(err, "training.clash")
		off := training.CallOff{Keyed: b.key(), ClassID: c.ID}
		_, err = b.CallOff(b.staff, off)
		b.refused(err, "training.reason")
		off.Reason = "老师生病"
		_, err = b.CallOff(b.away, off)
		b.refused(err, "station.not_here")
		_, err = b.ShowRoll(b.away, training.GetClass{ClassID: c.ID})
		b.refused(err, "station.not_here")
		_, err = b.FindRunClasses(b.staff, training.FindRunClasses{})
		b.refused(err, "station.not_here")
		gone, err := b.CallOff(b.staff, off)
		b.ok(err)
		if gone.State != training.CalledOff || gone.SeatsLeft != 5 {
			t.Errorf("called off: %+v", gone)
		}
		_, err = b.enrol(1, c.ID)
		b.refused(err, "training.called_off")
		_, err = b.enrol(0, other.ID)
		b.ok(err)
		b.refused(b.assess(seat.ID, true), "training.called_off")
		if want := "class_called_off 叉车入门老师生病"; !slices.Contains(b.told.list, want) {
			t.Errorf("told: %q", b.told.list)
		}
		list, err := b.FindRunClasses(b.clerk, training.FindRunClasses{})
		if err != nil || len(list.Classes) != 2 {
			t.Errorf("the bureau sees %+v, %v", list, err)
		}
		b.lawful()
	})
}

// Goal: a class that cannot be is refused with the field that is wrong.
func TestOpenClass(t *testing.T) {
	t.Parallel()
	each(t, func(b *bundle) {
		for code, change := range map[string]func(*training.OpenClass){
			"training.title":    func(in *training.OpenClass) { in.Title = " " },
			"training.teacher":  func(in *training.OpenClass) { in.Teacher = "" },
			"training.phone":    func(in *training.OpenClass) { in.Phone = "call me" },
			"training.seats":    func(in *training.OpenClass) { in.Seats = 201 },
			"training.fee":      func(in *training.OpenClass) { in.FeeFen = -1 },
			"training.skill":    func(in *training.OpenClass) { in.Skill = "cert.health" },
			"training.closes":   func(in *training.OpenClass) { in.ClosesAt = in.Sessions[1].StartsAt },
			"training.sessions": func(in *training.OpenClass) { in.Sessions = nil },
			"training.session": func(in *training.OpenClass) {
				in.Sessions[1].StartsAt = in.Sessions[0].StartsAt
			},
			"training.place": func(in *training.OpenClass) {
				in.Address, in.Region = strings.Repeat("路", 121), "500103"
			},
			"training.position": func(in *training.OpenClass) { in.Address, in.Region = "路1号", "500103" },
			"training.region":   func(in *training.OpenClass) { in.Address = "路1号" },
			"station.not_here":  func(in *training.OpenClass) { in.PlaceID = b.otherPlace },
		} {
			in := b.class(30, 5)
			change(&in)
			_, err := b.OpenClass(b.staff, in)
			b.refused(err, code)
		}
		own := b.class(30, 5)
		own.PlaceID, own.PlaceName, own.Address, own.Region = "", "职校", "校路2号", "500103"
		own.LonE6, own.LatE6 = 106_562_880, 29_556_742
		v, err := b.OpenClass(b.clerk, own)
		if err != nil || v.PlaceName != "职校" || v.District == "" {
			t.Errorf("the bureau's own: %+v, %v", v, err)
		}
		b.lawful()
	})
}

// Goal: the roll goes out as a workbook, and who took it is on record.
func TestExportRoll(t *testing.T) {
	t.Parallel()
	each(t, func(b *bundle) {
		c := b.open(30, 5)
		seat, err := b.enrol(0, c.ID)
		b.ok(err)
		b.clk.Add(31 * time.Hour)
		b.ok(b.call(c.ID, 1, seat.ID))
		file, err := b.ExportRoll(b.staff, training.ExportRoll{ClassID: c.ID})
		b.ok(err)
		if file.FileName != "叉车入门-培训班名册.xlsx" || !bytes.HasPrefix(file.Content, []byte("PK")) {
			t.Errorf("file %q of %d bytes", file.FileName, len(file.Content))
		}
		table, err := sheet.Open(file.Content, []sheet.Column{{Key: "name", Title: "姓名", Required: true},
			{Key: "came", Title: "到课", Required: true}})
		b.ok(err)
		defer table.Close()
		var rows []string
		b.ok(table.Each(func(r sheet.Row) error {
			rows = append(rows, r.Text("name")+" "+r.Text("came"))
			return nil
		}))
		if !slices.Equal(rows, []string{"王芳 1 / 2"}) {
			t.Errorf("rows %q", rows)
		}
		n, err := db.Get[int64](context.Background(), b.d,
			`SELECT COUNT(*) FROM audit WHERE subject = $1`, c.ID)
		if err != nil || n != 1 {
			t.Errorf("%d audits, %v", n, err)
		}
	})
}

// Goal: who closes the account gives the seat back; who goes for good leaves no words behind; and
// the figures count seats, persons and who passed.
func TestLeave(t *testing.T) {
	t.Parallel()
	each(t, func(b *bundle) {
		c, next := b.open(30, 5), b.open(100, 5)
		var ids []string
		for w := range 3 {
			e, err := b.enrol(w, c.ID)
			b.ok(err)
			ids = append(ids, e.ID)
		}
		b.clk.Add(55 * time.Hour)
		b.ok(b.call(c.ID, 1, ids[0], ids[1]))
		b.ok(b.assess(ids[0], true))
		b.ok(b.assess(ids[1], false))
		for w := range 3 {
			_, err := b.enrol(w, next.ID)
			b.ok(err)
		}
		now := b.clk.Now()
		got, err := b.Gauges(context.Background(), b.d, now.Add(-time.Hour), now.Add(time.Hour))
		b.ok(err)
		want := []gauge.Value{{Code: "T01", Num: 2, Unit: "count"},
			{Code: "T01", Part: "persons", Num: 2, Unit: "count"},
			{Code: "T01", Part: "passed", Num: 1, Den: 2, Unit: "share"}}
		if !slices.Equal(got, want) {
			b.t.Errorf("gauges: %+v", got)
		}
		_, err = db.InTx(context.Background(), b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			for w := range 2 {
				if err := b.LeaveTx(ctx, tx, b.id(w)); err != nil {
					return false, err
				}
			}
			return true, b.EraseTx(ctx, tx, b.id(1))
		})
		b.ok(err)
		left, err := b.ShowRoll(b.staff, training.GetClass{ClassID: next.ID})
		b.ok(err)
		seats, err := b.ShowRoll(b.staff, training.GetClass{ClassID: c.ID})
		b.ok(err)
		if len(left.Seats) != 1 || len(seats.Seats) != 3 {
			b.t.Errorf("after leaving: %+v, %+v", left.Seats, seats.Seats)
		}
		for _, s := range seats.Seats {
			erased := s.WorkerID == b.id(1)
			if erased != (s.Words == "") && s.Standing != training.Enrolled {
				b.t.Errorf("words left: %+v", s)
			}
		}
		b.lawful()
	})
}

// Goal: each law of the slice is found broken when it is.
func TestCheck(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]string{
		"seats taken":    `UPDATE classes SET taken = taken + 1`,
		"was called off": `UPDATE classes SET state = 'called_off', reason = 'x'`,
		"overlaps":       `UPDATE class_sessions SET starts_at_ms = 1, ends_at_ms = 2`,
		"having come":    `UPDATE class_roll SET present = FALSE`,
		"did not pass":   `UPDATE worker_skills SET evidence = 'enr_x'`,
		"is not sealed":  `UPDATE classes SET phone_sealed = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(b *bundle) {
				c, later := b.open(30, 5), b.open(100, 5)
				seat, err := b.enrol(0, c.ID)
				b.ok(err)
				_, err = b.enrol(0, later.ID)
				b.ok(err)
				b.clk.Add(55 * time.Hour)
				b.ok(b.call(c.ID, 1, seat.ID))
				b.ok(b.assess(seat.ID, true))
				b.lawful()
				var args []any
				if strings.Contains(broken, "$1") {
					args = append(args, []byte("02361234567"))
				}
				b.exec(broken, args...)
				err = b.Check(context.Background(), b.d, b.clk.Now())
				if err == nil || !strings.Contains(err.Error(), name) {
					t.Errorf("%s: %v", broken, err)
				}
			})
		})
	}
}

func (b *bundle) exec(statement string, args ...any) {
	b.t.Helper()
	_, err := db.InTx(context.Background(), b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		_, err := tx.Exec(ctx, statement, args...)
		return true, err
	})
	b.ok(err)
}
