"""Give it back: intake, inspection."""
