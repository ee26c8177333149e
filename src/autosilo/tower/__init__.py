"""The machine's mathematics: configuration, geometry, kinematics. Pure; no clock, no network."""
