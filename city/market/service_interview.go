package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// OpenSlot is an employer saying when it sees applicants of a vacancy.
type OpenSlot struct {
	deed.Keyed
	VacancyID  string    `json:"vacancy_id" path:"vacancy_id"`
	EmployerID string    `json:"employer_id"`
	Address    string    `json:"address" minLength:"1" maxLength:"200"`
	StartsAt   time.Time `json:"starts_at"`
	EndsAt     time.Time `json:"ends_at"`
	Capacity   int64     `json:"capacity"`
}

// SlotView is an interview slot as everybody may see it.
type SlotView struct {
	ID         string    `json:"id"`
	VacancyID  string    `json:"vacancy_id"`
	EmployerID string    `json:"employer_id"`
	Address    string    `json:"address"`
	StartsAt   time.Time `json:"starts_at"`
	EndsAt     time.Time `json:"ends_at"`
	Left       int64     `json:"left" doc:"seats that can still be booked"`
}

func slotView(s InterviewSlot) SlotView {
	return SlotView{s.ID, s.VacancyID, s.EmployerID, s.Address, s.StartsAt, s.EndsAt,
		s.Capacity - s.Taken}
}

// OpenInterviewSlot opens a slot for the shortlisted applicants of an employer's vacancy.
// Faults: market.vacancy_not_found; market.slot_past, market.slot_times, market.slot_capacity
// (invalid).
func (s *Service) OpenInterviewSlot(ctx context.Context, in OpenSlot) (SlotView, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return SlotView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "open_slot"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (SlotView, error) {
			if err := checkSlot(in.StartsAt, in.EndsAt, in.Capacity, tx.Now); err != nil {
				return SlotView{}, err
			}
			v, err := getApplicable(ctx, tx, in.VacancyID)
			if err == nil && v.EmployerID != in.EmployerID {
				err = noVacancy()
			}
			if err != nil {
				return SlotView{}, err
			}
			slot := InterviewSlot{ID: tx.ID("slt"), VacancyID: v.ID, EmployerID: v.EmployerID,
				Address: in.Address, StartsAt: in.StartsAt, EndsAt: in.EndsAt, Capacity: in.Capacity}
			return slotView(slot), insertSlot(ctx, tx, slot)
		})
}

// SlotsOf asks for the slots of a vacancy.
type SlotsOf struct {
	VacancyID string `json:"vacancy_id" path:"vacancy_id"`
}

// SlotList is slots, soonest first, at most listMax.
type SlotList struct {
	Slots []SlotView `json:"slots"`
}

// FindInterviewSlots lists the slots of a vacancy that have not begun.
func (s *Service) FindInterviewSlots(ctx context.Context, in SlotsOf) (SlotList, error) {
	if err := people.Must(ctx, people.PermFindWork, ""); err != nil {
		return SlotList{}, err
	}
	list, err := slotsOfVacancy(ctx, s.DB, in.VacancyID, s.DB.Now())
	out := SlotList{Slots: make([]SlotView, len(list))}
	for i, slot := range list {
		out.Slots[i] = slotView(slot)
	}
	return out, err
}

// CancelSlot is an employer calling an interview slot off.
type CancelSlot struct {
	deed.Keyed
	SlotID     string `json:"slot_id" path:"slot_id"`
	EmployerID string `json:"employer_id"`
}

// CancelInterviewSlot calls a slot off before it begins. Who had a seat is told, and is on the
// shortlist again.
// Faults: market.slot_not_found; market.slot_begun (conflict), also for one called off before.
func (s *Service) CancelInterviewSlot(ctx context.Context, in CancelSlot) (SlotView, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return SlotView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "cancel_slot"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (SlotView, error) {
			slot, err := getSlot(ctx, tx, in.SlotID)
			if err == nil && slot.EmployerID != in.EmployerID {
				err = noSlot()
			}
			if err != nil {
				return SlotView{}, err
			}
			seated, err := bookedOn(ctx, tx, slot.ID)
			for _, v := range seated {
				if err == nil {
					err = s.unseatTx(ctx, tx, v)
				}
			}
			if err != nil {
				return SlotView{}, err
			}
			slot.Taken = slot.Capacity // nothing is left to book
			return slotView(slot), closeSlot(ctx, tx, slot.ID)
		}, db.Lane("slot", in.SlotID))
}

func (s *Service) unseatTx(ctx context.Context, tx *db.Tx, v InterviewView) error {
	a, err := getApplication(ctx, tx, v.ApplicationID)
	if err != nil {
		return err
	}
	expires, err := s.after(tx, "market.application_days", "")
	if err != nil {
		return err
	}
	if _, err := s.moveTx(ctx, tx, a, Shortlisted, "", expires); err != nil {
		return err
	}
	return s.tellWorker(ctx, tx, v.WorkerID, "interview_off", v.ID,
		map[string]string{"at": minute(v.StartsAt)})
}

// InterviewView is a booked seat and what came of it.
type InterviewView struct {
	ID            string    `json:"id"`
	SlotID        string    `json:"slot_id"`
	ApplicationID string    `json:"application_id"`
	WorkerID      string    `json:"worker_id"`
	State         string    `json:"state" doc:"booked, cancelled, came, not_come, passed or refused"`
	StartsAt      time.Time `json:"starts_at"`
	EndsAt        time.Time `json:"ends_at"`
}

// Book is a worker taking a seat of a slot, or changing to it from another.
type Book struct {
	deed.Keyed
	SlotID        string `json:"slot_id" path:"slot_id"`
	ApplicationID string `json:"application_id"`
	WorkerID      string `json:"worker_id"`
}

// BookInterview gives a shortlisted applicant a seat; a seat booked before is given back in the
// same transaction. A slot is never overbooked: the seat is taken by a guarded UPDATE.
// Faults: market.application_not_found, market.slot_not_found; market.application_state,
// market.slot_full, market.slot_begun, market.interview_state, market.interview_clash, market.clash
// (conflict).
func (s *Service) BookInterview(ctx context.Context, in Book) (InterviewView, error) {
	if err := people.Must(ctx, people.PermAcceptWork, in.WorkerID); err != nil {
		return InterviewView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "book_interview"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (InterviewView, error) {
			a, err := mine(ctx, tx, in.ApplicationID, in.WorkerID)
			if err != nil {
				return InterviewView{}, err
			}
			return s.bookTx(ctx, tx, a, in.SlotID)
		}, db.Lane("slot", in.SlotID), db.Lane("worker", in.WorkerID))
}

// mine reads a worker's own application. Another's is not found.
func mine(ctx context.Context, tx *db.Tx, id, workerID string) (Application, error) {
	a, err := getApplication(ctx, tx, id)
	if err == nil && a.WorkerID != workerID {
		err = noApplication()
	}
	return a, err
}

func (s *Service) bookTx(
	ctx context.Context, tx *db.Tx, a Application, slotID string,
) (InterviewView, error) {
	slot, err := getSlot(ctx, tx, slotID)
	switch {
	case err != nil:
		return InterviewView{}, err
	case slot.VacancyID != a.VacancyID:
		return InterviewView{}, noSlot()
	case !tx.Now.Before(slot.StartsAt) || slot.Cancelled:
		return InterviewView{}, slotBegun()
	}
	days, err := s.Policy.At("market.application_days", "", civil.DateOf(tx.Now))
	if err != nil {
		return InterviewView{}, err
	}
	a, err = s.moveTx(ctx, tx, a, Interviewing, "", slot.EndsAt.AddDate(0, 0, int(days.Value)))
	if err != nil {
		return InterviewView{}, err
	}
	if err := cancelBooked(ctx, tx, a.ID); err != nil {
		return InterviewView{}, err
	}
	if err := mayBook(ctx, tx, a, slot); err != nil {
		return InterviewView{}, err
	}
	schedule, err := scheduleOf(ctx, tx, a.WorkerID, slot.StartsAt, slot.EndsAt)
	if err != nil {
		return InterviewView{}, err
	}
	if err := noClash(schedule, slot.StartsAt, slot.EndsAt); err != nil {
		return InterviewView{}, err
	}
	if err := takeSeat(ctx, tx, slot.ID); err != nil {
		return InterviewView{}, err
	}
	v := InterviewView{ID: tx.ID("itv"), SlotID: slot.ID, ApplicationID: a.ID, WorkerID: a.WorkerID,
		State: Booked, StartsAt: slot.StartsAt, EndsAt: slot.EndsAt}
	return v, insertInterview(ctx, tx, v)
}

// CancelBooking is a worker giving a seat back.
type CancelBooking struct {
	deed.Keyed
	ApplicationID string `json:"application_id" path:"application_id"`
	WorkerID      string `json:"worker_id"`
}

// CancelInterview gives the booked seat back before the slot begins; another can be booked.
// Faults: market.application_not_found; market.interview_none (conflict).
func (s *Service) CancelInterview(
	ctx context.Context, in CancelBooking,
) (ApplicationView, error) {
	if err := people.Must(ctx, people.PermAcceptWork, in.WorkerID); err != nil {
		return ApplicationView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "cancel_interview"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ApplicationView, error) {
			a, err := mine(ctx, tx, in.ApplicationID, in.WorkerID)
			if err != nil {
				return ApplicationView{}, err
			}
			if booked, err := hasBooked(ctx, tx, a.ID); err != nil {
				return ApplicationView{}, err
			} else if !booked {
				return ApplicationView{}, fault.New(fault.Conflict, "market.interview_none").
					OnField("application_id")
			}
			expires, err := s.after(tx, "market.application_days", "")
			if err != nil {
				return ApplicationView{}, err
			}
			a, err = s.moveTx(ctx, tx, a, Shortlisted, "", expires)
			return s.applicationView(a, ""), err
		}, db.Lane("worker", in.WorkerID))
}

// Outcome is an employer's word on an interview.
type Outcome struct {
	deed.Keyed
	InterviewID string `json:"interview_id" path:"interview_id"`
	EmployerID  string `json:"employer_id"`
	Outcome     string `json:"outcome" enum:"came,not_come,passed,refused"`
}

// RecordInterview records what came of an interview, once it has begun. Refused ends the
// application; who did not come is on the shortlist again; passed waits for the offer.
// Faults: market.interview_not_found; market.interview_early, market.interview_state (conflict).
func (s *Service) RecordInterview(ctx context.Context, in Outcome) (InterviewView, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return InterviewView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "record_interview"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (InterviewView, error) {
			v, err := getInterview(ctx, tx, in.InterviewID, in.EmployerID)
			if err != nil {
				return v, err
			}
			if err := mayRecord(v.State, in.Outcome, v.StartsAt, tx.Now); err != nil {
				return v, err
			}
			if err := setOutcome(ctx, tx, v, in.Outcome); err != nil {
				return v, err
			}
			v.State = in.Outcome
			return v, s.concludeTx(ctx, tx, v)
		})
}

// concludeTx moves the application on, unless it ended or was decided before the word came.
func (s *Service) concludeTx(ctx context.Context, tx *db.Tx, v InterviewView) error {
	a, err := getApplication(ctx, tx, v.ApplicationID)
	if err != nil || a.State != Interviewing {
		return err
	}
	switch v.State {
	case NotCome:
		expires, err := s.after(tx, "market.application_days", "")
		if err != nil {
			return err
		}
		_, err = s.moveTx(ctx, tx, a, Shortlisted, "", expires)
		return err
	case string(Refused):
		_, err = s.refuseTx(ctx, tx, a, "interview")
	}
	return err
}

// InterviewsOf asks for the interviews of a worker, or of an employer's slot or vacancy.
type InterviewsOf struct {
	WorkerID   string `json:"worker_id,omitempty" query:"worker_id" maxLength:"60"`
	EmployerID string `json:"employer_id,omitempty" query:"employer_id" maxLength:"60"`
	SlotID     string `json:"slot_id,omitempty" query:"slot_id" maxLength:"60"`
	VacancyID  string `json:"vacancy_id,omitempty" query:"vacancy_id" maxLength:"60" doc:"all slots of it"`
}

// InterviewList is interviews, the latest first, at most listMax.
type InterviewList struct {
	Interviews []InterviewView `json:"interviews"`
}

// FindInterviews lists a worker's own interviews, or with an employer's id those of its slot
// or vacancy.
func (s *Service) FindInterviews(ctx context.Context, in InterviewsOf) (InterviewList, error) {
	if in.EmployerID != "" {
		if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
			return InterviewList{}, err
		}
		list, err := interviewsOfEmployer(ctx, s.DB, in.EmployerID, in.SlotID, in.VacancyID)
		return InterviewList{list}, err
	}
	if err := people.Must(ctx, people.PermAcceptWork, in.WorkerID); err != nil {
		return InterviewList{}, err
	}
	list, err := interviewsOfWorker(ctx, s.DB, in.WorkerID)
	return InterviewList{list}, err
}

// remind tells workers of their interviews some time before, once each.
func (s *Service) remind(ctx context.Context, now time.Time) (int, error) {
	before, err := s.Policy.At("market.interview_remind_min", "", civil.DateOf(now))
	if err != nil {
		return 0, err
	}
	list, err := toRemind(ctx, s.DB, now, now.Add(time.Duration(before.Value)*time.Minute), sweepMax)
	if err != nil {
		return 0, err
	}
	return eachTx(ctx, s.DB, list, func(ctx context.Context, tx *db.Tx, v InterviewView) error {
		ok, err := markReminded(ctx, tx, v.ID)
		if err != nil || !ok {
			return err // cancelled meanwhile
		}
		slot, err := getSlot(ctx, tx, v.SlotID)
		if err != nil {
			return err
		}
		return s.tellWorker(ctx, tx, v.WorkerID, "interview", v.ID, map[string]string{
			"at": minute(v.StartsAt), "place": slot.Address})
	})
}

// minute is how an interview's time is told.
func minute(t time.Time) string { return t.In(civil.Zone).Format("2006-01-02 15:04") }
