package market_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// The point of the demo's place, and one some kilometres off.
const (
	lonHere, latHere = 106_562_880, 29_556_742
	lonNear, latNear = 106_582_880, 29_566_742
)

// life is a market in which anything may happen, by dice.
type life struct {
	*bundle
	*rand.Rand
	hands     []hand
	vacancies []market.VacancyView
	places    []market.PlacementView
	plan      market.Publish
	taught    []string
}

// did passes on what only a broken market says: refusals are part of life.
func (l *life) did(what string, err error) {
	l.t.Helper()
	if f := fault.As(err); err != nil && (f == nil || f.Kind == fault.Internal) {
		l.t.Fatalf("%s: %v", what, err)
	}
}

var asked = []string{"skill.waiting", "skill.sewing", "cert.health"}

func (l *life) publish(ctx context.Context) {
	v := l.vacancy(1 + int64(l.IntN(2)))
	v.Title = fmt.Sprintf("工种%d", l.IntN(1_000_000))
	v.RateFen = 2_500 + 100*money.Fen(l.IntN(10))
	if l.IntN(3) == 0 {
		v.Required = asked[l.IntN(len(asked)):][:1]
	}
	first := v.Shifts[0]
	for d := range l.IntN(4) {
		s := first
		s.StartsAt, s.EndsAt = s.StartsAt.AddDate(0, 0, d+1), s.EndsAt.AddDate(0, 0, d+1)
		v.Shifts = append(v.Shifts, s)
	}
	view, err := l.PublishVacancy(l.boss, v)
	l.did("publish", err)
	if err == nil {
		l.vacancies = append(l.vacancies, view)
	}
	l.plan = v
}

func (l *life) accept(ctx context.Context) {
	w, v := l.hands[l.IntN(len(l.hands))], l.anyVacancy()
	if v.ID == "" {
		return
	}
	p, err := l.bundle.accept(w, v.ShiftIDs[l.IntN(len(v.ShiftIDs))])
	l.did("accept", err)
	if err == nil {
		l.places = append(l.places, p)
	}
}

func (l *life) anyVacancy() market.VacancyView {
	if len(l.vacancies) == 0 {
		return market.VacancyView{}
	}
	return l.vacancies[l.IntN(len(l.vacancies))]
}

func (l *life) leave(context.Context) {
	if len(l.places) == 0 {
		return
	}
	p := l.places[l.IntN(len(l.places))]
	for _, w := range l.hands {
		if w.id == p.WorkerID {
			_, err := l.CancelPlacement(w, market.Leave{Keyed: l.key(), PlacementID: p.ID, WorkerID: w.id,
				Reason: "没空"})
			l.did("leave", err)
		}
	}
}

func (l *life) callOff(context.Context) {
	if v := l.anyVacancy(); v.ID != "" {
		_, err := l.CancelShift(l.boss, market.CancelShift{Keyed: l.key(), EmployerID: l.boss.id,
			ShiftID: v.ShiftIDs[l.IntN(len(v.ShiftIDs))], Reason: "停工"})
		l.did("call off", err)
	}
}

func (l *life) change(context.Context) {
	v := l.anyVacancy()
	if v.ID == "" {
		return
	}
	in := l.plan
	in.Keyed, in.RateFen = l.key(), in.RateFen+100
	view, err := l.ChangeVacancy(l.boss, market.Change{Publish: in, VacancyID: v.ID})
	l.did("change", err)
	if err == nil {
		l.vacancies = append(l.vacancies, view)
	}
}

func (l *life) takeDown(ctx context.Context) {
	if v := l.anyVacancy(); v.ID != "" {
		_, err := db.InTx(ctx, l.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			return true, l.TakeDownTx(ctx, tx, v.ID, "投诉")
		})
		l.did("take down", err)
	}
}

func (l *life) beReady(context.Context) {
	w := l.hands[l.IntN(len(l.hands))]
	in := market.SetAvailability{Keyed: l.key(), WorkerID: w.id, LonE6: lonNear, LatE6: latNear,
		ReachM: 1000 * (1 + int64(l.IntN(20))), FloorFen: 2_000, Open: l.IntN(4) > 0,
		NoNight: l.IntN(2) == 0}
	if l.IntN(2) == 0 {
		in.Free = []market.FreeHours{{Days: []int{1, 2, 3, 4, 5}, FromMin: 480, ToMin: 1200}}
	}
	_, err := l.SetAvailability(w, in)
	l.did("be ready", err)
}

func (l *life) learn(context.Context) {
	w := l.hands[l.IntN(len(l.hands))]
	if l.IntN(2) == 0 {
		_, err := l.skills.AddSkill(w, skill.AddSkill{Keyed: l.key(), WorkerID: w.id,
			Skill: asked[l.IntN(2)]})
		l.did("say a skill", err)
		return
	}
	today := civil.DateOf(l.clk.Now())
	c, err := l.skills.AddCertificate(w, skill.AddCertificate{Keyed: l.key(), WorkerID: w.id,
		Kind: "cert.health", Number: fmt.Sprint("H", l.IntN(1_000_000)), IssuedOn: today,
		ExpiresOn: today.AddDays(1 + l.IntN(3)), Evidence: digest})
	l.did("show a certificate", err)
	if err == nil {
		_, err = l.skills.VerifyCertificate(l.clerk, skill.VerifyCertificate{Keyed: l.key(),
			CertificateID: c.ID, Decision: skill.Verified})
		l.did("verify it", err)
	}
}

// teach has a class opened, a seat in one taken, or one called off.
func (l *life) teach(context.Context) {
	switch n := l.IntN(3); {
	case n == 0 || len(l.taught) == 0:
		l.taught = append(l.taught, l.class(asked[l.IntN(2)], int64(l.IntN(140_000)), 1+l.IntN(2)).ID)
	case n == 1:
		w := l.hands[l.IntN(len(l.hands))]
		_, err := l.classes.Enrol(w, training.Enrol{Keyed: l.key(), WorkerID: w.id,
			ClassID: l.taught[l.IntN(len(l.taught))]})
		l.did("take a seat", err)
	default:
		_, err := l.classes.CallOff(l.clerk, training.CallOff{Keyed: l.key(), Reason: "停电",
			ClassID: l.taught[l.IntN(len(l.taught))]})
		l.did("call a class off", err)
	}
}

func (l *life) changeMind(context.Context) {
	w := l.hands[l.IntN(len(l.hands))]
	p := []people.Purpose{people.PurposeRecommend, people.PurposeShareEmployer}[l.IntN(2)]
	if l.IntN(2) == 0 {
		_, err := l.people.WithdrawConsent(w, people.WithdrawConsent{Keyed: l.key(), WorkerID: w.id,
			Purpose: p})
		l.did("say no", err)
		return
	}
	_, err := l.people.GiveConsent(w, people.GiveConsent{Keyed: l.key(), WorkerID: w.id,
		Purpose: p, Version: people.PresentVersion(p)})
	l.did("say yes", err)
}

func (l *life) sleep(ctx context.Context) {
	l.clk.Add(time.Duration(1+l.IntN(30)) * time.Hour)
	for _, s := range l.Sweeps() {
		_, err := s.Run(ctx, l.clk.Now())
		l.did("sweep "+s.Name, err)
	}
}

// step lets one thing happen.
func (l *life) step() {
	ctx := context.Background()
	all := []func(context.Context){l.publish, l.publish, l.accept, l.accept, l.accept, l.leave,
		l.callOff, l.change, l.takeDown, l.beReady, l.beReady, l.learn, l.changeMind, l.teach,
		l.teach, l.sleep}
	all[l.IntN(len(all))](ctx)
}

func newLife(t *testing.T, d *db.DB, clk *clock.Fake, seed uint64) *life {
	t.Helper()
	l := &life{bundle: setup(t, d, clk), Rand: rand.New(rand.NewPCG(seed, 5))}
	for n := range 4 {
		l.hands = append(l.hands, l.worker(n+1, "1990-05-05"))
	}
	l.plan = l.vacancy(1)
	return l
}

// Goal: whatever happens, the index that has followed the feed equals one built anew: law 8.
func TestLaw8(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
				l := newLife(t, d, clk, seed)
				for n := range 50 {
					l.step()
					if err := l.CheckIndex(context.Background()); err != nil {
						t.Fatalf("step %d: %v", n, err)
					}
				}
				l.lawful()
			})
		})
	}
}

// Goal: a change of which no event tells is found out, so that the check is one that can fail.
func TestLaw8Broken(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		ctx := context.Background()
		b := setup(t, d, clk)
		v := b.publish(b.vacancy(3))
		w := b.worker(1, "1990-05-05")
		must(b.SetAvailability(w, market.SetAvailability{Keyed: b.key(), WorkerID: w.id,
			LonE6: lonNear, LatE6: latNear, ReachM: 9_000, Open: true}))(t)
		if err := b.CheckIndex(ctx); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ q, id string }{
			{`UPDATE shifts SET heads = heads + 1 WHERE vacancy_id = $1`, v.ID},
			{`UPDATE availabilities SET reach_m = reach_m + 1 WHERE worker_id = $1`, w.id},
		} {
			must(db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
				return tx.Exec(ctx, c.q, c.id)
			}))(t)
			if err := b.CheckIndex(ctx); err == nil || !strings.Contains(err.Error(), c.id) {
				t.Errorf("after %s: %v", c.q, err)
			}
		}
	})
}

// Goal: while everything changes and many look for work, nobody is shown what cannot be, and the
// index of who follows comes to equal the database. The race detector watches.
func TestFollow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		l := newLife(t, d, clk, 99)
		life, end := context.WithCancel(context.Background())
		var busy sync.WaitGroup
		busy.Go(func() { l.Follow(life, slog.New(slog.DiscardHandler)) })
		for range 2 {
			busy.Go(func() {
				for life.Err() == nil {
					found, err := l.FindWork(life, market.FindWork{LonE6: lonNear, LatE6: latNear, Limit: 100})
					if err != nil && life.Err() == nil {
						t.Error(err)
						return
					}
					for _, item := range found.Items {
						if len(item.Shifts) == 0 || item.Shifts[0].ShiftID != item.ShiftID {
							t.Errorf("an item without a shift: %+v", item)
						}
					}
				}
			})
		}
		busy.Go(func() { // and runs of pushes go on
			for n := 0; life.Err() == nil; n++ {
				_, err := l.StartPush(people.AsSystem(life, "follow"),
					market.StartPush{Keyed: deed.Key(fmt.Sprint("push-", n))})
				if err == nil {
					_, err = l.PushOn(people.AsSystem(life, "follow"))
				}
				if f := fault.As(err); err != nil && life.Err() == nil &&
					(f == nil || f.Kind == fault.Internal) {
					t.Error(err)
					return
				}
			}
		})
		for range 40 {
			l.step()
		}
		if err := l.CheckIndex(context.Background()); err != nil {
			t.Error(err)
		}
		end()
		busy.Wait()
	})
}
