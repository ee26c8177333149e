"""The line to the platform and to the cars; everything at the site goes on while it is down."""
