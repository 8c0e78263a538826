package skill_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

var schema = []fs.FS{feed.Migrations, people.Migrations, skill.Migrations}

const (
	evidence = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	idA      = "330199199001010011"
	permitA  = "T" + idA // the number of a special work permit is T and the ID number
	idB      = "330199196811300025"
)

// bundle is a city with two workers and a clerk.
type bundle struct {
	*skill.Service
	d      *db.DB
	clk    *clock.Fake
	clerk  context.Context
	a, b   context.Context // the workers
	idA    string
	idB    string
	mu     sync.Mutex
	nextID int
}

func setup(t *testing.T, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	ring, err := crypt.NewRing(crypt.KeyFromSeed(7))
	if err != nil {
		t.Fatal(err)
	}
	register := people.New(people.Deps{DB: d, Policy: book, Box: ring,
		Send: func(context.Context, *db.Tx, people.Message) error { return nil }})
	b := &bundle{d: d, clk: clk, Service: skill.New(skill.Deps{DB: d, Box: ring, Workers: register})}
	ctx := context.Background()
	b.clerk = people.WithActor(ctx, people.Actor{AccountID: "acc_clerk",
		Roles: []people.Role{people.RoleClerk}})
	worker := func(phone, id string) (context.Context, string) {
		v, err := register.RegisterWorker(b.clerk, people.RegisterWorker{Keyed: b.key(), Name: "王芳",
			IDNumber: id, Region: "330110", Phone: phone})
		if err != nil {
			t.Fatal(err)
		}
		return people.WithActor(ctx, people.Actor{AccountID: "acc_" + phone, WorkerID: v.ID,
			Roles: []people.Role{people.RoleWorker}}), v.ID
	}
	b.a, b.idA = worker("13800138000", idA)
	b.b, b.idB = worker("13900139000", idB)
	return b
}

func (b *bundle) key() deed.Keyed {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.nextID++
	return deed.Key(fmt.Sprintf("k%d", b.nextID))
}

func (b *bundle) count(t *testing.T, query string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := db.Row(context.Background(), b.d, []any{&n}, query, args...); err != nil {
		t.Fatal(err)
	}
	return n
}

func (b *bundle) say(ctx context.Context, workerID, key string) (skill.SkillView, error) {
	return b.AddSkill(ctx, skill.AddSkill{Keyed: b.key(), WorkerID: workerID, Skill: key})
}

func (b *bundle) permit(workerID, number string) skill.AddCertificate {
	return skill.AddCertificate{Keyed: b.key(), WorkerID: workerID, Kind: "cert.special_welding",
		Number: number, IssuedOn: "2025-06-01", Evidence: evidence}
}

func (b *bundle) add(
	t *testing.T, ctx context.Context, in skill.AddCertificate,
) skill.CertificateView {
	t.Helper()
	v, err := b.AddCertificate(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (b *bundle) decide(
	id string, decision skill.State, reason string,
) (skill.CertificateView, error) {
	return b.VerifyCertificate(b.clerk, skill.VerifyCertificate{Keyed: b.key(), CertificateID: id,
		Decision: decision, Reason: reason})
}

func (b *bundle) missing(
	t *testing.T, workerID string, day civil.Date, required ...string,
) []string {
	t.Helper()
	got, err := b.MissingTx(context.Background(), b.d, workerID, required, day)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (b *bundle) check(t *testing.T) {
	t.Helper()
	if err := b.Check(context.Background(), b.d, b.clk.Now()); err != nil {
		t.Error(err)
	}
}

func want(t *testing.T, what string, err error, code string) {
	t.Helper()
	if got := fault.CodeOf(err); got != code {
		t.Errorf("%s: got %v, want %q", what, err, code)
	}
}

// Goal: the clerk's queue comes whole, page after page, the oldest first.
func TestWaitingPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		v := b.add(t, b.a, b.permit(b.idA, permitA))
		dbtest.Copies(t, d, "certificates", v.ID, 230, map[string]string{
			"id": "'crt_x' || CAST(1000 + i AS TEXT)", "added_at_ms": "added_at_ms + i / 3",
			"number_blind": "CAST(1000 + i AS TEXT) || SUBSTR(number_blind, 5)"})
		all := dbtest.Whole(t, 231, 2, func(c skill.CertificateView) string { return c.ID },
			func(after string) ([]skill.CertificateView, string, error) {
				w, err := b.FindWaiting(b.clerk, skill.FindWaiting{After: after})
				return w.Certificates, w.Next, err
			})
		if len(all) > 0 && all[len(all)-1].ID != "crt_x1230" {
			t.Errorf("the youngest is %s", all[len(all)-1].ID)
		}
		_, err := b.FindWaiting(b.clerk, skill.FindWaiting{After: "x"})
		want(t, "no mark", err, "db.mark")
	})
}

// Goal: a worker says what he can do, once; what the catalogue does not know is refused.
func TestAddSkill(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		for range 2 { // the same skill with another key changes nothing
			v, err := b.say(b.a, b.idA, "skill.waiting")
			if err != nil || v.Skill != "skill.waiting" || v.WorkerID != b.idA {
				t.Fatalf("got %+v, %v", v, err)
			}
		}
		_, err := b.say(b.clerk, b.idA, "skill.sewing")
		want(t, "a clerk on behalf", err, "")
		_, err = b.say(b.a, b.idA, "cert.health")
		want(t, "a certificate", err, "skill.unknown_skill")
		_, err = b.say(b.b, b.idA, "skill.waiting")
		want(t, "another worker", err, "people.not_allowed")
		_, err = b.say(b.clerk, "wrk_no", "skill.sewing")
		want(t, "nobody", err, "people.worker_not_found")
		_, err = b.AddSkill(b.a, skill.AddSkill{WorkerID: b.idA, Skill: "skill.sewing"})
		want(t, "no key", err, "deed.key_missing")
		got, err := b.ShowWorkerSkills(b.a, skill.ShowWorkerSkills{WorkerID: b.idA})
		if err != nil || !slices.Equal(got.Skills, []string{"skill.sewing", "skill.waiting"}) {
			t.Errorf("skills %v, %v", got.Skills, err)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM changes WHERE topic = 'skill.added.v1'`); n != 2 {
			t.Errorf("%d events", n)
		}
	})
}

// Goal: a certificate counts once a clerk has verified it, until its last day, and no longer when
// it is revoked; its number is readable nowhere.
func TestCertificate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		const kind = "cert.special_welding"
		v := b.add(t, b.a, b.permit(b.idA, permitA))
		if v.NumberTail != "0011" || !v.NumberFits || v.ExpiresOn != "2031-05-31" ||
			v.State != skill.Claimed || v.InForce {
			t.Errorf("entered %+v", v)
		}
		if got := b.missing(t, b.idA, "2026-03-02", kind); !slices.Equal(got, []string{kind}) {
			t.Errorf("claimed: missing %v", got)
		}
		queue, err := b.FindWaiting(b.clerk, skill.FindWaiting{})
		if err != nil || len(queue.Certificates) != 1 || queue.Certificates[0].ID != v.ID {
			t.Errorf("queue %+v, %v", queue, err)
		}
		if v, err = b.decide(v.ID, skill.Verified, ""); err != nil || !v.InForce {
			t.Fatalf("verified %+v, %v", v, err)
		}
		for day, missing := range map[civil.Date]int{"2025-05-31": 1, "2025-06-01": 0, "2031-05-31": 0,
			"2031-06-01": 1} {
			if got := b.missing(t, b.idA, day, kind); len(got) != missing {
				t.Errorf("%s: missing %v", day, got)
			}
		}
		if got := b.missing(t, b.idB, "2026-03-02", kind); len(got) != 1 {
			t.Errorf("another worker: missing %v", got)
		}
		b.check(t)
		for _, table := range []string{"changes WHERE payload", "deeds WHERE answer", "deeds WHERE key"} {
			n := b.count(t, `SELECT COUNT(*) FROM `+table+` LIKE '%'||$1||'%'`, idA)
			if n != 0 {
				t.Errorf("%d rows of %s bear the number", n, table)
			}
		}
		if _, err := b.decide(v.ID, skill.Revoked, "伪造"); err != nil {
			t.Fatal(err)
		}
		if got := b.missing(t, b.idA, "2026-03-02", kind); len(got) != 1 {
			t.Errorf("revoked: missing %v", got)
		}
		b.check(t)
		queue, err = b.FindWaiting(b.clerk, skill.FindWaiting{})
		if err != nil || len(queue.Certificates) != 0 {
			t.Errorf("queue %+v, %v", queue, err)
		}
	})
}

// Goal: one paper is entered once, again only after a refusal, and verified for one worker only.
func TestSamePaper(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		in := b.permit(b.idA, permitA)
		v := b.add(t, b.a, in)
		if again := b.add(t, b.a, in); again.ID != v.ID {
			t.Errorf("the same key twice: %s and %s", v.ID, again.ID)
		}
		_, err := b.AddCertificate(b.a, b.permit(b.idA, strings.ToLower(permitA)+" "))
		want(t, "the same number", err, "skill.certificate_there")
		other := in
		other.Number = "T330199196811300025"
		_, err = b.AddCertificate(b.a, other)
		want(t, "the same key, another number", err, "deed.key_reused")
		if _, err := b.decide(v.ID, skill.Refused, "照片不清楚"); err != nil {
			t.Fatal(err)
		}
		second := b.add(t, b.a, b.permit(b.idA, permitA))
		stolen := b.add(t, b.b, b.permit(b.idB, permitA))
		if _, err := b.decide(second.ID, skill.Verified, ""); err != nil {
			t.Fatal(err)
		}
		_, err = b.decide(stolen.ID, skill.Verified, "")
		want(t, "another's number", err, "skill.number_taken")
		_, err = b.decide(v.ID, skill.Verified, "")
		want(t, "a refused one", err, "skill.certificate_state")
		if _, err = b.decide(second.ID, skill.Revoked, "查实为他人证件"); err != nil {
			t.Fatal(err)
		}
		_, err = b.decide(stolen.ID, skill.Verified, "")
		want(t, "after it was revoked", err, "")
		b.check(t)
		if n := b.count(t, `SELECT COUNT(*) FROM certificates`); n != 3 {
			t.Errorf("%d rows", n)
		}
	})
}

// Goal: twenty clerks verify the same number of two workers at once: one certificate is verified.
func TestVerifyRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ids := []string{b.add(t, b.a, b.permit(b.idA, permitA)).ID,
			b.add(t, b.b, b.permit(b.idB, permitA)).ID}
		errs := make([]error, 20)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, errs[i] = b.decide(ids[i%2], skill.Verified, "") })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			switch code := fault.CodeOf(err); code {
			case "":
				won++
			case "skill.number_taken", "skill.certificate_state":
			default:
				t.Errorf("a loser got %v", err)
			}
		}
		n := b.count(t, `SELECT COUNT(*) FROM certificates WHERE state = 'verified'`)
		if won != 1 || n != 1 {
			t.Errorf("%d clerks won, %d verified", won, n)
		}
		b.check(t)
	})
}

// Goal: what is missing comes in the order asked, skills said and certificates verified count, and
// what the catalogue does not know is missing.
func TestMissing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		_, err := b.say(b.a, b.idA, "skill.waiting")
		want(t, "add", err, "")
		got := b.missing(t, b.idA, "2026-03-02", "skill.sewing", "skill.waiting", "cert.health",
			"cert.no")
		if !slices.Equal(got, []string{"skill.sewing", "cert.health", "cert.no"}) {
			t.Errorf("missing %v", got)
		}
		if got := b.missing(t, b.idA, "2026-03-02"); got != nil {
			t.Errorf("nothing asked, missing %v", got)
		}
	})
}

// Goal: who may do what, and how many papers a person may enter.
func TestSkillPermissions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b, nobody := setup(t, d, clk), context.Background()
		if c, err := b.Catalogue(nobody, skill.ShowCatalogue{}); err != nil || len(c.Occupations) < 40 {
			t.Errorf("the catalogue for anyone: %d, %v", len(c.Occupations), err)
		}
		_, err := b.AddCertificate(nobody, b.permit(b.idA, permitA))
		want(t, "nobody adds", err, "people.not_logged_in")
		_, err = b.AddCertificate(b.b, b.permit(b.idA, permitA))
		want(t, "another adds", err, "people.not_allowed")
		_, err = b.AddCertificate(b.clerk, b.permit("wrk_no", permitA))
		want(t, "for nobody", err, "people.worker_not_found")
		_, err = b.ShowWorkerSkills(b.b, skill.ShowWorkerSkills{WorkerID: b.idA})
		want(t, "another looks", err, "people.not_allowed")
		_, err = b.FindWaiting(b.a, skill.FindWaiting{})
		want(t, "a worker's queue", err, "people.not_allowed")
		_, err = b.VerifyCertificate(b.a, skill.VerifyCertificate{Decision: skill.Verified})
		want(t, "a worker verifies", err, "people.not_allowed")
		_, err = b.decide("crt_no", skill.Verified, "")
		want(t, "no such certificate", err, "skill.certificate_not_found")
		_, err = b.decide("crt_no", skill.Claimed, "")
		want(t, "no such decision", err, "skill.decision")
		for i := range 50 {
			b.add(t, b.a, b.permit(b.idA, fmt.Sprintf("旧证%04d", i)))
		}
		_, err = b.AddCertificate(b.a, b.permit(b.idA, "旧证0050"))
		want(t, "the 51st", err, "skill.too_many_certificates")
	})
}

// Goal: the check finds what the tables' own rules do not stop.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b, ctx := setup(t, d, clk), context.Background()
		v := b.add(t, b.a, b.permit(b.idA, permitA))
		if _, err := b.decide(v.ID, skill.Verified, ""); err != nil {
			t.Fatal(err)
		}
		b.check(t)
		for change, law := range map[string]string{
			`UPDATE certificates SET evidence = ''`:             "without evidence",
			`UPDATE certificates SET expires_on = '2020-01-01'`: "expires before",
			`UPDATE certificates SET number_sealed = $1`:        "law 9",
		} {
			_, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
				var args []any
				if strings.Contains(change, "$1") {
					args = []any{[]byte(permitA)}
				}
				if _, err := tx.Exec(ctx, change, args...); err != nil {
					return false, err
				}
				if err := b.Check(ctx, tx, tx.Now); err == nil || !strings.Contains(err.Error(), law) ||
					!strings.Contains(err.Error(), v.ID) {
					t.Errorf("%s: the check says %v", change, err)
				}
				return true, fault.New(fault.Internal, "test.undo")
			})
			want(t, "undo", err, "test.undo")
		}
		b.check(t)
	})
}
