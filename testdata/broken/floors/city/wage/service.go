package wage

import (
	_ "github.com/gongyi/gongyi/app" // up
	_ "github.com/gongyi/gongyi/city/ledger"
	_ "github.com/gongyi/gongyi/city/station" // down, but not in the row
	_ "github.com/gongyi/gongyi/city/wage/slip"
	_ "github.com/gongyi/gongyi/internal/db"
	_ "github.com/gongyi/gongyi/internal/db/dbtest" // for tests only
	_ "github.com/gongyi/gongyi/sandbox"            // for tests only
)
