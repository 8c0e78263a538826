package phone

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

const (
	icalBytesMax = 75 // of a line, without its end. Source: RFC 5545, 3.1
	icalTime     = "20060102T150405Z"
)

// icalStates are how a calendar shows a placement; one that is not among them is left out.
// Source: RFC 5545, 3.8.1.11.
var icalStates = map[market.State]string{market.Offered: "TENTATIVE", market.Accepted: "CONFIRMED",
	market.Started: "CONFIRMED", market.Done: "CONFIRMED", market.CancelledByEmployer: "CANCELLED",
	market.CancelledByWorker: "CANCELLED"}

// icalSeats are how it shows a seat in a class.
var icalSeats = map[training.Standing]string{training.Enrolled: "CONFIRMED",
	training.Passed: "CONFIRMED", training.Failed: "CONFIRMED", training.Cancelled: "CANCELLED"}

// calendar sends the schedule behind a secret address as iCalendar.
func (s *site) calendar(v *web.Visit) error {
	token, ok := strings.CutSuffix(v.R.PathValue("file"), ".ics")
	if !ok {
		token = ""
	}
	view, err := s.Market.ShowCalendar(v.Ctx, market.GetCalendar{Token: token})
	if err != nil {
		return err
	}
	name := v.Say("phone.ical.name", nil)
	return v.SendData("text/calendar; charset=utf-8",
		ical(view, name, v.Say("phone.ical.employer", nil), s.Market.DB.Now()))
}

// ical writes a schedule. Source: RFC 5545; the name and how often to ask again: RFC 7986.
func ical(view market.ScheduleView, name, employer string, now time.Time) []byte {
	var b strings.Builder
	put := func(line string) { fold(&b, line) }
	when := func(id string, from, until time.Time) {
		put("UID:" + id + "@gongyi")
		put("DTSTAMP:" + now.UTC().Format(icalTime))
		put("DTSTART:" + from.UTC().Format(icalTime))
		put("DTEND:" + until.UTC().Format(icalTime))
	}
	what := func(title, where string, lonE6, latE6 int64) {
		put("SUMMARY:" + icalText(title))
		put("LOCATION:" + icalText(where))
		put("GEO:" + ui.Degrees(latE6) + ";" + ui.Degrees(lonE6))
	}
	put("BEGIN:VCALENDAR")
	put("VERSION:2.0")
	put("PRODID:-//Gongyi//Schedule//ZH")
	put("CALSCALE:GREGORIAN")
	put("METHOD:PUBLISH")
	put("NAME:" + icalText(name))
	put("X-WR-CALNAME:" + icalText(name))
	put("REFRESH-INTERVAL;VALUE=DURATION:PT1H")
	for _, p := range view.Placed {
		state, ok := icalStates[p.Placement.State]
		if !ok {
			continue
		}
		w := p.Shift
		put("BEGIN:VEVENT")
		when(p.Placement.ID, p.Placement.StartsAt, p.Placement.EndsAt)
		what(w.Title, w.PlaceName+" "+w.Address, w.LonE6, w.LatE6)
		put("DESCRIPTION:" + icalText(employer+w.EmployerName))
		put("STATUS:" + state)
		put("END:VEVENT")
	}
	for _, c := range view.Classes {
		for _, one := range c.Sessions {
			put("BEGIN:VEVENT")
			when(c.EnrolmentID+"-"+one.StartsAt.UTC().Format(icalTime), one.StartsAt, one.EndsAt)
			what(c.Title, c.PlaceName+" "+c.Address, c.LonE6, c.LatE6)
			put("STATUS:" + icalSeats[c.Standing])
			put("END:VEVENT")
		}
	}
	put("END:VCALENDAR")
	return []byte(b.String())
}

// icalText escapes a text. Source: RFC 5545, 3.3.11.
func icalText(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' {
			return -1
		}
		return r
	}, text)
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(text)
}

// fold writes a line in pieces of icalBytesMax bytes at most, cutting no character.
func fold(b *strings.Builder, line string) {
	room := icalBytesMax
	for len(line) > room {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		fmt.Fprintf(b, "%s\r\n ", line[:cut])
		line, room = line[cut:], icalBytesMax-1 // the space counts
	}
	b.WriteString(line + "\r\n")
}

// calendarView is the page on which a worker makes or ends the secret address.
type calendarView struct {
	market.CalendarLinkState
	URL string // just made: shown once
}

func (s *site) calendarPage(v *web.Visit, workerID string) error {
	return s.showCalendar(v, workerID, "")
}

func (s *site) showCalendar(v *web.Visit, workerID, address string) error {
	state, err := s.Market.ShowCalendarLink(v.Ctx, market.GetCalendarLink{WorkerID: workerID})
	return or(err, func() error {
		return v.Show(calendarTempl(calendarView{CalendarLinkState: state, URL: address}))
	})
}

// makeCalendar shows the new address at once: it has no page to come back to, because it is a
// secret.
func (s *site) makeCalendar(v *web.Visit, workerID string) error {
	link, err := s.Market.MakeCalendarLink(v.Ctx, market.MakeCalendarLink{WorkerID: workerID})
	return or(err, func() error {
		return s.showCalendar(v, workerID, v.Origin()+v.Base()+"/calendar/"+link.Token+".ics")
	})
}

func (s *site) endCalendar(v *web.Visit, workerID string) error {
	v.Form.Set("worker_id", workerID)
	var in market.EndCalendarLink
	err := v.Read(&in)
	if err == nil {
		_, err = s.Market.EndCalendarLink(v.Ctx, in)
	}
	return or(err, func() error { return v.Go("/me/calendar") })
}

// offline is what a phone without network shows in place of what it does not have.
func (s *site) offline(v *web.Visit) error { return v.Show(offlineTempl()) }

// passView is the worker's card: whoever checks people in at a gate scans it.
type passView struct {
	Name string
	Code ui.QR
}

func (s *site) pass(v *web.Visit, workerID string) error {
	w, err := s.People.ShowWorker(v.Ctx, people.Get{WorkerID: workerID})
	if err != nil {
		return err
	}
	code, err := ui.DrawQR(v.Origin() + v.Base() + "/pass/" + workerID)
	if err != nil {
		return err
	}
	keep(v)
	return v.Show(passTempl(passView{w.Name, code}))
}

// keep lets the phone keep the page for when there is no network, until somebody else logs in.
func keep(v *web.Visit) {
	sum := sha256.Sum256([]byte("keep/" + people.ActorOf(v.Ctx).AccountID))
	v.Keep(hex.EncodeToString(sum[:8]))
}
