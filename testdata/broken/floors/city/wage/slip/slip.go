package slip

import (
	_ "github.com/gongyi/gongyi/city/wage"   // an algorithm knows no slice
	_ "github.com/gongyi/gongyi/internal/db" // nor the database
	_ "github.com/gongyi/gongyi/internal/money"
)
