package market

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

// protectiveCodes are the refusals of an acceptance that protect the worker. They are kept, because
// a city must be able to show that its gate works.
var protectiveCodes = map[string]bool{"market.worker_too_young": true, "market.adults_only": true,
	"market.minors_condition": true, "market.certificate_missing": true,
	"market.certificate_expired": true, "market.day_hours": true, "market.heat_stop": true,
	"market.heat_hours": true, "market.heat_minors": true}

func protective(f *fault.Error) bool { return protectiveCodes[f.Code] }

// keepAcceptRefusal notes a protective refusal, once for worker, shift and reason.
func (s *Service) keepAcceptRefusal(ctx context.Context, in Accept, f *fault.Error) error {
	_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, insertAcceptRefusal(ctx, tx, in, f.Code)
	})
	return err
}

// mayDo refuses a minor what the conditions of the work close to minors, and anyone without the
// skills and certificates that the work asks for, each valid on the last day of the shift.
// Faults (forbidden): market.minors_condition, market.certificate_missing,
// market.certificate_expired, market.skill_missing; those of checkHeat.
func (s *Service) mayDo(ctx context.Context, tx *db.Tx, shift Shift, w people.Worker) error {
	day := civil.DateOf(shift.StartsAt)
	if bar := minorsBar(shift.Conditions); bar != "" && isMinor(w.BirthDate, day) {
		return fault.New(fault.Forbidden, "market.minors_condition",
			"condition", s.both("market.condition."+string(bar))).OnField("worker_id")
	}
	err := s.heatTx(ctx, tx, shift.Conditions, shift.Region, day, shift.PlannedMin(),
		isMinor(w.BirthDate, day))
	if err != nil {
		return err
	}
	return s.qualified(ctx, tx, w.ID, shift.Required, day, civil.DateOf(shift.EndsAt))
}

// qualified refuses a worker who lacks something that the work asks for on one of the days.
func (s *Service) qualified(
	ctx context.Context, r db.Reader, workerID string, required []string, from, until civil.Date,
) error {
	gap, err := s.Skills.GapTx(ctx, r, workerID, required, from, until)
	if err != nil || gap.Key == "" {
		return err
	}
	name := i18n.Both{ZH: gap.ZH, EN: gap.EN}
	f := fault.New(fault.Forbidden, "market.certificate_missing", "certificate", name)
	switch {
	case !gap.Certificate:
		f = fault.New(fault.Forbidden, "market.skill_missing", "skill", name)
	case gap.ExpiresOn != "":
		f = fault.New(fault.Forbidden, "market.certificate_expired", "certificate", name,
			"day", string(gap.ExpiresOn))
	}
	return f.OnField("worker_id")
}

// hours judges the shift, from when the placement begins, beside the worker's other work of the
// month. It gives the codes of what the worker must know: overtime has reached the month's limit,
// or these hours are no longer part-time work, so that contract drafts a full labour contract
// (劳动合同法 68: the limit does not forbid the work, it ends the lighter contract).
// Faults: market.day_hours (forbidden).
func (s *Service) hours(shift Shift, p Placement, others []engagement) ([]string, error) {
	day := civil.DateOf(shift.StartsAt)
	var n hourLimits
	var partDayMin, partWeekMin int64
	for _, q := range []struct {
		code string
		to   *int64
	}{
		{"market.shift_day_min_max", &n.dayMinMax}, {"market.normal_day_min", &n.normalDayMin},
		{"market.overtime_month_min", &n.overtimeMonthMin},
		{"contract.parttime_day_min", &partDayMin}, {"contract.parttime_week_min", &partWeekMin},
	} {
		v, err := s.Policy.At(q.code, shift.Region, day)
		if err != nil {
			return nil, err
		}
		*q.to = v.Value
	}
	next := span{StartsAt: shift.StartsAt, PlannedMin: shift.remainingMin(p.StartsAt),
		EmployerID: shift.EmployerID}
	planned, left := work(others)
	overtimeMin, err := checkHours(next, inMonth(left, day), n)
	if err != nil {
		return nil, err
	}
	next.PlannedMin = shift.PlannedMin() // what the contract goes by
	var notices []string
	if overtimeMin >= n.overtimeMonthMin {
		notices = append(notices, "overtime")
	}
	if shift.WorkType == "part_time" &&
		(next.PlannedMin > partDayMin || weekMin(next, planned) > partWeekMin) {
		notices = append(notices, "part_time")
	}
	return notices, nil
}

// MayStartTx refuses a start for which a certificate has run out, or was revoked, since the shift
// was accepted, and work outdoors that the day's forecast forbids by now.
// Faults (forbidden): market.certificate_missing, market.certificate_expired, market.skill_missing,
// market.heat_stop, market.heat_hours.
func (s *Service) MayStartTx(ctx context.Context, r db.Reader, job Job) error {
	err := s.heatTx(ctx, r, job.Conditions, job.Region, civil.DateOf(job.StartsAt), job.PlannedMin,
		false)
	if err != nil {
		return err
	}
	return s.qualified(ctx, r, job.WorkerID, job.Required, civil.DateOf(job.StartsAt),
		civil.DateOf(job.EndsAt))
}
