package config

// ParseCities reads the text of a cities file.
func (c Config) ParseCities(text []byte) ([]City, error) { return c.parseCities(text) }
