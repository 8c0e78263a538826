package skill

import "github.com/gongyi/gongyi/internal/i18n"

// Name gives what a skill or certificate is called, and whether it is a certificate; what the
// catalogue does not know is called by its key.
func (s *Service) Name(key, lang string) (name string, certificate bool) {
	g := s.catalogue.gap(key)
	if lang == i18n.English {
		return g.EN, g.Certificate
	}
	return g.ZH, g.Certificate
}

// OccupationName gives what an occupation (key or code) is called; what the catalogue does not know
// is called by its code.
func (s *Service) OccupationName(occupation, lang string) string {
	found := s.catalogue.Find(occupation)
	switch {
	case len(found) == 0:
		if names := s.importedNames(occupation); len(names) > 0 {
			return names[0]
		}
		return occupation
	case lang == i18n.English:
		return found[0].EN
	}
	return found[0].ZH
}

// OccupationNames gives all that an occupation (key or code) is called in Chinese, aliases too, by
// the catalogue and by the imported classification; of a code that several share, those of all.
func (s *Service) OccupationNames(occupation string) []string {
	var names []string
	for _, o := range s.catalogue.Find(occupation) {
		names = append(append(names, o.CSCO, o.ZH), o.Alias...)
	}
	return append(names, s.importedNames(occupation)...)
}
