"""Vehicle identification numbers: 17 characters (ISO 3779), with the check digit of 49 CFR 565.15 at position 9, which
China demands, too (GB 16735)."""

_ROWS = (("ABCDEFGH", 1), ("JKLMN", 1), ("P", 7), ("R", 9), ("STUVWXYZ", 2), ("0123456789", 0))
VALUES = {letter: first + offset for row, first in _ROWS for offset, letter in enumerate(row)}
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
CHECK_AT = 8
LENGTH = 17
ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"  # no I, O, Q


def check_digit(vin: str) -> str:
    """Of a VIN whose own digit at position 9 does not matter."""
    rest = sum(VALUES[letter] * weight for letter, weight in zip(vin, WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def with_check_digit(vin: str) -> str:
    return vin[:CHECK_AT] + check_digit(vin) + vin[CHECK_AT + 1 :]


def is_valid(vin: str) -> bool:
    return len(vin) == LENGTH and all(letter in VALUES for letter in vin) and check_digit(vin) == vin[CHECK_AT]
