"""Where a car goes: which bay it is stored in, what is moved out of its way, what is done while nobody waits. Pure."""
