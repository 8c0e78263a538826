package wage

import (
	_ "net/http"
	_ "os/exec" // not even a client
)
