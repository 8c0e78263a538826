package wage

import (
	_ "fmt"

	_ "github.com/google/go-cmp/cmp" // for tests only
	_ "modernc.org/sqlite"           // has another door
)
