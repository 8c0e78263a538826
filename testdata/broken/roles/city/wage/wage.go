package wage

import (
	_ "database/sql" // nouns see no database
	_ "fmt"
	_ "os" // nor files

	_ "github.com/gongyi/gongyi/city/people" // nor other slices
	_ "github.com/gongyi/gongyi/internal/db"
	_ "github.com/gongyi/gongyi/internal/money"
)
