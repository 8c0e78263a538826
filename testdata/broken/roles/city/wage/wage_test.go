package wage

import _ "os" // tests may
