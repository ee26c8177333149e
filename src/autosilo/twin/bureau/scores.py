"""The twin's people: a score from a document number alone, the same on every machine and after every restart.

Endings for demonstrations and tests (any case): see ``Ending``. ``-S<number>`` sets the score exactly.
"""

import hashlib
import re
from enum import StrEnum

LOWEST_ORDINARY = 705
ORDINARY_SPAN = 240
LOWEST_POOR = 420
POOR_SPAN = 260


class Ending(StrEnum):
    """What the end of a document number makes the bureau do."""

    LOW = "-LOW"  # a score below 700
    DOWN = "-DOWN"  # the bureau is out of order: 503
    SLOW = "-SLOW"  # the right answer, too late
    NONE = "-NONE"  # nobody of that number is known: 404
    GARBLED = "-GARBLED"  # a reply that is not what the interface promises
    REPLAYED = "-REPLAYED"  # a reply that was given to another question
    REVOKED = "-REVOKED"  # the token that asks is revoked at this moment; the next one is good
    BARRED = "-BARRED"  # every token is refused


_EXACT = re.compile(r"-S(\d{1,4})$")


def ending_of(document_number: str) -> Ending | None:
    """The special ending, if there is one."""
    number = _normal(document_number)
    return next((ending for ending in Ending if number.endswith(ending.value)), None)


def score_of(document_number: str) -> int:
    """Ordinary numbers score 705 to 944, ``-LOW`` 420 to 679, ``-S<number>`` exactly that."""
    number = _normal(document_number)
    exact = _EXACT.search(number)
    if exact:
        return int(exact.group(1))
    draw = int.from_bytes(hashlib.sha256(number.encode()).digest()[:4], "big")
    if number.endswith(Ending.LOW.value):
        return LOWEST_POOR + draw % POOR_SPAN
    return LOWEST_ORDINARY + draw % ORDINARY_SPAN


def _normal(document_number: str) -> str:
    return document_number.strip().upper()
