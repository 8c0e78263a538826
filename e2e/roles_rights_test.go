package e2e

import (
	"context"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/sim"
)

// rightsMatrix is the part of the matrix about a person's rights and notices.
var rightsMatrix = []operation{
	//                                           N A W w E e S s C D U T
	{name: "people.DownloadCopy", body: `{"reason": "本人到场"}`,
		cells: "- - + - - - - - + - - -"},
	{name: "people.FindSharings", cells: "- - + - - - - - + + + -"},
	{name: "people.RequestPhoneCode", body: `{"phone": "19950000004"}`,
		cells: "- - + - - - - - + - - -"},
	{name: "people.ChangePhone", body: `{"phone": "19950000004", "code": "000000",
		"reason": "旧号丢失"}`, cells: "- - + - - - - - + - - -"},
	{name: "people.AskAmendment", body: `{"field": "name", "value": "李四", "reason": "写错了"}`,
		cells: "- - + - - - - - + - - -"},
	{name: "people.FindAmendments", cells: "- - + - - - - - + + + -"},
	{name: "people.FindAmendmentsWaiting", cells: "- - - - - - - - + - - -"},
	{name: "people.AnswerAmendment", body: `{"grant": false, "words": "证件不符"}`,
		cells: "- - - - - - - - + - - -"},
	{name: "people.CloseAccount", cells: "- - + - - - - - - - - -"},
	{name: "people.ListRosterPage", cells: "- - - - + - - - + - - -"},
	{name: "people.AddToRoster", body: `{"name": "$name", "id_number": "$id_number",
		"phone": "19950000008"}`, cells: "- - - - + - - - + - - -"},
	{name: "people.EndRosterEntry", cells: "- - - - + - - - + - - -"},
	{name: "people.EndRosterEntry", note: "own id", with: map[string]string{"employer_id": "$me"},
		cells: ". . . . . 0 . - . . . ."},
	{name: "people.FindMyRosters", cells: "- - + - - - - - - - - -"},
	{name: "people.AnswerRoster", body: `{"agree": true}`, cells: "- - + - - - - - - - - -"},
	{name: "people.AnswerRoster", note: "own id", with: map[string]string{"worker_id": "$me"},
		body: `{"agree": true}`, cells: ". . . 0 . . . . . . . ."},
	{name: "station.AssignStaff", with: atPublic, body: `{"account_id": "$counter"}`,
		cells: "- - - - - - - - + + - -"},
	{name: "station.RegisterWalkIn", with: atPublic, body: `{"name": "$name",
		"id_number": "$id_number", "region": "500103", "phone": "19950000009", "card_seen": true}`,
		cells: "- - - - - - - - + - - +"},
	{name: "station.AskHelpCode", with: atPublic, body: `{"worker_id": "$worker"}`,
		cells: "- - - - - - - - + - - +"},
	{name: "station.OpenHelp", with: atPublic,
		body: `{"worker_id": "$worker", "words": "已核对身份证"}`, cells: "- - - - - - - - + - - +"},
	{name: "station.OpenHelp", note: "at a place of others",
		body: `{"worker_id": "$worker", "words": "已核对身份证"}`, cells: ". . . . . . . . . . . 0"},
	{name: "station.ListLedgerPage", with: atPublic, cells: "- - - - - - - - + - - +"},
	{name: "station.LogService", with: atPublic, body: `{"kind": "consult", "words": "问工资"}`,
		cells: "- - - - - - - - + - - +"},
	{name: "station.ReceiveWalkIn", with: atPublic,
		body:  `{"id_number": "$number", "card_seen": true}`,
		cells: "- - - - - - - - + - - +"},
	{name: "station.ShowClient", with: atPublic, cells: "- - - - - - - - + - - +"},
	{name: "station.ShowQueue", with: atPublic, cells: "- - - - - - - - + - - +"},
	{name: "station.ShowCounter", with: atPublic, cells: "- - - - - - - - + - - +"},
	{name: "station.ShowTurn", with: atPublic, cells: "- - - - - - - - + - - +"},
	{name: "station.TakeTurn", with: atPublic, body: `{"kind": "work"}`,
		cells: "- - - - - - - - + - - +"},
	{name: "station.CallTurn", with: atPublic, body: `{}`, cells: "- - - - - - - - + - - +"},
	{name: "station.EndTurn", with: atPublic, body: `{"served": true}`,
		cells: "- - - - - - - - + - - +"},
	{name: "station.ShowTally", with: atPublic, cells: "- - - - - - - - + - - +"},
	{name: "station.FindHelps", cells: "- - + - - - - - + + + -"},
	{name: "station.EndHelp", cells: "- - + - - - - - - - - -"},
	{name: "station.EndHelp", note: "own id", with: map[string]string{"worker_id": "$me"},
		cells: ". . . 0 . . . . . . . ."},
	{name: "people.FindConsentTexts", cells: "+ + + + + + + + + + + +"},
	{name: "notify.FindDeliveries", with: map[string]string{"message_id": "$message"},
		cells: "- 0 + 0 0 0 0 0 + 0 0 0"},
	{name: "notify.ShowSettings", cells: "- + + + + + + + + + + +"},
	{name: "notify.SetSettings", body: `{"lang": "en"}`, cells: "- + + + + + + + + + + +"},
	{name: "notify.Switch", body: `{"template": "offer", "off": false}`,
		cells: "- + + + + + + + + + + +"},
	{name: "notify.LinkWeChat", body: `{"code": "forged"}`, cells: "- + + + + + + + + + + +"},
	{name: "notify.Grant", body: `{"template": "offer"}`, cells: "- + + + + + + + + + + +"},
}

// atPublic is the place with a counter.
var atPublic = map[string]string{"place_id": "$public"}

// counter puts somebody behind the counter of a place, who helps a worker, and gives who it is and
// the worker's authority.
func (t *town) counter(placeID, phone string, w who) (accountID, helpID string) {
	t.t.Helper()
	staff, err := t.People.CreateStaff(people.AsSystem(context.Background(), "test"),
		people.CreateStaff{Keyed: t.key(), Phone: phone, Name: "钱七",
			Roles: []people.Role{people.RoleStation}})
	t.ok(err)
	_, err = t.Stations.AssignStaff(t.clerk, station.AssignStaff{Keyed: t.key(), PlaceID: placeID,
		AccountID: staff.AccountID})
	t.ok(err)
	v, err := t.Stations.OpenHelp(atCounter(staff.AccountID), station.OpenHelp{Keyed: t.key(),
		PlaceID: placeID, WorkerID: w.id, Words: "身份证已核对，本人要求代为报名"})
	t.ok(err)
	return staff.AccountID, v.ID
}

// queued has the n-th made-up worker come to a counter, and gives the ID number and a turn.
func (t *town) queued(placeID string, n int) (number, turnID string) {
	t.t.Helper()
	_, number, _, _ = sim.MadeUp(7, n, region)
	_, err := t.Stations.ReceiveWalkIn(t.clerk, station.Receive{Keyed: t.key(), PlaceID: placeID,
		IDNumber: number, CardSeen: true})
	t.ok(err)
	turn, err := t.Stations.TakeTurn(t.clerk, station.TakeTurn{Keyed: t.key(), PlaceID: placeID,
		Kind: "work"})
	t.ok(err)
	return number, turn.ID
}

func atCounter(accountID string) context.Context {
	return people.WithActor(context.Background(), people.Actor{AccountID: accountID,
		Roles: []people.Role{people.RoleStation}})
}

// tell writes a message to somebody and gives its id.
func (t *town) tell(w who) string {
	t.t.Helper()
	ctx := context.Background()
	_, err := db.InTx(ctx, t.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, t.Notify.PutTx(ctx, tx, notify.Message{AccountID: w.accountID, Key: "test/told",
			Template: "shift_cancelled", Args: map[string]string{"day": "2026-03-05"}})
	})
	t.ok(err)
	id, err := db.Get[string](ctx, t.DB, `SELECT id FROM messages WHERE key = 'test/told'`)
	t.ok(err)
	return id
}

// paper puts a scan into the employer's dossier and gives its id.
func (t *town) paper() string {
	t.t.Helper()
	v, err := t.Market.AddDocument(t.employer.ctx, market.AddDocument{Keyed: t.key(),
		EmployerID: t.employer.id, Kind: market.DocBrief, Content: []byte("%PDF-1.7 简章")})
	t.ok(err)
	return v.ID
}

// entered has the employer enter somebody into its roster and gives the entry's id.
func (t *town) entered(n int) string {
	t.t.Helper()
	name, idNumber, phone, _ := sim.MadeUp(7, n, region)
	v, err := t.People.AddToRoster(t.employer.ctx, people.AddToRoster{Keyed: t.key(),
		EmployerID: t.employer.id, Name: name, IDNumber: idNumber, Phone: phone})
	t.ok(err)
	return v.ID
}

// amend asks for a name to be put right and gives the request's id.
func (t *town) amend(w who) string {
	t.t.Helper()
	v, err := t.People.AskAmendment(w.ctx, people.AskAmendment{Keyed: t.key(), WorkerID: w.id,
		Field: "name", Value: "王小芳", Reason: "写错了"})
	t.ok(err)
	return v.ID
}
