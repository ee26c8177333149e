"""Stand-ins for the physical and financial world, each reached only through its network protocol."""
