"""Clock, money, ids, state change; no word of cars."""
