"""What a lift can do for a visit: one file a job, each with parameters, precondition, expected duration and run."""
