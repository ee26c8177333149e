"""Is somebody really there, and is it one person all the time? The same for a kiosk's gate and for enrolment."""
