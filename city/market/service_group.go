package market

import (
	"context"
	"slices"
	"strings"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// MarkGroup enters that a worker belongs to a group, or, with a last day that is over, that they no
// longer do.
type MarkGroup struct {
	deed.Keyed
	WorkerID string     `json:"worker_id" path:"worker_id"`
	Kind     Group      `json:"kind"      enum:"hardship,long_unemployed,disabled,older,lifted_poverty,veteran,graduate"`
	Source   string     `json:"source"    maxLength:"100" doc:"the paper it rests on"`
	Until    civil.Date `json:"until"     doc:"last day; one that is over ends it"`
}

// GroupsOfWorker asks for them.
type GroupsOfWorker struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// WorkerGroups are the groups that a worker is in today.
type WorkerGroups struct {
	WorkerID string      `json:"worker_id"`
	Groups   []GroupMark `json:"groups"`
}

// MarkGroup keeps on which paper a worker is in a group that the state helps into work. It is used
// for floors of proposals and shown to the worker and the bureau, never to an employer.
// Faults: market.group_source, market.group_until (invalid); people.worker_not_found.
func (s *Service) MarkGroup(ctx context.Context, in MarkGroup) (WorkerGroups, error) {
	if err := people.Must(ctx, people.PermMarkGroup, ""); err != nil {
		return WorkerGroups{}, err
	}
	today := civil.DateOf(s.DB.Now())
	in.Source = strings.TrimSpace(in.Source)
	switch {
	case !slices.Contains(groupKinds, in.Kind):
		return WorkerGroups{}, fault.New(fault.Invalid, "market.floors", "max", floorsMax).
			OnField("kind")
	case in.Source == "":
		return WorkerGroups{}, fault.New(fault.Invalid, "market.group_source").OnField("source")
	case in.Until == "" || in.Until > today.AddDays(groupDaysMax):
		return WorkerGroups{}, fault.New(fault.Invalid, "market.group_until", "days", groupDaysMax).
			OnField("until")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "mark_group"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (WorkerGroups, error) {
			if _, err := s.People.GetWorkerTx(ctx, tx, in.WorkerID); err != nil {
				return WorkerGroups{}, err
			}
			err := upsertGroup(ctx, tx, in.WorkerID, GroupMark{in.Kind, in.Source, in.Until},
				people.ActorOf(ctx).AccountID)
			if err != nil {
				return WorkerGroups{}, err
			}
			list, err := groupsOf(ctx, tx, in.WorkerID, civil.DateOf(tx.Now))
			return WorkerGroups{in.WorkerID, list}, err
		})
}

// FindWorkerGroups shows the groups that a worker is in, to the worker and to the bureau.
func (s *Service) FindWorkerGroups(ctx context.Context, in GroupsOfWorker) (WorkerGroups, error) {
	if err := people.Must(ctx, people.PermSeeWorker, in.WorkerID); err != nil {
		return WorkerGroups{}, err
	}
	list, err := groupsOf(ctx, s.DB, in.WorkerID, civil.DateOf(s.DB.Now()))
	return WorkerGroups{in.WorkerID, list}, err
}
