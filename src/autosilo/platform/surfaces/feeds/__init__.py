"""The platform's ear: the sites' facts from the bus, the cars' words over MQTT."""
