"""What the machine can do: one file a job, each with parameters, preconditions, duration and a typed result."""
