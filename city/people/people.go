package people

import (
	"crypto/subtle"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Account is a phone that can log in.
type Account struct {
	ID         string
	Roles      []Role
	WorkerID   string // "" if none
	EmployerID string // "" if none: the employer's own account, or its supervisor
}

// withRole gives the roles with one more, sorted.
func withRole(roles []Role, more ...Role) []Role {
	all := append(slices.Clone(roles), more...)
	slices.Sort(all)
	return slices.Compact(all)
}

// isStaff tells an account that acts for the city and not for itself.
func isStaff(roles []Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool {
		return r == RoleClerk || r == RoleDirector || r == RoleAuditor || r == RoleStation
	})
}

// rolesText is how roles are stored: "employer,worker".
func rolesText(roles []Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, ",")
}

// RolesOf reads roles as they are stored and stand in the audit log: "clerk,director".
func RolesOf(text string) []Role {
	if text == "" {
		return nil
	}
	words := strings.Split(text, ",")
	roles := make([]Role, len(words))
	for i, w := range words {
		roles[i] = Role(w)
	}
	return roles
}

// checkGiven refuses roles that this actor may not give. The city's own roles are given by a
// director (or at the city's founding, by the system); an employer's supervisors by the employer,
// or for it by staff; nobody is given worker or employer, those register.
// Faults (invalid, field roles or employer_id): people.role_not_given; people.employer_missing.
func checkGiven(a Actor, roles []Role, employerID string) error {
	if len(roles) == 0 {
		return fault.New(fault.Invalid, "people.role_not_given").OnField("roles")
	}
	for _, r := range roles {
		switch r {
		case RoleSupervisor:
			if employerID == "" {
				return fault.New(fault.Invalid, "people.employer_missing").OnField("employer_id")
			}
		case RoleAuditor, RoleClerk, RoleDirector, RoleStation:
			if !a.Has(RoleDirector) && !a.Has(RoleSystem) {
				return fault.New(fault.Forbidden, "people.director_gives").OnField("roles")
			}
		default:
			return fault.New(fault.Invalid, "people.role_not_given").OnField("roles")
		}
	}
	return nil
}

// Worker is a natural person who works: 劳动者. Its ID number is not in it (see IDNumberTx).
type Worker struct {
	ID        string
	AccountID string
	Name      string
	Sex       Sex
	BirthDate civil.Date
	Region    string // GB/T 2260, where the person lives
}

// Employer is who gives work: 用工方.
type Employer struct {
	ID        string
	AccountID string
	USCC      string // 统一社会信用代码
	Name      string
	Address   string
	Principal string // 法定代表人 or 负责人
	Region    string // GB/T 2260
}

// Sex is as an ID number tells it.
type Sex string

// The two that GB 11643 can tell.
const (
	Female Sex = "female"
	Male   Sex = "male"
)

// Card is a bank card to which wages go. It prints and logs itself masked; Number is clear.
type Card struct{ Number string }

// GoString masks.
func (c Card) GoString() string { return c.String() }

// MarshalJSON masks.
func (c Card) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }

// String gives the last four digits, as a bank does.
func (c Card) String() string { return masked(c.Number, 0, 4) }

// IDNumber is a 公民身份号码 that ParseIDNumber has accepted. It prints and logs itself masked;
// string(id) is clear.
type IDNumber string

// Birth gives the birth date.
func (id IDNumber) Birth() civil.Date {
	return civil.Date(id[6:10] + "-" + id[10:12] + "-" + id[12:14])
}

// GoString masks.
func (id IDNumber) GoString() string { return id.String() }

// MarshalJSON masks.
func (id IDNumber) MarshalJSON() ([]byte, error) { return json.Marshal(id.String()) }

// Sex gives what the sequence number tells: odd is male.
func (id IDNumber) Sex() Sex {
	if (id[16]-'0')%2 == 1 {
		return Male
	}
	return Female
}

// String gives the first three and last four characters, as on public lists.
func (id IDNumber) String() string { return masked(string(id), 3, 4) }

// Phone is a mainland mobile number that ParsePhone has accepted. It prints and logs itself masked;
// string(p) is clear.
type Phone string

// GoString masks.
func (p Phone) GoString() string { return p.String() }

// MarshalJSON masks.
func (p Phone) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }

// String gives 138****5678.
func (p Phone) String() string { return masked(string(p), 3, 4) }

// Message is what has to reach a person. The phone and a code in Args are clear: who stores it
// seals it.
type Message struct {
	AccountID string // "" for a phone that has no account yet
	Phone     string
	Template  string // its sentence is the text sms.<Template>
	Args      map[string]string
	Key       string // the same key is the same message
}

// codeState is where a code stands; doc.go draws it.
type codeState string

const (
	codeOpen   codeState = "open"
	codeProved codeState = "proved"
	codeUsed   codeState = "used"
)

// code is a code that was sent; only its keyed digest is known.
type code struct {
	ID         string
	Blind      string
	State      codeState
	Tries      int
	TriesMax   int
	ValidUntil time.Time
}

// try judges an attempt and gives the code as it stands after it: proved, or one try poorer. The
// right code tried again is right again, so that a deed can be repeated with its key.
// Faults (field code): people.code_wrong with the tries left (invalid), people.code_locked,
// people.code_expired (conflict).
func (c code) try(blind string, now time.Time) (code, error) {
	right := subtle.ConstantTimeCompare([]byte(c.Blind), []byte(blind)) == 1
	switch {
	case right && c.State != codeOpen:
		return c, nil
	case c.State == codeUsed:
		return c, noCode()
	case c.Tries >= c.TriesMax:
		return c, fault.New(fault.Conflict, "people.code_locked").OnField("code")
	case !now.Before(c.ValidUntil):
		return c, fault.New(fault.Conflict, "people.code_expired").OnField("code")
	case right:
		c.State = codeProved
		return c, nil
	}
	c.Tries++
	if c.Tries >= c.TriesMax {
		return c, fault.New(fault.Conflict, "people.code_locked").OnField("code")
	}
	return c, fault.New(fault.Invalid, "people.code_wrong", "left", c.TriesMax-c.Tries).OnField("code")
}

func noCode() error { return fault.New(fault.Conflict, "people.code_none").OnField("code") }

// masked keeps the first and last characters and writes four stars between; a text too short to
// hide anything becomes stars only.
func masked(s string, first, last int) string {
	const stars = "****"
	if len(s) < first+last+len(stars) {
		return stars
	}
	return s[:first] + stars + s[len(s)-last:]
}
