package ui

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed assets
var assetFiles embed.FS

// assetsPath stands before the digest of all assets and a name. An address changes with what it
// leads to, so that a phone asks once and never again.
const assetsPath = "/assets/"

type asset struct {
	mediaType string
	plain     []byte
	packed    func() []byte // with gzip, at the first request
}

var (
	assets       = map[string]asset{}
	assetsDigest = loadAssets()
)

func loadAssets() string {
	sum := sha256.New()
	err := fs.WalkDir(assetFiles, "assets", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(p, ".md") {
			return err
		}
		text, err := assetFiles.ReadFile(p)
		if err != nil {
			return err
		}
		_, _ = sum.Write([]byte(p))
		_, _ = sum.Write(text)
		assets[strings.TrimPrefix(p, "assets/")] = asset{mime.TypeByExtension(path.Ext(p)), text,
			sync.OnceValue(func() []byte { return pack(text) })}
		return nil
	})
	if err != nil {
		panic(err) // they are part of the program
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}

func pack(text []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(text)
	_ = z.Close()
	return b.Bytes()
}

// Asset gives the address of a file of the assets. It panics for one that is not there.
func Asset(ctx context.Context, name string) string {
	if _, ok := assets[name]; !ok {
		panic("ui: no asset " + name)
	}
	return Of(ctx).Base + assetsPath + assetsDigest + "/" + name
}

// Assets serves the files, mounted at "GET /assets/{digest}/{name...}".
func Assets(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.mediaType)
	h.Set("Vary", "Accept-Encoding")
	if r.PathValue("digest") == assetsDigest {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if !strings.HasPrefix(a.mediaType, "image/png") &&
		strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		_, _ = w.Write(a.packed())
		return
	}
	_, _ = w.Write(a.plain)
}
