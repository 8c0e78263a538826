package wage

import (
	_ "net/http"

	_ "github.com/gongyi/gongyi/internal/db" // a route sees no database
	_ "github.com/gongyi/gongyi/internal/web"
)
