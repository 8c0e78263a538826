package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: somebody who worked gets everything the city holds of them, sees who got what, cannot close
// the account while a wage is on its way, can afterwards, and is erased when the time of keeping is
// over; every law holds at each step.
func TestLeavingTheCity(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		w.ctx = c.logIn(w.phone)
		closing := func() error {
			_, err := c.People.CloseAccount(w.ctx, people.CloseAccount{Keyed: c.key(), WorkerID: w.id})
			return err
		}
		refused := func(code string) {
			t.Helper()
			if err := closing(); !fault.Is(err, code) {
				t.Fatalf("closed, or refused for another reason than %s: %v", code, err)
			}
		}
		p := c.accept(w, c.shift(1))
		refused("market.still_expected")
		line := c.work(w, p).LineID
		refused("wage.still_owed")
		c.confirm(line)
		c.sweep(10 * time.Minute)
		c.sweep(10 * time.Minute)
		c.sweep(time.Hour) // the insurer hears of the cover

		v, err := c.People.DownloadCopy(w.ctx, people.DownloadCopy{WorkerID: w.id})
		c.ok(err)
		to := map[string]int{}
		for _, s := range v.Sharings {
			to[s.To]++
		}
		if to["bank"] != 1 || to["demo"] != 1 || to[c.employer.id] != 1 || len(to) != 3 {
			t.Errorf("shared with %v", to)
		}
		held := map[string]int{}
		for _, h := range v.Holdings {
			held[h.Name] = len(h.Rows)
		}
		for name, n := range map[string]int{"placements": 1, "contracts": 1, "contract_evidence": 5,
			"clock_events": 3, "timesheets": 1, "wage_lines": 1, "payouts": 1, "covers": 1,
			"insurance_consents": 1, "messages": 0} {
			if got, ok := held[name]; !ok || got < n {
				t.Errorf("the copy holds %d %s, want %d", held[name], name, n)
			}
		}
		text, err := json.Marshal(v)
		if err != nil || strings.Contains(string(text), "_ms\"") {
			t.Errorf("instants that nobody can read, %v", err)
		}
		c.lawful()

		c.ok(closing())
		c.sweep(time.Minute)
		if sms := c.box.SMS(w.phone); !strings.Contains(sms[0].Text, "已注销") {
			t.Errorf("the last message: %q", sms[0].Text)
		}
		if w := people.ActorOf(c.logIn(w.phone)).WorkerID; w != "" {
			t.Errorf("still logs in as %s", w)
		}
		c.lawful()
		c.sweep(3*366*24*time.Hour + time.Hour)
		if n := c.count(`SELECT COUNT(*) FROM closures WHERE erased_at_ms > 0`); n != 1 {
			t.Errorf("%d erased", n)
		}
		if n := c.count(`SELECT COUNT(*) FROM messages WHERE account_id = $1`, w.accountID); n != 0 {
			t.Errorf("%d messages outlived the account", n)
		}
		c.lawful()
	})
}

// Goal: who does not let the phone's position be read clocks in with the code on the wall; who
// agreed may do it by position until the consent is taken back.
func TestLocationIsAskedFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w, shy := c.newWorker(1), c.newWorker(2)
		shift := c.shift(2)
		p, q := c.accept(w, shift), c.accept(shy, shift)
		c.sign(w, p.ContractID)
		c.sign(shy, q.ContractID)
		c.clk.Set(p.StartsAt)
		here := attendance.Clock{Keyed: c.key(), PlacementID: p.ID, WorkerID: w.id,
			LonE6: 106_562_880, LatE6: 29_556_742, AccuracyM: 10}
		if _, err := c.Attendance.ClockIn(w.ctx, here); !fault.Is(err, "people.no_consent") {
			t.Fatalf("read a position that nobody agreed to: %v", err)
		}
		agree := people.GiveConsent{Keyed: c.key(), WorkerID: w.id, Version: "1",
			Purpose: people.PurposeLocation}
		_, err := c.People.GiveConsent(w.ctx, agree)
		c.ok(err)
		here.Keyed = c.key()
		_, err = c.Attendance.ClockIn(w.ctx, here)
		c.ok(err)
		_, err = c.Attendance.ClockIn(shy.ctx, c.gate(shy, q.ID))
		c.ok(err)
		_, err = c.People.WithdrawConsent(w.ctx, people.WithdrawConsent{Keyed: c.key(), WorkerID: w.id,
			Purpose: people.PurposeLocation})
		c.ok(err)
		c.clk.Set(p.EndsAt)
		here.Keyed = c.key()
		if _, err := c.Attendance.ClockOut(w.ctx, here); !fault.Is(err, "people.consent_withdrawn") {
			t.Fatalf("read a position after the consent was taken back: %v", err)
		}
		_, err = c.Attendance.ClockOut(w.ctx, c.gate(w, p.ID))
		c.ok(err)
		c.lawful()
	})
}
