// Package sim lives the life of a city through the real services, on a fake clock.
//
// People register, look for work, accept, sign, arrive, fall ill, come late, forget to clock out,
// ask for corrections; employers run dry, confirm late, cancel; bank, insurer and SMS gateway fail.
// One goroutine; every choice and every fault is a hash of (seed, actor, day, call, attempt), so a
// seed is a story that can be told again, on both engines.
//
// Actors decide from what the database says, not from memory: a city whose process was killed goes
// on (Resume) with nothing lost. After each day all laws are checked.
//
// What the outside world knows (the bank's book of payouts) is kept in sim_outside, because a bank
// does not forget when our process dies. The people are made up, and the screens say so.
package sim

import "embed"

// Migrations holds the simulation's own tables.
//
//go:embed migrations
var Migrations embed.FS
