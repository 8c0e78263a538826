package wage_test

import (
	_ "github.com/gongyi/gongyi/app" // up, in a test too
	_ "github.com/gongyi/gongyi/city/station"
	_ "github.com/gongyi/gongyi/city/wage"
	_ "github.com/gongyi/gongyi/internal/db/dbtest"
	_ "github.com/gongyi/gongyi/sandbox"
)
