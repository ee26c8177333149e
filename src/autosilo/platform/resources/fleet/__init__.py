"""The cars themselves."""
