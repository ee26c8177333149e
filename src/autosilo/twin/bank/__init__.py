"""A card acquirer: the localstripe server, a program of its own, with its data kept in the project's home."""
