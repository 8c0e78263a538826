// Package bench holds the measuring commands of the product. A measurement says what it did, on how
// much, how long by the wall and by CPU, with medians and tails; machines are noisy, so compare as
// ratios within one run.
package bench
