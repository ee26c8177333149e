"""autosilo: the open system that runs unattended car shops."""
