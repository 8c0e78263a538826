package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

const (
	sendMax   = 200              // messages of one turn
	sendTime  = 15 * time.Second // for the calls of one turn: half of the sweeps' lease
	silentMax = 3                // calls without an answer in a row: then the gateway is left in peace
)

// outgoing is a claimed message with what to tell the gateway.
type outgoing struct {
	before parcel // as it stood when it was claimed
	parcel
	text Text
}

// send hands due messages to the gateway: claimed in one deed, called, recorded in another. Killed
// in between, they stand as sent and are called again with the same key.
func (s *Service) send(ctx context.Context, now time.Time) (int, error) {
	ids, err := dueMessages(ctx, s.DB, now, sendMax)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	claimed, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) ([]outgoing, error) {
		return s.claimTx(ctx, tx, ids)
	})
	if err != nil {
		return 0, err
	}
	answers, silent, err := s.call(ctx, claimed)
	if err != nil {
		return 0, err
	}
	_, err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		for i, o := range claimed {
			p := o.before.uncalled(tx.Now)
			if i < len(answers) {
				p = o.answered(answers[i], tx.Now)
			}
			if err := updateParcel(ctx, tx, p); err != nil {
				return false, err
			}
		}
		return true, nil
	})
	if err != nil || silent {
		return 0, err // no further turn: the sweep comes back after its period
	}
	return len(ids), nil
}

// claimTx marks messages as handed over and gives what to say. What is too old, and whom no phone
// reaches, ends without a call.
func (s *Service) claimTx(ctx context.Context, tx *db.Tx, ids []string) ([]outgoing, error) {
	var out []outgoing
	for _, id := range ids {
		w, err := openMessage(ctx, tx, id)
		if errors.Is(err, db.ErrNone) {
			continue // another process was here
		}
		if err != nil {
			return nil, err
		}
		o := outgoing{before: w.parcel, parcel: w.claimed(tx.Now)}
		if o.EndedAt.IsZero() {
			o.text, err = s.textTx(ctx, tx, w)
		}
		if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
			o.parcel, err = w.refused(f.Code, tx.Now), nil
		}
		if err == nil {
			err = updateParcel(ctx, tx, o.parcel)
		}
		if err != nil {
			return nil, err
		}
		if o.EndedAt.IsZero() {
			out = append(out, o)
		}
	}
	return out, nil
}

// textTx gives what the gateway is told. A text message is in Chinese: nobody has said otherwise.
func (s *Service) textTx(ctx context.Context, tx *db.Tx, w row) (Text, error) {
	words, err := s.say(i18n.Chinese, w.Template, w.Args)
	if err != nil {
		return Text{}, err
	}
	t := Text{Key: w.ID,
		Words: s.Text.Say(i18n.Chinese, "notify.signed", map[string]any{"text": words})}
	if len(w.Phone) > 0 {
		if t.Phone, err = s.Box.Open(domainPhone, w.Phone); err != nil {
			return Text{}, fmt.Errorf("open phone of message %s: %w", w.ID, err)
		}
		return t, nil
	}
	phone, err := s.People.PhoneTx(ctx, tx, w.AccountID)
	t.Phone = string(phone)
	return t, err
}

// call calls the gateway, one message after the other. It stops when the gateway is silent, or when
// the turn's time is over; the messages behind have no answer then, not even a lost one.
func (s *Service) call(
	ctx context.Context, claimed []outgoing,
) (answers []Answer, silent bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	inRow := 0
	for _, o := range claimed {
		a, err := s.Gateway.Send(ctx, o.text)
		switch {
		case err == nil:
			inRow = 0
		case fault.Is(err, "notify.gateway_unavailable"):
			a, inRow = Answer{}, inRow+1 // expected of the outside world: state and gauges tell of it
		default:
			return nil, false, err
		}
		answers = append(answers, a)
		if inRow == silentMax || ctx.Err() != nil {
			return answers, true, nil
		}
	}
	return answers, false, nil
}
