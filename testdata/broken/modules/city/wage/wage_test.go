package wage

import (
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/stretchr/testify/require" // in no table
	_ "pgregory.net/rapid"
)
