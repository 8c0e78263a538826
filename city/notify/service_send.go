package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

const (
	sendMax   = 200              // messages of one turn
	sendTime  = 15 * time.Second // for the calls of one turn: half of the sweeps' lease
	silentMax = 3                // calls without an answer in a row: then a channel is left in peace
)

// outgoing is a claimed message with what to tell its channel.
type outgoing struct {
	before    parcel // as it stood when it was claimed
	accountID string
	manner    manner
	parcel
	text   Text
	notice Subscribed
}

// heard is what came of a call; of one that was not made, nothing.
type heard struct {
	called bool
	Answer
}

// send hands due messages over: claimed in one deed, called, recorded in another. Killed in
// between, they stand as sent: a text message is called again with the same key, a subscribe
// message, which has none, is not.
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
			if err := recordTx(ctx, tx, o, answers[i]); err != nil {
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

// recordTx writes what came of an outgoing message.
func recordTx(ctx context.Context, tx *db.Tx, o outgoing, h heard) error {
	if !h.called {
		if err := deleteDelivery(ctx, tx, o.parcel); err != nil {
			return err
		}
		return updateParcel(ctx, tx, o.before.uncalled(tx.Now))
	}
	if err := updateDelivery(ctx, tx, o.parcel, h.Answer); err != nil {
		return err
	}
	if o.Channel == WeChat && h.Reason == wechatRefused {
		if err := dropGrants(ctx, tx, o.accountID, o.Template); err != nil {
			return err
		}
	}
	return updateParcel(ctx, tx, o.answered(h.Answer, o.manner, tx.Now))
}

// claimTx marks messages as handed over and gives what to say. What is too old, is not wanted, has
// to wait for the morning, and whom nothing reaches, goes without a call.
func (s *Service) claimTx(ctx context.Context, tx *db.Tx, ids []string) ([]outgoing, error) {
	quiet, err := s.quietUntil(tx.Now)
	if err != nil {
		return nil, err
	}
	var out []outgoing
	for _, id := range ids {
		w, err := openMessage(ctx, tx, id)
		if errors.Is(err, db.ErrNone) {
			continue // another process was here
		}
		if err != nil {
			return nil, err
		}
		o, err := s.claimOneTx(ctx, tx, w, quiet)
		if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
			o.parcel, err = w.refused(f.Code, tx.Now), nil
		}
		if err == nil {
			err = updateParcel(ctx, tx, o.parcel)
		}
		if err == nil && o.State == Sent {
			err = insertDelivery(ctx, tx, o.parcel)
			out = append(out, o)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// quietUntil gives the end of the quiet hours by policy; zero outside them.
func (s *Service) quietUntil(now time.Time) (time.Time, error) {
	from, err := s.Policy.At("notify.quiet_from_min", "", civil.DateOf(now))
	if err != nil {
		return time.Time{}, err
	}
	until, err := s.Policy.At("notify.quiet_until_min", "", civil.DateOf(now))
	return quietUntil(now, int(from.Value), int(until.Value)), err
}

// claimOneTx decides what becomes of a message now. It is handed over when its state is then Sent.
func (s *Service) claimOneTx(
	ctx context.Context, tx *db.Tx, w row, quiet time.Time,
) (outgoing, error) {
	o := outgoing{before: w.parcel, accountID: w.AccountID, parcel: w.parcel,
		manner: mannerOf(s.manners, w.Template)}
	if o.Channel == WeChat && o.State != Wanted {
		if o.parcel = o.lost(o.manner, tx.Now); !o.EndedAt.IsZero() {
			return o, nil
		}
	}
	claimed := o.claimed(tx.Now)
	if !claimed.EndedAt.IsZero() {
		o.parcel = claimed
		return o, nil
	}
	wishes, err := wishesOf(ctx, tx, w.AccountID, w.Template)
	switch {
	case err != nil:
		return o, err
	case o.manner.OptOut && wishes.OptedOut:
		o.parcel = o.withheld(tx.Now)
		return o, nil
	case !quiet.IsZero() && !o.manner.Urgent:
		o.parcel = o.quieted(quiet)
		return o, nil
	}
	if err := s.chooseTx(ctx, tx, &o, w, wishes); err != nil {
		return o, err
	}
	o.before.Channel = o.Channel // a grant that was spent stays spent on this message
	claimed.Channel = o.Channel
	o.parcel = claimed
	return o, nil
}

// chooseTx chooses the channel, unless one was chosen, and writes what it is told. Values that
// WeChat would refuse send a message on to the next channel without a call.
func (s *Service) chooseTx(
	ctx context.Context, tx *db.Tx, o *outgoing, w row, wishes wishes,
) error {
	ways := o.manner.order(wishes)
	chosen := o.Channel != ""
	if chosen {
		ways = []Channel{o.Channel}
	}
	var err error
	for _, way := range ways {
		o.Channel = way
		if way == SMS {
			o.text, err = s.textTx(ctx, tx, w, wishes.Lang)
			return err
		}
		o.notice, err = s.noticeOf(w, o.manner, wishes)
		if err == nil && !chosen {
			_, err = spendGrant(ctx, tx, w.AccountID, w.Template)
		}
		if !errors.Is(err, errUnfit) {
			return err
		}
	}
	o.Channel = SMS
	o.text, err = s.textTx(ctx, tx, w, wishes.Lang)
	return err
}

// errUnfit says that WeChat would not take a value.
var errUnfit = errors.New("notify: a value does not fit")

// noticeOf writes the subscribe message.
func (s *Service) noticeOf(w row, m manner, wishes wishes) (Subscribed, error) {
	openID, err := s.Box.Open(domainOpenID, wishes.OpenID)
	if err != nil {
		return Subscribed{}, fmt.Errorf("open the WeChat id of message %s: %w", w.ID, err)
	}
	args, err := s.args(w.Args)
	if err != nil {
		return Subscribed{}, err
	}
	n := Subscribed{OpenID: openID, Template: m.WeChat.Template, Values: map[string]string{}}
	for _, v := range m.WeChat.Values {
		value, err := fit(v.Name, filled(v.Text, args))
		if err != nil {
			return n, errors.Join(errUnfit, err)
		}
		n.Values[v.Name] = value
	}
	return n, nil
}

// textTx gives what the SMS gateway is told, in the reader's language.
func (s *Service) textTx(ctx context.Context, tx *db.Tx, w row, lang string) (Text, error) {
	if lang == "" {
		lang = i18n.Chinese
	}
	words, err := s.say(lang, w.Template, w.Args)
	if err != nil {
		return Text{}, err
	}
	t := Text{Key: w.ID, Words: s.Text.Say(lang, "notify.signed", map[string]any{"text": words})}
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

// call hands claimed messages over, one after the other. A channel that is silent is left in peace
// for the rest of the turn; when that is the SMS gateway, or the time is over, the turn ends.
func (s *Service) call(
	ctx context.Context, claimed []outgoing,
) (answers []heard, silent bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	answers = make([]heard, len(claimed))
	inRow := map[Channel]int{}
	for i, o := range claimed {
		if inRow[o.Channel] >= silentMax {
			continue
		}
		a, err := s.handOver(ctx, o)
		switch {
		case err == nil:
			inRow[o.Channel] = 0
		case fault.Is(err, "notify.gateway_unavailable"):
			a = Answer{} // expected of the outside world: state and gauges tell of it
			inRow[o.Channel]++
		default:
			return nil, false, fmt.Errorf("send message %s: %w", o.ID, err)
		}
		answers[i] = heard{true, a}
		if inRow[SMS] >= silentMax || ctx.Err() != nil {
			return answers, true, nil
		}
	}
	return answers, inRow[WeChat] >= silentMax, nil
}

func (s *Service) handOver(ctx context.Context, o outgoing) (Answer, error) {
	if o.Channel == WeChat {
		return s.WeChat.Tell(ctx, o.notice)
	}
	return s.Gateway.Send(ctx, o.text)
}
