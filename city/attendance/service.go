package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

// Contracts says whether both have signed; contract.Service is one.
type Contracts interface {
	SignedTx(ctx context.Context, r db.Reader, placementID string) (contract.SignedRef, error)
	StartClockTx(ctx context.Context, tx *db.Tx, placementID, region string) (bool, error)
}

// Covers binds and ends insurance; insurance.Service is one.
type Covers interface {
	CoverTx(ctx context.Context, tx *db.Tx, cmd insurance.CoverCmd) (string, error)
	EndTx(ctx context.Context, tx *db.Tx, placementID string, endAt time.Time) error
	ExtendTx(ctx context.Context, tx *db.Tx, placementID string, until time.Time) error
	RequestTx(ctx context.Context, tx *db.Tx, cmd insurance.CoverCmd) (bool, error)
	FindDeniedOf(ctx context.Context, r db.Reader, placementIDs []string) (map[string]string, error)
}

// Wages holds and accrues; wage.Service is one.
type Wages interface {
	HeldTx(ctx context.Context, r db.Reader, placementID string) error
	AccrueTx(ctx context.Context, tx *db.Tx, cmd wage.AccrueCmd) (string, error)
	CorrectTx(ctx context.Context, tx *db.Tx, cmd wage.AccrueCmd) (string, error)
	DisputeTx(ctx context.Context, tx *db.Tx, cmd wage.AccrueCmd) (wage.Split, error)
	UpholdTx(ctx context.Context, tx *db.Tx, lineID, by string) error
	ConcedeTx(ctx context.Context, tx *db.Tx, lineID, source string) error
}

// People knows whom to write to; people.Service is one.
type People interface {
	GetWorkerTx(ctx context.Context, r db.Reader, workerID string) (people.Worker, error)
	NamesForTx(ctx context.Context, r db.Reader, workerIDs []string) (map[string]people.Names, error)
}

// Placements knows the work; market.Service is one.
type Placements interface {
	JobTx(ctx context.Context, r db.Reader, placementID string) (market.Job, error)
	ArrivedTx(ctx context.Context, tx *db.Tx, job market.Job) error
	EmployTx(ctx context.Context, tx *db.Tx, job market.Job) error
	MayStartTx(ctx context.Context, r db.Reader, job market.Job) error
	StartTx(ctx context.Context, tx *db.Tx, placementID string) error
	DoneTx(ctx context.Context, tx *db.Tx, placementID string) error
	NoShowTx(ctx context.Context, tx *db.Tx, placementID string) error
	NotAdmittedTx(ctx context.Context, tx *db.Tx, cmd market.NotAdmitted) (string, error)
	CameTx(ctx context.Context, tx *db.Tx, placementID string) error
	ReplaceTx(ctx context.Context, tx *db.Tx, cmd market.ReplaceCmd) (market.Replacement, error)
	FindOverdue(ctx context.Context, before time.Time, limit int) ([]string, error)
	FindPeople(ctx context.Context, in market.ShiftPeople) (market.Placements, error)
}

// Deps are what attendance stands on.
type Deps struct {
	DB        *db.DB
	Policy    *policy.Book
	People    People
	Notify    *notify.Service
	Stations  *station.Service
	Contracts Contracts
	Covers    Covers
	Wages     Wages
	Market    Placements

	// MayLocate refuses the position of a worker who did not agree to its use; the code on the wall
	// and the supervisor's word need no such consent. app hands in people's answer.
	MayLocate func(ctx context.Context, r db.Reader, workerID string) error
}

// Service is the clock.
type Service struct{ Deps }

// New returns the clock.
func New(d Deps) *Service { return &Service{d} }

// Clock is a worker (or a supervisor for the worker) at the gate.
type Clock struct {
	deed.Keyed
	PlacementID string `json:"placement_id"          path:"placement_id"`
	WorkerID    string `json:"worker_id"`
	EmployerID  string `json:"employer_id,omitempty"                     doc:"given by a supervisor who clocks for the worker"`
	Token       string `json:"token,omitempty"                           doc:"what the QR code at the place says"              maxLength:"100"`
	LonE6       int64  `json:"lon_e6,omitempty"`
	LatE6       int64  `json:"lat_e6,omitempty"`
	AccuracyM   int64  `json:"accuracy_m,omitempty"`
	Pieces      int64  `json:"pieces,omitempty"                              doc:"at the end of piece work: how many"          minimum:"0"`
	Early       string `json:"early,omitempty"                               doc:"at an end before its time: the worker's own wish, or sent home by the employer; if left out, own where the worker clocks out and sent_home where the supervisor does" enum:"own,sent_home"`
}

// Receipt is what the worker holds in hand after clocking.
type Receipt struct {
	PlacementID string    `json:"placement_id"`
	EventID     string    `json:"event_id"`
	Kind        string    `json:"kind"`
	At          time.Time `json:"at"`
	CoverID     string    `json:"cover_id,omitempty"`
	WorkedMin   int64     `json:"worked_min,omitempty"`
	FloorMin    int64     `json:"floor_min,omitempty" doc:"paid on top: the employer sent the worker home"`
	Pieces      int64     `json:"pieces,omitempty"`
	FloorPieces int64     `json:"floor_pieces,omitempty" doc:"the same of piece work"`
	LineID      string    `json:"line_id,omitempty"`
}

func scope(ctx context.Context, op string) string {
	return "attendance." + op + "/" + people.ActorOf(ctx).AccountID
}

// may lets the worker clock for themselves, and staff of the employer clock for them.
func may(ctx context.Context, in Clock) error {
	if in.EmployerID != "" {
		return people.Must(ctx, people.PermSuperviseClock, in.EmployerID)
	}
	return people.Must(ctx, people.PermClockIn, in.WorkerID)
}

// Arrive records that the worker is there; nothing else is needed for it.
// Faults: market.placement_not_found; attendance.too_early, attendance.too_late,
// attendance.already_arrived (conflict); station.qr_forged, station.too_far … (forbidden).
func (s *Service) Arrive(ctx context.Context, in Clock) (Receipt, error) {
	if err := may(ctx, in); err != nil {
		return Receipt{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "arrive"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Receipt, error) {
			job, means, err := s.atGate(ctx, tx, in)
			if err != nil {
				return Receipt{}, err
			}
			e := s.event(ctx, tx, job, arrival, tx.Now, means)
			if err := s.arrivedTx(ctx, tx, job, e); err != nil {
				return Receipt{}, err
			}
			if err := s.askTx(ctx, tx, job); err != nil {
				return Receipt{}, err
			}
			return receipt(e), feed.PutTx(ctx, tx, Arrived{stamp(e)})
		}, db.Lane("worker", in.WorkerID))
}

// ClockIn starts the work: 开工. One transaction: signed by both → funds held → insured from now →
// start event. When one of these is missing the start is refused, and the arrival stays on record
// with the reason.
// Under a plan that the insurer must confirm, the first try asks it, and a later one starts.
// Faults: those of Arrive; contract.not_signed, wage.not_held, insurance.no_consent,
// insurance.not_shared, insurance.not_confirmed, insurance.refused,
// attendance.already_started, attendance.still_working, market.placement_state (conflict);
// market.certificate_missing, market.certificate_expired (forbidden).
func (s *Service) ClockIn(ctx context.Context, in Clock) (Receipt, error) {
	if err := may(ctx, in); err != nil {
		return Receipt{}, err
	}
	r, err := deed.Once(ctx, s.DB, scope(ctx, "clock_in"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Receipt, error) {
			job, means, err := s.atGate(ctx, tx, in)
			if err != nil {
				return Receipt{}, err
			}
			return s.startTx(ctx, tx, job, means)
		}, db.Lane("worker", in.WorkerID))
	if f := fault.As(err); f != nil && keepsOut(f) {
		if e := s.keepRefused(ctx, in, f); e != nil {
			return Receipt{}, e
		}
	}
	return r, err
}

// keepsOut tells the refusals that leave a worker standing at the gate.
func keepsOut(f *fault.Error) bool {
	switch f.Code {
	case "contract.not_signed", "wage.not_held", "insurance.no_consent", "insurance.not_shared",
		"insurance.age", "insurance.plan_closed", "insurance.not_confirmed", "insurance.refused",
		"market.certificate_missing", "market.certificate_expired", "market.heat_stop",
		"market.heat_hours":
		return true
	}
	return false
}

func (s *Service) startTx(
	ctx context.Context, tx *db.Tx, job market.Job, means Means,
) (Receipt, error) {
	here, err := s.hereTx(ctx, tx, job) // first: who presses twice is told so in these words
	if err != nil {
		return Receipt{}, err
	}
	if err := job.MustBe(market.Accepted); err != nil {
		return Receipt{}, err
	}
	if err := s.Market.MayStartTx(ctx, tx, job); err != nil {
		return Receipt{}, err
	}
	coverID, err := s.admitTx(ctx, tx, job)
	if err != nil {
		return Receipt{}, err
	}
	e := s.event(ctx, tx, job, start, tx.Now, means)
	var came *Event
	if !here {
		a := s.event(ctx, tx, job, arrival, tx.Now, means)
		came = &a
	}
	if err := insertStart(ctx, tx, e, came, job.EmployerID, job.EndsAt); err != nil {
		return Receipt{}, err
	}
	if err := s.Market.StartTx(ctx, tx, job.ID); err != nil {
		return Receipt{}, err
	}
	r := receipt(e)
	r.CoverID = coverID
	return r, feed.PutTx(ctx, tx, ClockedIn{stamp(e), coverID})
}

// admitTx proves what the start needs. Platform-settled: signed by both, funded, insured from now.
// Employer-settled: signed, or the one-month clock of the contract begins to run.
func (s *Service) admitTx(ctx context.Context, tx *db.Tx, job market.Job) (string, error) {
	if job.Settlement != market.Platform {
		if _, err := s.Contracts.StartClockTx(ctx, tx, job.ID, job.Region); err != nil {
			return "", err
		}
		return "", s.Market.EmployTx(ctx, tx, job)
	}
	if _, err := s.Contracts.SignedTx(ctx, tx, job.ID); err != nil {
		return "", err
	}
	return s.insureTx(ctx, tx, job)
}

// insureTx proves the hold and binds the cover from this instant.
func (s *Service) insureTx(ctx context.Context, tx *db.Tx, job market.Job) (string, error) {
	if err := s.Wages.HeldTx(ctx, tx, job.ID); err != nil {
		return "", err
	}
	return s.Covers.CoverTx(ctx, tx, coverOf(job, tx.Now))
}

func coverOf(job market.Job, at time.Time) insurance.CoverCmd {
	return insurance.CoverCmd{PlacementID: job.ID, WorkerID: job.WorkerID,
		EmployerID: job.EmployerID, PlanID: job.PlanID, Region: job.Region, At: at, Until: job.EndsAt}
}

// askTx asks the insurer about somebody who has come, where the plan is a confirmed one.
func (s *Service) askTx(ctx context.Context, tx *db.Tx, job market.Job) error {
	if job.Settlement != market.Platform {
		return nil
	}
	_, err := s.Covers.RequestTx(ctx, tx, coverOf(job, tx.Now))
	return err
}

// hereTx tells whether the arrival is on record, and refuses whoever started here already or still
// works elsewhere.
func (s *Service) hereTx(ctx context.Context, tx *db.Tx, job market.Job) (bool, error) {
	sheets, err := sheetsNow(ctx, tx, job.ID, job.WorkerID)
	if err != nil {
		return false, err
	}
	here := false
	for _, sh := range sheets {
		switch {
		case sh.PlacementID == job.ID && sh.State != arrived:
			return true, fault.New(fault.Conflict, "attendance.already_started").OnField("placement_id")
		case sh.PlacementID == job.ID:
			here = true
		default:
			return false, fault.New(fault.Conflict, "attendance.still_working").OnField("placement_id")
		}
	}
	return here, nil
}

// atGate proves that the worker of the placement is at its place, at a time when that makes sense.
func (s *Service) atGate(ctx context.Context, tx *db.Tx, in Clock) (market.Job, Means, error) {
	job, err := s.Market.JobTx(ctx, tx, in.PlacementID)
	if err != nil {
		return job, "", err
	}
	if job.WorkerID != in.WorkerID || in.EmployerID != "" && in.EmployerID != job.EmployerID {
		return job, "", noPlacement()
	}
	if err := s.mayEnter(job, tx.Now); err != nil {
		return job, "", err
	}
	means, err := s.prove(ctx, tx, in, job.PlaceID)
	return job, means, err
}

func (s *Service) prove(
	ctx context.Context, tx *db.Tx, in Clock, placeID string,
) (Means, error) {
	if in.EmployerID != "" {
		return BySupervisor, nil // the supervisor's word, on record with the account
	}
	means := ByPlace
	if in.Token != "" {
		means = ByQR
	} else if s.MayLocate != nil && (in.LonE6 != 0 || in.LatE6 != 0) {
		if err := s.MayLocate(ctx, tx, in.WorkerID); err != nil {
			return "", err
		}
	}
	return means, s.Stations.VerifyTx(ctx, tx, placeID, station.Proof{Token: in.Token,
		LonE6: in.LonE6, LatE6: in.LatE6, AccuracyM: in.AccuracyM}, tx.Now)
}

// keepRefused records the arrival and why the worker was not let in; once a key.
func (s *Service) keepRefused(ctx context.Context, in Clock, f *fault.Error) error {
	_, err := deed.Once(ctx, s.DB, scope(ctx, "refused"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Receipt, error) {
			job, means, err := s.atGate(ctx, tx, in)
			if err != nil {
				return Receipt{}, err
			}
			if err := s.comeTx(ctx, tx, job, means); err != nil {
				return Receipt{}, err
			}
			if err := s.askTx(ctx, tx, job); err != nil {
				return Receipt{}, err
			}
			e := s.event(ctx, tx, job, refused, tx.Now, means)
			e.Reason = f.Code
			return receipt(e), insertEvents(ctx, tx, e)
		})
	return err
}

// ClockOut ends the work: 收工. One transaction: end event → cover ends after the way home → wage
// accrued → placement done. The 24-hour clock starts here. Whoever clocks out piece work says how
// many pieces; the other side confirms or has it corrected.
// Faults: attendance.not_started (conflict); attendance.pieces_missing, attendance.pieces_many
// (invalid); those of the proof.
func (s *Service) ClockOut(ctx context.Context, in Clock) (Receipt, error) {
	if err := may(ctx, in); err != nil {
		return Receipt{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "clock_out"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Receipt, error) {
			job, err := s.Market.JobTx(ctx, tx, in.PlacementID)
			if err != nil {
				return Receipt{}, err
			}
			if job.WorkerID != in.WorkerID || in.EmployerID != "" && in.EmployerID != job.EmployerID {
				return Receipt{}, noPlacement()
			}
			means, err := s.prove(ctx, tx, in, job.PlaceID)
			if err != nil {
				return Receipt{}, err
			}
			left, err := s.leaving(job, in)
			if err != nil {
				return Receipt{}, err
			}
			return s.endTx(ctx, tx, job, tx.Now, means, left)
		}, db.Lane("worker", in.WorkerID))
}

func (s *Service) endTx(
	ctx context.Context, tx *db.Tx, job market.Job, at time.Time, means Means, left leaving,
) (Receipt, error) {
	sheet, err := getSheet(ctx, tx, job.ID)
	if err != nil {
		return Receipt{}, err
	}
	if sheet.State != started {
		return Receipt{}, notStarted()
	}
	e := s.event(ctx, tx, job, end, at, means)
	sheet.EndID, sheet.EndedAt, sheet.Forgotten = e.ID, at, means == Forgotten
	sheet.Pieces = left.pieces
	if err := s.countMin(&sheet, job, left.said); err != nil {
		return Receipt{}, err
	}
	e.Reason = sheet.Early
	if job.Settlement == market.Platform {
		if err := s.Covers.EndTx(ctx, tx, job.ID, at); err != nil {
			return Receipt{}, err
		}
		if sheet.LineID, err = s.Wages.AccrueTx(ctx, tx, earned(job, sheet, e.ID)); err != nil {
			return Receipt{}, err
		}
	}
	if err := insertEvents(ctx, tx, e); err != nil {
		return Receipt{}, err
	}
	if err := closeSheet(ctx, tx, sheet); err != nil {
		return Receipt{}, err
	}
	if err := s.Market.DoneTx(ctx, tx, job.ID); err != nil {
		return Receipt{}, err
	}
	r := receipt(e)
	r.WorkedMin, r.LineID, r.FloorMin, r.Pieces, r.FloorPieces = sheet.WorkedMin, sheet.LineID,
		sheet.FloorMin, sheet.Pieces, sheet.FloorPieces
	return r, feed.PutTx(ctx, tx, ClockedOut{stamp(e), sheet.WorkedMin, sheet.LineID, sheet.Early})
}

// earned is what the wage slice must know of the work on a sheet.
func earned(job market.Job, sheet Sheet, source string) wage.AccrueCmd {
	return wage.AccrueCmd{Source: source, PlacementID: job.ID, WorkerID: job.WorkerID,
		EmployerID: job.EmployerID, Region: job.Region, WorkedMin: sheet.WorkedMin + sheet.FloorMin,
		PlannedMin: job.PlannedMin, Pieces: sheet.Pieces + sheet.FloorPieces,
		PayUnit: job.PayUnit,
		RateFen: money.Fen(job.RateFen), StartAt: sheet.StartedAt, EndAt: sheet.EndedAt}
}

func (s *Service) event(
	ctx context.Context, tx *db.Tx, job market.Job, kind string, at time.Time, means Means,
) Event {
	return Event{ID: tx.ID("clk"), PlacementID: job.ID, WorkerID: job.WorkerID, Kind: kind, At: at,
		Means: means, AccountID: people.ActorOf(ctx).AccountID}
}

func receipt(e Event) Receipt {
	return Receipt{PlacementID: e.PlacementID, EventID: e.ID, Kind: e.Kind, At: e.At}
}

func notStarted() error {
	return fault.New(fault.Conflict, "attendance.not_started").OnField("placement_id")
}
