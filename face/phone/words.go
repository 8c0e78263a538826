package phone

import (
	"context"

	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/ui"
)

// payUnit says a rate: ¥25 an hour.
func payUnit(ctx context.Context, unit string, rate money.Fen) string {
	return ui.Say(ctx, "phone.rate."+unit, "rate", ui.Money(rate))
}

// pay says what a shift pays; of work by the month that is a month's.
func pay(ctx context.Context, unit string, fen money.Fen) string {
	if unit == "month" {
		return payUnit(ctx, unit, fen)
	}
	return ui.Money(fen)
}

// hours says minutes of work: 7 h 30 min.
func hours(ctx context.Context, minutes int64) string {
	return ui.Say(ctx, "phone.hours", "h", minutes/60, "min", minutes%60)
}

// lateWords says why a wage is not there, and what happens now.
func lateWords(ctx context.Context, l wage.LineView) string {
	if key := "phone.unpaid." + l.Unpaid; l.Unpaid != "" && ui.Told(ctx, key) {
		return ui.Say(ctx, key)
	}
	return ui.Say(ctx, "phone.unpaid.late")
}

// locate tells the script whether it may read the position when the form is sent.
func locate(p placedView) string {
	if p.MayLocate && p.Token == "" {
		return "send"
	}
	return ""
}
