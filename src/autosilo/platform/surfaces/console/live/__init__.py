"""The towers' moving pictures: from the bus to the browsers, one connection a process."""
