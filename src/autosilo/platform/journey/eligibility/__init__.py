"""May this shopper drive this car? With reasons."""
