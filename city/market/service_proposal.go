package market

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gongyi/gongyi/city/market/assign"
	"github.com/gongyi/gongyi/city/market/match"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	proposalShiftsMax = 40
	proposalHeadsMax  = 500
	proposalDepth     = 4   // workers looked at for each head
	offersMax         = 100 // sent at once: one deed
	// filled is what a head that is filled is worth beside the score, in its hundredths: more than any
	// score differs, so that nobody is left out for a better pair elsewhere.
	filled     = 100_000
	hundredths = 100
)

// Proposal asks who could fill the heads of some shifts: 整体配人.
type Proposal struct {
	EmployerID string `json:"employer_id"    path:"employer_id"`
	ShiftIDs   string `json:"shift_ids"      query:"shift_ids"  doc:"with commas, up to 40 shifts" maxLength:"2000"`
	Floors     string `json:"floors,omitempty" query:"floors"   doc:"heads that are to go to a group, such as hardship:10,veteran:2; who is in several counts for the first" maxLength:"100"`
	Lang       string `json:"lang,omitempty" query:"lang"       doc:"zh-CN if left out" enum:"zh-CN,en"`
}

// ProposedFloor tells how a floor is kept. Who is in the group is told to nobody.
type ProposedFloor struct {
	Group   Group   `json:"group"`
	Words   string  `json:"words"`
	Heads   int32   `json:"heads"   doc:"asked for"`
	Placed  int32   `json:"placed"`
	Lacking int32   `json:"lacking" doc:"for whom there is nobody, whoever else gives way"`
	Cost    float64 `json:"cost"    doc:"what one head less on the floor would add, in points"`
}

// ProposedShift is a shift with the people proposed for it, the best first. Price says how scarce
// its heads are: what one more would add to the whole, in points.
type ProposedShift struct {
	ShiftID string      `json:"shift_id"`
	Heads   int64       `json:"heads"   doc:"left, without those that offers wait for"`
	Price   float64     `json:"price"   doc:"what one more head would add, in points"`
	People  []Candidate `json:"people"`
}

// Proposed is the assignment with the highest sum of scores, one shift for a worker.
type Proposed struct {
	Shifts    []ProposedShift `json:"shifts"`
	Heads     int64           `json:"heads"`
	Placed    int             `json:"placed"`
	Objective int64           `json:"objective" doc:"the sum, in hundredths of a point; a filled head counts 100000 besides"`
	Bound     int64           `json:"bound"     doc:"no assignment of these people can be worth more"`
	Gap       float64         `json:"gap"       doc:"0: proven best"`
	Floors    []ProposedFloor `json:"floors,omitempty" doc:"kept before everything else"`
}

// ProposePeople finds, for shifts of an employer, the assignment of willing workers that is worth
// most: the floors kept as far as can be, as many heads filled as can be, then the highest sum of
// scores. It is proven and the same for the same market; nothing is written and nobody is asked. An
// employer may set floors up to half of the heads, so that no single person's group shows.
// Faults: market.shift_not_found; market.shift_closed (conflict); market.proposal_size,
// market.floors, market.floor_high (invalid).
func (s *Service) ProposePeople(ctx context.Context, in Proposal) (Proposed, error) {
	out := Proposed{Shifts: []ProposedShift{}}
	if err := people.Must(ctx, people.PermProposePeople, in.EmployerID); err != nil {
		return out, err
	}
	floors, err := floorsOf(in.Floors)
	if err != nil {
		return out, err
	}
	ids := strings.FieldsFunc(in.ShiftIDs, func(r rune) bool { return r == ',' || r == ' ' })
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 || len(ids) > proposalShiftsMax {
		return out, fault.New(fault.Invalid, "market.proposal_size", "shifts", proposalShiftsMax,
			"heads", proposalHeadsMax).OnField("shift_ids")
	}
	t, err := s.town(ctx)
	if err != nil {
		return out, err
	}
	p := &proposal{Service: s, town: t, choices: map[string][]choice{}, floors: floors}
	if err := p.readMembers(ctx); err != nil {
		return out, err
	}
	if p.weighed, err = s.weights(); err != nil {
		return out, err
	}
	for _, id := range ids {
		if err := p.add(ctx, id, in.EmployerID); err != nil {
			return out, err
		}
	}
	if err := p.mayFloor(ctx); err != nil {
		return out, err
	}
	return p.solve(ctx, langOf(in.Lang))
}

// proposal is an assignment in the making.
type proposal struct {
	*Service
	town    *town
	weighed match.Weights
	shifts  []wantedShift
	choices map[string][]choice // by worker
	floors  []floor
	groupOf map[string]int32 // by worker, the floor they count for
}

// readMembers reads who counts for which floor: the first of the floors that they can.
func (p *proposal) readMembers(ctx context.Context) error {
	p.groupOf = map[string]int32{}
	for n, f := range p.floors {
		ids, err := membersOf(ctx, p.DB, f.group, civil.DateOf(p.DB.Now()))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, counted := p.groupOf[id]; !counted {
				p.groupOf[id] = int32(n)
			}
		}
	}
	return nil
}

// mayFloor refuses floors of more than half of the heads to an employer.
func (p *proposal) mayFloor(ctx context.Context) error {
	if len(p.floors) == 0 || people.Must(ctx, people.PermMarkGroup, "") == nil ||
		people.Must(ctx, people.PermHelp, "") == nil {
		return nil
	}
	heads, asked := int64(0), int64(0)
	for _, w := range p.shifts {
		heads += w.heads
	}
	for _, f := range p.floors {
		asked += int64(f.heads)
	}
	if 2*asked > heads {
		return fault.New(fault.Invalid, "market.floor_high", "heads", heads/2).OnField("floors")
	}
	return nil
}

// wantedShift is a shift whose heads are to be filled.
type wantedShift struct {
	entry *entry
	slot  *slot
	heads int64
}

// choice is a shift that a worker could take.
type choice struct {
	shift int32
	hit   match.Hit
}

// add looks for people for one more shift.
func (p *proposal) add(ctx context.Context, shiftID, employerID string) error {
	e, at, err := p.openSlot(ctx, p.town, shiftID, employerID)
	if err != nil {
		return err
	}
	engaged, err := engagedOn(ctx, p.DB, shiftID)
	if err != nil {
		return err
	}
	waiting, err := offersOn(ctx, p.DB, shiftID)
	if err != nil {
		return err
	}
	w := wantedShift{e, at, max(at.HeadsLeft-waiting, 0)}
	all := w.heads
	for _, other := range p.shifts {
		all += other.heads
	}
	if all > proposalHeadsMax {
		return fault.New(fault.Invalid, "market.proposal_size", "shifts", proposalShiftsMax,
			"heads", proposalHeadsMax).OnField("shift_ids")
	}
	n := int32(len(p.shifts))
	p.shifts = append(p.shifts, w)
	if err := p.look(n, engaged, w.heads, false); err != nil || len(p.floors) == 0 {
		return err
	}
	wanted := int64(0)
	for _, f := range p.floors {
		wanted += int64(f.heads)
	}
	return p.look(n, engaged, min(wanted, w.heads), true)
}

// look finds people for a shift, some times as many as its heads; only those who count for a floor
// where that is asked for.
func (p *proposal) look(n int32, engaged []string, heads int64, members bool) error {
	w := p.shifts[n]
	post := p.town.postOf(w.entry.opening)
	ask := match.Ask{K: match.KMax, Weights: &p.weighed, Keep: func(n int32) bool {
		sk := p.town.seekers.At(n)
		if sk == nil || !sk.Shared || !sk.can(w.entry.Required) ||
			sk.meets(w.entry.opening, w.slot) != "" ||
			slices.Contains(engaged, sk.WorkerID) {
			return false
		}
		_, counts := p.groupOf[sk.WorkerID]
		return counts || !members
	}}
	for found := int64(0); found < heads*proposalDepth; {
		hits, err := p.town.index.FindWorkers(&post, &ask, nil)
		if err != nil {
			return err
		}
		for _, h := range hits {
			if sk := p.town.seekers.At(h.ID); sk != nil {
				p.choose(sk.WorkerID, choice{n, h})
			}
		}
		if found += int64(len(hits)); len(hits) < ask.K {
			break
		}
		ask.After = &hits[len(hits)-1]
	}
	return nil
}

// choose notes a choice once: who counts for a floor may be found twice.
func (p *proposal) choose(workerID string, c choice) {
	if !slices.ContainsFunc(p.choices[workerID], func(o choice) bool { return o.shift == c.shift }) {
		p.choices[workerID] = append(p.choices[workerID], c)
	}
}

// solve assigns, and shows who is proposed. Workers stand in the order of their ids, so the answer
// does not hang on who was found first.
func (p *proposal) solve(ctx context.Context, lang string) (Proposed, error) {
	out := Proposed{Shifts: make([]ProposedShift, len(p.shifts))}
	var problem assign.Problem
	for i, w := range p.shifts {
		problem.Heads = append(problem.Heads, int32(w.heads))
		out.Shifts[i] = ProposedShift{ShiftID: w.slot.ID, Heads: w.heads, People: []Candidate{}}
		out.Heads += w.heads
	}
	workers := sortedKeys(p.choices)
	problem.Start = []int32{0}
	var hits []match.Hit
	for _, id := range workers {
		for _, c := range p.choices[id] {
			problem.Posts = append(problem.Posts, c.shift)
			problem.Scores = append(problem.Scores, filled+int32(c.hit.Score*hundredths))
			hits = append(hits, c.hit)
		}
		problem.Start = append(problem.Start, int32(len(problem.Posts)))
	}
	answer, err := p.assign(&problem, workers, &out, lang)
	if err != nil {
		return out, err
	}
	out.Placed, out.Objective, out.Bound, out.Gap = answer.Placed, answer.Objective, answer.Bound,
		answer.Gap()
	chosen := make([][]match.Hit, len(p.shifts))
	for _, at := range answer.Choice {
		if at != assign.None {
			shift := problem.Posts[at]
			chosen[shift] = append(chosen[shift], hits[at])
		}
	}
	for i, w := range p.shifts {
		slices.SortFunc(chosen[i], func(a, b match.Hit) int {
			return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
		})
		out.Shifts[i].Price = thousandths(float64(answer.Prices[i]) / assign.PriceUnit / hundredths)
		out.Shifts[i].People, err = p.candidates(ctx, p.town, chosen[i], p.weighed, w.entry.Required,
			point{w.entry.LonE6, w.entry.LatE6}, lang)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// assign gives everybody their shift, the floors first.
func (p *proposal) assign(
	problem *assign.Problem, workers []string, out *Proposed, lang string,
) (*assign.Answer, error) {
	if len(p.floors) == 0 {
		return assign.Exact(problem)
	}
	var groups assign.Groups
	for _, f := range p.floors {
		groups.Floors = append(groups.Floors, f.heads)
	}
	for _, id := range workers {
		of, counts := p.groupOf[id]
		if !counts {
			of = assign.None
		}
		groups.Of = append(groups.Of, of)
	}
	answer, err := assign.ExactFloors(problem, groups)
	if err != nil {
		return nil, err
	}
	for n, f := range p.floors {
		out.Floors = append(out.Floors, ProposedFloor{Group: f.group, Heads: f.heads,
			Words:  p.Text.Say(lang, "market.group."+string(f.group), nil),
			Placed: answer.Placed[n], Lacking: answer.Lacking[n],
			Cost: thousandths(float64(answer.Costs[n]) / assign.PriceUnit / hundredths)})
	}
	return &answer.Answer, nil
}

func sortedKeys(choices map[string][]choice) []string {
	keys := make([]string, 0, len(choices))
	for k := range choices {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// SendOffers asks several workers at once, such as those of a proposal.
type SendOffers struct {
	deed.Keyed
	EmployerID string      `json:"employer_id" path:"employer_id"`
	Offers     []OfferPair `json:"offers"      minItems:"1" maxItems:"100"`
}

// OfferPair is a worker for a shift.
type OfferPair struct {
	ShiftID  string `json:"shift_id"`
	WorkerID string `json:"worker_id"`
}

// SentOffers are the offers made; Refused are the workers who are on the shift, or asked, already.
type SentOffers struct {
	Offers  []PlacementView `json:"offers"`
	Refused []OfferPair     `json:"refused"`
}

// SendOffers makes the offers of a proposal in one deed: each worker is told, and the first who
// accept have the heads. Who is placed or was asked already is left out and named. A station sends
// offers of shifts only that anybody may take at once; who else is hired is the employer's choice.
// Faults: market.shift_not_found, people.worker_not_found; market.shift_closed (conflict): then
// nobody is asked. market.proposal_size (invalid). market.offer_by_employer (forbidden).
func (s *Service) SendOffers(ctx context.Context, in SendOffers) (SentOffers, error) {
	if err := people.Must(ctx, people.PermProposePeople, in.EmployerID); err != nil {
		return SentOffers{}, err
	}
	forItself := people.Must(ctx, people.PermOfferWork, in.EmployerID) == nil
	if len(in.Offers) == 0 || len(in.Offers) > offersMax {
		return SentOffers{}, fault.New(fault.Invalid, "market.proposal_size", "shifts",
			proposalShiftsMax, "heads", offersMax).OnField("offers")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "send_offers"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (SentOffers, error) {
			out := SentOffers{Offers: []PlacementView{}, Refused: []OfferPair{}}
			for _, o := range in.Offers {
				if err := s.mayOfferTx(ctx, tx, o.ShiftID, forItself); err != nil {
					return SentOffers{}, err
				}
				p, err := s.offerTx(ctx, tx, Offer{ShiftID: o.ShiftID, WorkerID: o.WorkerID,
					EmployerID: in.EmployerID}, "")
				if fault.Is(err, "market.already_placed") {
					out.Refused = append(out.Refused, o)
					continue
				}
				if err == nil {
					err = s.answerWishTx(ctx, tx, p)
				}
				if err != nil {
					return SentOffers{}, err
				}
				out.Offers = append(out.Offers, viewOf(p))
			}
			return out, nil
		})
}

// mayOfferTx lets a station offer only what anybody may take at once.
func (s *Service) mayOfferTx(ctx context.Context, tx *db.Tx, shiftID string, forItself bool) error {
	if forItself {
		return nil
	}
	shift, err := getShift(ctx, tx, shiftID)
	if err == nil && shift.Hire != "instant" {
		err = fault.New(fault.Forbidden, "market.offer_by_employer").OnField("offers")
	}
	return err
}
