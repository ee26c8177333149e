"""What each step of the journey draws on."""
