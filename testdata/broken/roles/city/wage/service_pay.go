package wage

import (
	_ "net" // a service calls nobody outside
	_ "net/url"

	_ "github.com/gongyi/gongyi/city/people"
	_ "github.com/gongyi/gongyi/internal/db"
	_ "github.com/gongyi/gongyi/internal/web" // and knows no HTTP
)
