"""Connected cars and the people who drive them: all cars of all sites in one process, over MQTT."""
