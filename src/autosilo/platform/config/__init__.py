"""Settings, addresses, and the one place where real or stand-in providers are chosen."""
