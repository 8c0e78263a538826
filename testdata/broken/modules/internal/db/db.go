package db

import (
	_ "modernc.org/sqlite"
	_ "modernc.org/sqlite/lib"
	_ "modernc.org/sqlitefake" // another module with the same beginning
)
