package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
)

const (
	// beatEvery is how often a stream says that it is alive: proxies cut what is silent for a minute.
	beatEvery = 20 * time.Second
	// takeMax is how long a client may take to read one event before its stream is cut.
	takeMax = 10 * time.Second
	// againMS is after how long a browser that lost the stream asks again.
	againMS = "3000"
)

type endKey struct{}

// WithEnd puts into the context of all requests of a server that it is about to stop: streams end
// then, so that the server can wait for what is in flight.
func WithEnd(ctx context.Context, end <-chan struct{}) context.Context {
	return context.WithValue(ctx, endKey{}, end)
}

// Stream mounts a stream of events (text/event-stream) at a path: each value of the channel is sent
// as JSON. It ends when the visitor leaves, the server stops, or a client reads too slowly. The
// channel belongs to the context; it is never waited for by who writes to it.
func Stream[T any](
	m *Mux, path string, open func(ctx context.Context, lang string) (<-chan T, error),
) {
	m.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		events, err := open(ctx, languageOf(r))
		if err != nil {
			m.fail(w, r, err)
			return
		}
		s := stream{w: w, to: http.NewResponseController(w)}
		_ = s.to.SetReadDeadline(time.Time{}) // that of the request is over; the stream has none
		h := w.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("Cache-Control", "no-store")
		h.Set("Connection", "close")     // its deadlines are no others'
		h.Set("X-Accel-Buffering", "no") // nginx would wait for more
		if s.send("retry: "+againMS+"\n\n") != nil {
			return
		}
		end, _ := r.Context().Value(endKey{}).(<-chan struct{})
		beat := time.NewTicker(beatEvery)
		defer beat.Stop()
		for {
			var err error
			select {
			case <-ctx.Done():
				return
			case <-end:
				return
			case <-beat.C:
				err = s.send(": \n\n")
			case event := <-events:
				var text []byte
				if text, err = json.Marshal(event); err == nil {
					err = s.send("data: " + string(text) + "\n\n")
				}
			}
			if err != nil {
				return // the visitor has left, or does not read
			}
		}
	})
}

type stream struct {
	w  http.ResponseWriter
	to *http.ResponseController
}

func (s stream) send(text string) error {
	// A server of a test may know no deadlines; there the write waits.
	_ = s.to.SetWriteDeadline(clock.System{}.Now().Add(takeMax))
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.to.Flush()
}
