package market

import (
	"context"
	"hash/fnv"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// sampled tells whether a vacancy belongs to the share that is looked at again. The id decides, so
// that the same one is sampled however often it is asked, and nobody can choose.
func sampled(vacancyID string, shareBP int64) bool {
	h := fnv.New32a()
	h.Write([]byte(vacancyID))
	return int64(h.Sum32()%10_000) < shareBP
}

// Patrols asks for the public vacancies that are to be looked at again.
type Patrols struct {
	After string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// PatrolList is a page, oldest first.
type PatrolList struct {
	Vacancies []WaitingView `json:"vacancies"`
	Next      string        `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindPatrols lists public vacancies of the sample that nobody has looked at yet, oldest first,
// listMax at a time. How large the sample is follows from the employer's credit
// (Standing.PatrolBP).
// Faults: db.mark (invalid).
// Source: DOMAIN A3: patrol of content.
func (s *Service) FindPatrols(ctx context.Context, in Patrols) (PatrolList, error) {
	if err := people.Must(ctx, people.PermReviewVacancy, ""); err != nil {
		return PatrolList{}, err
	}
	behind, err := db.ParseMark(in.After, db.Mark{})
	if err != nil {
		return PatrolList{}, err
	}
	list, err := patrolsOpen(ctx, s.DB, behind, listMax+1)
	if err != nil {
		return PatrolList{}, err
	}
	list, next := db.Page(list, listMax, func(v WaitingView) string {
		return db.Mark{MS: v.CreatedMS, ID: v.ID}.String()
	})
	return PatrolList{list, next}, s.nameEmployers(ctx, list)
}

// AnswerPatrol is a clerk's word on a public vacancy of the sample.
type AnswerPatrol struct {
	deed.Keyed
	VacancyID string `json:"vacancy_id" path:"vacancy_id"`
	Fine      bool   `json:"fine"`
	Words     string `json:"words,omitempty" maxLength:"200" doc:"what is wrong; needed to take it down"`
}

// PatrolAnswered is what became of it.
type PatrolAnswered struct {
	VacancyID string `json:"vacancy_id"`
	State     string `json:"state" enum:"fine,taken_down"`
}

// AnswerPatrol leaves a sampled vacancy public, or takes it down: its shifts are called off, and
// whoever has a head is told and paid for the short notice.
// Faults: market.words_missing (invalid); market.no_patrol (not found).
func (s *Service) AnswerPatrol(ctx context.Context, in AnswerPatrol) (PatrolAnswered, error) {
	if err := people.Must(ctx, people.PermReviewVacancy, ""); err != nil {
		return PatrolAnswered{}, err
	}
	out := PatrolAnswered{in.VacancyID, "fine"}
	if !in.Fine {
		out.State = "taken_down"
		if in.Words == "" {
			return PatrolAnswered{}, fault.New(fault.Invalid, "market.words_missing").OnField("words")
		}
	}
	return deed.Once(ctx, s.DB, scope(ctx, "answer_patrol"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (PatrolAnswered, error) {
			err := answerPatrol(ctx, tx, out, in.Words, people.ActorOf(ctx).AccountID)
			if err != nil || in.Fine {
				return out, err
			}
			return out, s.TakeDownTx(ctx, tx, in.VacancyID, "patrol: "+in.Words)
		}, db.Lane("vacancy", in.VacancyID))
}
