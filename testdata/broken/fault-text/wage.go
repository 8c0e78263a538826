package wage

import (
	"github.com/gongyi/gongyi/internal/fault"
	f "github.com/gongyi/gongyi/internal/fault"
)

const lost = "nowhere.in_a_constant"

func refuse(field, code string) error { return fault.New(fault.Invalid, code).OnField(field) }

type form struct{ code string }

func codes(which string, how form) []error {
	return []error{
		fault.New(fault.Conflict, "db.busy"),
		fault.New(fault.Conflict, "nowhere.direct"),
		f.New(f.Conflict, lost),
		&fault.Error{Code: "nowhere.in_a_struct"},
		refuse("x", "db.full"),
		refuse("x", "nowhere.forwarded"),
		fault.New(fault.Conflict, "nowhere."+which),
		fault.New(fault.Conflict, how.code),
		fault.New(fault.Conflict, "db.locked", "file", "x"), // and no pid
		fault.New(fault.Conflict, "web.field_required"),     // the field is always filled
	}
}

var forms = []form{{code: "db.read_only"}, {code: "nowhere.in_a_field"}}
