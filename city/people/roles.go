package people

import (
	"context"
	"maps"
	"slices"

	"github.com/gongyi/gongyi/internal/fault"
)

// Role is what an account may be in the city. An account may have several: worker and employer.
type Role string

// The roles that an account is given, and four that nobody is given: whoever asks has Anybody,
// whoever is logged in has Account, whoever is so but for the second step has Known, and sweeps act
// as System.
const (
	RoleAccount    Role = "account"
	RoleAnybody    Role = "anybody"
	RoleAuditor    Role = "auditor"
	RoleClerk      Role = "clerk"
	RoleDirector   Role = "director"
	RoleEmployer   Role = "employer"
	RoleKnown      Role = "known"
	RoleStation    Role = "station" // behind a station's counter
	RoleSupervisor Role = "supervisor"
	RoleSystem     Role = "system"
	RoleWorker     Role = "worker"
)

// Actor is who is asking. WorkerID and EmployerID are the ids the account acts for, "" if none.
type Actor struct {
	AccountID  string
	Roles      []Role
	WorkerID   string
	EmployerID string
	SecondDue  bool // has shown the first step of a log-in only

	session string // its digest, so that the session can be ended
}

// Has tells whether the actor was given the role, or has it as everybody has.
func (a Actor) Has(role Role) bool {
	switch role {
	case RoleAnybody:
		return true
	case RoleAccount:
		return a.AccountID != "" && !a.SecondDue
	case RoleKnown:
		return a.AccountID != ""
	}
	return slices.Contains(a.Roles, role)
}

type actorKey struct{}

// WithActor says in the context who is asking.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf gives who is asking, the zero Actor when nobody is known.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}

// AsSystem makes the named sweep the one who asks.
func AsSystem(ctx context.Context, name string) context.Context {
	return WithActor(ctx, Actor{AccountID: "system:" + name, Roles: []Role{RoleSystem}})
}

// Permission is something that may be done. Each operation asks for one, first of all.
type Permission string

// The permissions. Their table is grants; a test lists every route against it.
const (
	PermAcceptWork       Permission = "accept_work"
	PermAnswerAmendment  Permission = "answer_amendment"
	PermAnswerCorrection Permission = "answer_correction"
	PermAnswerMatter     Permission = "answer_matter"
	PermAnswerRetention  Permission = "answer_retention"
	PermApply            Permission = "apply"
	PermAppealCredit     Permission = "appeal_credit"
	PermAskCallback      Permission = "ask_callback"
	PermAskCorrection    Permission = "ask_correction"
	PermAssignCredit     Permission = "assign_credit"
	PermAssignMatter     Permission = "assign_matter"
	PermAssignStation    Permission = "assign_station"
	PermCallThrough      Permission = "call_through"
	PermCancelShift      Permission = "cancel_shift"
	PermCancelWork       Permission = "cancel_work"
	PermChangeEmployer   Permission = "change_employer"
	PermChangePlace      Permission = "change_place"
	PermChangePlans      Permission = "change_plans"
	PermChangeSkills     Permission = "change_skills"
	PermChangeWorker     Permission = "change_worker"
	PermClockIn          Permission = "clock_in"
	PermComplain         Permission = "complain"
	PermCloseAccount     Permission = "close_account"
	PermConfirmHours     Permission = "confirm_hours"
	PermConsent          Permission = "consent"
	PermConsentInsurance Permission = "consent_insurance"
	PermCopyWorker       Permission = "copy_worker"
	PermCreateStaff      Permission = "create_staff"
	PermExport           Permission = "export"
	PermFindWork         Permission = "find_work"
	PermGiveFeedback     Permission = "give_feedback"
	PermHandleComplaint  Permission = "handle_complaint"
	PermHelp             Permission = "help"
	PermHideRecord       Permission = "hide_record"
	PermImport           Permission = "import"
	PermImportOwn        Permission = "import_own"
	PermKeepRoster       Permission = "keep_roster"
	PermGrantLimit       Permission = "grant_limit"
	PermLogIn            Permission = "log_in"
	PermLogOut           Permission = "log_out"
	PermOfferWork        Permission = "offer_work"
	PermMarkGroup        Permission = "mark_group"
	PermPayWages         Permission = "pay_wages"
	PermPublishVacancy   Permission = "publish_vacancy"
	PermRecommend        Permission = "recommend"
	PermProposePeople    Permission = "propose_people"
	PermPushWork         Permission = "push_work"
	PermReconcile        Permission = "reconcile"
	PermRefund           Permission = "refund"
	PermRegister         Permission = "register"
	PermResetSecond      Permission = "reset_second"
	PermReviewCredit     Permission = "review_credit"
	PermReviewVacancy    Permission = "review_vacancy"
	PermRunChecks        Permission = "run_checks"
	PermRunClass         Permission = "run_class"
	PermSeeCalendar      Permission = "see_calendar"
	PermSeeClass         Permission = "see_class"
	PermSeeComplaints    Permission = "see_complaints"
	PermSecondStep       Permission = "second_step"
	PermSeeContract      Permission = "see_contract"
	PermSeeCounted       Permission = "see_counted"
	PermSeeEmployer      Permission = "see_employer"
	PermSeeFunds         Permission = "see_funds"
	PermSeeInbox         Permission = "see_inbox"
	PermSeeIndicators    Permission = "see_indicators"
	PermSeeMatters       Permission = "see_matters"
	PermSeePlace         Permission = "see_place"
	PermSeeRecord        Permission = "see_record"
	PermSeeSelf          Permission = "see_self"
	PermSeeWage          Permission = "see_wage"
	PermSeeWorker        Permission = "see_worker"
	PermSeeWageLedger    Permission = "see_wage_ledger"
	PermSetFaults        Permission = "set_faults"
	PermSetNotices       Permission = "set_notices"
	PermShareCalendar    Permission = "share_calendar"
	PermShowNumber       Permission = "show_number"
	PermShowQR           Permission = "show_qr"
	PermSignContract     Permission = "sign_contract"
	PermSignVacancy      Permission = "sign_vacancy"
	PermSuperviseClock   Permission = "supervise_clock"
	PermTakeClass        Permission = "take_class"
	PermTakeList         Permission = "take_list"
	PermThankWorker      Permission = "thank_worker"
	PermVerifySkill      Permission = "verify_skill"
	PermVetEmployer      Permission = "vet_employer"
)

// grant is a row of the table. An owned permission is about somebody's things and its operation
// names whose: for a worker, employer or supervisor an empty owner is then refused, because it
// would be an id left out of a request. Where the owner is known only after reading, the
// operation asks twice: first with "", then with the owner it has found.
type grant struct {
	owned bool
	roles []Role
}

var grants = map[Permission]grant{
	PermAcceptWork:       {true, []Role{RoleWorker, RoleClerk}},
	PermAnswerAmendment:  {false, []Role{RoleClerk}},
	PermAnswerCorrection: {true, []Role{RoleEmployer, RoleSupervisor, RoleClerk, RoleSystem}},
	PermAnswerMatter:     {false, []Role{RoleClerk, RoleDirector}},
	PermAnswerRetention:  {true, []Role{RoleWorker, RoleEmployer, RoleSupervisor, RoleClerk}},
	PermApply:            {true, []Role{RoleWorker}},
	PermAppealCredit:     {true, []Role{RoleEmployer, RoleClerk}},
	PermAskCallback:      {false, []Role{RoleAccount}},
	PermAskCorrection:    {true, []Role{RoleWorker, RoleClerk}},
	PermAssignCredit:     {false, []Role{RoleClerk, RoleDirector}},
	PermAssignMatter:     {false, []Role{RoleClerk, RoleDirector}},
	PermAssignStation:    {false, []Role{RoleClerk, RoleDirector}},
	PermCallThrough:      {true, []Role{RoleWorker, RoleEmployer, RoleSupervisor}},
	PermCancelShift:      {true, []Role{RoleEmployer, RoleClerk, RoleSystem}},
	PermCancelWork:       {true, []Role{RoleWorker, RoleClerk, RoleSystem}},
	PermChangeEmployer:   {true, []Role{RoleEmployer, RoleClerk}},
	PermChangePlace:      {true, []Role{RoleEmployer, RoleClerk, RoleSystem}},
	PermChangePlans:      {false, []Role{RoleClerk, RoleDirector, RoleSystem}},
	PermChangeSkills:     {true, []Role{RoleWorker, RoleClerk, RoleSystem}},
	PermChangeWorker:     {true, []Role{RoleWorker, RoleClerk}},
	PermClockIn:          {true, []Role{RoleWorker}},
	PermComplain:         {false, []Role{RoleAccount}},
	PermCloseAccount:     {true, []Role{RoleWorker}},
	PermConfirmHours:     {true, []Role{RoleEmployer, RoleSupervisor, RoleSystem}},
	PermConsent:          {true, []Role{RoleWorker}},
	PermConsentInsurance: {true, []Role{RoleWorker}},
	PermCopyWorker:       {true, []Role{RoleWorker, RoleClerk}},
	PermCreateStaff:      {true, []Role{RoleEmployer, RoleClerk, RoleDirector, RoleSystem}},
	PermExport:           {false, []Role{RoleClerk, RoleDirector, RoleAuditor}},
	PermFindWork:         {false, []Role{RoleAnybody}},
	PermGiveFeedback:     {true, []Role{RoleWorker}},
	PermHandleComplaint:  {false, []Role{RoleClerk, RoleDirector}},
	PermHelp:             {false, []Role{RoleStation, RoleClerk}},
	PermHideRecord:       {true, []Role{RoleWorker}},
	PermImport:           {false, []Role{RoleClerk}},
	PermImportOwn:        {false, []Role{RoleEmployer, RoleClerk}},
	PermKeepRoster:       {true, []Role{RoleEmployer, RoleClerk}},
	PermGrantLimit:       {false, []Role{RoleClerk, RoleDirector}},
	PermLogIn:            {false, []Role{RoleAnybody}},
	PermLogOut:           {false, []Role{RoleKnown}},
	PermOfferWork:        {true, []Role{RoleEmployer, RoleSupervisor, RoleClerk}},
	PermMarkGroup:        {false, []Role{RoleClerk}},
	PermPayWages:         {false, []Role{RoleClerk, RoleDirector, RoleSystem}},
	PermPublishVacancy:   {true, []Role{RoleEmployer, RoleClerk}},
	PermRecommend:        {false, []Role{RoleStation, RoleClerk}},
	PermProposePeople:    {true, []Role{RoleEmployer, RoleSupervisor, RoleStation, RoleClerk}},
	PermPushWork:         {false, []Role{RoleClerk, RoleDirector, RoleSystem}},
	PermReconcile:        {false, []Role{RoleClerk, RoleDirector, RoleAuditor, RoleSystem}},
	PermRefund:           {true, []Role{RoleEmployer, RoleClerk}},
	PermRegister:         {false, []Role{RoleAccount}},
	PermResetSecond:      {false, []Role{RoleDirector, RoleSystem}},
	PermReviewCredit:     {false, []Role{RoleClerk, RoleDirector}},
	PermReviewVacancy:    {false, []Role{RoleClerk, RoleDirector}},
	PermRunChecks:        {false, []Role{RoleClerk, RoleDirector, RoleAuditor, RoleSystem}},
	PermRunClass:         {false, []Role{RoleStation, RoleClerk}},
	PermSeeCalendar:      {false, []Role{RoleAnybody}}, // the address is the secret
	PermSeeClass:         {false, []Role{RoleAnybody}},
	PermSeeComplaints:    {false, []Role{RoleClerk, RoleDirector, RoleAuditor}},
	PermSecondStep:       {false, []Role{RoleKnown}},
	PermSeeContract: {false, []Role{RoleWorker, RoleEmployer, RoleSupervisor, RoleClerk,
		RoleDirector, RoleAuditor, RoleSystem}},
	PermSeeCounted: {false, []Role{RoleClerk, RoleDirector, RoleAuditor}},
	PermSeeEmployer: {true, []Role{RoleEmployer, RoleSupervisor, RoleClerk, RoleDirector,
		RoleAuditor, RoleSystem}},
	PermSeeFunds: {false, []Role{RoleEmployer, RoleClerk, RoleDirector, RoleAuditor,
		RoleSystem}},
	PermSeeInbox:      {false, []Role{RoleAccount}},
	PermSeeIndicators: {false, []Role{RoleAnybody}},
	PermSeeMatters:    {false, []Role{RoleClerk, RoleDirector, RoleAuditor}},
	PermSeePlace:      {false, []Role{RoleAnybody}},
	PermSeeRecord:     {true, []Role{RoleWorker, RoleClerk}},
	PermSeeSelf:       {false, []Role{RoleAccount}},
	PermSeeWage: {false, []Role{RoleWorker, RoleEmployer, RoleSupervisor, RoleClerk,
		RoleDirector, RoleAuditor, RoleSystem}},
	PermSeeWorker: {true, []Role{RoleWorker, RoleClerk, RoleDirector, RoleAuditor,
		RoleSystem}},
	PermSeeWageLedger: {true, []Role{RoleEmployer, RoleClerk, RoleDirector, RoleAuditor,
		RoleSystem}},
	PermSetFaults:      {false, []Role{RoleDirector, RoleSystem}},
	PermSetNotices:     {false, []Role{RoleAccount}},
	PermShareCalendar:  {true, []Role{RoleWorker}},
	PermShowNumber:     {true, []Role{RoleWorker, RoleClerk}},
	PermShowQR:         {false, []Role{RoleEmployer, RoleSupervisor, RoleClerk, RoleSystem}},
	PermSignContract:   {false, []Role{RoleWorker}},
	PermSignVacancy:    {true, []Role{RoleEmployer}},
	PermSuperviseClock: {true, []Role{RoleEmployer, RoleSupervisor, RoleClerk, RoleSystem}},
	PermTakeClass:      {true, []Role{RoleWorker}},
	PermTakeList:       {false, []Role{RoleKnown}}, // what may stand in it, who gave it has asked
	PermThankWorker:    {true, []Role{RoleEmployer, RoleSupervisor}},
	PermVerifySkill:    {false, []Role{RoleClerk}},
	PermVetEmployer:    {false, []Role{RoleClerk, RoleDirector, RoleSystem}},
}

// Must refuses an actor to whom the permission is not given, or not for this owner: a worker's id,
// an employer's id, or "" where nobody owns the thing. It panics on a permission without a row.
// Faults: people.not_logged_in, people.second_due (unknown), people.not_allowed (forbidden).
func Must(ctx context.Context, p Permission, owner string) error {
	g, ok := grants[p]
	if !ok {
		panic("people: permission without a row: " + string(p))
	}
	a := ActorOf(ctx)
	for _, role := range g.roles {
		if a.Has(role) && g.covers(a, role, owner) {
			return nil
		}
	}
	return refusal(a)
}

// refusal is what somebody is told who may not do something.
func refusal(a Actor) error {
	switch {
	case a.AccountID == "":
		return fault.New(fault.Unknown, "people.not_logged_in")
	case a.SecondDue:
		return fault.New(fault.Unknown, "people.second_due")
	}
	return fault.New(fault.Forbidden, "people.not_allowed")
}

// covers tells whether the row, through this role of the actor, reaches the owner's things. The
// city's own roles act for everybody.
func (g grant) covers(a Actor, role Role, owner string) bool {
	own := ""
	switch role {
	case RoleWorker:
		own = a.WorkerID
	case RoleEmployer, RoleSupervisor:
		own = a.EmployerID
	default:
		return true
	}
	if owner == "" {
		return !g.owned
	}
	return owner == own
}

// Matrix gives the table of permissions and the roles that have them.
func Matrix() map[Permission][]Role {
	m := make(map[Permission][]Role, len(grants))
	for _, p := range slices.Sorted(maps.Keys(grants)) {
		m[p] = slices.Clone(grants[p].roles)
	}
	return m
}
