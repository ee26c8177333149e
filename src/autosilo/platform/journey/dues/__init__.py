"""What a trial costs: the fee that is charged and the deposit that is held, before it is booked and after it ends."""
