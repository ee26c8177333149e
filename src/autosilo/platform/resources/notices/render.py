"""The words of notices: one text file per kind and language, its first line the subject, ``{name}`` for each value."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
FALLBACK = "en"


def kinds() -> frozenset[str]:
    return frozenset(path.name.split(".")[0] for path in FOLDER.glob("*.txt"))


def render(*, kind: str, language: str, context: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body. Raises ``LookupError`` for an unknown kind and ``KeyError`` for a value that is not given."""
    subject, body = _text(kind, language).split("\n", 1)
    return subject.strip().format_map(context), body.strip().format_map(context) + "\n"


@cache
def _text(kind: str, language: str) -> str:
    for candidate in (language, FALLBACK):
        path = FOLDER / f"{kind}.{candidate}.txt"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise LookupError(f"no notice of kind {kind!r}")
