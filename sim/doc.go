// Package sim lives the life of a city through the real services, on a fake clock.
//
// People register, look for work, accept, sign, arrive, fall ill, come late, forget to clock out,
// ask for corrections; employers run dry, confirm late, cancel; bank, insurer and SMS gateway fail.
// One goroutine; every choice and every fault is a hash of (seed, actor, day, call, attempt), so a
// seed is a story that can be told again, on both engines.
//
// Where the configuration asks for it (Classes; the demo does), the bureau holds classes near where
// some workers live, and who passed takes the work that asks for the skill.
//
// Actors decide from what the database says, not from memory: a city whose process was killed goes
// on (Resume) with nothing lost. After each day all laws are checked.
//
// Faults. Of --faults 0.05, five in a hundred arrivals of each call of the outside world (see
// sandbox.Calls) meet one: half lose the answer, a quarter say no, an eighth come twice, an eighth
// come late. A no at bank.decide is a card that the bank refuses until its owner gives another. A
// late payout is paid 14 hours later, the next morning: at 0.05 that strikes every payout by itself
// in 0.6 of a hundred, and once more all lines of a request together in as many requests, which is
// much for a bank, and is left so. One payment of two thousand comes back two days later, whatever
// the rate: it is late then, and is counted as late though the bank had paid it in time. Employers
// run dry for a day (twice the rate), fall on hard times for three days (a fifth of it each day) or
// shut their doors (a tenth), of which the clerk learns two days later. The report counts each
// fault that struck, and late_reasons has every wage that came late.
//
// What the outside world knows (the bank's book of payouts) is kept in sim_outside, because a bank
// does not forget when our process dies. The people are made up, and the screens say so.
package sim

import "embed"

// Migrations holds the simulation's own tables.
//
//go:embed migrations
var Migrations embed.FS
