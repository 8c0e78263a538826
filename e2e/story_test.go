package e2e

import (
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/fault"
)

// stories happen one after the other in one town, each to a worker of its own; the laws hold after
// each. Each leaves nothing open that the next could trip over.
var stories = []struct {
	name string
	tell func(*town, who)
}{
	{"insurer not to be told", storyNotShared},
	{"one person called off", storyOneCalledOff},
	{"without a phone at hand", storyProxy},
	{"home before noon", storyEarly},
	{"an hour longer", storyOverrun},
	{"over midnight", storyOvernight},
	{"breaks at fixed times", storyBreaks},
	{"by the day and by the piece", storyDayAndPiece},
	{"corrected from both sides", storyCorrections},
	{"an insurer that says nothing", storySilentInsurer},
	{"a phone whose clock is wrong", storyClockDrift},
	{"scanned twice", storyScannedTwice},
	{"men preferred", storyDiscriminating},
	{"too young", storyTooYoung},
}

// Goal: accidents of the trade, each told from its beginning to the money, on both engines.
func TestStories(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		c.fund(c.employer, 9_000_000)
		for i, s := range stories {
			t.Run(s.name, func(t *testing.T) {
				c.t = t
				defer func() { c.t = t }()
				c.morning()
				s.tell(c, c.newWorker(100+i))
				c.lawful()
			})
		}
	})
}

// morning lets the night pass: the next story begins at eight.
func (c *town) morning() {
	next := c.clk.Now().Truncate(24 * time.Hour).Add(24 * time.Hour)
	c.clk.Set(next)
	c.sweep(time.Minute)
}

// refused fails the test unless the error is the fault with that code.
func (c *town) refused(what string, err error, code string) {
	c.t.Helper()
	if !fault.Is(err, code) {
		c.t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// arrives puts the clock at the placement's start and signs its contract.
func (c *town) arrives(w who, p market.PlacementView) {
	c.t.Helper()
	c.sign(w, p.ContractID)
	c.clk.Set(p.StartsAt)
}

// She agreed to the plan and not to telling the insurer. At the gate she is told so, her arrival is
// on record, she ticks the box there and starts; the employer never sees her phone.
func storyNotShared(c *town, w who) {
	_, err := c.People.WithdrawConsent(w.ctx, people.WithdrawConsent{Keyed: c.key(), WorkerID: w.id,
		Purpose: people.PurposeShareInsurer})
	c.ok(err)
	p := c.accept(w, c.shift(1))
	c.arrives(w, p)
	_, err = c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
	c.refused("without the yes", err, "insurance.not_shared")
	if n := c.count(`SELECT COUNT(*) FROM clock_events WHERE placement_id = $1 AND (kind = 'arrival'
		OR kind = 'refused' AND reason = 'insurance.not_shared')`, p.ID); n != 2 {
		c.t.Errorf("%d of arrival and refusal on record", n)
	}
	_, err = c.Insurance.Consent(w.ctx, insurance.Consent{Keyed: c.key(), WorkerID: w.id,
		PlanID: c.planID, Version: c.version, ShareVersion: "2"})
	c.ok(err)
	c.clk.Add(time.Minute)
	_, err = c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
	c.ok(err)
	_, err = c.Market.GetContact(c.employer.ctx, market.GetContact{EmployerID: c.employer.id,
		WorkerID: w.id})
	c.refused("her phone", err, "people.no_consent")
	c.goesHome(w, p)
}

// goesHome clocks out at the end of the shift.
func (c *town) goesHome(w who, p market.PlacementView) attendance.Receipt {
	c.t.Helper()
	c.clk.Set(p.EndsAt)
	r, err := c.Attendance.ClockOut(w.ctx, c.gate(w, p.ID))
	c.ok(err)
	return r
}

// Three were to come, the orders are for two. An hour before, the employer calls her off: half of
// her day is hers within 24 hours, the others work, and nobody else is sought for the head.
func storyOneCalledOff(c *town, w who) {
	shiftID := c.shift(3)
	p := c.accept(w, shiftID)
	other := c.newWorker(201)
	q := c.accept(other, shiftID)
	c.clk.Set(p.StartsAt.Add(-time.Hour))
	got, err := c.Market.CallOffPlacement(c.employer.ctx, market.CallOff{Keyed: c.key(),
		PlacementID: p.ID, EmployerID: c.employer.id, Reason: "less_work"})
	c.ok(err)
	if got.CompensationFen != 9_375 || got.NoticeMin != 60 || got.Heads != 2 {
		c.t.Errorf("called off: %+v", got)
	}
	c.sign(other, q.ContractID)
	c.clk.Set(q.StartsAt)
	_, err = c.Attendance.ClockIn(other.ctx, c.gate(other, q.ID))
	c.ok(err)
	_, err = c.Market.CallOffPlacement(c.employer.ctx, market.CallOff{Keyed: c.key(),
		PlacementID: q.ID, EmployerID: c.employer.id, Reason: "overstaffed"})
	c.refused("who works", err, "market.placement_state")
	_, err = c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
	c.refused("who was called off", err, "market.placement_state")
	c.goesHome(other, q)
	c.live(25)
	if n := c.count(`SELECT COUNT(*) FROM wage_lines WHERE placement_id IN ($1, $2)
		AND state = 'paid'`, p.ID, q.ID); n != 2 {
		c.t.Errorf("%d of compensation and wage arrived", n)
	}
}

// He has left his phone at home. The station's staff see his card, he lets them act for the
// morning, and they apply for him; he reads it later and ends it. Without him they can neither sign
// nor agree to anything, and when he has switched proposals off, nobody recommends him.
func storyProxy(c *town, w who) {
	place, err := c.Stations.CreatePlace(c.clerk, station.CreatePlace{Keyed: c.key(),
		Kind: "relay_station", Name: "渝中驿站", Address: "演示路3号", Region: region,
		LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 100})
	c.ok(err)
	staffID, helpID := c.counter(place.ID, "19990000005", w)
	staff := atCounter(staffID)
	vacancyID, _ := c.monthly(5)
	apply := market.ApplyFor{Keyed: c.key(), VacancyID: vacancyID, WorkerID: w.id, HelpID: helpID}
	_, err = c.Market.ApplyFor(atCounter("acc_other"), apply)
	c.refused("another of the staff", err, "station.help_not_found")
	a, err := c.Market.ApplyFor(staff, apply)
	c.ok(err)
	if a.State != market.Applied || a.RecommendedBy != staffID {
		c.t.Errorf("applied: %+v", a)
	}
	seen, err := c.Stations.FindHelps(w.ctx, station.MyHelps{WorkerID: w.id})
	c.ok(err)
	if len(seen.Helps) != 1 || len(seen.Services) != 1 || seen.Services[0].Ref != a.ID {
		c.t.Errorf("he reads %+v", seen)
	}
	_, err = c.Stations.EndHelp(w.ctx, station.EndHelp{Keyed: c.key(), WorkerID: w.id, HelpID: helpID})
	c.ok(err)
	apply.Keyed = c.key()
	_, err = c.Market.ApplyFor(staff, apply)
	c.refused("after he ended it", err, "station.help_ended")
	_, err = c.People.GiveConsent(staff, people.GiveConsent{Keyed: c.key(), WorkerID: w.id,
		Purpose: people.PurposeLocation, Version: "1"})
	c.refused("a consent for him", err, "people.not_allowed")
	_, err = c.Contracts.Sign(staff, contract.Sign{Keyed: c.key(), ContractID: "ctr_any", Code: "1"})
	c.refused("a signature for him", err, "people.not_allowed")
	_, err = c.People.WithdrawConsent(w.ctx, people.WithdrawConsent{Keyed: c.key(), WorkerID: w.id,
		Purpose: people.PurposeRecommend})
	c.ok(err)
	_, err = c.Market.RecommendWorker(staff, market.Recommend{Keyed: c.key(), VacancyID: vacancyID,
		WorkerID: w.id, Note: "能干"})
	c.refused("a recommendation that he does not want", err, "people.consent_withdrawn")
}
