"""Words that people agree to, by version and language."""

import hashlib
from collections.abc import Mapping

Texts = Mapping[str, Mapping[str, str]]
"""version -> language -> words; English is always there."""


def agreed(texts: Texts, *, language: str, version: str) -> str:
    """The words in ``language``, English where there are none. Raises ``KeyError`` for an unknown version."""
    found = texts[version]
    return found.get(language, found["en"])


def digest(words: str) -> str:
    """Hex SHA-256 of exactly these words."""
    return hashlib.sha256(words.encode()).hexdigest()
