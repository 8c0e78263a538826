package market

import (
	"slices"
	"strings"

	"github.com/gongyi/gongyi/internal/fault"
)

// Ground is the legal ground on which a clerk lets words pass that the gate has marked. The list is
// closed: what is not in it is no ground.
type Ground string

// The grounds.
const (
	// GroundFitness: the work truly needs it. Source: 就业促进法 29, 残疾人保障法 38.
	GroundFitness Ground = "genuine_fitness"
	// GroundFood: who handles ready food must be free of some illnesses. Source: 食品安全法 45.
	GroundFood Ground = "food_safety_45"
	// GroundMinors: the words keep minors away from what is closed to them. Source: 未成年人保护法 61.
	GroundMinors Ground = "minors_61"
	// GroundNoBan: no national law forbids it (age, looks, promises); the clerk has looked.
	GroundNoBan Ground = "no_national_ban"
	// GroundNotOfWorker: the words are not about who is hired, or ask nothing of a worker.
	GroundNotOfWorker Ground = "not_of_worker"
	// GroundNumber: policy has no number for the region; the clerk has checked the local one.
	GroundNumber Ground = "local_number_checked"
	// GroundWomen: the work is on the list closed to women. Source: 女职工劳动保护特别规定 附录 (国令619).
	GroundWomen Ground = "women_619"
)

// answers are the rules that a ground can answer for, by the first word of their ids; "" is every
// rule.
var answers = map[Ground][]string{
	GroundFitness:     {"disability"},
	GroundFood:        {"carrier"},
	GroundMinors:      {"age", "minors"},
	GroundNoBan:       {"age", "looks", "hook", "text"},
	GroundNotOfWorker: {""},
	GroundNumber:      {unknownNumber},
	GroundWomen:       {"sex"},
}

// unknownNumber stands for a number that policy does not know, beside the rules of the gate.
const unknownNumber = "policy"

func (g Ground) answersFor(rule string) bool {
	first, _, _ := strings.Cut(rule, ".")
	return slices.ContainsFunc(answers[g], func(a string) bool {
		return a == first || a == "" && first != unknownNumber
	})
}

// checkGrounds refuses a decision to publish that leaves a mark unanswered.
// Faults (invalid, field legal_grounds): market.ground_unknown; market.ground_missing with the rule
// that no ground answers for.
func checkGrounds(given []Ground, rules []string) error {
	for _, g := range given {
		if answers[g] == nil {
			return fault.New(fault.Invalid, "market.ground_unknown", "given", string(g)).
				OnField("legal_grounds")
		}
	}
	for _, rule := range rules {
		if !slices.ContainsFunc(given, func(g Ground) bool { return g.answersFor(rule) }) {
			return fault.New(fault.Invalid, "market.ground_missing", "rule", rule).
				OnField("legal_grounds")
		}
	}
	return nil
}
