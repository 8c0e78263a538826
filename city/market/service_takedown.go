package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// TakeDownTx takes a vacancy out of public for good: its open shifts are called off, whoever has
// not started is released, told and paid for the short notice, work that has started goes on. One
// that was refused or closed before stays as it is.
func (s *Service) TakeDownTx(ctx context.Context, tx *db.Tx, vacancyID, reason string) error {
	public, err := closeVacancy(ctx, tx, vacancyID, reason)
	if err != nil || !public {
		return err
	}
	shifts, err := closeShiftsOf(ctx, tx, vacancyID)
	if err == nil {
		err = putMoved(ctx, tx, vacancyID)
	}
	if err != nil {
		return err
	}
	for _, shiftID := range shifts {
		shift, err := getShift(ctx, tx, shiftID)
		if err != nil {
			return err
		}
		placed, err := placementsOn(ctx, tx, shiftID)
		if err != nil {
			return err
		}
		for _, p := range placed {
			if _, err := s.callOffTx(ctx, tx, shift, p, reason); err != nil {
				return err
			}
		}
	}
	return nil
}
