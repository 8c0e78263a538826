package station

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

func scope(ctx context.Context, op string) string {
	return "station." + op + "/" + people.ActorOf(ctx).AccountID
}

// AssignStaff puts somebody behind a station's counter.
type AssignStaff struct {
	deed.Keyed
	PlaceID   string `json:"place_id" path:"place_id"`
	AccountID string `json:"account_id" maxLength:"60"`
	End       bool   `json:"end,omitempty" doc:"takes the person away again"`
}

// Assigned is who works where.
type Assigned struct {
	PlaceID   string `json:"place_id"`
	AccountID string `json:"account_id"`
	Ended     bool   `json:"ended,omitempty"`
}

// AssignStaff lets a member of the station staff (people.RoleStation) act at a place.
// Faults: station.place_not_found; station.no_counter, station.not_staff (conflict);
// people.account_not_found.
func (s *Service) AssignStaff(ctx context.Context, in AssignStaff) (Assigned, error) {
	if err := people.Must(ctx, people.PermAssignStation, ""); err != nil {
		return Assigned{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "assign"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Assigned, error) {
			p, err := getPlace(ctx, tx, in.PlaceID)
			if err == nil && !p.IsCounter() {
				err = fault.New(fault.Conflict, "station.no_counter").OnField("place_id")
			}
			if err != nil {
				return Assigned{}, err
			}
			a, err := s.People.ActorTx(ctx, tx, in.AccountID)
			if err == nil && !a.Has(people.RoleStation) {
				err = fault.New(fault.Conflict, "station.not_staff").OnField("account_id")
			}
			if err != nil {
				return Assigned{}, err
			}
			return Assigned{in.PlaceID, in.AccountID, in.End}, assignStaff(ctx, tx, in,
				people.ActorOf(ctx).AccountID)
		})
}

// worksHere refuses staff who are not of the place's counter; the bureau's clerks may stand in.
// Faults: station.not_here (forbidden).
func (s *Service) worksHere(ctx context.Context, r db.Reader, placeID string) error {
	a := people.ActorOf(ctx)
	if a.Has(people.RoleClerk) {
		_, err := getPlace(ctx, r, placeID)
		return err
	}
	here, err := isStaffOf(ctx, r, placeID, a.AccountID)
	if err == nil && !here {
		err = fault.New(fault.Forbidden, "station.not_here").OnField("place_id")
	}
	return err
}

// WorksHereTx refuses who is neither of the place's counter nor a clerk; for what higher slices do
// at a place. Faults: station.not_here (forbidden); station.place_not_found for a clerk.
func (s *Service) WorksHereTx(ctx context.Context, r db.Reader, placeID string) error {
	return s.worksHere(ctx, r, placeID)
}

// WalkIn is somebody at the counter who is to be registered.
type WalkIn struct {
	deed.Keyed
	PlaceID  string `json:"place_id" path:"place_id"`
	Name     string `json:"name" maxLength:"50" doc:"as on the ID card"`
	IDNumber string `json:"id_number" maxLength:"30"`
	Region   string `json:"region" maxLength:"6" doc:"GB/T 2260 code of the county lived in"`
	Phone    string `json:"phone" maxLength:"30" doc:"the person's own"`
	CardSeen bool   `json:"card_seen" doc:"the ID card was shown and is that person's"`
}

// RegisterWalkIn registers somebody who is there in person with the card in hand; it is on record
// in the service ledger. What the person alone can say, consents and signatures, is not said here.
// Faults: station.card_unseen (invalid); station.not_here (forbidden); those of
// people.RegisterWorker.
func (s *Service) RegisterWalkIn(ctx context.Context, in WalkIn) (people.WorkerView, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return people.WorkerView{}, err
	}
	if !in.CardSeen {
		err := fault.New(fault.Invalid, "station.card_unseen").OnField("card_seen")
		return people.WorkerView{}, err
	}
	p, err := s.People.Prepare(people.RegisterWorker{Name: in.Name, IDNumber: in.IDNumber,
		Region: in.Region, Phone: in.Phone})
	if err != nil {
		return people.WorkerView{}, err
	}
	in.IDNumber, in.Phone = p.IDBlind, p.PhoneBlind // what is hashed
	return deed.Once(ctx, s.DB, scope(ctx, "walk_in"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (people.WorkerView, error) {
			if err := s.worksHere(ctx, tx, in.PlaceID); err != nil {
				return people.WorkerView{}, err
			}
			v, err := s.People.RegisterPreparedTx(ctx, tx, p)
			if err != nil {
				return people.WorkerView{}, err
			}
			return v, insertService(ctx, tx, ServiceView{ID: tx.ID("srv"), PlaceID: in.PlaceID,
				WorkerID: v.ID, Kind: "register", Ref: v.ID}, people.ActorOf(ctx).AccountID)
		}, db.Lane("id_number", p.IDBlind))
}

// AskHelpCode wants a code to go to a walk-in's own phone.
type AskHelpCode struct {
	deed.Keyed
	PlaceID  string `json:"place_id" path:"place_id"`
	WorkerID string `json:"worker_id"`
}

// HelpCodeSent says for whom.
type HelpCodeSent struct {
	WorkerID string `json:"worker_id"`
}

// AskHelpCode sends a code to the worker's phone, with which the worker lets the staff act.
// Faults: station.not_here (forbidden); people.worker_not_found; people.code_too_many (limited).
func (s *Service) AskHelpCode(ctx context.Context, in AskHelpCode) (HelpCodeSent, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return HelpCodeSent{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "help_code"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (HelpCodeSent, error) {
			if err := s.worksHere(ctx, tx, in.PlaceID); err != nil {
				return HelpCodeSent{}, err
			}
			w, err := s.People.GetWorkerTx(ctx, tx, in.WorkerID)
			if err != nil {
				return HelpCodeSent{}, err
			}
			return HelpCodeSent{w.ID}, s.People.SendCodeTx(ctx, tx, w.AccountID,
				helpPurpose(people.ActorOf(ctx).AccountID))
		})
}

// helpPurpose binds a code to the member of the staff who asked for it.
func helpPurpose(staffID string) string { return "help/" + staffID }

// OpenHelp is a worker's authority, as the staff write it down.
type OpenHelp struct {
	deed.Keyed
	PlaceID  string `json:"place_id" path:"place_id"`
	WorkerID string `json:"worker_id"`
	Code     string `json:"code,omitempty" maxLength:"10" doc:"that the worker reads out"`
	Words    string `json:"words,omitempty" maxLength:"200" doc:"without a phone at hand: which card was seen and what the person asked for"`
}

// HelpView is an authority as both sides see it.
type HelpView struct {
	ID       string    `json:"id"`
	PlaceID  string    `json:"place_id"`
	WorkerID string    `json:"worker_id"`
	Proof    string    `json:"proof" enum:"code,id_card"`
	Words    string    `json:"words,omitempty"`
	At       time.Time `json:"at"`
	Until    time.Time `json:"until"`
	EndedAt  time.Time `json:"ended_at,omitzero"`
}

func (h help) view() HelpView {
	return HelpView{h.ID, h.PlaceID, h.WorkerID, h.Proof, h.Words, h.At, h.Until, h.EndedAt}
}

// OpenHelp records that a worker lets one member of the staff act, for the hours of policy: by the
// code on the worker's phone, or, for who has none at hand, by the card that was seen. The worker
// is told and may end it. Signing and consenting are nobody's to do for another.
// Faults: station.words (invalid); station.not_here (forbidden); people.worker_not_found;
// people.code_wrong (invalid); people.code_none, people.code_locked, people.code_expired
// (conflict).
// Source: 电子签名法 13 (a signature is controlled by its signer alone); 个人信息保护法 14, 29;
// 民法典 161, 165 (authority, and what it says).
func (s *Service) OpenHelp(ctx context.Context, in OpenHelp) (HelpView, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return HelpView{}, err
	}
	if err := checkWords(in.Words, in.Code == ""); err != nil {
		return HelpView{}, err
	}
	w, err := s.People.GetWorkerTx(ctx, s.DB, in.WorkerID)
	if err != nil {
		return HelpView{}, err
	}
	who := people.ActorOf(ctx).AccountID
	var tried error
	if in.Code != "" {
		tried = s.People.TryCode(ctx, w.AccountID, helpPurpose(who), in.Code)
	}
	return deed.Once(ctx, s.DB, scope(ctx, "open_help"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (HelpView, error) {
			if err := s.worksHere(ctx, tx, in.PlaceID); err != nil {
				return HelpView{}, err
			}
			if tried != nil {
				return HelpView{}, tried
			}
			h := help{ID: tx.ID("hlp"), PlaceID: in.PlaceID, WorkerID: w.ID, StaffID: who,
				Proof: byIDCard, Words: in.Words, At: tx.Now}
			if in.Code != "" {
				h.Proof = byCode
				err := s.People.UseCodeTx(ctx, tx, w.AccountID, helpPurpose(who), in.Code)
				if err != nil {
					return HelpView{}, err
				}
			}
			return s.openTx(ctx, tx, h, w)
		}, db.Lane("worker", in.WorkerID))
}

func (s *Service) openTx(
	ctx context.Context, tx *db.Tx, h help, w people.Worker,
) (HelpView, error) {
	p, err := getPlace(ctx, tx, h.PlaceID)
	if err != nil {
		return HelpView{}, err
	}
	within, err := s.Policy.At("station.help_min", p.Region, civil.DateOf(tx.Now))
	if err != nil {
		return HelpView{}, err
	}
	h.Until = tx.Now.Add(time.Duration(within.Value) * time.Minute)
	if err := insertHelp(ctx, tx, h); err != nil || s.Tell == nil {
		return h.view(), err
	}
	return h.view(), s.Tell(ctx, tx, people.Message{AccountID: w.AccountID, Template: "help_open",
		Args: map[string]string{"place": p.Name}, Key: "help_open/" + h.ID})
}

// HelpTx proves that who asks may act for the worker now, and gives the place where.
// Faults: station.help_not_found; station.help_ended (conflict).
// Must run in the transaction that acts; it takes part in the worker's lane.
func (s *Service) HelpTx(
	ctx context.Context, r db.Reader, helpID, workerID string, now time.Time,
) (HelpView, error) {
	h, err := getHelp(ctx, r, helpID)
	if err == nil && (h.WorkerID != workerID || h.StaffID != people.ActorOf(ctx).AccountID) {
		err = noHelp()
	}
	if err == nil {
		err = h.stands(now)
	}
	return h.view(), err
}

// ServedTx writes into the ledger what was done for a worker under an authority.
func (s *Service) ServedTx(ctx context.Context, tx *db.Tx, h HelpView, kind, ref string) error {
	return insertService(ctx, tx, ServiceView{ID: tx.ID("srv"), PlaceID: h.PlaceID,
		WorkerID: h.WorkerID, Kind: kind, Ref: ref}, people.ActorOf(ctx).AccountID)
}

// EndHelp is a worker taking an authority back.
type EndHelp struct {
	deed.Keyed
	WorkerID string `json:"worker_id" path:"worker_id"`
	HelpID   string `json:"help_id" path:"help_id"`
}

// EndHelp ends an authority at once; what was done under it stands.
// Faults: station.help_not_found; station.help_ended (conflict).
func (s *Service) EndHelp(ctx context.Context, in EndHelp) (HelpView, error) {
	if err := people.Must(ctx, people.PermConsent, in.WorkerID); err != nil {
		return HelpView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "end_help"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (HelpView, error) {
			h, err := getHelp(ctx, tx, in.HelpID)
			if err == nil && h.WorkerID != in.WorkerID {
				err = noHelp()
			}
			if err == nil {
				err = h.stands(tx.Now)
			}
			if err != nil {
				return HelpView{}, err
			}
			h.EndedAt = tx.Now
			return h.view(), endHelp(ctx, tx, h)
		}, db.Lane("worker", in.WorkerID))
}

// MyHelps asks whom a worker has let act.
type MyHelps struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// HelpList is a worker's authorities, newest first, and what was done.
type HelpList struct {
	Helps    []HelpView    `json:"helps"`
	Services []ServiceView `json:"services"`
}

// FindHelps lists a worker's authorities and what stations did for the worker.
func (s *Service) FindHelps(ctx context.Context, in MyHelps) (HelpList, error) {
	if err := people.Must(ctx, people.PermSeeWorker, in.WorkerID); err != nil {
		return HelpList{}, err
	}
	list, err := helpsOf(ctx, s.DB, in.WorkerID)
	if err != nil {
		return HelpList{}, err
	}
	served, err := servicesOf(ctx, s.DB, in.WorkerID)
	return HelpList{list, served}, err
}

// LogService is a service that the staff write down.
type LogService struct {
	deed.Keyed
	PlaceID  string `json:"place_id" path:"place_id"`
	Kind     string `json:"kind" enum:"consult,guidance,policy,training,rights,other"`
	WorkerID string `json:"worker_id,omitempty" doc:"empty for somebody who gave no name"`
	Words    string `json:"words,omitempty" maxLength:"200" doc:"what came of it"`
}

// ServiceView is a row of a station's ledger.
type ServiceView struct {
	ID       string    `json:"id"`
	PlaceID  string    `json:"place_id"`
	WorkerID string    `json:"worker_id,omitempty"`
	Kind     string    `json:"kind" enum:"visit,register,apply,consult,guidance,policy,training,rights,other"`
	Ref      string    `json:"ref,omitempty" doc:"what came of it: a worker, an application"`
	Words    string    `json:"words,omitempty"`
	At       time.Time `json:"at"`
}

// LogService writes a service into the ledger of the place.
// Faults: station.service_kind, station.words (invalid); station.not_here (forbidden);
// people.worker_not_found. Source: 人力资源市场暂行条例 33: the ledger, kept for two years or longer.
func (s *Service) LogService(ctx context.Context, in LogService) (ServiceView, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return ServiceView{}, err
	}
	if err := checkService(in.Kind, in.Words); err != nil {
		return ServiceView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "log_service"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ServiceView, error) {
			if err := s.worksHere(ctx, tx, in.PlaceID); err != nil {
				return ServiceView{}, err
			}
			if in.WorkerID != "" {
				if _, err := s.People.GetWorkerTx(ctx, tx, in.WorkerID); err != nil {
					return ServiceView{}, err
				}
			}
			v := ServiceView{ID: tx.ID("srv"), PlaceID: in.PlaceID, WorkerID: in.WorkerID,
				Kind: in.Kind, Words: in.Words, At: tx.Now}
			return v, insertService(ctx, tx, v, people.ActorOf(ctx).AccountID)
		})
}

// Ledger asks for a station's ledger, a page at a time.
type Ledger struct {
	PlaceID string `json:"place_id" path:"place_id"`
	After   string `json:"after,omitempty" query:"after" maxLength:"60" doc:"next of the page before"`
}

// LedgerPage is a page of it, oldest first.
type LedgerPage struct {
	Services []ServiceView `json:"services"`
	Next     string        `json:"next,omitempty" doc:"ask with it for the next page"`
}

// ListLedgerPage lists what a station did, for its own staff and the bureau.
// Faults: station.not_here (forbidden).
func (s *Service) ListLedgerPage(ctx context.Context, in Ledger) (LedgerPage, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return LedgerPage{}, err
	}
	if err := s.worksHere(ctx, s.DB, in.PlaceID); err != nil {
		return LedgerPage{}, err
	}
	list, err := servicesAt(ctx, s.DB, in.PlaceID, in.After, ledgerPageMax+1)
	list, next := db.Page(list, ledgerPageMax, func(v ServiceView) string { return v.ID })
	return LedgerPage{list, next}, err
}

const ledgerPageMax = 100 // rows a page shows

// Copy gives what the slice holds of a worker: authorities and services.
func (s *Service) Copy(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Holding, error) {
	return people.HoldingsOf(ctx, r, workerID, copied)
}

// EraseTx forgets what staff wrote about a worker whose time of keeping is over; that there was
// help, and of which kind, stays.
func (s *Service) EraseTx(ctx context.Context, tx *db.Tx, workerID string) error {
	return eraseWords(ctx, tx, workerID)
}
