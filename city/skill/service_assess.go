package skill

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// Teachable tells whether the catalogue has that skill. A certificate is not taught: its paper
// comes from the authority that its law names.
func (s *Service) Teachable(key string) bool { return s.catalogue.skills[key] }

// AssessedTx gives a worker a skill that somebody has assessed, with where that is on record. One
// that the worker had only said is assessed from now on. Permission is the caller's to ask.
// Faults: skill.unknown_skill (invalid, field "skill").
func (s *Service) AssessedTx(
	ctx context.Context, tx *db.Tx, workerID, skill, evidence string,
) error {
	if !s.Teachable(skill) {
		return fault.New(fault.Invalid, "skill.unknown_skill", "skill", skill).OnField("skill")
	}
	if err := assessSkill(ctx, tx, workerID, skill, evidence); err != nil {
		return err
	}
	return feed.PutTx(ctx, tx, Added{WorkerID: workerID, Skill: skill})
}
