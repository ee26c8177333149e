"""What a shopper agrees to before a face is captured: purpose, retention, right to withdraw.

Chinese law asks for a separate, informed consent for facial information and for another way without it (PIPL articles
14, 16, 28, 29; Measures for the Security of Face Recognition, 2025, articles 5, 7, 10).
"""

from autosilo.platform.journey.identity.consent_words import FACE, PASS_FACE, TEXTS
from autosilo.platform.kit import words
from autosilo.wire.identity import IdentityMode

VERSION = FACE
PASS_FACE_VERSION = PASS_FACE

MODE_OF: dict[str, IdentityMode] = {
    VERSION: IdentityMode.FACE_EXPECTED,
    PASS_FACE_VERSION: IdentityMode.PASS_FACE,
}
"""Each way of being known by one's face has words of its own; which were ticked says which way was chosen."""


def text(language: str, version: str = VERSION) -> str:
    """The words in ``language``, English where there are none. Raises ``KeyError`` for an unknown version."""
    return words.agreed(TEXTS, language=language, version=version)


def digest(language: str, version: str = VERSION) -> str:
    """Hex SHA-256 of exactly these words."""
    return words.digest(text(language, version))
