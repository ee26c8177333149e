"""Compile Django's message catalogues (``.po`` to ``.mo``) without GNU gettext, and check that none is incomplete.

The kiosk's catalogues are JSON and need no compiling; the check looks at both.
"""

import argparse
import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCES = Path(__file__).resolve().parents[1]
SOURCE_LANGUAGE = "en"


def main(argv: Sequence[str]) -> int:
    """Compile all; with ``--check`` only look. Exit code 1 when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m autosilo.up.translations", description=main.__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(argv)
    if not options.check:
        for path in sorted(SOURCES.rglob("*.po")):
            compile_catalogue(path)
        return 0
    gaps = list(missing(SOURCES))
    for gap in gaps:
        print(gap)
    return 1 if gaps else 0


def compile_catalogue(path: Path) -> Path:
    """Write the ``.mo`` beside a ``.po`` in one step; returns its path."""
    binary = io.BytesIO()
    write_mo(binary, _read(path))
    target = path.with_suffix(".mo")
    draft = target.with_suffix(".draft")
    draft.write_bytes(binary.getvalue())
    draft.replace(target)
    return target


def missing(sources: Path) -> Iterator[str]:
    """One line for each message without a translation, and for each that is marked as a guess."""
    for path in sorted(sources.rglob("*.po")):
        if path.parent.parent.name != SOURCE_LANGUAGE:
            yield from _gaps_of_catalogue(path)
    for folder in sorted(path for path in sources.rglob("i18n") if path.is_dir()):
        yield from _gaps_of_json(folder)


def _gaps_of_catalogue(path: Path) -> Iterator[str]:
    for message in _read(path):
        if not message.id:
            continue  # the header
        forms = message.string if isinstance(message.string, list | tuple) else [message.string]
        if not all(forms):
            yield f"{path}:{message.lineno}: not translated: {message.id!r}"
        elif message.fuzzy:
            yield f"{path}:{message.lineno}: marked fuzzy: {message.id!r}"


def _gaps_of_json(folder: Path) -> Iterator[str]:
    texts = {path: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    everything = {key for entries in texts.values() for key in entries}
    for path, entries in texts.items():
        for key in sorted(everything):
            if not entries.get(key):
                yield f"{path}: no text for {key!r}"


def _read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
