package db

import (
	_ "github.com/gongyi/gongyi/city/people" // plumbing knows no slice
	_ "github.com/gongyi/gongyi/internal/clock"
	_ "github.com/gongyi/gongyi/internal/web" // not in the row
)
