package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
)

// GetHours asks what the clock has of a worker's placement.
type GetHours struct {
	PlacementID string `json:"placement_id" path:"placement_id"`
	WorkerID    string `json:"worker_id" query:"worker_id" required:"true"`
}

// HoursView is what the clock has, until when it can be appealed, and what was said about it.
type HoursView struct {
	PlacementID string           `json:"placement_id"`
	State       string           `json:"state" enum:"none,arrived,started,ended" doc:"none: the clock has nothing"`
	ArrivedAt   time.Time        `json:"arrived_at,omitzero"`
	StartedAt   time.Time        `json:"started_at,omitzero"`
	EndedAt     time.Time        `json:"ended_at,omitzero"`
	WorkedMin   int64            `json:"worked_min"`
	Pieces      int64            `json:"pieces,omitempty"`
	Forgotten   bool             `json:"forgotten,omitempty" doc:"ended by itself: nobody clocked out"`
	AskUntil    time.Time        `json:"ask_until,omitzero" doc:"a correction can be asked for until then"`
	Corrections []CorrectionView `json:"corrections"`
}

// ShowHours shows a worker what the clock has of a placement, and both sides' corrections of it,
// newest first.
// Faults: market.placement_not_found, also for one that is somebody else's.
func (s *Service) ShowHours(ctx context.Context, in GetHours) (HoursView, error) {
	if err := people.Must(ctx, people.PermAskCorrection, in.WorkerID); err != nil {
		return HoursView{}, err
	}
	job, err := s.jobFor(ctx, s.DB, in.PlacementID, in.WorkerID)
	if err != nil {
		return HoursView{}, err
	}
	v := HoursView{PlacementID: job.ID, State: "none"}
	sheet, err := getSheet(ctx, s.DB, job.ID)
	if f := fault.As(err); f != nil && f.Code == "attendance.not_started" {
		v.Corrections = []CorrectionView{}
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.State, v.WorkedMin, v.Pieces, v.Forgotten = string(sheet.State), sheet.WorkedMin,
		sheet.Pieces, sheet.Forgotten
	for _, t := range []struct {
		from time.Time
		to   *time.Time
	}{{sheet.ArrivedAt, &v.ArrivedAt}, {sheet.StartedAt, &v.StartedAt},
		{sheet.EndedAt, &v.EndedAt}} {
		if t.from.UnixMilli() > 0 {
			*t.to = t.from
		}
	}
	if sheet.State == ended {
		within, err := s.minutes("attendance.correction_window_min", job)
		if err != nil {
			return v, err
		}
		v.AskUntil = sheet.EndedAt.Add(within)
	}
	v.Corrections, err = correctionsOf(ctx, s.DB, job.ID)
	return v, err
}
