package money

import "strconv"

func yuan(fen int64) float64 { return float64(fen) / 100 }

const rate = 0.05

func read(s string) (int64, error) {
	f, err := strconv.ParseFloat(s, 64)
	return int64(f * 1e2), err
}
