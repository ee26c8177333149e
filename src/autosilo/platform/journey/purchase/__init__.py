"""Keep the car: contract, payment."""
