package complaint_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"testing"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/i18n"
)

var schema = []fs.FS{feed.Migrations, people.Migrations, ledger.Migrations, station.Migrations,
	skill.Migrations, contract.Migrations, notify.Migrations, insurance.Migrations, wage.Migrations,
	market.Migrations, attendance.Migrations, complaint.Migrations}

// bundle is complaints over an employer with one public vacancy. What follows from a decision is
// written down instead of done, so that a test can make it fail.
type bundle struct {
	*complaint.Service
	t        testing.TB
	d        *db.DB
	clk      *clock.Fake
	clerk    context.Context
	other    context.Context // another clerk
	worker   context.Context
	stranger context.Context
	fail     error // what the last step of a decision answers
	keys     atomic.Int64
}

const boss = "emp_1"

var errLastStep = errors.New("the last step fails")

func setup(t testing.TB, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	book, err := policy.Load()
	ok(t, err)
	box, err := crypt.NewRing(crypt.KeyFromSeed(7))
	ok(t, err)
	text, err := i18n.Load()
	ok(t, err)
	days, err := civil.Holidays()
	ok(t, err)
	b := &bundle{t: t, d: d, clk: clk}
	register := people.New(people.Deps{DB: d, Policy: book, Box: box,
		Send: func(context.Context, *db.Tx, people.Message) error { return nil }})
	b.Service = complaint.New(complaint.Deps{DB: d, Policy: book, Box: box, Calendar: days,
		People: register, Notify: notify.New(notify.Deps{DB: d, Text: text, Box: box}), Market: b,
		Upheld: func(ctx context.Context, tx *db.Tx, employerID, id, words string) error {
			if b.fail != nil {
				return b.fail
			}
			return b.note(ctx, tx, "upheld "+employerID+" "+words, id)
		},
		Fell: func(ctx context.Context, tx *db.Tx, id, words string) error {
			return b.note(ctx, tx, "fell", id)
		}})
	as := func(account string, role people.Role) context.Context {
		dbtest.Insert(t, d, "accounts", map[string]any{"id": account, "phone_sealed": []byte{},
			"phone_blind": fmt.Sprintf("%064s", account), "roles": string(role)})
		return people.WithActor(context.Background(),
			people.Actor{AccountID: account, Roles: []people.Role{role}})
	}
	b.clerk, b.other = as("acc_clerk", people.RoleClerk), as("acc_other", people.RoleClerk)
	b.worker, b.stranger = as("acc_worker", people.RoleWorker), as("acc_stranger", "")
	dbtest.Insert(t, d, "employers", map[string]any{"id": boss, "account_id": "acc_stranger",
		"region": "500103"})
	dbtest.Insert(t, d, "vacancies", map[string]any{"id": "vac_1", "employer_id": boss,
		"settlement": "platform", "pay_unit": "hour", "rate_fen": 1, "hire": "instant",
		"state": "published"})
	return b
}

// TakeDownTx closes the vacancy, as market does.
func (b *bundle) TakeDownTx(ctx context.Context, tx *db.Tx, vacancyID, _ string) error {
	_, err := tx.Exec(ctx, `UPDATE vacancies SET state = 'closed' WHERE id = $1`, vacancyID)
	return err
}

// note writes down what a neighbour was told.
func (b *bundle) note(ctx context.Context, tx *db.Tx, what, id string) error {
	return db.SetMetaTx(ctx, tx, "told/"+id+"/"+what, "yes")
}

func (b *bundle) told(id string) []string {
	b.t.Helper()
	all, err := db.List[string](context.Background(), b.d, `SELECT substr(key, $1) FROM meta
		WHERE substr(key, 1, 5) = 'told/' AND substr(key, 6, $2) = $3 ORDER BY key`,
		len("told/"+id+"/")+1, len(id), id)
	ok(b.t, err)
	return all
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) key() deed.Keyed { return deed.Key(fmt.Sprint("key-", b.keys.Add(1))) }

func (b *bundle) exec(q string, args ...any) {
	b.t.Helper()
	_, err := db.InTx(context.Background(), b.d, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return tx.Exec(ctx, q, args...)
	})
	ok(b.t, err)
}

func (b *bundle) count(q string, args ...any) int64 {
	b.t.Helper()
	n, err := db.Get[int64](context.Background(), b.d, q, args...)
	ok(b.t, err)
	return n
}

func (b *bundle) lawful() {
	b.t.Helper()
	ok(b.t, b.Check(context.Background(), b.d, b.clk.Now()))
}

// sweep runs the slice's sweeps and proves its laws.
func (b *bundle) sweep() {
	b.t.Helper()
	for _, s := range b.Sweeps() {
		for n := s.Limit; n == s.Limit; {
			var err error
			n, err = s.Run(context.Background(), b.clk.Now())
			ok(b.t, err)
		}
	}
	b.lawful()
}

// lie is a complaint that the vacancy is false.
func (b *bundle) lie() complaint.File {
	return complaint.File{Keyed: b.key(), Kind: complaint.FalseVacancy, Subject: complaint.OnVacancy,
		SubjectID: "vac_1", Words: "打电话说没有这个活"}
}

// investigated files a complaint and brings it to the decision.
func (b *bundle) investigated(in complaint.File) string {
	b.t.Helper()
	c, err := b.FileComplaint(b.worker, in)
	ok(b.t, err)
	_, err = b.AcceptComplaint(b.clerk, complaint.Accept{Keyed: b.key(), ComplaintID: c.ID,
		Accept: true})
	ok(b.t, err)
	b.looked(c.ID)
	return c.ID
}

func (b *bundle) looked(id string) {
	b.t.Helper()
	_, err := b.Investigate(b.clerk, complaint.Step{Keyed: b.key(), ComplaintID: id})
	ok(b.t, err)
}

func (b *bundle) decide(id string, uphold bool) (complaint.View, error) {
	return b.DecideComplaint(b.clerk, complaint.Decide{Keyed: b.key(), ComplaintID: id,
		Uphold: uphold, Finding: "核对记录"})
}

func (b *bundle) answer(id string) complaint.View {
	b.t.Helper()
	v, err := b.AnswerComplaint(b.clerk, complaint.Reply{Keyed: b.key(), ComplaintID: id,
		Words: "已核实并处理"})
	ok(b.t, err)
	return v
}
