package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

// Domains of the sealed fields and of the digests.
const (
	domainCard  = "worker.card"
	domainCode  = "people.code"
	domainID    = "worker.id_number"
	domainPhone = "account.phone"

	domainOpenID   = "account.wechat"
	domainRecovery = "account.recovery"
	domainSecond   = "account.second"
)

// looksSealed is what a check without a key can see of a sealed field.
func looksSealed(field []byte) bool { return crypt.LooksSealed(field) }

const (
	sessionFor      = 30 * 24 * time.Hour // a worker's phone stays logged in for a job's month
	staffSessionFor = 12 * time.Hour      // a desk is logged in for a day's work
	tokenBytes      = 32
	codeDigits      = 6
)

// Deps are what people stand on. NewCode and NewToken are for simulated cities, whose choices come
// from a seed; left out, they come from the machine's entropy.
type Deps struct {
	DB      *db.DB
	Policy  *policy.Book
	Box     crypt.Box
	Send    func(ctx context.Context, tx *db.Tx, m Message) error // required
	NewCode func() string                                         // six digits
	// CardChanged, if set, is told of a worker's new card in the deed that keeps it.
	CardChanged func(ctx context.Context, tx *db.Tx, workerID string) error
	NewToken    func() string // 256 bits
	WeChat      WeChat        // nil: nobody logs in by the mini program
	Text        *i18n.Book    // default: the embedded one

	Rights // what the slices above hand in
}

// Service is the register of people.
type Service struct{ Deps }

// New returns the register.
func New(d Deps) *Service {
	if d.DB == nil || d.Policy == nil || d.Box == nil || d.Send == nil {
		panic("people: New needs DB, Policy, Box and Send")
	}
	if d.Text == nil {
		d.Text = mustLoad(i18n.Load())
	}
	if d.NewCode == nil {
		d.NewCode = randomCode
	}
	if d.NewToken == nil {
		d.NewToken = randomToken
	}
	return &Service{d}
}

// mustLoad panics when the embedded sentences do not load: a build without them is broken.
func mustLoad(b *i18n.Book, err error) *i18n.Book {
	if err != nil {
		panic("people: " + err.Error())
	}
	return b
}

func randomCode() string {
	ceiling := new(big.Int).Exp(big.NewInt(10), big.NewInt(codeDigits), nil)
	n, err := rand.Int(rand.Reader, ceiling)
	if err != nil {
		panic("people: no entropy: " + err.Error())
	}
	return fmt.Sprintf("%0*d", codeDigits, n)
}

func randomToken() string {
	b := make([]byte, tokenBytes)
	rand.Read(b) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b)
}

func scope(ctx context.Context, op string) string {
	return "people." + op + "/" + ActorOf(ctx).AccountID
}

// LogIn is a phone and the code that was sent to it.
type LogIn struct {
	Phone string `json:"phone" maxLength:"30" doc:"mainland mobile number"`
	Code  string `json:"code" maxLength:"10" doc:"the six digits of the message"`
}

// Session is a log-in. The token is shown here once and stored nowhere.
type Session struct {
	Token     string    `json:"token"`
	AccountID string    `json:"account_id"`
	Roles     []Role    `json:"roles"`
	ExpiresAt time.Time `json:"expires_at"`
	Second    string    `json:"second,omitempty" enum:"code,enrol" doc:"what is still due before the session is good: a code of the authenticator, or to set one up"`
}

// LogIn opens a session, and an account where the phone has none yet. It has no key: the code is
// used once. A wrong try is counted although the log-in fails, because the failure is the
// transaction's result and not its error.
// Faults: people.phone_form (invalid); people.code_wrong (invalid), people.code_none,
// people.code_locked, people.code_expired (conflict).
func (s *Service) LogIn(ctx context.Context, in LogIn) (Session, error) {
	if err := Must(ctx, PermLogIn, ""); err != nil {
		return Session{}, err
	}
	phone, err := ParsePhone(in.Phone)
	if err != nil {
		return Session{}, err
	}
	type result struct {
		session Session
		refusal error
	}
	blind := s.Box.Blind(domainPhone, string(phone))
	r, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (result, error) {
		refusal, err := s.tryTx(ctx, tx, blind, purposeLogIn, in.Code)
		if err != nil || refusal != nil {
			return result{refusal: refusal}, err
		}
		if err := useCode(ctx, tx, blind, purposeLogIn,
			s.codeBlind(blind, purposeLogIn, in.Code)); fault.As(err) != nil {
			return result{refusal: err}, nil // right, but spent
		} else if err != nil {
			return result{}, err
		}
		session, err := s.openTx(ctx, tx, phone, blind)
		return result{session: session}, err
	}, db.Lane("code", blind))
	if err == nil {
		err = r.refusal
	}
	if err != nil {
		return Session{}, err
	}
	return r.session, nil
}

// openTx opens a session for the phone's account.
func (s *Service) openTx(
	ctx context.Context, tx *db.Tx, phone Phone, blind string,
) (Session, error) {
	a, err := s.accountTx(ctx, tx, phone, blind)
	if err != nil {
		return Session{}, err
	}
	return s.sessionTx(ctx, tx, a)
}

// sessionTx opens a session for an account. Where a second step is due it is good for that alone.
func (s *Service) sessionTx(ctx context.Context, tx *db.Tx, a Account) (Session, error) {
	v := Session{Token: s.NewToken(), AccountID: a.ID, Roles: a.Roles,
		ExpiresAt: tx.Now.Add(sessionFor)}
	if isStaff(a.Roles) {
		v.ExpiresAt = tx.Now.Add(staffSessionFor)
	}
	var err error
	if v.Second, err = s.secondDueTx(ctx, tx, a); err != nil {
		return v, err
	}
	return v, insertSession(ctx, tx, tokenHash(v.Token), a.ID, v.ExpiresAt, v.Second != "")
}

// accountTx gets the phone's account, or makes it.
func (s *Service) accountTx(
	ctx context.Context, tx *db.Tx, phone Phone, blind string,
) (Account, error) {
	a, err := accountByPhone(ctx, tx, blind)
	if !errors.Is(err, db.ErrNone) {
		return a, err
	}
	sealed, err := s.Box.Seal(domainPhone, string(phone))
	if err != nil {
		return Account{}, fmt.Errorf("seal phone: %w", err)
	}
	a = Account{ID: tx.ID("acc")}
	return a, insertAccount(ctx, tx, a, sealed, blind)
}

// tokenHash needs no key: a token has 256 bits, which nobody can try out.
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Authenticate tells who a session's token is, in one look-up. The actor is put into the context
// with WithActor.
// Faults: people.not_logged_in, people.session_ended (unknown).
func (s *Service) Authenticate(ctx context.Context, token string) (Actor, error) {
	a, expires, err := actorBy(ctx, s.DB, tokenHash(token))
	switch {
	case errors.Is(err, db.ErrNone):
		return Actor{}, fault.New(fault.Unknown, "people.not_logged_in")
	case err != nil:
		return Actor{}, fmt.Errorf("look up session: %w", err)
	case !s.DB.Now().Before(expires):
		return Actor{}, fault.New(fault.Unknown, "people.session_ended")
	}
	return a, nil
}

// LogOut ends a session.
type LogOut struct {
	Everywhere bool `json:"everywhere,omitempty" doc:"on all devices: the phone was lost"`
}

// LoggedOut says how many sessions ended.
type LoggedOut struct {
	Sessions int64 `json:"sessions"`
}

// LogOut ends the session that asks, or all of its account. It has no key: ending what has ended
// changes nothing.
func (s *Service) LogOut(ctx context.Context, in LogOut) (LoggedOut, error) {
	if err := Must(ctx, PermLogOut, ""); err != nil {
		return LoggedOut{}, err
	}
	a := ActorOf(ctx)
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (LoggedOut, error) {
		var n int64
		var err error
		if in.Everywhere {
			n, err = deleteSessionsOf(ctx, tx, a.AccountID)
		} else {
			n, err = deleteSession(ctx, tx, a.session)
		}
		return LoggedOut{n}, err
	})
}

// Me asks who I am.
type Me struct{}

// AccountView is an account as its owner sees it.
type AccountView struct {
	AccountID   string `json:"account_id"`
	PhoneMasked string `json:"phone_masked"`
	Roles       []Role `json:"roles"`
	WorkerID    string `json:"worker_id,omitempty"`
	EmployerID  string `json:"employer_id,omitempty"`
}

// ShowMe shows the account that asks.
func (s *Service) ShowMe(ctx context.Context, _ Me) (AccountView, error) {
	if err := Must(ctx, PermSeeSelf, ""); err != nil {
		return AccountView{}, err
	}
	a, err := accountByID(ctx, s.DB, ActorOf(ctx).AccountID)
	if errors.Is(err, db.ErrNone) {
		err = noAccount()
	}
	if err != nil {
		return AccountView{}, err
	}
	phone, err := s.PhoneTx(ctx, s.DB, a.ID)
	return AccountView{AccountID: a.ID, PhoneMasked: phone.String(), Roles: a.Roles,
		WorkerID: a.WorkerID, EmployerID: a.EmployerID}, err
}

// BindKey proves that the key file belongs to this city. The first call leaves a mark in the
// database; a later one with another key is refused before it can seal or look up anything. It is
// called when a city is opened for writing.
// Faults: people.wrong_key (conflict).
func (s *Service) BindKey(ctx context.Context) error {
	const metaKey = "people.key"
	mark := s.Box.Blind("people.key", "the key of this city")
	was, err := db.Meta(ctx, s.DB, metaKey)
	switch {
	case err != nil:
		return fmt.Errorf("read the key's mark: %w", err)
	case was == mark:
		return nil
	case was != "":
		return fault.New(fault.Conflict, "people.wrong_key")
	}
	_, err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, db.SetMetaTx(ctx, tx, metaKey, mark)
	})
	return err
}

// forget removes sessions, codes and tickets whose time has passed, at most limit of each.
func (s *Service) forget(ctx context.Context, now time.Time, limit int) (int, error) {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (int, error) {
		sessions, err := forgetSessions(ctx, tx, now, limit)
		if err != nil {
			return 0, err
		}
		cards, err := forgetLateCards(ctx, tx, now.Add(-lateCardKeptFor), limit)
		if err != nil {
			return 0, err
		}
		codes, err := forgetCodes(ctx, tx, now.Add(-codesKeptFor), limit)
		if err != nil {
			return 0, err
		}
		tickets, err := forgetTickets(ctx, tx, now, limit)
		return int(max(sessions, cards, codes, tickets)), err
	})
}
