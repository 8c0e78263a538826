package wage

import _ "net/http" // a file of no role is judged as the nouns are
