package skill

import (
	"context"
	"maps"
	"slices"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/i18n"
)

// Gap is something that a worker lacks for a stretch of work; the zero Gap is none.
type Gap struct {
	Key         string
	ZH, EN      string // its name, or the key of what the catalogue does not know
	Certificate bool
	ExpiresOn   civil.Date // the last day of the verified one that runs out before the work ends
}

// GapTx gives the first required skill or certificate that does not hold on both days, and for a
// certificate that runs out the day on which it does.
func (s *Service) GapTx(ctx context.Context, r db.Reader, workerID string, required []string,
	from, until civil.Date) (Gap, error) {
	missing, err := s.MissingTx(ctx, r, workerID, required, until)
	if err == nil && len(missing) == 0 && from != until {
		missing, err = s.MissingTx(ctx, r, workerID, required, from)
	}
	if err != nil || len(missing) == 0 {
		return Gap{}, err
	}
	gap := s.catalogue.gap(missing[0])
	if gap.Certificate {
		gap.ExpiresOn, err = lastDay(ctx, r, workerID, gap.Key, until)
	}
	return gap, err
}

// gap names a key in both languages.
func (c *Catalogue) gap(key string) Gap {
	if k, ok := c.kinds[key]; ok {
		return Gap{Key: key, ZH: k.ZH, EN: k.EN, Certificate: true}
	}
	for _, sk := range c.Skills {
		if sk.Key == key {
			return Gap{Key: key, ZH: sk.ZH, EN: sk.EN}
		}
	}
	return Gap{Key: key, ZH: key, EN: key}
}

// NamesTx lists, by name, what a worker says to be able to do and which verified certificates hold
// on that day.
func (s *Service) NamesTx(
	ctx context.Context, r db.Reader, workerID string, day civil.Date, lang string,
) ([]string, error) {
	has, err := heldOn(ctx, r, workerID, day)
	names := []string{}
	for _, key := range slices.Sorted(maps.Keys(has)) {
		g := s.catalogue.gap(key)
		if lang == i18n.English {
			names = append(names, g.EN)
		} else {
			names = append(names, g.ZH)
		}
	}
	return names, err
}
