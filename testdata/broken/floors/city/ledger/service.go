package ledger

import (
	_ "github.com/gongyi/gongyi/city/people"
	_ "github.com/gongyi/gongyi/city/station"   // sideways
	_ "github.com/gongyi/gongyi/city/wage"      // up
	_ "github.com/gongyi/gongyi/city/wage/slip" // another slice's algorithm
)
