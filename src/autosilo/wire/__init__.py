"""Messages that cross a process border: typed, versioned, no I/O."""
