package ledger

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

// GrantLimit is a clerk's word that an employer may hold more than it has paid in.
type GrantLimit struct {
	deed.Keyed
	EmployerID string     `json:"employer_id" path:"employer_id"`
	Kind       LimitKind  `json:"kind" enum:"credit,guarantee"`
	LimitFen   money.Fen  `json:"limit_fen" minimum:"0" doc:"in all; 0 ends it"`
	Reference  string     `json:"reference" doc:"授信合同 or 保函 number, by which the bank knows it"`
	Until      civil.Date `json:"until" doc:"the last day on which it may be drawn on"`
	Region     string     `json:"region" doc:"whose policy bounds it"`
}

// LimitView is a limit as the employer and the city see it.
type LimitView struct {
	Kind      LimitKind  `json:"kind" enum:"credit,guarantee"`
	LimitFen  money.Fen  `json:"limit_fen"`
	UsedFen   money.Fen  `json:"used_fen" doc:"drawn now"`
	CalledFen money.Fen  `json:"called_fen" doc:"asked of the guarantee's giver"`
	Reference string     `json:"reference"`
	Until     civil.Date `json:"until"`
}

func (l Limit) view() LimitView {
	return LimitView{l.Kind, l.LimitFen, l.UsedFen, l.CalledFen, l.Reference, l.Until}
}

// limitMaxCodes are the policy numbers up to which a clerk may grant; 0 is: not in this region.
var limitMaxCodes = map[LimitKind]string{CreditLine: "ledger.credit_line_fen_max",
	Guarantee: "ledger.guarantee_fen_max"}

// GrantLimit sets an employer's credit line or guarantee in place of the one before. What has been
// drawn stays drawn: a limit cannot fall below it.
// Faults: ledger.words, ledger.limit_kind, ledger.limit_day, ledger.limit_over (invalid);
// ledger.limit_below_used, ledger.insolvent, policy.unknown (conflict).
// Source: 国令724 art. 32: a bank guarantee may stand in for a deposit.
func (s *Service) GrantLimit(ctx context.Context, in GrantLimit) (LimitView, error) {
	if err := people.Must(ctx, people.PermGrantLimit, in.EmployerID); err != nil {
		return LimitView{}, err
	}
	reference, err := checkWords("reference", in.Reference, referenceRunesMax)
	if err != nil {
		return LimitView{}, err
	}
	today := civil.DateOf(s.DB.Now())
	code, known := limitMaxCodes[in.Kind]
	if !known {
		return LimitView{}, fault.New(fault.Invalid, "ledger.limit_kind").OnField("kind")
	}
	if _, err := civil.ParseDate(string(in.Until)); err != nil || in.Until < today {
		return LimitView{}, fault.New(fault.Invalid, "ledger.limit_day").OnField("until")
	}
	most, err := s.Policy.At(code, in.Region, today)
	if err != nil {
		return LimitView{}, err
	}
	if in.LimitFen < 0 || in.LimitFen > money.Fen(most.Value) {
		return LimitView{}, fault.New(fault.Invalid, "ledger.limit_over", "max",
			money.Fen(most.Value).String()).OnField("limit_fen")
	}
	l := Limit{EmployerID: in.EmployerID, Kind: in.Kind, LimitFen: in.LimitFen, Reference: reference,
		Until: in.Until, GrantedBy: people.ActorOf(ctx).AccountID}
	return deed.Once(ctx, s.DB, scope(ctx, "grant_limit"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (LimitView, error) {
			return s.grantTx(ctx, tx, l)
		}, Lane(in.EmployerID))
}

func (s *Service) grantTx(ctx context.Context, tx *db.Tx, l Limit) (LimitView, error) {
	_, insolvent, err := standing(ctx, tx, l.EmployerID)
	if err == nil && insolvent && l.LimitFen > 0 {
		err = isInsolvent()
	}
	if err != nil {
		return LimitView{}, err
	}
	limits, err := limitsOf(ctx, tx, l.EmployerID)
	if err != nil {
		return LimitView{}, err
	}
	for _, was := range limits {
		if was.Kind == l.Kind {
			l.UsedFen, l.CalledFen = was.UsedFen, was.CalledFen
		}
	}
	if drawn := l.UsedFen + l.CalledFen; l.LimitFen < drawn {
		return LimitView{}, fault.New(fault.Conflict, "ledger.limit_below_used", "used",
			drawn.String()).OnField("limit_fen")
	}
	l.GrantedAt = tx.Now
	if err := upsertLimit(ctx, tx, l); err != nil {
		return LimitView{}, err
	}
	return l.view(), feed.PutTx(ctx, tx, LimitGranted{l.EmployerID, l.Kind, l.LimitFen, l.Until,
		l.GrantedBy})
}

// drawTx draws what the employer's money does not reach from its limits.
func (s *Service) drawTx(
	ctx context.Context, tx *db.Tx, cmd HoldCmd, e *Entry, short money.Fen,
) error {
	limits, err := limitsOf(ctx, tx, cmd.EmployerID)
	if err != nil {
		return err
	}
	arrears, err := balance(ctx, tx, Arrears(cmd.EmployerID))
	if err != nil {
		return err
	}
	credit, backed, err := draw(short, -arrears, limits, civil.DateOf(tx.Now))
	if err != nil {
		return tooLittle(cmd.AmountFen)
	}
	if err := useLimits(ctx, tx, cmd.EmployerID, credit, backed); err != nil {
		return err
	}
	e.Move(Drawn(CreditLine, cmd.EmployerID), Hold(cmd.ID), credit)
	e.Move(Drawn(Guarantee, cmd.EmployerID), Hold(cmd.ID), backed)
	e.backed = backed
	return nil
}

func useLimits(
	ctx context.Context, tx *db.Tx, employerID string, credit, backed money.Fen,
) error {
	if credit != 0 {
		if err := useLimit(ctx, tx, employerID, CreditLine, credit); err != nil {
			return err
		}
	}
	if backed == 0 {
		return nil
	}
	return useLimit(ctx, tx, employerID, Guarantee, backed)
}

// DeclareInsolvent is a clerk's word that an employer cannot pay any more.
type DeclareInsolvent struct {
	deed.Keyed
	EmployerID string `json:"employer_id" path:"employer_id"`
	Ground     string `json:"ground" doc:"the court's number, or what the clerk has seen"`
}

// InsolvencyView tells what stands behind an insolvent employer's wages.
type InsolvencyView struct {
	EmployerID string      `json:"employer_id"`
	Ground     string      `json:"ground"`
	At         time.Time   `json:"at"`
	FreeFen    money.Fen   `json:"free_fen" doc:"goes to wages that are owed, the oldest first"`
	HeldFen    money.Fen   `json:"held_fen" doc:"stays with the placements for which it is held"`
	ArrearsFen money.Fen   `json:"arrears_fen" doc:"wages for which no money is there"`
	Limits     []LimitView `json:"limits"`
}

// DeclareInsolvent closes an employer's account to all but wages: it holds nothing new and gets
// nothing back, what is free pays the lines that are owed, and a guarantee is called for what is
// missing. Holds stay with their placements: who works is paid out of them. A clerk calls off the
// shifts to come, which frees their holds. Said again it changes nothing.
// Faults: ledger.words (invalid).
func (s *Service) DeclareInsolvent(
	ctx context.Context, in DeclareInsolvent,
) (InsolvencyView, error) {
	if err := people.Must(ctx, people.PermGrantLimit, in.EmployerID); err != nil {
		return InsolvencyView{}, err
	}
	ground, err := checkWords("ground", in.Ground, groundRunesMax)
	if err != nil {
		return InsolvencyView{}, err
	}
	who := people.ActorOf(ctx).AccountID
	return deed.Once(ctx, s.DB, scope(ctx, "declare_insolvent"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (InsolvencyView, error) {
			isNew, err := insertInsolvency(ctx, tx, in.EmployerID, ground, who)
			if err == nil && isNew {
				err = feed.PutTx(ctx, tx, EmployerInsolvent{in.EmployerID, who})
			}
			if err != nil {
				return InsolvencyView{}, err
			}
			return s.insolvencyTx(ctx, tx, InsolvencyView{EmployerID: in.EmployerID, Ground: ground,
				At: tx.Now})
		}, Lane(in.EmployerID))
}

func (s *Service) insolvencyTx(
	ctx context.Context, r db.Reader, v InsolvencyView,
) (InsolvencyView, error) {
	var err error
	if v.FreeFen, _, err = standing(ctx, r, v.EmployerID); err != nil {
		return v, err
	}
	if v.HeldFen, err = heldOf(ctx, r, v.EmployerID); err != nil {
		return v, err
	}
	arrears, err := balance(ctx, r, Arrears(v.EmployerID))
	if err != nil {
		return v, err
	}
	v.ArrearsFen = -arrears
	v.Limits, err = limitViews(ctx, r, v.EmployerID)
	return v, err
}

func limitViews(ctx context.Context, r db.Reader, employerID string) ([]LimitView, error) {
	limits, err := limitsOf(ctx, r, employerID)
	views := make([]LimitView, len(limits))
	for i, l := range limits {
		views[i] = l.view()
	}
	return views, err
}

// InsolventTx tells whether the employer cannot pay any more, by a clerk's word.
func (s *Service) InsolventTx(ctx context.Context, r db.Reader, employerID string) (bool, error) {
	_, insolvent, err := standing(ctx, r, employerID)
	return insolvent, err
}

// repay gives employers' free money to what they have drawn, where no wage waits for it.
func (s *Service) repay(ctx context.Context, _ time.Time) (int, error) {
	employers, err := employersToRepay(ctx, s.DB, batch)
	if err != nil {
		return 0, err
	}
	return s.eachEmployer(ctx, employers, s.repayTx)
}

// eachEmployer runs a deed for each employer, in its lane, and counts those that did something.
func (s *Service) eachEmployer(
	ctx context.Context, employers []string, do func(context.Context, *db.Tx, string) (bool, error),
) (int, error) {
	n := 0
	for _, id := range employers {
		done, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
			return do(ctx, tx, id)
		}, Lane(id))
		if err != nil {
			return n, err
		}
		if done {
			n++
		}
	}
	return n, nil
}

func (s *Service) repayTx(ctx context.Context, tx *db.Tx, employerID string) (bool, error) {
	free, _, err := standing(ctx, tx, employerID)
	if err != nil {
		return false, err
	}
	debts, err := debtsOf(ctx, tx, employerID)
	if err != nil || debts.arrears > 0 {
		return false, err
	}
	e := Entry{Kind: "repay", Source: tx.ID("rep")}
	credit := min(free, debts.credit)
	backed := min(free-credit, debts.guarantee)
	if err := useLimits(ctx, tx, employerID, -credit, -backed); err != nil {
		return false, err
	}
	e.Move(Available(employerID), Drawn(CreditLine, employerID), credit)
	e.Move(Available(employerID), Drawn(Guarantee, employerID), backed)
	if len(e.Postings) == 0 {
		return false, nil
	}
	_, err = s.PostTx(ctx, tx, e)
	return true, err
}

// callGuarantees asks the givers of insolvent employers' guarantees for what wages are missing.
func (s *Service) callGuarantees(ctx context.Context, _ time.Time) (int, error) {
	employers, err := employersToCall(ctx, s.DB, batch)
	if err != nil {
		return 0, err
	}
	return s.eachEmployer(ctx, employers, func(
		ctx context.Context, tx *db.Tx, employerID string,
	) (bool, error) {
		fen, err := s.CallGuaranteeTx(ctx, tx, employerID, money.MaxFen)
		return fen > 0, err
	})
}

// CallGuaranteeTx asks the giver of an employer's guarantee for its arrears, but for no more than
// most of them, as far as neither free money nor what is already on its way will cover them. Gives:
// what is asked for; 0 where nothing is missing, the guarantee is used up, or its giver has refused
// just now. Takes Lane.
func (s *Service) CallGuaranteeTx(
	ctx context.Context, tx *db.Tx, employerID string, most money.Fen,
) (money.Fen, error) {
	free, _, err := standing(ctx, tx, employerID)
	if err != nil {
		return 0, err
	}
	debts, err := debtsOf(ctx, tx, employerID)
	if err != nil {
		return 0, err
	}
	limits, err := limitsOf(ctx, tx, employerID)
	if err != nil {
		return 0, err
	}
	for _, l := range limits {
		amount := min(min(most, debts.arrears)-free-debts.coming, l.callable())
		if l.Kind != Guarantee || amount <= 0 {
			continue
		}
		refused, last, err := refusedCalls(ctx, tx, employerID)
		if err != nil || tx.Now.Before(last.Add(callPause(refused))) {
			return 0, err
		}
		if err := callLimit(ctx, tx, employerID, amount); err != nil {
			return 0, err
		}
		return amount, s.wantTx(ctx, tx, Payout{Kind: Call, EmployerID: employerID, AmountFen: amount})
	}
	return 0, nil
}

// GuaranteeCalled gives what givers of guarantees have paid in the city's life.
func (s *Service) GuaranteeCalled(ctx context.Context, r db.Reader) (money.Fen, error) {
	return confirmedOf(ctx, r, Call)
}
