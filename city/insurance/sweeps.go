package insurance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/jobs"
)

const (
	rowsMax       = 500 // covers on one bordereau: about 100 KiB
	bordereauxMax = 20  // told or asked about in one turn
)

// Sweeps ask insurers about those who wait at the gate, and tell them who is covered.
func (s *Service) Sweeps() []jobs.Sweep {
	return []jobs.Sweep{
		{Name: "insurance.ask", Every: askFirst, Limit: requestsMax, Run: s.askInsurers},
		{Name: "insurance.bordereau", Every: time.Minute, Limit: bordereauxMax, Run: s.report},
	}
}

// report puts untold covers on bordereaux and tells or asks about those that are due. Nothing is
// in a transaction while the insurer is called.
func (s *Service) report(ctx context.Context, now time.Time) (int, error) {
	ctx = people.AsSystem(ctx, "insurance.bordereau")
	for range bordereauxMax {
		if filled, err := s.collect(ctx); err != nil {
			return 0, err
		} else if !filled {
			break
		}
	}
	due, err := dueBordereaux(ctx, s.DB, now)
	if err != nil {
		return 0, err
	}
	for _, b := range due {
		if err := s.settle(ctx, b); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// collect makes one bordereau of an insurer's untold covers; false when none are left.
func (s *Service) collect(ctx context.Context) (bool, error) {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		insurer, err := insurerToTell(ctx, tx)
		if err != nil || insurer == "" {
			return false, err
		}
		b := Bordereau{ID: tx.ID("bdx"), Insurer: insurer, State: Wanted}
		if err := insertBordereau(ctx, tx, b); err != nil {
			return false, err
		}
		_, err = putOn(ctx, tx, b)
		return true, err
	})
}

// settle tells a wanted bordereau, after it is on record that it may have been told; any other is
// asked about. An insurer that does not answer is no error here: the row says unknown.
func (s *Service) settle(ctx context.Context, b Bordereau) error {
	var answer Answer
	var lost error
	if b.State == Wanted {
		claimed := b.claimed(s.DB.Now())
		if mine, err := s.change(ctx, b, claimed); err != nil || !mine {
			return err
		}
		b = claimed
		rows, err := rowsOf(ctx, s.DB, b.ID)
		if err != nil {
			return err
		}
		answer, lost = s.Insurer.Tell(ctx, Declaration{Key: b.ID, Rows: rows})
	} else {
		answer, lost = s.Insurer.Ask(ctx, b.ID)
	}
	if lost != nil {
		answer = Answer{}
	}
	_, err := s.change(ctx, b, b.answered(answer, s.DB.Now()))
	return err
}

func (s *Service) change(ctx context.Context, before, after Bordereau) (bool, error) {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		changed, err := changeBordereau(ctx, tx, before, after)
		if err == nil && changed && after.State == Refused {
			err = s.tellRefusedTx(ctx, tx, after.ID)
		}
		return changed, err
	})
}
