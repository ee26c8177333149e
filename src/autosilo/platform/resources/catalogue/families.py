"""Families of paint: the plain colours that a camera would name, and how each one is drawn."""

FAMILY_HEX: dict[str, str] = {
    "white": "#f7f7f4",
    "silver": "#c3c8ce",
    "grey": "#7d848d",
    "black": "#15171b",
    "red": "#c8281e",
    "orange": "#e8731a",
    "yellow": "#f2c230",
    "green": "#2f7d5b",
    "blue": "#2f64ad",
    "brown": "#6e4b33",
}


def distance(hex_colour: str, family: str) -> float:
    """How far a paint (#rrggbb) is from a family's plain colour, in sRGB: 0 the same, 442 black to white."""
    plain = FAMILY_HEX[family]
    pairs = ((int(hex_colour[at : at + 2], 16), int(plain[at : at + 2], 16)) for at in (1, 3, 5))
    return sum((one - other) ** 2 for one, other in pairs) ** 0.5
