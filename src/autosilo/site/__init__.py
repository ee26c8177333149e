"""The site controller: what is true at one tower, and the kiosk that serves it."""
