"""What the pages show, read from several apps at once. A page asks a fixed number of queries, however many rows."""
