package sim

import (
	"context"
	"strconv"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
)

// Report is what a simulated city looks like at the end: counted from the database, not kept along
// the way, so that a resumed city reports its whole life.
type Report struct {
	Seed              uint64 `json:"seed"`
	Days              int    `json:"days"`
	Workers           int    `json:"workers"`
	Employers         int    `json:"employers"`
	DB                string `json:"db"`
	TitlesRead        int    `json:"titles_read"`
	Vacancies         int64  `json:"vacancies"`
	VacanciesRefused  int64  `json:"vacancies_refused"`
	VacanciesWaiting  int64  `json:"vacancies_waiting"` // came before a clerk
	VacanciesChanged  int64  `json:"vacancies_changed"`
	Shifts            int64  `json:"shifts"`
	Heads             int64  `json:"heads"`
	Applications      int64  `json:"applications"`
	Interviews        int64  `json:"interviews"`
	RetentionChecks   int64  `json:"retention_checks"`
	Placements        int64  `json:"placements"`
	AcceptsRefused    int64  `json:"accepts_refused_protective"`
	ContractsSigned   int64  `json:"contracts_signed"`
	Arrivals          int64  `json:"arrivals"`
	ClockIns          int64  `json:"clock_ins"`
	ClockInsRefused   int64  `json:"clock_ins_refused"`
	CoveredAtClockIn  int64  `json:"covered_at_clock_in"`
	Corrections       int64  `json:"corrections"`
	NoShows           int64  `json:"no_shows"`
	TurnedAway        int64  `json:"turned_away"`
	InsurerDenied     int64  `json:"insurer_denied"`
	WaitingPayFen     int64  `json:"waiting_pay_fen"`
	CancelFen         int64  `json:"cancel_compensation_fen"`
	OfflineArrivals   int64  `json:"offline_arrivals"`
	EarlyFinishes     int64  `json:"early_finishes"`
	Overruns          int64  `json:"overruns"`
	Replacements      int64  `json:"replacements"`
	HoursDisputed     int64  `json:"hours_disputed"`
	AccruedFen        int64  `json:"accrued_fen"`
	PaidFen           int64  `json:"paid_fen"`
	HeldFen           int64  `json:"held_fen"`
	WagesDue          int64  `json:"wages_due"`
	WagesPaidWithin24 int64  `json:"wages_paid_within_24h"`
	WagesLate         int64  `json:"wages_late"`
	WagesLateWarned   int64  `json:"wages_late_warned"`
	PayoutLines       int64  `json:"payout_lines"`
	PayoutReissued    int64  `json:"payout_reissued"`
	Imports           int64  `json:"imports"`
	ImportRows        int64  `json:"import_rows"`
	ImportRowsRefused int64  `json:"import_rows_refused"`
	CreditAppeals     int64  `json:"credit_appeals"`
	Complaints        int64  `json:"complaints"`
	ComplaintsUpheld  int64  `json:"complaints_upheld"`
	ComplaintsOverdue int64  `json:"complaints_overdue"`
	NoticesSent       int64  `json:"notices_sent"`
	NoticesFailed     int64  `json:"notices_failed"`
	NoticesQuiet      int64  `json:"notices_quiet"`
	OptOuts           int64  `json:"opt_outs"`
	PushRuns          int64  `json:"push_runs"`
	Pushes            int64  `json:"pushes"`
	PushesTaken       int64  `json:"pushes_taken"` // whose worker was placed there afterwards
	AccessCopies      int64  `json:"access_copies"`
	Amendments        int64  `json:"amendments"`
	AccountsClosed    int64  `json:"accounts_closed"`
	Classes           int64  `json:"classes"`
	Enrolments        int64  `json:"enrolments"`
	ClassesPassed     int64  `json:"classes_passed"`
	TaughtAccepted    int64  `json:"taught_accepted"` // work that asks for what its worker was taught
	LawViolations     int64  `json:"law_violations"`
	ElapsedMS         int64  `json:"elapsed_ms"`
	DeedsPerS         int64  `json:"deeds_per_s"`
	MoneyReport

	CreditGrades map[string]int64 `json:"credit_grades"` // grade → employers
}

func (w *world) report(ctx context.Context, url string) (Report, error) {
	meta, err := allMeta(ctx, w.city.DB)
	if err != nil {
		return Report{}, err
	}
	titles, _ := strconv.Atoi(meta[metaTitles]) // written by begin
	days, _ := strconv.Atoi(meta[metaDays])
	r := Report{Seed: w.cfg.Seed, Days: days, Workers: w.cfg.Workers, Employers: w.cfg.Employers,
		DB: db.Redact(url), TitlesRead: titles}
	if err := r.count(ctx, w.city.DB); err != nil {
		return r, err
	}
	if err := r.countCredit(ctx, w.city.DB); err != nil {
		return r, err
	}
	if err := r.countComplaints(ctx, w.city.DB, civil.DateOf(w.lived)); err != nil {
		return r, err
	}
	if err := r.countClasses(ctx, w.city.DB); err != nil {
		return r, err
	}
	if err := w.countMoney(ctx, &r.MoneyReport); err != nil {
		return r, err
	}
	totals, err := w.city.Wages.Totals(ctx, w.city.DB)
	if err != nil {
		return r, err
	}
	r.AccruedFen, r.PaidFen = int64(totals.AccruedFen), int64(totals.PaidFen)
	r.HeldFen = int64(totals.HeldFen)
	r.WagesDue, r.WagesPaidWithin24, r.WagesLate, r.WagesLateWarned, err =
		w.city.Wages.Punctuality(ctx, w.city.DB, w.end())
	return r, err
}

// count fills the figures that are rows. A vacancy that waits for a clerk is not yet one.
func (r *Report) count(ctx context.Context, d *db.DB) error {
	for _, c := range []struct {
		to    *int64
		query string
	}{
		{&r.Vacancies, `SELECT COUNT(*) FROM vacancies WHERE state = 'published'
			OR state = 'closed' AND reason = 'expired'`},
		{&r.VacanciesWaiting, `SELECT COUNT(*) FROM vacancies v WHERE v.state = 'waiting'
			OR EXISTS (SELECT 1 FROM vacancy_reviews r WHERE r.vacancy_id = v.id)`},
		{&r.VacanciesChanged, `SELECT COUNT(*) FROM vacancy_changes`},
		{&r.AcceptsRefused, `SELECT COUNT(*) FROM accept_refusals`},
		{&r.VacanciesRefused, `SELECT (SELECT COUNT(*) FROM refusals) +
			(SELECT COUNT(*) FROM vacancies WHERE state = 'refused')`},
		{&r.Shifts, `SELECT COUNT(*) FROM shifts s JOIN vacancies v ON v.id = s.vacancy_id
			WHERE v.state IN ('published', 'closed') AND (v.reason <> 'vacancy_changed' OR s.taken > 0)`},
		{&r.Heads, `SELECT CAST(COALESCE(SUM(CASE WHEN v.reason = 'vacancy_changed' THEN s.taken
			ELSE s.heads END), 0) AS BIGINT) FROM shifts s JOIN vacancies v ON v.id = s.vacancy_id
			WHERE v.state IN ('published', 'closed')`},
		{&r.Applications, `SELECT COUNT(*) FROM applications`},
		{&r.Interviews, `SELECT COUNT(*) FROM interviews WHERE state <> 'cancelled'`},
		{&r.RetentionChecks, `SELECT COUNT(*) FROM retention_checks`},
		{&r.Placements, `SELECT COUNT(*) FROM placements WHERE accepted_at_ms > 0`},
		{&r.ContractsSigned, `SELECT COUNT(*) FROM contracts WHERE signed_at_ms > 0`},
		{&r.Arrivals, `SELECT COUNT(*) FROM clock_events WHERE kind = 'arrival'`},
		{&r.ClockIns, `SELECT COUNT(*) FROM clock_events e JOIN placements p ON p.id = e.placement_id
			JOIN vacancies v ON v.id = p.vacancy_id AND v.settlement = 'platform'
			WHERE e.kind = 'start' AND e.means <> 'correction'`},
		{&r.ClockInsRefused, `SELECT COUNT(*) FROM clock_events WHERE kind = 'refused'`},
		{&r.CoveredAtClockIn, `SELECT COUNT(*) FROM clock_events e JOIN covers c
			ON c.placement_id = e.placement_id AND c.effective_at_ms <= e.at_ms
			AND c.expires_at_ms > e.at_ms WHERE e.kind = 'start' AND e.means <> 'correction'`},
		{&r.Corrections, `SELECT COUNT(*) FROM corrections`},
		{&r.NoShows, `SELECT COUNT(*) FROM placements WHERE state = 'no_show'`},
		{&r.TurnedAway, `SELECT COUNT(*) FROM turned_away`},
		{&r.InsurerDenied, `SELECT COUNT(*) FROM turned_away WHERE blame = 'insurer'`},
		{&r.WaitingPayFen, `SELECT CAST(COALESCE(SUM(pay_fen), 0) AS BIGINT) FROM turned_away`},
		{&r.CancelFen, `SELECT CAST(COALESCE(SUM(pay_fen), 0) AS BIGINT) FROM cancellations`},
		{&r.OfflineArrivals, `SELECT COUNT(*) FROM offline_arrivals`},
		{&r.EarlyFinishes, `SELECT COUNT(*) FROM timesheets WHERE early <> ''`},
		{&r.Overruns, `SELECT COUNT(*) FROM overruns`},
		{&r.Replacements, `SELECT COUNT(*) FROM replacements`},
		{&r.HoursDisputed, `SELECT COUNT(*) FROM corrections WHERE disputed_line <> ''`},
		{&r.PayoutLines, `SELECT COUNT(*) FROM payouts WHERE kind = 'wage'`},
		{&r.NoticesSent, `SELECT COUNT(*) FROM messages WHERE state = 'delivered' AND NOT code`},
		{&r.NoticesFailed, `SELECT COUNT(*) FROM messages WHERE state IN ('failed', 'unknown')
			AND ended_at_ms > 0 AND NOT code`},
		{&r.NoticesQuiet, `SELECT COUNT(*) FROM messages WHERE quiet`},
		{&r.OptOuts, `SELECT COUNT(*) FROM opt_outs`},
		{&r.PushRuns, `SELECT COUNT(*) FROM push_runs WHERE state = 'done'`},
		{&r.Pushes, `SELECT COUNT(*) FROM pushes`},
		{&r.PushesTaken, `SELECT COUNT(*) FROM pushes p WHERE EXISTS (SELECT 1 FROM placements l
			WHERE l.worker_id = p.worker_id AND l.vacancy_id = p.vacancy_id
			AND l.accepted_at_ms > p.at_ms)`},
		{&r.AccessCopies, `SELECT COUNT(*) FROM audit WHERE what = 'access copy'`},
		{&r.Amendments, `SELECT COUNT(*) FROM amendments WHERE state <> 'asked'`},
		{&r.AccountsClosed, `SELECT COUNT(*) FROM closures`},
		{&r.PayoutLines, `SELECT COUNT(*) FROM payouts`},
		{&r.PayoutReissued, `SELECT COUNT(*) FROM payouts WHERE reissue_of <> ''`},
		{&r.Imports, `SELECT COUNT(*) FROM imports`},
		{&r.ImportRows, `SELECT COUNT(*) FROM import_rows`},
		{&r.ImportRowsRefused, `SELECT COUNT(*) FROM import_rows WHERE state = 'bad'`},
	} {
		if err := db.Row(ctx, d, []any{c.to}, c.query); err != nil {
			return err
		}
	}
	return nil
}
