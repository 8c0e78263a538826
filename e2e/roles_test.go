package e2e

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/sim"
)

// columns are who asks, in the order of the matrix: N nobody, A an account without a role, W the
// worker whose things are asked for and w another one, E the employer and e another one, S the
// employer's supervisor and s the other employer's, C clerk, D director, U auditor.
const columns = "NAWwEeSsCDU"

// operation is a row of the matrix: a route, what is asked of it, and a cell for each column.
//
//   - allowed: the operation looks at the request, whatever it then says to it
//   - refused by permission: 401 for nobody, 403 for everybody else
//     0  refused or hidden because it is another's: 403 or 404
//     e  allowed, and shows nothing of the worker's
//     .  not asked in this row
//
// $names stand for the ids of the town, $me for the worker or employer that the asker is.
type operation struct {
	name  string            // of the route
	note  string            // where a route has several rows
	with  map[string]string // path parameters that are not the usual ones
	query string
	body  string
	cells string
}

// usual is what stands in a path: the things of W and E.
var usual = map[string]string{"worker_id": "$worker", "employer_id": "$employer",
	"shift_id": "$shift", "placement_id": "$placement", "contract_id": "$draft",
	"line_id": "$line", "place_id": "$place", "broker_id": "$broker", "certificate_id": "$certificate",
	"correction_id": "$correction", "plan_id": "$plan", "bordereau_id": "$bordereau",
	"amendment_id": "$amendment", "message_id": "$message",
	"kind": "workers", "import_id": "$import", "vacancy_id": "$vacancy",
	"payout_id": "$payout", "application_id": "$application",
	"slot_id": "$slot", "interview_id": "$interview", "check_id": "$check",
	"device_id": "$device", "difference_id": "$difference",
	"appeal_id": "$appeal", "mark_id": "$mark", "complaint_id": "$complaint",
	"feedback_id": "$feedback"}

const (
	byWorker   = `{"worker_id": "$worker", "token": "forged"}`
	bySelf     = `{"worker_id": "$me", "token": "forged"}`
	forWorker  = `{"worker_id": "$worker", "employer_id": "$employer"}`
	byStranger = `{"worker_id": "$worker", "employer_id": "$me"}`
	correction = `"started_at": "2026-03-02T02:00:00Z", "ended_at": "2026-03-02T10:00:00Z",
		"reason": "记错了"}`
	goesOn = `"until": "2026-03-02T12:00:00Z"}`
	signed = `"device_id": "$device", "device_at": "2026-03-02T02:00:00Z", "token": "forged",
		"signature": "00"}`
	planText = `{"name": "日结险", "insurer": "demo", "policy_no": "1", "exclusions": "酒后",
		"death_fen": 60000000, "medical_fen": 5000000, "lost_income_day_fen": 10000,
		"premium_day_fen": 200, "age_min": 16, "age_max": 65}`
	publish = `{"place_id": "$place", "settlement": "platform", "title": "分拣员",
		"content": "按单分拣。", "occupation": "4-02-06-01", "pay_unit": "hour", "rate_fen": 2500,
		"plan_id": "$plan", "hire": "instant", "work_type": "part_time", "shifts": [{"heads": 1,
		"starts_at": "2026-03-05T02:00:00Z", "ends_at": "2026-03-05T10:00:00Z"}]}`
	place = `"kind": "workplace", "name": "点", "address": "路1号", "region": "500103",
		"lon_e6": 106562880, "lat_e6": 29556742, "radius_m": 300}`
	slot = `"address": "演示路1号", "capacity": 3,
		"starts_at": "2026-03-04T02:00:00Z", "ends_at": "2026-03-04T04:00:00Z"}`
	upload = `{"file_name": "a.xlsx", "content": "UEsDBA=="}`
	staff  = `"phone": "19950000002", "name": "李四"`
)

// matrix is who may do what. Rows of one route stand together, the one with every cell first.
var matrix = append(rightsMatrix, []operation{
	//                                           N A W w E e S s C D U
	{name: "attendance.Arrive", body: byWorker, cells: "- - + - - - - - - - -"},
	{name: "attendance.Arrive", note: "own id", body: bySelf, cells: ". . . 0 . . . . . . ."},
	{name: "attendance.Arrive", note: "for the worker", body: forWorker,
		cells: "- - - - + - + - + - -"},
	{name: "attendance.Arrive", note: "another's worker", body: byStranger,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "attendance.ClockIn", body: byWorker, cells: "- - + - - - - - - - -"},
	{name: "attendance.ClockIn", note: "own id", body: bySelf, cells: ". . . 0 . . . . . . ."},
	{name: "attendance.ClockIn", note: "for the worker", body: forWorker,
		cells: "- - - - + - + - + - -"},
	{name: "attendance.ClockIn", note: "another's worker", body: byStranger,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "attendance.ClockOut", body: byWorker, cells: "- - + - - - - - - - -"},
	{name: "attendance.ClockOut", note: "own id", body: bySelf, cells: ". . . 0 . . . . . . ."},
	{name: "attendance.ClockOut", note: "for the worker", body: forWorker,
		cells: "- - - - + - + - + - -"},
	{name: "attendance.ClockOut", note: "another's worker", body: byStranger,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "attendance.AskCorrection", body: `{"worker_id": "$worker", ` + correction,
		cells: "- - + - - - - - + - -"},
	{name: "attendance.AskCorrection", note: "own id, work not ended",
		body: `{"worker_id": "$me", ` + correction, cells: ". . . 0 . . . . . . ."},
	{name: "attendance.AskCorrection", note: "own id, work done",
		with: map[string]string{"placement_id": "$done"},
		body: `{"worker_id": "$me", ` + correction, cells: ". . . 0 . . . . . . ."},
	{name: "attendance.AnswerCorrection",
		body:  `{"employer_id": "$employer", "grant": false, "words": "没有"}`,
		cells: "- - - - + - + - + - -"},
	{name: "attendance.AnswerCorrection", note: "own id",
		body:  `{"employer_id": "$me", "grant": true}`,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "attendance.FindCorrections", cells: "- - - - + - + - + - -"},
	{name: "attendance.FindOverdueCorrections", cells: "- - - - - - - - + - -"},
	{name: "attendance.ProposeTimes", body: `{"employer_id": "$employer", ` + correction,
		cells: "- - - - + - + - + - -"},
	{name: "attendance.ProposeTimes", note: "own id", body: `{"employer_id": "$me", ` + correction,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "attendance.FindProposals", cells: "- - + - - - - - + - -"},
	{name: "attendance.AnswerProposal", with: map[string]string{"correction_id": "$proposal"},
		body: `{"worker_id": "$worker", "grant": false}`, cells: "- - + - - - - - + - -"},
	{name: "attendance.AnswerProposal", note: "own id",
		with: map[string]string{"correction_id": "$proposal"},
		body: `{"worker_id": "$me", "grant": false}`, cells: ". . . 0 . . . . . . ."},
	{name: "attendance.StayOn", body: `{"employer_id": "$employer", ` + goesOn,
		cells: "- - - - + - + - + - -"},
	{name: "attendance.StayOn", note: "own id", body: `{"employer_id": "$me", ` + goesOn,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "attendance.TurnAway", body: `{"employer_id": "$employer", "reason": "no_work"}`,
		cells: "- - - - + - + - + - -"},
	{name: "attendance.TurnAway", note: "own id", body: `{"employer_id": "$me", "reason": "no_work"}`,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "attendance.ReportTurnedAway", body: `{"worker_id": "$worker", "words": "不让进"}`,
		cells: "- - + - - - - - - - -"},
	{name: "attendance.ReportTurnedAway", note: "own id", body: `{"worker_id": "$me", "words": "不让进"}`,
		cells: ". . . 0 . . . . . . ."},
	{name: "attendance.Replace", body: `{"employer_id": "$employer"}`,
		cells: "- - - - + - + - + - -"},
	{name: "attendance.Replace", note: "own id", body: `{"employer_id": "$me"}`,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "attendance.UploadArrival", body: `{"worker_id": "$worker", ` + signed,
		cells: "- - + - - - - - - - -"},
	{name: "attendance.UploadArrival", note: "own id", body: `{"worker_id": "$me", ` + signed,
		cells: ". . . 0 . . . . . . ."},
	{name: "attendance.RegisterDevice", body: `{"public_key": "$sha256"}`,
		cells: "- - + - - - - - - - -"},
	{name: "attendance.FindDevices", cells: "- - + - - - - - - - -"},
	{name: "attendance.EndDevice", cells: "- - + - - - - - - - -"},

	//                                           N A W w E e S s C D U
	{name: "cockpit.Indicators", cells: "+ + + + + + + + + + +"},

	{name: "contract.FindContracts", cells: "- - + - - - - - + + +"},
	{name: "contract.Show", cells: "- - + 0 + 0 + 0 + + +"},
	{name: "contract.Show", note: "signed", with: map[string]string{"contract_id": "$signed"},
		cells: "- - + 0 + 0 + 0 + + +"},
	{name: "contract.Show", note: "number in clear", query: "?full=true",
		cells: "- - + 0 - 0 - 0 + - -"},
	{name: "contract.FindClocks", query: "?employer_id=$employer",
		cells: "- - - - + - + - + + +"},
	{name: "contract.FindClocks", note: "of the city", cells: "- - - - - - - - + + +"},
	{name: "contract.RequestSignCode", body: `{"text_hash": "00"}`,
		cells: "- - + 0 - - - - - - -"},
	{name: "contract.Sign", body: `{"code": "000000"}`, cells: "- - + 0 - - - - - - -"},

	//                                           N A W w E e S s C D U
	{name: "complaint.FileComplaint", body: `{"kind": "privacy", "subject": "platform",
		"words": "短信泄露了我的工资"}`, cells: "- + + + + + + + + + +"},
	{name: "complaint.FindMine", cells: "- + + + + + + + + + +"},
	{name: "complaint.FindOpen", cells: "- - - - - - - - + + +"},
	{name: "complaint.ShowComplaint", cells: "- 0 + 0 0 0 0 0 + + +"},
	{name: "complaint.AddNote", body: `{"words": "还有一张照片"}`, cells: "- 0 + 0 0 0 0 0 + + 0"},
	{name: "complaint.AcceptComplaint", body: `{"accept": true}`,
		cells: "- - - - - - - - + + -"},
	{name: "complaint.Investigate", body: `{}`, cells: "- - - - - - - - + + -"},
	{name: "complaint.DecideComplaint", body: `{"uphold": true, "finding": "属实"}`,
		cells: "- - - - - - - - + + -"},
	{name: "complaint.AnswerComplaint", body: `{"words": "已核实并处理"}`,
		cells: "- - - - - - - - + + -"},
	{name: "complaint.ReopenComplaint", body: `{"words": "还有证人没有问"}`,
		cells: "- 0 + 0 0 0 0 0 0 0 0"},

	//                                           N A W w E e S s C D U
	{name: "credit.ShowCredit", cells: "- - - - + - + - + + +"},
	{name: "credit.AppealGrade", body: `{"words": "工资当天已付"}`,
		cells: "- - - - + - - - + - -"},
	{name: "credit.FindAppeals", cells: "- - - - - - - - + + -"},
	{name: "credit.ReviewAppeal", body: `{"grant": false, "words": "已核对"}`,
		cells: "- - - - - - - - + + -"},
	{name: "credit.ListEmployer", body: `{"source": "演示名单"}`,
		with: map[string]string{"employer_id": "$listed"}, cells: "- - - - - - - - + + -"},
	{name: "credit.LiftListing", body: `{"words": "已付清"}`, cells: "- - - - - - - - + + -"},
	{name: "credit.GiveFeedback", with: map[string]string{"placement_id": "$done"},
		body:  `{"worker_id": "$worker", "paid": true, "safe": true, "treated_well": true}`,
		cells: "- - + - - - - - - - -"},
	{name: "credit.GiveFeedback", note: "own id", with: map[string]string{"placement_id": "$done"},
		body:  `{"worker_id": "$me", "paid": true, "safe": true, "treated_well": true}`,
		cells: ". . . 0 . . . . . . ."},
	{name: "credit.ThankWorker", with: map[string]string{"placement_id": "$done"},
		body: `{"employer_id": "$employer", "thanks": "careful"}`, cells: "- - - - + - + - - - -"},
	{name: "credit.ThankWorker", note: "own id", with: map[string]string{"placement_id": "$done"},
		body: `{"employer_id": "$me", "thanks": "careful"}`, cells: ". . . . . 0 . 0 . . ."},
	{name: "credit.FindFeedback", cells: "- - - - + - + - + + +"},
	{name: "credit.AppealFeedback", body: `{"employer_id": "$employer", "words": "已付"}`,
		cells: "- - - - + - - - + - -"},
	{name: "credit.AppealFeedback", note: "own id",
		body: `{"employer_id": "$me", "words": "已付"}`, cells: ". . . . . 0 . - . . ."},
	{name: "credit.FindFeedbackAppeals", cells: "- - - - - - - - + + -"},
	{name: "credit.ReviewFeedback", body: `{"strike": false, "words": "属实"}`,
		cells: "- - - - - - - - + + -"},
	{name: "credit.ShowRecord", cells: "- - + - - - - - + - -"},
	{name: "credit.HideRecord", body: `{"hidden": true}`, cells: "- - + - - - - - - - -"},
	{name: "credit.ShowPlacedRecord", query: "?employer_id=$employer",
		cells: "- - - - + - + - + - -"},
	{name: "credit.ShowPlacedRecord", note: "own id", query: "?employer_id=$me",
		cells: ". . . - . 0 . 0 . . ."},
	{name: "credit.ShowVacancyCredit", with: map[string]string{"vacancy_id": "$public_vacancy"},
		cells: "+ + + + + + + + + + +"},

	//                                           N A W w E e S s C D U
	{name: "intake.StartImport", body: upload, cells: "- - - - - - - - + - -"},
	{name: "intake.PreviewImport", body: upload, cells: "- - - - - - - - + - -"},
	{name: "intake.FindImports", cells: "- - - - - - - - + - -"},
	{name: "intake.ShowImport", cells: "- - - - - - - - + - -"},
	{name: "intake.FindProblems", cells: "- - - - - - - - + - -"},
	{name: "intake.MakeErrorSheet", body: `{}`, cells: "- - - - - - - - + - -"},
	{name: "intake.ShowTemplate", cells: "- - - - - - - - + - -"},
	{name: "intake.ExportList", body: `{}`, cells: "- - - - - - - - + + +"},
	{name: "intake.ExportWageLedger", body: `{"from": "2026-03-01", "until": "2026-03-31"}`,
		cells: "- - - - + - - - + + +"},
	{name: "intake.ExportWageLedger", note: "in clear",
		body:  `{"from": "2026-03-01", "until": "2026-03-31", "clear": true}`,
		cells: "- - - - - - - - + - -"},

	//                                           N A W w E e S s C D U
	{name: "insurance.FindPlans", cells: "+ + + + + + + + + + +"},
	{name: "insurance.CreatePlan", body: planText, cells: "- - - - - - - - + + -"},
	{name: "insurance.ChangePlan", body: planText, cells: "- - - - - - - - + + -"},
	{name: "insurance.Consent", body: `{"plan_id": "$plan", "version": 1}`,
		cells: "- - + - - - - - - - -"},
	{name: "insurance.WithdrawConsent", body: `{"plan_id": "$plan"}`,
		cells: "- - + - - - - - - - -"},
	{name: "insurance.ClosePlan", cells: "- - - - - - - - + + -"},
	{name: "insurance.FindCovers", cells: "- - + - - - - - + + +"},
	{name: "insurance.FindDenied", cells: "- - - - - - - - + + -"},
	{name: "insurance.FindBordereaux", cells: "- - - - - - - - + + -"},
	{name: "insurance.RetryBordereau", cells: "- - - - - - - - + + -"},

	{name: "ledger.GetAccount", cells: "- - - - + - - - + + +"},
	{name: "ledger.AskRefund", body: `{"amount_fen": 1000000000}`, cells: "- - - - + - - - + - -"},
	{name: "ledger.FindRefunds", cells: "- - - - + - - - + + +"},
	{name: "ledger.GrantLimit", body: `{"kind": "credit", "limit_fen": 100, "reference": "授信1",
		"until": "2099-12-31", "region": "500103"}`, cells: "- - - - - - - - + + -"},
	{name: "ledger.DeclareInsolvent", body: `{"ground": ""}`, cells: "- - - - - - - - + + -"},
	{name: "ledger.FindDifferences", cells: "- - - - - - - - + + +"},
	{name: "ledger.ExplainDifference", body: `{"words": "核对过"}`, cells: "- - - - - - - - + + -"},
	{name: "ledger.FindStuckPayouts", cells: "- - - - - - - - + + -"},
	{name: "ledger.AskPayoutAgain", cells: "- - - - - - - - + + -"},

	//                                           N A W w E e S s C D U
	{name: "market.FindWork", cells: "+ + + + + + + + + + +"},
	{name: "market.FindReplacements", cells: "+ + + + + + + + + + +"},
	{name: "market.ShowShift", cells: "+ + + + + + + + + + +"},
	{name: "market.FindPeople", query: "?employer_id=$employer",
		cells: "- - - - + - + - + - -"},
	{name: "market.FindPeople", note: "own id", query: "?employer_id=$me",
		cells: ". . . - . e . e . . ."},
	{name: "market.FindPeople", note: "no id", cells: "- - - - - - - - e - -"},
	{name: "market.AcceptShift", body: `{"worker_id": "$worker"}`,
		cells: "- - + - - - - - + - -"},
	{name: "market.OfferShift", body: `{"employer_id": "$employer", "worker_id": "$worker"}`,
		cells: "- - - - + - + - + - -"},
	{name: "market.OfferShift", note: "own id",
		body:  `{"employer_id": "$me", "worker_id": "$worker"}`,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "market.FindPlacements", cells: "- - + - - - - - + - -"},
	{name: "market.CancelPlacement", body: `{"worker_id": "$worker", "reason": "病了"}`,
		cells: "- - + - - - - - + - -"},
	{name: "market.CancelPlacement", note: "own id",
		body: `{"worker_id": "$me", "reason": "病了"}`, cells: ". . . 0 . . . . . . ."},
	{name: "market.CancelShift", body: `{"employer_id": "$employer", "reason": "停工"}`,
		cells: "- - - - + - - - + - -"},
	{name: "market.CancelShift", note: "own id",
		body: `{"employer_id": "$me", "reason": "停工"}`, cells: ". . . . . 0 . - . . ."},
	{name: "market.PublishVacancy", body: publish, cells: "- - - - + - - - + - -"},
	{name: "market.PublishVacancy", note: "another's place",
		with: map[string]string{"employer_id": "$me"}, body: publish,
		cells: ". . . . . 0 . - . . ."},
	{name: "market.FindUnsignedVacancies", cells: "- - - - + - - - + - -"},
	{name: "market.SignVacancy", cells: "- - - - + - - - - - -"},
	{name: "market.ChangeVacancy", body: publish, cells: "- - - - + - - - + - -"},
	{name: "market.ChangeVacancy", note: "own id",
		with: map[string]string{"employer_id": "$me"}, body: publish, cells: ". . . . . 0 . - . . ."},
	{name: "market.RefreshVacancy", body: `{"valid_until": "2026-03-20"}`,
		cells: "- - - - + - - - + - -"},
	{name: "market.RefreshVacancy", note: "own id",
		with: map[string]string{"employer_id": "$me"}, body: `{"valid_until": "2026-03-20"}`,
		cells: ". . . . . 0 . - . . ."},
	{name: "market.ShowDossier", cells: "- - - - + - + - + + +"},
	{name: "market.AddDocument", body: `{"kind": "brief", "digest": "$sha256"}`,
		cells: "- - - - + - - - + - -"},
	{name: "market.SetForecast", body: `{"region": "50", "day": "2026-03-05", "max_c": 20}`,
		cells: "- - - - - - - - + + -"},
	{name: "market.AttachBroker", body: `{"name": "钱七", "id_number": "$id_number"}`,
		cells: "- - - - + - - - + - -"},
	{name: "market.DetachBroker", cells: "- - - - + - - - + - -"},
	{name: "market.VetEmployer", body: `{"decision": "vetted", "reason": ""}`,
		cells: "- - - - - - - - + + -"},
	{name: "market.FindWaitingVacancies", cells: "- - - - - - - - + + -"},
	{name: "market.ReviewVacancy", body: `{"publish": true, "ground": "合规"}`,
		cells: "- - - - - - - - + + -"},

	//                                           N A W w E e S s C D U
	{name: "market.Apply", body: `{"worker_id": "$worker"}`,
		cells: "- - + - - - - - - - -"},
	{name: "market.RecommendWorker", body: `{"worker_id": "$worker", "note": "能干"}`,
		cells: "- - - - - - - - + - -"},
	{name: "market.ListApplicationsPage", query: "?employer_id=$employer",
		cells: "- - - - + - + - + - -"},
	{name: "market.ListApplicationsPage", note: "own id", query: "?employer_id=$me",
		cells: ". . . - . e . e . . ."},
	{name: "market.ListMyApplicationsPage", cells: "- - + - - - - - + - -"},
	{name: "market.Shortlist", body: `{"employer_id": "$employer"}`,
		cells: "- - - - + - + - + - -"},
	{name: "market.Shortlist", note: "own id", body: `{"employer_id": "$me"}`,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "market.OpenInterviewSlot", body: `{"employer_id": "$employer", ` + slot,
		cells: "- - - - + - + - + - -"},
	{name: "market.OpenInterviewSlot", note: "own id", body: `{"employer_id": "$me", ` + slot,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "market.FindInterviewSlots", cells: "+ + + + + + + + + + +"},
	{name: "market.BookInterview",
		body:  `{"application_id": "$application", "worker_id": "$worker"}`,
		cells: "- - + - - - - - + - -"},
	{name: "market.BookInterview", note: "own id",
		body:  `{"application_id": "$application", "worker_id": "$me"}`,
		cells: ". . . 0 . . . . . . ."},
	{name: "market.FindInterviews", query: "?worker_id=$worker",
		cells: "- - + - - - - - + - -"},
	{name: "market.FindInterviews", note: "of a slot",
		query: "?slot_id=$slot&employer_id=$employer", cells: "- - - - + - + - + - -"},
	{name: "market.FindInterviews", note: "of another's slot",
		query: "?slot_id=$slot&employer_id=$me", cells: ". . . - . e . e . . ."},
	{name: "market.RecordInterview", body: `{"employer_id": "$employer", "outcome": "came"}`,
		cells: "- - - - + - + - + - -"},
	{name: "market.RecordInterview", note: "own id",
		body: `{"employer_id": "$me", "outcome": "came"}`, cells: ". . . . . 0 . 0 . . ."},
	{name: "market.CancelInterview", body: `{"worker_id": "$worker"}`,
		cells: "- - + - - - - - + - -"},
	{name: "market.CancelInterview", note: "own id", body: `{"worker_id": "$me"}`,
		cells: ". . . 0 . . . . . . ."},
	{name: "market.CancelInterviewSlot", body: `{"employer_id": "$employer"}`,
		cells: "- - - - + - + - + - -"},
	{name: "market.CancelInterviewSlot", note: "own id", body: `{"employer_id": "$me"}`,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "market.OfferApplication", body: `{"employer_id": "$employer", "shift_id": "$monthly"}`,
		cells: "- - - - + - + - + - -"},
	{name: "market.OfferApplication", note: "own id",
		body:  `{"employer_id": "$me", "shift_id": "$monthly"}`,
		cells: ". . . . . 0 . 0 . . ."},
	{name: "market.WithdrawApplication", body: `{"worker_id": "$worker"}`,
		cells: "- - + - - - - - + - -"},
	{name: "market.WithdrawApplication", note: "own id", body: `{"worker_id": "$me"}`,
		cells: ". . . 0 . . . . . . ."},
	{name: "market.RefuseApplication", body: `{"employer_id": "$employer", "reason": "filled"}`,
		cells: "- - - - + - + - + - -"},
	{name: "market.RefuseApplication", note: "own id",
		body: `{"employer_id": "$me", "reason": "filled"}`, cells: ". . . . . 0 . 0 . . ."},
	{name: "market.FindRetention", query: "?worker_id=$worker",
		cells: "- - + - - - - - + - -"},
	{name: "market.FindRetention", note: "the employer's", query: "?employer_id=$employer",
		cells: "- - - - + - + - + - -"},
	{name: "market.FindRetention", note: "own id", query: "?employer_id=$me",
		cells: ". . . . . e . e . . ."},
	{name: "market.FindRetention", note: "of the city", cells: "- - - - - - - - + - -"},
	{name: "market.AnswerRetention", body: `{"worker_id": "$worker", "there": true}`,
		cells: "- - + - - - - - + - -"},
	{name: "market.AnswerRetention", note: "the employer's",
		body: `{"employer_id": "$employer", "there": true}`, cells: "- - - - + - + - + - -"},
	{name: "market.AnswerRetention", note: "own id", body: `{"worker_id": "$me", "there": true}`,
		cells: ". . . 0 . . . . . . ."},

	//                                           N A W w E e S s C D U
	{name: "notify.Inbox", cells: "- + + + + + + + + + +"},
	{name: "notify.Inbox", note: "the worker's", query: "?account_id=$account",
		cells: "- - + - - - - - - - -"},

	{name: "people.RequestCode", body: `{"phone": "19950000001"}`,
		cells: "+ + + + + + + + + + +"},
	{name: "people.LogIn", body: `{"phone": "19950000001", "code": "000000"}`,
		cells: "+ + + + + + + + + + +"},
	{name: "people.ShowMe", cells: "- + + + + + + + + + +"},
	{name: "people.RegisterWorker",
		body:  `{"name": "$name", "id_number": "$id_number", "region": "500103"}`,
		cells: "- + + + + + + + + + +"},
	{name: "people.RegisterWorker", note: "on behalf", body: `{"name": "$name",
		"id_number": "$id_number", "region": "500103", "phone": "19950000003"}`,
		cells: "- - - - - - - - + - -"},
	{name: "people.ShowWorker", cells: "- - + - - - - - + + +"},
	{name: "people.SetBankCard", body: `{"card_number": "$card"}`,
		cells: "- - + - - - - - + - -"},
	{name: "people.ShowNumber", body: `{"what": "id_number", "reason": "核对"}`,
		cells: "- - + - - - - - + - -"},
	{name: "people.FindAudits", cells: "- - + - - - - - + + +"},
	{name: "people.FindConsents", cells: "- - + - - - - - + + +"},
	{name: "people.GiveConsent", body: `{"purpose": "privacy", "version": "1"}`,
		cells: "- - + - - - - - - - -"},
	{name: "people.WithdrawConsent", body: `{"purpose": "privacy"}`,
		cells: "- - + - - - - - - - -"},
	{name: "people.RegisterEmployer", body: `{"uscc": "$uscc", "name": "演示物流",
		"address": "演示路1号", "principal": "张三", "region": "500103"}`,
		cells: "- + + + + + + + + + +"},
	{name: "people.RegisterEmployer", note: "on behalf", body: `{"uscc": "$uscc", "name": "演示物流",
		"address": "演示路1号", "principal": "张三", "region": "500103", "phone": "19950000004"}`,
		cells: "- - - - - - - - + - -"},
	{name: "people.ShowEmployer", cells: "- - - - + - + - + + +"},
	{name: "people.CreateStaff", note: "the employer's",
		body:  `{` + staff + `, "roles": ["supervisor"], "employer_id": "$employer"}`,
		cells: "- - - - + - - - + + -"},
	{name: "people.CreateStaff", note: "the city's", body: `{` + staff + `, "roles": ["auditor"]}`,
		cells: "- - - - - - - - - + -"},
	{name: "people.CreateStaff", note: "the city's, through an employer",
		body:  `{` + staff + `, "roles": ["clerk"], "employer_id": "$employer"}`,
		cells: "- - - - - - - - - + -"},

	//                                           N A W w E e S s C D U
	{name: "skill.Catalogue", cells: "+ + + + + + + + + + +"},
	{name: "skill.ShowWorkerSkills", cells: "- - + - - - - - + - -"},
	{name: "skill.AddSkill", body: `{"skill": "$skill"}`, cells: "- - + - - - - - + - -"},
	{name: "skill.AddCertificate", body: `{"kind": "cert.health", "number": "500103001",
		"issued_on": "2026-01-05", "evidence": "$sha256"}`, cells: "- - + - - - - - + - -"},
	{name: "skill.FindWaiting", cells: "- - - - - - - - + - -"},
	{name: "skill.VerifyCertificate", body: `{"decision": "verified"}`,
		cells: "- - - - - - - - + - -"},

	{name: "station.FindPlaces", cells: "+ + + + + + + + + + +"},
	{name: "station.CreatePlace", body: `{"employer_id": "$employer", ` + place,
		cells: "- - - - + - - - + - -"},
	{name: "station.CreatePlace", note: "public", body: `{` + place,
		cells: "- - - - - - - - + - -"},
	{name: "station.ShowQR", cells: "- - - - + - + - + - -"},
	{name: "station.ShowQR", note: "public", with: map[string]string{"place_id": "$public"},
		cells: "- - - - - - - - + - -"},

	//                                           N A W w E e S s C D U
	{name: "wage.GetStatement", cells: "- - - - + - - - + + +"},
	{name: "wage.GetWageLedger", query: "?from=2026-03-01&until=2026-03-31",
		cells: "- - - - + - - - + + +"},
	{name: "wage.OpenWageLedger", body: `{"from": "2026-03-01", "until": "2026-03-31"}`,
		cells: "- - - - - - - - + - -"},
	{name: "wage.ConfirmHours", body: `{"line_ids": ["$line"]}`,
		cells: "- - - - + - + - - - -"},
	{name: "wage.ConfirmHours", note: "another's line",
		with: map[string]string{"employer_id": "$me"}, body: `{"line_ids": ["$line"]}`,
		cells: ". . . - . 0 . 0 . . ."},
	{name: "wage.GetMyWages", cells: "- - + - - - - - + + +"},
	{name: "wage.GetSlip", cells: "- - + 0 + 0 + 0 + + +"},
	{name: "wage.FindLateLines", cells: "- - - - - - - - + + -"},
	{name: "wage.FindStuckLines", cells: "- - - - - - - - + + -"},
	{name: "wage.PayAgain", cells: "- - - - - - - - + + -"},

	{name: "people.LogOut", cells: "- + + + + + + + + + +"}, // last: it ends the session
}...)

// Goal: every route stands in the matrix and every row has a route.
func TestRolesComplete(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	routes := routesByName((&app.City{Text: text}).Web(app.Face{}))
	seen := map[string]bool{}
	for i, op := range matrix {
		if _, ok := routes[op.name]; !ok {
			t.Errorf("the row %s has no route", op.label())
		}
		cells := strings.ReplaceAll(op.cells, " ", "")
		if len(cells) != len(columns) || strings.Trim(cells, "+-0e.") != "" {
			t.Errorf("the row %s has the cells %q", op.label(), op.cells)
		}
		if !seen[op.name] && strings.Contains(cells, ".") {
			t.Errorf("the first row of %s leaves a column out", op.name)
		}
		if seen[op.name] && matrix[i-1].name != op.name {
			t.Errorf("the rows of %s do not stand together", op.name)
		}
		seen[op.name] = true
	}
	for name, r := range routes {
		if !seen[name] {
			t.Errorf("%s %s (%s) has no row in the matrix", r.Method, r.Path, name)
		}
	}
}

func (op operation) label() string { return strings.TrimSpace(op.name + " " + op.note) }

func routesByName(m *web.Mux) map[string]web.Route {
	routes := map[string]web.Route{}
	for _, r := range m.Routes() {
		routes[r.Name] = r
	}
	return routes
}

// cast is a town in which each column of the matrix has somebody with a session, and W and E have
// one of everything.
type cast struct {
	*town
	site   *site
	routes map[string]web.Route
	token  map[byte]string
	me     map[byte]string
	ids    map[string]string
}

// Goal: whoever may not do something is refused, leaving no trace; whoever may is heard. Strangers
// of the same role get neither another's things nor the word that they are there.
func TestRoles(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		cast := newCast(c)
		before := c.rows()
		cast.walk("-0")
		if diff := before.changed(c.rows()); diff != "" {
			t.Errorf("refused requests left a trace: %s", diff)
		}
		cast.walk("+e")
		c.lawful()
	})
}

// walk calls every cell of these kinds.
func (c *cast) walk(kinds string) {
	c.t.Helper()
	for _, op := range matrix {
		cells := strings.ReplaceAll(op.cells, " ", "")
		for i := range min(len(cells), len(columns)) {
			if strings.IndexByte(kinds, cells[i]) < 0 {
				continue
			}
			a := c.ask(op, columns[i])
			if flaw := c.judge(cells[i], columns[i], a); flaw != "" {
				c.t.Errorf("%s asked by %c: %s: %d %s %s", op.label(), columns[i], flaw, a.status,
					a.Code, a.Title)
			}
			if cells[i] != '-' || op.mayForOwn(columns[i]) {
				continue
			}
			// Permission comes before looking: what is not there is refused in the same words.
			b := c.ask(op.onNothing(), columns[i])
			if b.status != a.status || b.Code != a.Code {
				c.t.Errorf("%s asked by %c of nothing: %d %s, not as before %d %s", op.label(),
					columns[i], b.status, b.Code, a.status, a.Code)
			}
		}
	}
}

// mayForOwn tells somebody whose role may call the route for other things, or for things of its
// own.
func (op operation) mayForOwn(who byte) bool {
	if owner, ok := map[byte]byte{'w': 'W', 'e': 'E', 's': 'S'}[who]; ok {
		who = owner
	}
	return slices.ContainsFunc(matrix, func(other operation) bool {
		return other.name == op.name &&
			strings.ReplaceAll(other.cells, " ", "")[strings.IndexByte(columns, who)] == '+'
	})
}

// onNothing is the same request about a thing that is not there; whose it is stays.
func (op operation) onNothing() operation {
	op.with = maps.Clone(op.with)
	if op.with == nil {
		op.with = map[string]string{}
	}
	for name := range usual {
		if name != "worker_id" && name != "employer_id" {
			op.with[name] = "none"
		}
	}
	return op
}

// ask calls the operation as somebody.
func (c *cast) ask(op operation, who byte) answer {
	c.t.Helper()
	route, ok := c.routes[op.name]
	if !ok {
		c.t.Fatalf("no route %s", op.name)
	}
	expand := func(text string) string {
		return os.Expand(text, func(name string) string {
			if name == "me" {
				return cmp.Or(c.me[who], "nobody")
			}
			if c.ids[name] == "" {
				c.t.Fatalf("%s: the town has no $%s", op.label(), name)
			}
			return c.ids[name]
		})
	}
	path := route.Path
	for name, value := range usual {
		if other, ok := op.with[name]; ok {
			value = other
		}
		if strings.Contains(path, "{"+name+"}") {
			path = strings.ReplaceAll(path, "{"+name+"}", expand(value))
		}
	}
	return c.site.call(request{method: route.Method, path: path + expand(op.query),
		body: expand(op.body), token: c.token[who], key: c.key().IdempotencyKey})
}

// judge gives what is wrong with an answer, "" for nothing.
func (c *cast) judge(cell, who byte, a answer) string {
	byPermission := strings.HasPrefix(a.Code, "people.") &&
		(a.status == http.StatusUnauthorized || a.status == http.StatusForbidden)
	status := http.StatusForbidden
	if who == 'N' {
		status = http.StatusUnauthorized
	}
	switch {
	case a.status >= 500:
		return "broke"
	case strings.HasPrefix(a.Code, "web."):
		return "never reached the operation"
	case cell == '-' && (!byPermission || a.status != status):
		return "should be refused by permission"
	case cell == '0' && a.status != http.StatusForbidden && a.status != http.StatusNotFound:
		return "should be hidden"
	case (cell == '+' || cell == 'e') && byPermission:
		return "should be allowed"
	case cell == '+' && a.status == http.StatusNotFound:
		return "is allowed, but the town has no such thing to ask for"
	case cell == 'e' && (a.status != http.StatusOK || strings.Contains(a.body, c.ids["worker"])):
		return "should show nothing of the worker's"
	}
	return ""
}

func newCast(t *town) *cast {
	t.t.Helper()
	c := &cast{town: t, site: serve(t), token: map[byte]string{}}
	c.routes = routesByName(c.site.mux)
	worker, stranger, rival := t.newWorker(1), t.newWorker(2), t.newEmployer(2)
	t.fund(rival, 1_000_000)
	paid := t.newWorker(3)
	t.confirm(t.work(paid, t.accept(paid, t.shift(1))).LineID)
	t.sweep(10 * time.Minute) // the bank is told
	done := t.accept(worker, t.shift(3))
	line := t.work(worker, done).LineID
	asked, err := t.Attendance.AskCorrection(worker.ctx, attendance.AskCorrection{Keyed: t.key(),
		PlacementID: done.ID, WorkerID: worker.id, StartedAt: done.StartsAt,
		EndedAt: done.EndsAt.Add(-time.Minute), Reason: "早走"})
	t.ok(err)
	t.sweep(time.Hour) // the insurer hears of the cover
	device, proposal := t.signingPhone(worker), t.proposed(worker)
	shift := t.shift(3)
	next := t.accept(worker, shift)
	paper, err := t.Skills.AddCertificate(worker.ctx, skill.AddCertificate{Keyed: t.key(),
		WorkerID: worker.id, Kind: "cert.health", Number: "500103002", IssuedOn: "2026-01-05",
		Evidence: sha})
	t.ok(err)
	public, err := t.Stations.CreatePlace(t.clerk, station.CreatePlace{Keyed: t.key(),
		Kind: "gig_market", Name: "零工市场", Address: "市场路1号", Region: region,
		LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300})
	t.ok(err)
	name, idNumber, _, card := sim.MadeUp(7, 1, region)
	broker := t.broker(t.employer)
	c.me = map[byte]string{'W': worker.id, 'w': stranger.id, 'E': t.employer.id, 'e': rival.id,
		'S': t.employer.id, 's': rival.id}
	c.ids = map[string]string{"worker": worker.id, "employer": t.employer.id, "shift": shift,
		"placement": next.ID, "done": done.ID, "draft": next.ContractID, "signed": done.ContractID,
		"line": line, "place": t.employer.placeID, "public": public.ID, "certificate": paper.ID,
		"correction": asked.ID, "plan": t.planID, "bordereau": t.first("bordereaux"),
		"payout": t.first("payouts"), "broker": broker, "account": worker.accountID, "name": name,
		"id_number": idNumber, "card": card, "uscc": sim.USCC(region, 1), "sha256": sha,
		"skill": t.skill(), "device": device, "proposal": proposal,
		"difference": t.difference(),
		"amendment":  t.amend(paid), "message": t.tell(worker)}
	t.employ(c, worker)
	wrong := workerRow(1)
	wrong[2] = "1"
	c.ids["import"] = t.send(intake.Workers, "a.xlsx", t.workbook(workerHead, wrong)).ID
	t.judged(c, worker, paid)
	t.sessions(c, worker, stranger, rival)
	return c
}

// judged has the employer appeal against its grade, a third employer entered in a list, and the
// worker complain.
func (t *town) judged(c *cast, worker, paid who) {
	t.t.Helper()
	a, err := t.Credit.AppealGrade(t.employer.ctx, credit.Appeal{Keyed: t.key(),
		EmployerID: t.employer.id, Words: "工资已按时付清"})
	t.ok(err)
	listed, err := t.Credit.ListEmployer(t.clerk, credit.List{Keyed: t.key(),
		EmployerID: t.newEmployer(3).id, Source: "演示名单〔2026〕1号"})
	t.ok(err)
	c.ids["appeal"], c.ids["mark"], c.ids["listed"] = a.ID, listed.ID, listed.EmployerID
	c.ids["public_vacancy"] = t.first("vacancies")
	made, err := t.Complaints.FileComplaint(worker.ctx, complaint.File{Keyed: t.key(),
		Kind: complaint.Unpaid, Subject: complaint.OnEmployer, SubjectID: t.employer.id,
		Words: "工资少算了一小时"})
	t.ok(err)
	c.ids["complaint"] = made.ID
	said, err := t.Credit.GiveFeedback(paid.ctx, credit.Feedback{Keyed: t.key(),
		PlacementID: t.doneBy(paid), WorkerID: paid.id, Paid: true})
	t.ok(err)
	c.ids["feedback"] = said.ID
}

// doneBy gives the placement that somebody has worked to its end.
func (t *town) doneBy(w who) string {
	t.t.Helper()
	id, err := db.Get[string](context.Background(), t.DB,
		`SELECT id FROM placements WHERE worker_id = $1 AND state = 'done'`, w.id)
	t.ok(err)
	return id
}

// sha stands for the digest of a paper's picture.
var sha = strings.Repeat("ab", 32)

// sessions gives each column a phone, logs it in and keeps the token.
func (t *town) sessions(c *cast, worker, stranger, rival who) {
	t.t.Helper()
	supervisor := func(of who, phone string) {
		_, err := t.People.CreateStaff(of.ctx, people.CreateStaff{Keyed: t.key(), Phone: phone,
			Name: "王五", Roles: []people.Role{people.RoleSupervisor}, EmployerID: of.id})
		t.ok(err)
	}
	city := func(role people.Role, phone string) {
		_, err := t.People.CreateStaff(people.AsSystem(context.Background(), "test"),
			people.CreateStaff{Keyed: t.key(), Phone: phone, Name: "赵六", Roles: []people.Role{role}})
		t.ok(err)
	}
	phones := map[byte]string{'A': "19960000001", 'W': worker.phone, 'w': stranger.phone,
		'E': t.employer.phone, 'e': rival.phone, 'S': "19970000001", 's': "19970000002",
		'C': "19990000001", 'D': "19990000002", 'U': "19990000003"}
	supervisor(t.employer, phones['S'])
	supervisor(rival, phones['s'])
	city(people.RoleDirector, phones['D'])
	city(people.RoleAuditor, phones['U'])
	for i := 1; i < len(columns); i++ { // all but nobody
		c.token[columns[i]] = t.session(phones[columns[i]])
	}
}

// session logs a phone in and gives its token.
func (t *town) session(phone string) string {
	t.t.Helper()
	ctx := context.Background()
	_, err := t.People.RequestCode(ctx, people.RequestCode{Keyed: t.key(), Phone: phone})
	t.ok(err)
	s, err := t.People.LogIn(ctx, people.LogIn{Phone: phone, Code: t.code(phone)})
	t.ok(err)
	return s.Token
}

// difference makes the books differ from the bank's.
func (t *town) difference() string {
	t.t.Helper()
	_, err := db.InTx(context.Background(), t.DB, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return tx.Exec(ctx, `INSERT INTO bank_differences(id, employer_id, day, key, entries, bank_fen,
			ours_fen, state, words, closed_by, found_at_ms, closed_at_ms)
			VALUES ('dif_1', $1, '2026-03-02', 'x', 'deposit/x', 1, 0, 'open', '', '', 1, 0)`,
			t.employer.id)
	})
	t.ok(err)
	return "dif_1"
}

// first gives the id of a table's first row.
func (t *town) first(table string) string {
	t.t.Helper()
	id, err := db.Get[string](context.Background(), t.DB,
		fmt.Sprintf("SELECT id FROM %s ORDER BY id LIMIT 1", table))
	t.ok(err)
	return id
}

// skill gives a key of the catalogue.
func (t *town) skill() string {
	t.t.Helper()
	all, err := t.Skills.Catalogue(context.Background(), skill.ShowCatalogue{})
	t.ok(err)
	return all.Skills[0].Key
}
