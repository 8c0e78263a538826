package e2e

import (
	"time"

	"github.com/gongyi/gongyi/city/training"
)

// classMatrix is who may do what with classes.
var classMatrix = []operation{
	//                                           N A W w E e S s C D U T
	{name: "training.OpenClass", body: `{"place_id": "$public", "title": "氩弧焊入门",
		"skill": "skill.argon_welding", "teacher": "周老师", "phone": "023-61234567", "seats": 2,
		"sessions": [{"starts_at": "2026-03-25T01:00:00Z", "ends_at": "2026-03-25T04:00:00Z"}],
		"closes_at": "2026-03-25T01:00:00Z"}`, cells: "- - - - - - - - + - - +"},
	{name: "training.FindClasses", cells: "+ + + + + + + + + + + +"},
	{name: "training.ShowClass", cells: "+ + + + + + + + + + + +"},
	{name: "training.Enrol", body: `{"worker_id": "$worker"}`, cells: "- - + - - - - - - - - -"},
	{name: "training.Enrol", note: "own id", body: `{"worker_id": "$me"}`,
		cells: ". . . + . . . . . . . ."},
	{name: "training.EnrolFor", body: `{"worker_id": "$worker", "help_id": "$help"}`,
		cells: "- - - - - - - - 0 - - +"},
	{name: "training.Withdraw", body: `{"worker_id": "$worker"}`, cells: "- - + - - - - - - - - -"},
	{name: "training.Withdraw", note: "own id", body: `{"worker_id": "$me"}`,
		cells: ". . . 0 . . . . . . . ."},
	{name: "training.FindEnrolments", cells: "- - + - - - - - - - - -"},
	{name: "training.FindEnrolments", note: "own id", with: map[string]string{"worker_id": "$me"},
		cells: ". . . e . . . . . . . ."},
	{name: "training.FindRunClasses", query: "?place_id=$public", cells: "- - - - - - - - + - - +"},
	{name: "training.ShowRoll", cells: "- - - - - - - - + - - +"},
	{name: "training.CallRoll", body: `{"session": 1}`, cells: "- - - - - - - - + - - +"},
	{name: "training.Assess", body: `{"passed": true}`, cells: "- - - - - - - - + - - +"},
	{name: "training.CallOff", body: `{"reason": "老师生病"}`, cells: "- - - - - - - - + - - +"},
	{name: "training.ExportRoll", body: `{}`, cells: "- - - - - - - - + - - +"},
}

// They stand first: the matrix ends with sessions that end.
func init() { matrix = append(classMatrix, matrix...) }

// taught opens a class at the counter in which W has a seat.
func (t *town) taught(c *cast, worker who) {
	t.t.Helper()
	c.ids["class"] = t.class(c.ids["public"])
	seat, err := t.Training.Enrol(worker.ctx, training.Enrol{Keyed: t.key(),
		ClassID: c.ids["class"], WorkerID: worker.id})
	t.ok(err)
	c.ids["enrolment"] = seat.ID
}

// class opens a class of one evening, two days from now, at a station or, without one, at a school,
// and gives its id.
func (t *town) class(placeID string) string {
	t.t.Helper()
	begins := t.clk.Now().Add(48 * time.Hour)
	v, err := t.Training.OpenClass(t.clerk, training.OpenClass{Keyed: t.key(), PlaceID: placeID,
		PlaceName: "职校", Address: "市校路2号", Region: region, LonE6: 106_562_880, LatE6: 29_556_742,
		Title: "叉车入门", Skill: "skill.forklift", Teacher: "周老师", Phone: "19990000077", Seats: 5,
		Sessions: []training.Session{{StartsAt: begins, EndsAt: begins.Add(3 * time.Hour)}},
		ClosesAt: begins})
	t.ok(err)
	return v.ID
}
