"""A photo of a car on the street -> a model of the catalogue."""
