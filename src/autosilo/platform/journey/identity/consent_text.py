"""What a shopper agrees to before a face is captured: purpose, retention, right to withdraw.

Chinese law asks for a separate, informed consent for facial information and for another way without it (PIPL articles
14, 16, 28, 29; Measures for the Security of Face Recognition, 2025, articles 5, 7, 10).
"""

from autosilo.platform.journey.identity.consent_words import (
    FACE,
    FACE_PORTRAIT,
    PASS_FACE,
    PASS_FACE_PORTRAIT,
    PORTRAIT,
    TEXTS,
)
from autosilo.platform.kit import words
from autosilo.wire.identity import IdentityMode

VERSION = FACE
PASS_FACE_VERSION = PASS_FACE

MODE_OF: dict[str, IdentityMode] = {
    VERSION: IdentityMode.FACE_EXPECTED,
    PASS_FACE_VERSION: IdentityMode.PASS_FACE,
    FACE_PORTRAIT: IdentityMode.FACE_EXPECTED,
    PASS_FACE_PORTRAIT: IdentityMode.PASS_FACE,
}
"""Each way of being known by one's face has words of its own; which were ticked says which way was chosen."""


VERSION_OF: dict[IdentityMode, str] = {IdentityMode.FACE_EXPECTED: FACE, IdentityMode.PASS_FACE: PASS_FACE}
WITH_PORTRAIT: dict[str, str] = {FACE: FACE_PORTRAIT, PASS_FACE: PASS_FACE_PORTRAIT}
"""The same words with those on comparing the licence's portrait."""


def asks_for_portrait(version: str) -> bool:
    return version in WITH_PORTRAIT.values()


def portrait_clause(language: str) -> str:
    """What ``WITH_PORTRAIT`` adds."""
    return PORTRAIT.get(language, PORTRAIT["en"])


def text(language: str, version: str = VERSION) -> str:
    """The words in ``language``, English where there are none. Raises ``KeyError`` for an unknown version."""
    return words.agreed(TEXTS, language=language, version=version)


def digest(language: str, version: str = VERSION) -> str:
    """Hex SHA-256 of exactly these words."""
    return words.digest(text(language, version))
