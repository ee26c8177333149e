"""Versioned market rules: may this shopper drive this car? Pure: facts in, a decision with every reason out."""
