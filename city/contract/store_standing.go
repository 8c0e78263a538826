package contract

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

func standingsOf(
	ctx context.Context, r db.Reader, placementIDs []string,
) (map[string]Standing, error) {
	out := map[string]Standing{}
	in, args := db.InList(placementIDs)
	err := db.Each(ctx, r, `SELECT placement_id, id, state, template FROM contracts
		WHERE placement_id IN (`+in+`)`, args, func(scan func(...any) error) error {
		var placementID string
		var s Standing
		err := scan(&placementID, &s.ID, (*string)(&s.State), (*string)(&s.Template))
		out[placementID] = s
		return err
	})
	return out, err
}

func signedWith(
	ctx context.Context, r db.Reader, employerID string, workerIDs []string, a, b Template,
) ([]string, error) {
	in, args := db.InList(workerIDs, employerID, string(a), string(b))
	return db.List[string](ctx, r, `SELECT DISTINCT worker_id FROM contracts WHERE employer_id = $1
		AND template IN ($2, $3) AND state = 'signed' AND worker_id IN (`+in+`)`, args...)
}
