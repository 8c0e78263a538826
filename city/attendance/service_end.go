package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// leaving is what is said at a clock-out.
type leaving struct {
	said   string // whose wish an early end was
	pieces int64
}

// leaving reads a clock-out: whose wish an early end is, and how many pieces.
// Faults: attendance.pieces_missing, attendance.pieces_many (invalid).
func (s *Service) leaving(job market.Job, in Clock) (leaving, error) {
	left := leaving{said: in.Early, pieces: in.Pieces}
	if left.said == "" {
		left.said = earlyOwn
		if in.EmployerID != "" {
			left.said = sentHome
		}
	}
	if in.Pieces == 0 && job.PayUnit == wage.ByPiece && left.said == sentHome &&
		s.DB.Now().Before(job.EndsAt) {
		return left, nil // sent home before the first piece
	}
	return left, s.checkPieces(job, in.Pieces)
}

// checkPieces refuses a number of pieces that is missing, not asked for or beyond belief.
func (s *Service) checkPieces(job market.Job, pieces int64) error {
	if (job.PayUnit == wage.ByPiece) != (pieces > 0) {
		return fault.New(fault.Invalid, "attendance.pieces_missing").OnField("pieces")
	}
	most, err := s.number("attendance.pieces_norm_bp_max", job)
	if err != nil {
		return err
	}
	if pieces > (job.Pieces*most+9_999)/10_000 {
		return fault.New(fault.Invalid, "attendance.pieces_many", "norm", job.Pieces).OnField("pieces")
	}
	return nil
}

// number reads a policy number for the job's place on the day of its shift.
func (s *Service) number(code string, job market.Job) (int64, error) {
	n, err := s.Policy.At(code, job.Region, civil.DateOf(job.StartsAt))
	return n.Value, err
}

func (s *Service) minutes(code string, job market.Job) (time.Duration, error) {
	n, err := s.number(code, job)
	return time.Duration(n) * time.Minute, err
}

// countMin fills in what the times on a sheet come to: minutes, and the floor of an early end that
// was not the worker's wish: minutes, or pieces of the norm where pieces are what is paid.
func (s *Service) countMin(sheet *Sheet, job market.Job, said string) error {
	tolerance, err := s.minutes("attendance.early_tolerance_min", job)
	if err != nil {
		return err
	}
	floorBP, err := s.number("attendance.early_floor_bp", job)
	if err != nil {
		return err
	}
	sheet.WorkedMin = stretchOf(job).paidMin(sheet.StartedAt, sheet.EndedAt)
	sheet.Early = earlyEnd(sheet.EndedAt, job.EndsAt, tolerance, said)
	sheet.FloorMin, sheet.FloorPieces = 0, 0
	if sheet.Early != sentHome {
		return nil
	}
	planned := min(job.PlannedMin, int64(job.EndsAt.Sub(job.StartsAt)/time.Minute))
	if job.PayUnit == wage.ByPiece { // who stepped in later has a part of the norm
		norm := job.Pieces * planned / max(job.PlannedMin, 1)
		sheet.FloorPieces = floorOf(sheet.Pieces, norm, floorBP)
		return nil
	}
	sheet.FloorMin = floorOf(sheet.WorkedMin, planned, floorBP)
	return nil
}

func stretchOf(job market.Job) stretch {
	s := stretch{from: job.StartsAt, to: job.EndsAt, breakMin: job.BreakMin}
	for _, b := range job.Breaks {
		if !b.Paid {
			s.breaks = append(s.breaks, pause{b.StartsAt, b.EndsAt})
		}
	}
	if len(job.Breaks) > 0 {
		s.breakMin = 0
	}
	return s
}

// StayOn is a supervisor saying that work goes on after the shift's end.
type StayOn struct {
	deed.Keyed
	PlacementID string    `json:"placement_id"     path:"placement_id"`
	EmployerID  string    `json:"employer_id"`
	Until       time.Time `json:"until"`
	Reason      string    `json:"reason,omitempty"                     maxLength:"200"`
}

// StayedOn says until when the work may go on, insured.
type StayedOn struct {
	PlacementID string    `json:"placement_id"`
	Until       time.Time `json:"until"`
}

// StayOn lets started work overrun its shift: the cover reaches further, and the clock-out is not
// forgotten before then. The overrun is paid from the hold, then from free funds; what neither
// reaches is owed, and visibly late. The worker may leave at any time.
// Faults: market.placement_not_found; attendance.not_started, attendance.overrun_long (conflict).
// Source: 劳动法 41 (via market.shift_day_min_max); attendance.overrun_min_max.
func (s *Service) StayOn(ctx context.Context, in StayOn) (StayedOn, error) {
	if err := people.Must(ctx, people.PermSuperviseClock, in.EmployerID); err != nil {
		return StayedOn{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "stay_on"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (StayedOn, error) {
			job, err := s.jobOf(ctx, tx, in.PlacementID, in.EmployerID)
			if err != nil {
				return StayedOn{}, err
			}
			sheet, err := getSheet(ctx, tx, job.ID)
			if err == nil && sheet.State != started {
				err = notStarted()
			}
			if err != nil {
				return StayedOn{}, err
			}
			if err := s.mayOverrun(job, sheet, in.Until, tx.Now); err != nil {
				return StayedOn{}, err
			}
			if job.Settlement == market.Platform {
				if err := s.Covers.ExtendTx(ctx, tx, job.ID, in.Until); err != nil {
					return StayedOn{}, err
				}
			}
			return StayedOn{job.ID, in.Until}, overrun(ctx, tx, job.ID, in.Until, in.Reason,
				people.ActorOf(ctx).AccountID)
		})
}

func (s *Service) mayOverrun(job market.Job, sheet Sheet, until, now time.Time) error {
	over, err := s.number("attendance.overrun_min_max", job)
	if err != nil {
		return err
	}
	day, err := s.number("market.shift_day_min_max", job)
	if err != nil {
		return err
	}
	least := time.Duration(min(over, day-job.PlannedMin)) * time.Minute
	if !until.After(sheet.ShiftEndsAt) || until.Before(now) || until.After(job.EndsAt.Add(least)) {
		return fault.New(fault.Conflict, "attendance.overrun_long",
			"min", max(0, min(over, day-job.PlannedMin))).OnField("until")
	}
	return nil
}

// jobOf reads an employer's placement. Another's is not found.
func (s *Service) jobOf(
	ctx context.Context, tx *db.Tx, placementID, employerID string,
) (market.Job, error) {
	job, err := s.Market.JobTx(ctx, tx, placementID)
	if err == nil && job.EmployerID != employerID {
		err = noPlacement()
	}
	return job, err
}

// jobFor reads a worker's placement. Another's is not found.
func (s *Service) jobFor(
	ctx context.Context, tx db.Reader, placementID, workerID string,
) (market.Job, error) {
	job, err := s.Market.JobTx(ctx, tx, placementID)
	if err == nil && job.WorkerID != workerID {
		err = noPlacement()
	}
	return job, err
}

func noPlacement() error {
	return fault.New(fault.NotFound, "market.placement_not_found").OnField("placement_id")
}
