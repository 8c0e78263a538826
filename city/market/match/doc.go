// Package match finds, for a worker, the best vacancies, and for a vacancy, the best workers:
// exactly, in microseconds, in memory, while vacancies and workers come and go.
//
// Who fits whom is decided by hard constraints (reach, wage floor, age, permits, night, busy hours,
// skills, of which one may be missing if a class within ClassReachM teaches it); who comes first by
// a score, see Weights. The answer is the exact best k, ties by lower id, equal to what a look at
// everybody would give (the tests do just that).
//
// How: the plane is cut into squares of leafM metres under two coarser levels. A square holds its
// records in blocks, ordered by what the score likes (a vacancy's wage, a worker's reliability), so
// the first record of a block bounds the rest of it, and a square's best record and its distance
// bound the square. A query opens squares and blocks in the order of their bounds and stops when
// the k-th found is better than any bound. Workers lie in layers by how far they go, so that a
// query at a distance meets only those who would come; a block of workers lists its records by
// skill, and a vacancy that wants two skills or more reads only the two shortest lists.
//
// Changes copy one block (at most blockMax records) and swap a pointer, so a reader never waits and
// sees each square as it was at one instant. A record that moves to another square while a query
// runs may be missed by it; it is never answered twice.
package match
