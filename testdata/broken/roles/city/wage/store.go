package wage

import (
	_ "github.com/gongyi/gongyi/city/people" // a store knows its own tables
	_ "github.com/gongyi/gongyi/internal/db"
)
