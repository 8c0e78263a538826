package market

import (
	"time"

	"github.com/gongyi/gongyi/internal/money"
)

// noticeSteps are the policy's steps of compensation by how long before the start a shift is called
// off: from freeMin on nothing, from lateMin on the short share, below it the late share.
type noticeSteps struct{ freeMin, shortBP, lateMin, lateBP int64 }

// shareBP gives the share of the planned pay that is due. Notice counts in whole minutes, rounded
// down, in the worker's favour; a shift that has begun has none.
// Source: product choice; the numbers are policy's (market.cancel_…).
func (n noticeSteps) shareBP(notice time.Duration) int64 {
	switch left := int64(notice / time.Minute); {
	case notice < 0 || left < n.lateMin:
		return n.lateBP
	case left < n.freeMin:
		return n.shortBP
	}
	return 0
}

// shareOf gives that share of an amount, rounded up to a fen.
func shareOf(amount money.Fen, shareBP int64) money.Fen {
	return money.MulDivCeil(amount, shareBP, 10_000)
}
