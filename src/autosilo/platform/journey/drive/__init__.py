"""The three-day clock: reminders, extension, overdue."""
