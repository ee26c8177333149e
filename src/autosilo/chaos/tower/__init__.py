"""Chaos around one tower: controller, PLC, link and people fail at random, and every move is accounted for."""
