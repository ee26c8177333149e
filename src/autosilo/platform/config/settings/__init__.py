"""``base`` is what runs, ``test`` is for unit tests. What differs by place comes from the environment."""
