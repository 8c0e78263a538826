package notify

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// wishesOf reads what an account set, for one template.
func wishesOf(ctx context.Context, r db.Reader, accountID, template string) (wishes, error) {
	var w wishes
	if accountID == "" {
		return w, nil
	}
	var first string
	err := db.Row(ctx, r, []any{&w.Lang, &first, &w.OpenID},
		`SELECT lang, first_channel, openid FROM notice_settings WHERE account_id = $1`, accountID)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	w.First = Channel(first)
	if err != nil || template == "" {
		return w, err
	}
	err = db.Row(ctx, r, []any{&w.OptedOut, &w.Grants}, `SELECT
		EXISTS (SELECT 1 FROM opt_outs WHERE account_id = $1 AND template = $2),
		COALESCE((SELECT remaining FROM wechat_grants WHERE account_id = $1 AND template = $2), 0)`,
		accountID, template)
	return w, err
}

// setting is a row of notice_settings.
type setting struct {
	Lang, First string
	OpenID      []byte
}

func upsertSetting(ctx context.Context, tx *db.Tx, accountID string, s setting) error {
	_, err := tx.Exec(ctx, `INSERT INTO notice_settings(account_id, lang, first_channel, openid,
		set_at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id) DO UPDATE SET
		lang = excluded.lang, first_channel = excluded.first_channel, openid = excluded.openid,
		set_at_ms = excluded.set_at_ms`, accountID, s.Lang, s.First, s.OpenID, clock.MS(tx.Now))
	return err
}

func insertOptOut(ctx context.Context, tx *db.Tx, accountID, template string) error {
	_, err := tx.Exec(ctx, `INSERT INTO opt_outs(account_id, template, at_ms) VALUES ($1, $2, $3)
		ON CONFLICT DO NOTHING`, accountID, template, clock.MS(tx.Now))
	return err
}

func deleteOptOut(ctx context.Context, tx *db.Tx, accountID, template string) error {
	_, err := tx.Exec(ctx, `DELETE FROM opt_outs WHERE account_id = $1 AND template = $2`,
		accountID, template)
	return err
}

func optOutsOf(ctx context.Context, r db.Reader, accountID string) ([]string, error) {
	return db.List[string](ctx, r, `SELECT template FROM opt_outs WHERE account_id = $1
		ORDER BY template`, accountID)
}

// addGrant counts a grant, up to most.
func addGrant(ctx context.Context, tx *db.Tx, accountID, template string, most int) error {
	_, err := tx.Exec(ctx, `INSERT INTO wechat_grants(account_id, template, remaining)
		VALUES ($1, $2, 1) ON CONFLICT (account_id, template) DO UPDATE
		SET remaining = wechat_grants.remaining + 1 WHERE wechat_grants.remaining < $3`,
		accountID, template, most)
	return err
}

// spendGrant takes one grant; false when there is none.
func spendGrant(ctx context.Context, tx *db.Tx, accountID, template string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE wechat_grants SET remaining = remaining - 1
		WHERE account_id = $1 AND template = $2 AND remaining > 0`, accountID, template)
	return n == 1, err
}

// dropGrants forgets the grants of a template: WeChat says that there are none.
func dropGrants(ctx context.Context, tx *db.Tx, accountID, template string) error {
	_, err := tx.Exec(ctx, `UPDATE wechat_grants SET remaining = 0
		WHERE account_id = $1 AND template = $2`, accountID, template)
	return err
}

// grantRow is what is left of a template's grants.
type grantRow struct {
	Template  string
	Remaining int64
}

func grantsOf(ctx context.Context, r db.Reader, accountID string) ([]grantRow, error) {
	return db.List[grantRow](ctx, r, `SELECT template, remaining FROM wechat_grants
		WHERE account_id = $1 ORDER BY template`, accountID)
}

// insertDelivery writes that a message is about to be handed over.
func insertDelivery(ctx context.Context, tx *db.Tx, p parcel) error {
	_, err := tx.Exec(ctx, `INSERT INTO deliveries(message_id, n, channel, answer, reason,
		called_at_ms, answered_at_ms) VALUES ($1, $2, $3, 'called', '', $4, 0)`,
		p.ID, p.Attempts, string(p.Channel), clock.MS(tx.Now))
	return err
}

// updateDelivery writes what the channel answered.
func updateDelivery(ctx context.Context, tx *db.Tx, p parcel, a Answer) error {
	answer := a.State
	if answer == "" {
		answer = "none"
	}
	_, err := tx.Exec(ctx, `UPDATE deliveries SET answer = $1, reason = $2, answered_at_ms = $3
		WHERE message_id = $4 AND n = $5`, answer, a.Reason, clock.MS(tx.Now), p.ID, p.Attempts)
	return err
}

// deleteDelivery takes back an attempt that was not made.
func deleteDelivery(ctx context.Context, tx *db.Tx, p parcel) error {
	_, err := tx.Exec(ctx, `DELETE FROM deliveries WHERE message_id = $1 AND n = $2`, p.ID,
		p.Attempts)
	return err
}

// deliveryRow is one attempt.
type deliveryRow struct {
	N                      int64
	Channel, Answer        string
	Reason                 string
	CalledAtMS, AnsweredMS int64
}

func (d deliveryRow) view() DeliveryView {
	v := DeliveryView{N: d.N, Channel: Channel(d.Channel), Answer: d.Answer, Reason: d.Reason,
		CalledAt: clock.At(d.CalledAtMS)}
	if d.AnsweredMS > 0 {
		v.AnsweredAt = clock.At(d.AnsweredMS)
	}
	return v
}

// DeliveryView is one attempt to hand a message over.
type DeliveryView struct {
	N          int64     `json:"n"`
	Channel    Channel   `json:"channel" enum:"sms,wechat"`
	Answer     string    `json:"answer" enum:"called,none,sent,rejected"`
	Reason     string    `json:"reason,omitempty"`
	CalledAt   time.Time `json:"called_at"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
}

func deliveriesOf(ctx context.Context, r db.Reader, messageID string) ([]DeliveryView, error) {
	var list []DeliveryView
	err := db.Each(ctx, r, `SELECT n, channel, answer, reason, called_at_ms, answered_at_ms
		FROM deliveries WHERE message_id = $1 ORDER BY n`, []any{messageID},
		func(scan func(...any) error) error {
			var d deliveryRow
			err := scan(&d.N, &d.Channel, &d.Answer, &d.Reason, &d.CalledAtMS, &d.AnsweredMS)
			list = append(list, d.view())
			return err
		})
	return list, err
}

// accountOf reads whose message it is. Faults: notify.message_not_found.
func accountOf(ctx context.Context, r db.Reader, messageID string) (string, error) {
	id, err := db.Get[string](ctx, r, `SELECT account_id FROM messages WHERE id = $1 AND NOT code`,
		messageID)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.NotFound, "notify.message_not_found").OnField("message_id")
	}
	return id, err
}

func deleteNoticesOf(ctx context.Context, tx *db.Tx, accountID string) error {
	for _, statement := range []string{
		`DELETE FROM deliveries WHERE message_id IN
			(SELECT id FROM messages WHERE account_id = $1)`,
		`DELETE FROM messages WHERE account_id = $1`,
		`DELETE FROM wechat_grants WHERE account_id = $1`,
		`DELETE FROM opt_outs WHERE account_id = $1`,
		`DELETE FROM notice_settings WHERE account_id = $1`,
	} {
		if _, err := tx.Exec(ctx, statement, accountID); err != nil {
			return err
		}
	}
	return nil
}
