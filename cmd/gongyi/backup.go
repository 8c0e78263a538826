package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/db"
)

type backupCmd struct {
	which
	Out string `help:"The new file; with --cities a folder, in which each copy is CODE.db." required:""`
}

// Run copies a city, beside its server if need be. The key file is not part of the copy.
func (c backupCmd) Run(ctx context.Context, all *cli) error {
	cities, err := c.cities()
	if err != nil {
		return err
	}
	if cities[0].File != "" {
		return c.each(all.Lang, "ok: copied", cities, func(one config.City) ([]string, error) {
			_, err := db.Backup(ctx, one.DB, filepath.Join(c.Out, one.Region+".db"))
			return nil, err
		})
	}
	bytes, err := db.Backup(ctx, cities[0].DB, c.Out)
	if err != nil {
		return err
	}
	return show(c.JSON, map[string]any{"file": c.Out, "bytes": bytes},
		fmt.Sprintf("ok: %s, %d bytes; keep the key file apart from it\n", c.Out, bytes))
}
