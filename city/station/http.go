package station

import "github.com/gongyi/gongyi/internal/web"

// Routes mounts the places.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/places", s.FindPlaces)
	web.Do(m, "/places", s.CreatePlace)
	web.Show(m, "/places/{place_id}/qr", s.ShowQR)
}
