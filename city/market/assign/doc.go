// Package assign fills vacancies so that the sum of all scores is as high as it can be: each worker
// gets one vacancy at most, each vacancy at most its heads. It proves its answer by prices.
//
// A price is what one more head of a vacancy would be worth. Whatever the prices, no assignment can
// be better than Bound: the heads at their prices, and for every worker the best score that is left
// after the price, if any. When the answer's sum equals that bound, nothing better exists.
//
// How: an auction sets the prices. Workers bid for the vacancy that leaves them most, by as much as
// it leaves them more than the next best (and a little, epsilon); a vacancy keeps its highest
// bidders. A coarse auction shows where prices will be, a fine one starts below them. What its
// epsilon leaves is mended exactly: prices rise along chains of workers until nobody prefers
// another vacancy; a chain that closes is a gain, and is made. When no price must rise any more,
// bound and sum are equal. (The auction is Bertsekas'; the mending is a longest-path search for
// potentials.)
//
// Floors (ExactFloors): of some groups so many must get a head, if that can be. To stay out is made
// a vacancy of its own for each group, so the same proof holds; its price is what the floor costs.
//
// The answer is the same for the same problem, every time.
package assign
