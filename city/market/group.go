package market

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Group is a kind of people whom the state helps into work: 重点群体.
type Group string

// The groups. Sources: 就业促进法 52 and 浙人社发〔2025〕59号 (就业困难人员 and its kinds); the key groups of
// start-up loans (脱贫人口, 退役军人, 高校毕业生).
const (
	Hardship       Group = "hardship"
	LongUnemployed Group = "long_unemployed"
	Disabled       Group = "disabled"
	Older          Group = "older"
	LiftedPoverty  Group = "lifted_poverty"
	Veteran        Group = "veteran"
	Graduate       Group = "graduate"
)

var groupKinds = []Group{Hardship, LongUnemployed, Disabled, Older, LiftedPoverty, Veteran,
	Graduate}

const (
	floorsMax       = 3       // of one proposal
	groupDaysMax    = 3 * 366 // then the paper is looked at again
	groupMembersMax = 200_000 // read for one proposal
)

// floor is how many heads of a proposal are to go to a group.
type floor struct {
	group Group
	heads int32
}

// floorsOf reads "hardship:10,veteran:2".
// Faults: market.floors (invalid).
func floorsOf(text string) ([]floor, error) {
	if text == "" {
		return nil, nil
	}
	bad := fault.New(fault.Invalid, "market.floors", "max", floorsMax).OnField("floors")
	var list []floor
	for part := range strings.SplitSeq(text, ",") {
		kind, number, _ := strings.Cut(strings.TrimSpace(part), ":")
		n, err := strconv.ParseUint(number, 10, 31)
		g := Group(kind)
		if err != nil || n == 0 || n > proposalHeadsMax || !slices.Contains(groupKinds, g) ||
			slices.ContainsFunc(list, func(f floor) bool { return f.group == g }) ||
			len(list) == floorsMax {
			return nil, bad
		}
		list = append(list, floor{g, int32(n)})
	}
	return list, nil
}

// GroupMark says that a worker belongs to a group.
type GroupMark struct {
	Kind   Group      `json:"kind"`
	Source string     `json:"source" doc:"the paper it rests on"`
	Until  civil.Date `json:"until"  doc:"last day"`
}
